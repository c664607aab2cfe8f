"""What is to exist, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from slipway_sandbox.supervisor.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slipway_sandbox.provider.contract import Properties


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An object that a state remembers.

    Attributes:
        address: in Terraform.
        token: its type in Pulumi.
        name: in Pulumi.
        id: as the state has it.
        inputs: what it is made from.
        outputs: all that the state knows of it.
        secrets: texts of it that are told nowhere.
    """

    address: str
    token: str
    name: str
    id: str
    inputs: Properties = field(repr=False)
    outputs: Properties = field(repr=False)
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def package(self) -> str:
        """Whose type it is: `aws`."""
        return self.token.partition(":")[0]

    def without_secrets(self, said: str) -> str:
        """Take the object's secrets out of what a server says."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            said = said.replace(secret, "[secret]")
        return said

    @property
    def identity(self) -> tuple[str, str, str]:
        """What no other object of the states has."""
        return self.address, self.token, self.id


class Place(StrEnum):
    """Where an object is."""

    SERVER = "server"
    RECORD = "record"
    NOWHERE = "nowhere"


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What became of one.

    Attributes:
        wanted: which.
        place: where it is.
        new: it was not there before.
        why: why it is not on a server; empty where it is.
    """

    wanted: Wanted
    place: Place
    new: bool
    why: str = ""


def read_objects(content: str) -> list[Wanted]:
    """Read the document that `slipway sandbox seed` hands over.

    Raises:
        UsageError: it is none.
    """
    try:
        document: dict[str, Any] = json.loads(content)
        return [Wanted(**{**each, "secrets": tuple(each.get("secrets", ()))}) for each in document["objects"]]
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            "standard input says nothing of objects", remedy="run `slipway sandbox seed --state FILE`"
        ) from None
