"""Between Pulumi's names and GitHub's: camelCase and snake_case, ids of several parts.

Pure. Owned here: spelling. Not owned: which property means what.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties

_UPPER = re.compile(r"(?<!^)(?=[A-Z])")


def snake(name: str) -> str:
    """``requireLastPushApproval`` as GitHub spells it."""
    return _UPPER.sub("_", name).lower()


def camel(name: str) -> str:
    """``require_last_push_approval`` as Pulumi spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def to_rest(value: Any) -> Any:
    """A nested value with GitHub's spelling."""
    match value:
        case dict():
            return {snake(name): to_rest(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [to_rest(inner) for inner in value]
        case _:
            return value


def from_rest(value: Any) -> Any:
    """A nested value with Pulumi's spelling."""
    match value:
        case dict():
            return {camel(name): from_rest(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [from_rest(inner) for inner in value]
        case _:
            return value


def completed(real: Properties, given: Properties) -> Properties:
    """The server's block, with None for what the program gave and the server has not.

    Left out, it would pass for something that the server does not report.
    """
    missing = dict.fromkeys(given.keys() - real.keys())
    blocks = {
        name: completed(real[name], value)
        for name, value in given.items()
        if isinstance(value, dict) and isinstance(real.get(name), dict)
    }
    return real | missing | blocks


def parts_of(id_: str, *names: str) -> list[str]:
    """An id of several parts, ``repository:environment``; the last one keeps further colons.

    Raises:
        ProviderFault: the id has fewer parts.
    """
    parts = id_.split(":", len(names) - 1)
    if len(parts) != len(names) or not all(parts):
        raise ProviderFault(f"{id_!r} is not an id of the form {':'.join(names)}")
    return parts


def refuse(type_: str, inputs: Properties, names: Iterable[str]) -> None:
    """Refuse inputs that the sandbox's GitHub cannot honour.

    Raises:
        ProviderFault: one of them is set; the message names it.
    """
    for name in names:
        if inputs.get(name):
            raise ProviderFault(
                f"{type_}: the sandbox's GitHub has no {name}", remedy="leave it out of the sandbox's program"
            )


def one(value: Any) -> Properties | None:
    """The only block of a list that holds at most one; None for none."""
    blocks = value or []
    return dict(blocks[0] or {}) if blocks else None
