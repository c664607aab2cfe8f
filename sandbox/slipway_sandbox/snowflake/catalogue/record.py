"""The catalogue in the database file: written with the change that it describes, read at the start."""

from collections.abc import Hashable, Iterable
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
    """Write what has changed from one catalogue to the next, inside the connection's transaction."""
    old, new = _rows(before), _rows(after)
    gone = [(section, key) for section, key in old.keys() - new.keys()]
    changed = [(section, key) for section, key in new if old.get((section, key)) is not new[section, key]]
    _write(connection, [*gone, *changed], [(*each, _encoded(each[0], new[each])) for each in changed])
    if before.last_id != after.last_id:
        _write(connection, [(_LAST_ID, "")], [(_LAST_ID, "", str(after.last_id))])


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


def _rows(catalogue: Catalogue) -> dict[tuple[str, str], Any]:
    rows: dict[tuple[str, str], Any] = {("thing", str(key)): thing for key, thing in catalogue.things.items()}
    return (
        rows
        | _keyed("grant", catalogue.grants)
        | _keyed("membership", catalogue.memberships)
        | _keyed("future", catalogue.future)
    )


def _keyed(section: str, members: Iterable[Hashable]) -> dict[tuple[str, str], Any]:
    return {(section, repr(member)): member for member in members}


def _encoded(section: str, value: Any) -> str:
    return _SECTIONS[section].dump_json(value).decode()


def _write(
    connection: duckdb.DuckDBPyConnection, gone: list[tuple[str, str]], rows: list[tuple[str, str, str]]
) -> None:
    if gone:
        connection.executemany("DELETE FROM meta.catalogue WHERE section = ? AND key = ?", gone)
    if rows:
        connection.executemany("INSERT INTO meta.catalogue VALUES (?, ?, ?)", rows)
