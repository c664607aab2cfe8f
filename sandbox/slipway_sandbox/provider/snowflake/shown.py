"""From rows of SHOW and DESCRIBE to the outputs that the SDK declares: names, and values of the right type.

A column that the account does not tell is the type's empty value, as the real provider fills it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.schema import Kind, Shape, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.schema import Schema
    from slipway_sandbox.provider.snowflake.client import Row

_TRUE: Final = frozenset({"y", "true", "on", "yes"})
_COLUMNS: Final = {
    "suspendImmediateAt": "suspend_immediately_at",
    "isNullable": "null?",
    "isPrimary": "primary key",
    "isUnique": "unique key",
    "policyName": "policy name",
    "privacyDomain": "privacy domain",
}
"""Fields that are not called as their column is."""


@cache
def _schema() -> Schema:
    return load("snowflake")


def shaped(name: str, row: Mapping[str, Any]) -> Properties:
    """A row as the nested type ``name`` declares it."""
    fields = _schema().object(name)
    return {field: converted(prop.shape, row.get(column_of(field))) for field, prop in fields.items()}


def parameters(name: str, rows: Iterable[Row]) -> Properties:
    """The rows of SHOW PARAMETERS as the nested type ``name`` declares them: a list of one a parameter."""
    by_key = {str(row["key"]): row for row in rows}
    found: Properties = {}
    for field, prop in _schema().object(name).items():
        item = prop.shape.item
        row = by_key.get(_key(item.name.removeprefix(name), by_key)) if item is not None else None
        found[field] = [shaped(item.name, row)] if item is not None and row is not None else []
    return found


def _key(singular: str, keys: Iterable[str]) -> str:
    """The parameter that a type is named after; "DataRetentionTimeInDay" is DATA_RETENTION_TIME_IN_DAYS."""
    word = snake(singular[0].lower() + singular[1:]).upper()
    return next((key for key in keys if key in {word, f"{word}S"}), word)


def unsaid(token: str) -> Properties:
    """None of every output that a type computes: what the account does not know, the core must not invent."""
    properties = _schema().resource(token).properties.items()
    return {name: None for name, prop in properties if prop.role.is_computed}


def column_of(field: str) -> str:
    """The column that a field is told in."""
    return _COLUMNS.get(field) or snake(field)


def snake(name: str) -> str:
    """``grantedToRoles`` as ``granted_to_roles``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def converted(shape: Shape, value: Any) -> Any:
    """A value of SHOW in the type that the SDK declares."""
    match shape.kind:
        case Kind.BOOLEAN:
            return truth(value)
        case Kind.INTEGER:
            return int(float(str(value).rstrip("%"))) if has_value(value) else 0
        case Kind.NUMBER:
            return float(value) if has_value(value) else 0
        case Kind.LIST:
            return [] if not has_value(value) else [value]
        case _:
            return text(value)


def text(value: Any) -> str:
    """A value as text; moments as Go writes them, which is how the real provider tells them."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} +0000 UTC"
    return str(value) if has_value(value) else ""


def truth(value: Any) -> bool:
    """Whether SHOW says yes."""
    return value is True or str(value).lower() in _TRUE


def has_value(value: Any) -> bool:
    """Whether SHOW tells something: some columns say "null" where nothing is set."""
    return value not in {None, "", "null"}
