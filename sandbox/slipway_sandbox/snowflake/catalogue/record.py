"""The catalogue in the database file: written with the change that it describes, read at the start."""

from collections.abc import Hashable
from types import MappingProxyType
from typing import Any, Final

import duckdb
from pydantic import TypeAdapter

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue, entry_of
from slipway_sandbox.snowflake.catalogue.grants import FutureGrant, Grant, Membership
from slipway_sandbox.snowflake.catalogue.objects import Thing

_SECTIONS: Final[dict[str, TypeAdapter[Any]]] = {
    "thing": TypeAdapter(Thing),
    "grant": TypeAdapter(Grant),
    "membership": TypeAdapter(Membership),
    "future": TypeAdapter(FutureGrant),
}
_LAST_ID: Final = "last_id"


def save(connection: duckdb.DuckDBPyConnection, before: Catalogue, after: Catalogue) -> None:
    """Write what has changed from one catalogue to the next, inside the connection's transaction.

    Only what differs is looked at closely: an account with thousands of grants gains one more as quickly as
    an empty one.
    """
    gone = [("thing", str(key)) for key in before.things.keys() - after.things.keys()]
    rows = [
        ("thing", str(key), _encoded("thing", thing))
        for key, thing in after.things.items()
        if before.things.get(key) is not thing
    ]
    for section, old, new in _memberships(before, after):
        gone += [(section, repr(member)) for member in old - new]
        rows += [(section, repr(member), _encoded(section, member)) for member in new - old]
    if before.last_id != after.last_id:
        rows.append((_LAST_ID, "", str(after.last_id)))
    _write(connection, [*gone, *((section, key) for section, key, _ in rows)], rows)


def _memberships(
    before: Catalogue, after: Catalogue
) -> tuple[tuple[str, frozenset[Hashable], frozenset[Hashable]], ...]:
    return (
        ("grant", before.grants, after.grants),
        ("membership", before.memberships, after.memberships),
        ("future", before.future, after.future),
    )


def load(connection: duckdb.DuckDBPyConnection) -> Catalogue:
    """Read the catalogue; an empty one from an empty file."""
    found: dict[str, list[Any]] = {section: [] for section in _SECTIONS}
    last_id = 0
    for section, value in connection.execute("SELECT section, value FROM meta.catalogue").fetchall():
        if section == _LAST_ID:
            last_id = int(value)
        else:
            found[section].append(_SECTIONS[section].validate_json(value))
    things = {thing.id: thing for thing in found["thing"]}
    return Catalogue(
        things=MappingProxyType(things),
        names=MappingProxyType({entry_of(each): each.id for each in things.values() if not each.dropped_on}),
        grants=frozenset(found["grant"]),
        memberships=frozenset(found["membership"]),
        future=frozenset(found["future"]),
        last_id=last_id,
    )


def _encoded(section: str, value: Any) -> str:
    return _SECTIONS[section].dump_json(value).decode()


def _write(
    connection: duckdb.DuckDBPyConnection, gone: list[tuple[str, str]], rows: list[tuple[str, str, str]]
) -> None:
    if gone:
        connection.executemany("DELETE FROM meta.catalogue WHERE section = ? AND key = ?", gone)
    if rows:
        connection.executemany("INSERT INTO meta.catalogue VALUES (?, ?, ?)", rows)
