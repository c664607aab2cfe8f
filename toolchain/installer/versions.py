"""Version numbers of tools, as the tools print them."""

import re
from dataclasses import dataclass
from typing import Self

_NUMBERS = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, order=True)
class Version:
    """The three numbers that tools are compared by; suffixes such as `-alpha.1` are dropped."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Return the first version in a text, or None when there is none."""
        match = _NUMBERS.search(text)
        if match is None:
            return None
        return cls(int(match[1]), int(match[2]), int(match[3] or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"
