"""What the SDK's documentation says of an argument, in the sentences that its generator writes. Pure."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from slipway.ports.resource_types import Argument

_DEFAULT: Final = re.compile(
    r"(?:[Dd]efaults? (?:value )?(?:is|to)(?: be)?|[Dd]efault:|default value of)"
    r"\s+`?\"?([\w.:/-]*[\w/-])\"?`?"
)
_CONFLICTS: Final = re.compile(
    r"(?:[Cc]onflicts? with|[Mm]utually exclusive with|[Cc]annot be (?:specified|used|set) with)([^.]*)"
)
_QUOTED: Final = re.compile(r"`(\w+)`")
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False, "enabled": True, "disabled": False}


def is_default(argument: Argument, value: Any) -> bool:
    """Whether leaving an argument out says the same as this value."""
    said = _said(argument.says)
    if said is None:
        return not value
    match value:
        case bool():
            return _TRUTHS.get(said.lower()) is value
        case int() | float():
            return said in {f"{value}", f"{value:g}"}
        case _:
            return value == said or not value


def conflicts(argument: Argument) -> frozenset[str]:
    """Name the arguments, by Python name, that cannot be given beside this one."""
    return _conflicts(argument.says)


@cache
def _conflicts(says: str) -> frozenset[str]:
    return frozenset(name for found in _CONFLICTS.findall(says) for name in _QUOTED.findall(found))


@cache
def _said(says: str) -> str | None:
    found = _DEFAULT.search(says)
    return None if found is None else found[1]
