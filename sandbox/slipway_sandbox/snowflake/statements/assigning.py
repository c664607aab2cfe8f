"""Values on their way into a column: what Snowflake converts by other rules than DuckDB.

A text in a VARIANT is that text, not the JSON in it; a FLOAT in an integer is rounded half away from zero;
the offset in the text of a moment is written in more ways than DuckDB reads.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import TableBody
from slipway_sandbox.snowflake.identifiers import quoted
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.types import Kind, SqlType

_MACROS: Final[Mapping[Kind, str]] = {
    Kind.VARIANT: "sf_variant",
    Kind.OBJECT: "sf_object",
    Kind.ARRAY: "sf_array",
}
_ZONED: Final = (Kind.TIMESTAMP_TZ, Kind.TIMESTAMP_LTZ)
_OFFSET: Final = re.compile(r"[+-]\d{2}:?\d{2}\s*$")
_AS_IT_IS: Final = (exp.Null, exp.Placeholder, exp.Boolean)


def assigned(body: TableBody, columns: Iterable[str], values: Iterable[exp.Expr]) -> list[exp.Expr]:
    """Values with the conversions to the columns that they are for; more of them than columns stay.

    Args:
        body: the table.
        columns: names of the columns.
        values: expressions in Snowflake's SQL.
    """
    types = {column.name: column.type for column in body.columns}
    given = list(values)
    made = [
        _assigned(value, types[name]) if name in types else value
        for value, name in zip(given, columns, strict=False)
    ]
    return [*made, *given[len(made) :]]


def _assigned(value: exp.Expr, kind: SqlType) -> exp.Expr:
    if _is_default(value):
        return value
    if kind.is_semi_structured:
        return exp.cast(value.copy(), str(kind.kind), dialect="snowflake")
    if isinstance(value, _AS_IT_IS) or _is_told_alike(value, kind):
        return value
    if kind.kind in _ZONED:
        return exp.cast(value.copy(), "TIMESTAMPTZ")
    return exp.cast(value.copy(), "BIGINT") if kind.duckdb == "BIGINT" else value


def _is_told_alike(value: exp.Expr, kind: SqlType) -> bool:
    """Whether a literal says the same to DuckDB: a cast around each of thousands of values takes its time."""
    literal = value.this if isinstance(value, exp.Neg) else value
    if not isinstance(literal, exp.Literal):
        return False
    if kind.kind in _ZONED:
        return _OFFSET.search(literal.name) is None
    return bool(literal.is_string) or "e" not in literal.name.lower()


def _is_default(value: exp.Expr) -> bool:
    return isinstance(value, exp.Column | exp.Var) and value.name.upper() == "DEFAULT"


def selected(
    session: Session, body: TableBody, columns: Sequence[str], query: str, bindings: Sequence[Any] | None
) -> str:
    """A query with the conversions to the columns that its own are for.

    Args:
        session: who asks.
        body: the table.
        columns: names of the columns.
        query: DuckDB's SQL.
        bindings: values of its placeholders.
    """
    types = {column.name: column.type for column in body.columns}
    found = session.describe(query, bindings)
    if len(found) != len(columns):
        return query
    names = [quoted(f"sf_{place}") for place in range(len(columns))]
    made = [
        _converted(name, types[column], kind)
        for name, column, kind in zip(names, columns, found, strict=True)
    ]
    if made == names:
        return query
    return f"SELECT {', '.join(made)} FROM ({query}) AS sf_given({', '.join(names)})"


def _converted(name: str, wanted: SqlType, found: str) -> str:
    if wanted.is_semi_structured and not (found == "JSON" and wanted.kind is Kind.VARIANT):
        return f"{_MACROS[wanted.kind]}({name})"
    if wanted.kind in _ZONED and found == "VARCHAR":
        return f"sf_zoned({name})"
    if wanted.duckdb == "BIGINT" and found in {"DOUBLE", "FLOAT"}:
        return f"round({name})"
    return name
