"""Shards: parts of one check, each done by another machine. Written `2/3`, the second of three."""

import re
from typing import Final, Self

from pydantic import Field, model_validator

from slipway.model.errors import UsageError
from slipway.model.frozen import Frozen

MOST: Final = 100
"""Shards of one check: as many as a batch of CodeBuild may have builds."""

_WRITTEN: Final = re.compile(r"(\d{1,6})/(\d{1,6})")


class NoSuchShard(UsageError):  # noqa: N818 - it says what is the case
    """A shard that cannot be one."""


class Shard(Frozen):
    """One of several parts.

    Attributes:
        number: which one, from 1.
        of: how many there are.
    """

    number: int = Field(ge=1)
    of: int = Field(ge=1, le=MOST)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if self.number > self.of:
            message = f"shard {self.number} is none of {self.of}"
            raise ValueError(message)
        return self

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def is_all(self) -> bool:
        """Whether there is no other one."""
        return self.of == 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `I/N`.

        Raises:
            NoSuchShard: it is not written so, or no shard has that number.
        """
        written = _WRITTEN.fullmatch(text)
        if written is None:
            raise NoSuchShard(f"{text!r} is no shard", remedy=_REMEDY)
        number, of = int(written[1]), int(written[2])
        if not 1 <= of <= MOST:
            raise NoSuchShard(f"{text}: work is divided into 1 to {MOST} shards", remedy=_REMEDY)
        if not 1 <= number <= of:
            raise NoSuchShard(f"{text}: the shards of {of} are numbered from 1 to {of}", remedy=_REMEDY)
        return cls(number=number, of=of)


ALL: Final = Shard(number=1, of=1)
"""The one that has all of the work."""

_REMEDY: Final = "write I/N, such as --shard 2/3 for the second of three"
