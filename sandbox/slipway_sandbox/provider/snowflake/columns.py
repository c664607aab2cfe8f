"""The columns of snowflake.Table: as SQL declares them, as DESCRIBE tells them, from one list to another.

Source: https://docs.snowflake.com/en/sql-reference/sql/alter-table-column; the statements are those that the
real provider sends. Where it would send none and say nothing (another default, another identity), the change
is refused here. Names are taken case by case.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake.names import literal, qualified, requoted
from slipway_sandbox.provider.snowflake.resource import refuse, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from slipway_sandbox.provider.contract import Properties
    from slipway_sandbox.provider.snowflake.client import Row

_LACKING: Final = MappingProxyType({"maskingPolicy": "masking policies", "collate": "collations"})
_NEXT: Final = ".NEXTVAL"
_IDENTITY: Final = "IDENTITY START "
_TEXT: Final = "VARCHAR"


def declared(column: Properties) -> str:
    """A column as CREATE TABLE and ADD COLUMN declare it.

    Raises:
        ProviderFault: the program sets what the account has nothing for.
    """
    refuse(column, _LACKING)
    identity, default = column.get("identity"), _default(column)
    comment = column.get("comment")
    return " ".join(
        [
            qualified(column["name"]),
            column["type"],
            *([f"IDENTITY START {_start(identity)} INCREMENT {_step(identity)}"] if identity else []),
            *([f"DEFAULT {default}"] if default else []),
            *(["NOT NULL"] if _is_required(column) else []),
            *([f"COMMENT {literal(comment)}"] if comment else []),
        ]
    )


def changes(table: str, old: Iterable[Properties], new: Iterable[Properties]) -> Iterator[str]:
    """The statements that make the new columns of the old ones: drop, add, alter.

    Raises:
        ProviderFault: a column cannot become what the program says.
    """
    before = {column["name"]: column for column in old}
    after = {column["name"]: column for column in new}
    if gone := [qualified(name) for name in before if name not in after]:
        yield f"ALTER TABLE {table} DROP COLUMN {', '.join(gone)}"
    for name, column in after.items():
        if name not in before:
            yield f"ALTER TABLE {table} ADD COLUMN {_added(column)}"
        else:
            refuse(column, _LACKING)
            alterations = _alterations(before[name], column)
            yield from (f"ALTER TABLE {table} ALTER COLUMN {qualified(name)} {each}" for each in alterations)


def read(rows: Iterable[Row], given: Iterable[Properties]) -> Iterator[Properties]:
    """The columns that DESCRIBE TABLE tells, in the program's spelling where they mean the same."""
    said = {column["name"]: column for column in given}
    for row in rows:
        mine = said.get(row["name"], {})
        found = {
            "name": row["name"],
            "type": spelt(mine.get("type"), row["type"], _kind),
            "nullable": row["null?"] == "Y",
            "comment": row["comment"],
            "identity": _shown_identity(row["default"]),
            "default": _shown_default(row, mine.get("default") or {}),
        }
        yield {name: value for name, value in found.items() if value is not None or name in mine}


def _added(column: Properties) -> str:
    default = column.get("default") or {}
    if default.get("expression") or default.get("sequence"):
        raise ProviderFault(
            f"column {column['name']} cannot be added with a default that is no constant",
            remedy="give it a constant, or add it without a default",
        )
    return declared(column)


def _alterations(old: Properties, new: Properties) -> Iterator[str]:
    """What follows ALTER COLUMN name, a statement each."""
    name = new["name"]
    if (old.get("identity") or {}) != (new.get("identity") or {}):
        raise ProviderFault(
            f"the identity of column {name} cannot be changed in place", remedy="add another column instead"
        )
    before, after = _default(old), _default(new)
    if after and before != after:
        raise ProviderFault(
            f"the default of column {name} cannot be changed in place, only dropped",
            remedy="add another column instead",
        )
    if _kind(old["type"]) != _kind(new["type"]):
        yield f"SET DATA TYPE {new['type']}"
    if _is_required(old) != _is_required(new):
        yield f"{'SET' if _is_required(new) else 'DROP'} NOT NULL"
    if before and not after:
        yield "DROP DEFAULT"
    if (old.get("comment") or "") != (new.get("comment") or ""):
        yield f"COMMENT {literal(new['comment'])}" if new.get("comment") else "UNSET COMMENT"


def _is_required(column: Properties) -> bool:
    return column.get("nullable") is False


def _start(identity: Mapping[str, Any]) -> int:
    return int(identity.get("startNum", 1))


def _step(identity: Mapping[str, Any]) -> int:
    return int(identity.get("stepNum", 1))


def _default(column: Properties) -> str:
    """A default as SQL writes it; empty for none."""
    default = column.get("default") or {}
    if sequence := default.get("sequence"):
        return f"{requoted(sequence)}{_NEXT}"
    if expression := default.get("expression"):
        return str(expression)
    constant = default.get("constant")
    if not constant:
        return ""
    return literal(constant) if _kind(column["type"]).startswith(_TEXT) else str(constant)


def _shown_identity(shown: str | None) -> Properties | None:
    """``IDENTITY START 1 INCREMENT 1 NOORDER`` as a block."""
    if not shown or not shown.startswith(_IDENTITY):
        return None
    words = shown.split()
    return {"startNum": int(words[2]), "stepNum": int(words[4])}


def _shown_default(row: Row, given: Properties) -> Properties | None:
    """A default as a block, by the real provider's rules: what has parentheses is an expression."""
    shown = row["default"]
    if not shown or shown.startswith(_IDENTITY):
        return None
    if shown.endswith(_NEXT):
        return {"sequence": spelt(given.get("sequence"), requoted(shown.removesuffix(_NEXT)), requoted)}
    if "(" in shown and ")" in shown and not _is_text(shown):
        return {"expression": spelt(given.get("expression"), shown, _plain)}
    constant = _content(shown) if _is_text(shown) else shown
    return {"constant": spelt(given.get("constant"), constant, str)}


def _is_text(shown: str) -> bool:
    return shown.startswith("'") and shown.endswith("'")


def _content(shown: str) -> str:
    """What a string literal says."""
    return shown[1:-1].replace("\\'", "'").replace("''", "'").replace("\\\\", "\\")


def _plain(expression: str) -> str:
    return "".join(expression.split()).upper()


@cache
def _kind(text: str) -> str:
    """A type as DESCRIBE names it, INT as NUMBER(38,0); what is none stays, for the account to refuse."""
    from sqlglot import exp  # noqa: PLC0415  0.2 s that others never need
    from sqlglot.errors import SqlglotError  # noqa: PLC0415  same

    from slipway_sandbox.snowflake.errors import SnowflakeError  # noqa: PLC0415  same
    from slipway_sandbox.snowflake.sql.types import parsed_type  # noqa: PLC0415  same

    try:
        return parsed_type(exp.DataType.build(text, dialect="snowflake")).snowflake
    except (SqlglotError, SnowflakeError):
        return _plain(text)
