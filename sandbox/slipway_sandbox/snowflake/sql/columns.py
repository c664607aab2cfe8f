"""From DuckDB's types back to Snowflake's: of a query's columns, for CREATE TABLE AS, views and results."""

import re
from typing import Final

from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.types import MAX_BINARY, MAX_PRECISION, Kind, SqlType, number, text

_DECIMAL: Final = re.compile(r"DECIMAL\((\d+),\s?(\d+)\)")
_KINDS: Final = {
    "DOUBLE": Kind.FLOAT,
    "FLOAT": Kind.FLOAT,
    "BOOLEAN": Kind.BOOLEAN,
    "DATE": Kind.DATE,
    "TIME": Kind.TIME,
    "TIMESTAMP": Kind.TIMESTAMP_NTZ,
    "TIMESTAMP_NS": Kind.TIMESTAMP_NTZ,
    "TIMESTAMP WITH TIME ZONE": Kind.TIMESTAMP_TZ,
    "JSON": Kind.VARIANT,
}
_INTEGERS: Final = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)


def type_of_duckdb(name: str) -> SqlType:
    """The Snowflake type of a column of a query.

    Args:
        name: DuckDB's type.

    Raises:
        SnowflakeError: Snowflake has no such type.
    """
    if kind := number_of_duckdb(name):
        return kind
    if name in {"VARCHAR", '"NULL"', "NULL"}:
        return text()
    if name == "BLOB":
        return SqlType(Kind.BINARY, length=MAX_BINARY)
    if name not in _KINDS:
        raise unsupported(f"a column of type {name}")
    return SqlType(_KINDS[name])


def number_of_duckdb(name: str) -> SqlType | None:
    """The NUMBER that a type of DuckDB's is; None for what is none."""
    if match := _DECIMAL.fullmatch(name):
        return number(int(match[1]), int(match[2]))
    return number(MAX_PRECISION) if name in _INTEGERS else None
