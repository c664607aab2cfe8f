"""What a zero-copy clone says to Snowflake: pure."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeGuard

from slipway.model.expiry import Expiry, marked
from slipway.model.snowflake_objects import Database, Schema, literal

Container = Database | Schema
"""What can be cloned with everything in it."""

_ENDING: Final = 8
"""Hexadecimal digits that tell the clones of one name apart."""


def is_schema(container: Container) -> TypeGuard[Schema]:
    """Tell a schema from a database."""
    return isinstance(container, Schema)


def named(target: Container, source: Container, at: datetime | None) -> Container:
    """Return the clone's name: it ends with a digest of what is cloned.

    Args:
        target: its name without the ending.
        source: what is cloned.
        at: the moment that it shows.
    """
    text = f"{source.sql} {_moment(at) if at else ''}"
    ending = hashlib.sha256(text.encode()).hexdigest()[:_ENDING].upper()
    name = f"{target.name}_{ending}"
    return Schema(target.database, name) if is_schema(target) else Database(name)


def clone(source: Container, target: Container, at: datetime | None) -> str:
    """Make a clone under a name that is free: what is there is neither replaced nor taken for the clone.

    Source: https://docs.snowflake.com/en/sql-reference/sql/create-clone
    """
    point = f" AT (TIMESTAMP => {literal(_moment(at))}::TIMESTAMP_TZ)" if at else ""
    return f"CREATE {source.kind} {target.sql} CLONE {source.sql}{point}"


def drop(target: Container) -> str:
    """Take a clone away; one that a janitor has dropped is fine."""
    return f"DROP {target.kind} IF EXISTS {target.sql}"


def show(target: Container) -> str:
    """Tell since when a clone is there. TERSE has no column that depends on who asks."""
    place = f" IN DATABASE {target.database.sql}" if is_schema(target) else ""
    return f"SHOW TERSE {target.kind}S LIKE {literal(target.name)}{place}"


def describe(target: Container, purpose: str, expires: datetime | None) -> str:
    """Say what a clone is for, in place of its source's comment, and when it may be dropped."""
    comment = marked(purpose, Expiry(object=str(target), at=expires)) if expires else purpose
    return f"COMMENT ON {target.kind} {target.sql} IS {literal(comment)}"


def within(target: Container) -> dict[str, str]:
    """Return where the objects of a clone are, as the provider's blocks say it."""
    return {"in_schema": target.sql} if is_schema(target) else {"in_database": target.sql}


def reading(target: Container) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield what reads a clone: a name, a privilege and the provider's block for each grant."""
    if is_schema(target):
        yield "schema", "USAGE", {"on_schema": {"schema_name": target.sql}}
    else:
        on = {"object_type": "DATABASE", "object_name": target.sql}
        yield "database", "USAGE", {"on_account_object": on}
        yield "schemas", "USAGE", {"on_schema": {"all_schemas_in_database": target.sql}}
    for plural in ("TABLES", "VIEWS"):
        objects = {"all": {"object_type_plural": plural, **within(target)}}
        yield plural.lower(), "SELECT", {"on_schema_object": objects}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
