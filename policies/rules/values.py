"""Values of properties, whatever way they came over the wire."""

from collections.abc import Mapping
from typing import Any, overload


@overload
def number(value: Any) -> float | None: ...
@overload
def number(value: Any, default: float) -> float: ...


def number(value: Any, default: float | None = None) -> float | None:
    """Return a number, also of a text that is one; the default for what is not there or is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return default
    try:
        return float(value)
    except ValueError:
        return default


def said(amount: float | None) -> str:
    """Write a number without the zeros of a float; `no` for none."""
    if amount is None:
        return "no"
    return f"{amount:.0f}" if float(amount).is_integer() else str(amount)


def block(properties: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a block of properties; an empty one where it is not there."""
    return properties.get(name) or {}


def stored(name: Any) -> str:
    """Return a name as Snowflake stores it, in capitals, whether it is written in quotes or not."""
    return str(name or "").strip('"').upper()
