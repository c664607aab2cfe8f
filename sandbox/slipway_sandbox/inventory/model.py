"""The shape of an inventory."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who vouches that an object exists."""

    AWS = "asked from AWS"
    GITHUB = "asked from GitHub"
    SNOWFLAKE = "asked from Snowflake"
    RECORDED = "recorded, not real"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One object.

    Attributes:
        name: as its server calls it.
        detail: what matters about it, in a few words; may be empty.
    """

    name: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.detail})" if self.detail else self.name


@dataclass(frozen=True, kw_only=True)
class Kind:
    """All objects of one kind in one place.

    Attributes:
        name: what people call the kind, in the plural.
        source: who vouches for them.
        items: sorted by name.
    """

    name: str
    source: Source
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """One stack's part of the world.

    Attributes:
        stack: the stack.
        account: its AWS account.
        kinds: the kinds of which there is at least one.
    """

    stack: str
    account: str
    kinds: tuple[Kind, ...]
