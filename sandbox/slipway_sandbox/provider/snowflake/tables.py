"""snowflake.Table: its columns, primary key, clustering key and properties; columns.py knows the columns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.snowflake import columns
from slipway_sandbox.provider.snowflake.names import literal, qualified
from slipway_sandbox.provider.snowflake.resource import PipedObject, Setting, a_text, refuse, word
from slipway_sandbox.provider.snowflake.shown import truth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_LACKING: Final = MappingProxyType({"tags": "tags"})
_RETENTION: Final = "dataRetentionTimeInDays"
_OF_THE_SCHEMA: Final = -1
"""What a program may write for a retention that it leaves to the schema."""
_OWN_NAME: Final = "SYS_CONSTRAINT"
"""What the names of keys begin with that nobody has named."""


class Table(PipedObject):
    """A table; what columns and keys cannot become in place is refused before anything is changed."""

    kind = "TABLE"
    replace_on = frozenset({"database", "schema"})
    settings = (
        Setting(_RETENTION, "DATA_RETENTION_TIME_IN_DAYS", word),
        Setting("changeTracking", "CHANGE_TRACKING", word),
        Setting("comment", "COMMENT", a_text),
    )
    defaults = MappingProxyType(
        {"changeTracking": False, "TableColumn.nullable": True, "TableColumn.comment": ""}
    )

    def creation(self, name: str, inputs: Properties) -> Iterable[str]:
        """The words of CREATE.

        Raises:
            ProviderFault: the program sets what the account has nothing for.
        """
        refuse(inputs, _LACKING)
        key = _key(inputs)
        inside = [*map(columns.declared, inputs["columns"]), *([key] if key else [])]
        first, *clauses = super().creation(name, _settled(inputs))
        return [first, f"({', '.join(inside)})", *_clustering(inputs), *clauses]

    def alterations(self, old: Properties, new: Properties) -> Iterable[str]:
        """Rename it, set and unset, then keys and columns: a key goes before its columns and comes after.

        Raises:
            ProviderFault: a column cannot become what the program says.
        """
        refuse(new, _LACKING)
        yield from super().alterations(_settled(old), _settled(new))
        name = qualified(*self.path(new))
        is_rekeyed, is_reclustered = _key(old) != _key(new), _clustering(old) != _clustering(new)
        if is_rekeyed and _key(old):
            yield f"ALTER TABLE {name} DROP PRIMARY KEY"
        if is_reclustered and _clustering(old):
            yield f"ALTER TABLE {name} DROP CLUSTERING KEY"
        yield from columns.changes(name, old["columns"], new["columns"])
        if is_reclustered:
            yield from (f"ALTER TABLE {name} {each}" for each in _clustering(new))
        if is_rekeyed and _key(new):
            yield f"ALTER TABLE {name} ADD {_key(new)}"

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its columns and keys, and what SHOW says."""
        name = qualified(*path)
        inside = api.rows(f"DESCRIBE TABLE {name}")
        keys = api.rows(f"SHOW PRIMARY KEYS IN TABLE {name}")
        return {
            "columns": list(columns.read(inside, inputs.get("columns") or ())),
            "primaryKey": _shown_key(keys, inputs.get("primaryKey")),
            "clusterBies": _shown_clustering(row["cluster_by"], inputs.get("clusterBies")),
            "changeTracking": truth(row["change_tracking"]),
            "comment": row["comment"] or None,
            "owner": row["owner"],
            _RETENTION: _retention(api, path, row, inputs),
        }


def _settled(inputs: Properties) -> Properties:
    """Inputs without a retention that is the schema's."""
    return {name: value for name, value in inputs.items() if (name, value) != (_RETENTION, _OF_THE_SCHEMA)}


def _retention(api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> int | None:
    """The days that the table was given itself, as the real provider tells them: by the schema's."""
    days = int(row["retention_time"])
    given = inputs.get(_RETENTION)
    if given is not None and given != _OF_THE_SCHEMA:
        return days
    schemas = api.rows(f"SHOW SCHEMAS LIKE {literal(path[1])} IN DATABASE {qualified(path[0])}")
    own = next(int(each["retention_time"]) for each in schemas if each["name"] == path[1])
    return given if days == own else days


def _key(inputs: Properties) -> str:
    """The primary key as SQL declares it; empty for none."""
    key = inputs.get("primaryKey")
    if not key:
        return ""
    name = f"CONSTRAINT {qualified(key['name'])} " if key.get("name") else ""
    return f"{name}PRIMARY KEY ({', '.join(qualified(each) for each in key['keys'])})"


def _shown_key(rows: Iterable[Row], given: Any) -> Properties | None:
    """The primary key; a name that Snowflake gave it is no part of it."""
    found = sorted(rows, key=lambda row: row["key_sequence"])
    if not found:
        return None
    name = found[0]["constraint_name"]
    is_named = (given or {}).get("name") or not name.startswith(_OWN_NAME)
    return {"keys": [row["column_name"] for row in found], **({"name": name} if is_named else {})}


def _clustering(inputs: Properties) -> list[str]:
    found = inputs.get("clusterBies")
    return [f"CLUSTER BY ({', '.join(found)})"] if found else []


def _shown_clustering(shown: str, given: Any) -> list[str] | None:
    """The expressions of ``LINEAR(expression, ...)``, in the program's spelling where they mean the same."""
    real = list(_split(shown.removeprefix("LINEAR(").removesuffix(")")))
    if given and list(map(_plain, given)) == list(map(_plain, real)):
        return list(given)
    return real or None


def _split(text: str) -> Iterator[str]:
    """The parts of a list, at the commas outside of parentheses."""
    depth, start = 0, 0
    for at, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def _plain(expression: str) -> str:
    return "".join(expression.split()).replace('"', "").upper()
