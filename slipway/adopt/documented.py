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
_DISABLES: Final = re.compile(r"[Ss]et (?:this |it )?to `false`")
"""Nobody documents how to turn off what is off."""
_CONFLICTS: Final = re.compile(
    r"(?:[Cc]onflicts? with|[Mm]utually exclusive with|[Cc]annot be (?:specified|used|set) with)([^.]*)"
)
_QUOTED: Final = re.compile(r"`(\w+)`")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False, "enabled": True, "disabled": False}


def is_default(argument: Argument, value: Any) -> bool:
    """Whether leaving an argument out says the same as this value; the empty one where no default is told."""
    said = _said(argument.says)
    match value:
        case bool():
            return value is _TRUTHS.get(said.lower(), False)
        case int() | float():
            return value == (float(said) if _NUMBER.fullmatch(said) else 0)
        case str():
            return value in {said, ""}
        case _:
            return not value


def conflicts(argument: Argument) -> frozenset[str]:
    """Name the arguments, by Python name, that cannot be given beside this one."""
    return _conflicts(argument.says)


@cache
def _conflicts(says: str) -> frozenset[str]:
    return frozenset(name for found in _CONFLICTS.findall(says) for name in _QUOTED.findall(found))


@cache
def _said(says: str) -> str:
    found = _DEFAULT.search(says)
    if found is not None:
        return found[1]
    return "true" if _DISABLES.search(says) else ""
