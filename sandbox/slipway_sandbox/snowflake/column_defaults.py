"""Defaults of columns: those that only the session knows are variables of DuckDB's.

A statement that inserts sets them first: a default is evaluated when a row is inserted.
"""

from functools import lru_cache
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import Column, TableBody
from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.sql.context import called, moment_type
from slipway_sandbox.snowflake.sql.parser import read_text
from slipway_sandbox.snowflake.sql.translate import duckdb_text, translated

MOMENT: Final = "CURRENT_TIMESTAMP"
"""The variable that holds when the statement began, in UTC."""
_FUNCTIONS: Final = frozenset(
    {
        *("CURRENT_ACCOUNT", "CURRENT_ACCOUNT_NAME", "CURRENT_ORGANIZATION_NAME", "CURRENT_REGION"),
        *("CURRENT_ROLE", "CURRENT_SESSION", "CURRENT_USER", "CURRENT_WAREHOUSE", MOMENT),
    }
)
_UNANSWERED: Final = frozenset(
    {"CURRENT_DATABASE", "CURRENT_SCHEMA", "CURRENT_SECONDARY_ROLES", "CURRENT_TRANSACTION", "LAST_QUERY_ID"}
)


def duckdb_default(column: Column) -> str:
    """A column's default as DuckDB's SQL; NULL for none."""
    tree = read_text(column.default or "NULL")
    return duckdb_text(translated(tree.transform(_from_variable, copy=False)))


def variables(body: TableBody) -> frozenset[str]:
    """The session functions that a table's defaults call, by the names of their variables."""
    return frozenset[str]().union(*map(asked, body.columns))


def asked(column: Column) -> frozenset[str]:
    """The session functions that a column's default calls."""
    return _asked(column.default) if column.default else frozenset()


def refuse_unanswered(default: exp.Expr) -> None:
    """Refuse a default that calls what only a query can be answered.

    Raises:
        SnowflakeError: 2.
    """
    for node in default.walk():
        if called(node) in _UNANSWERED or isinstance(node, exp.Parameter):
            raise unsupported(f"DEFAULT {default.sql(dialect='snowflake')}")


@lru_cache(maxsize=512)
def _asked(default: str) -> frozenset[str]:
    return frozenset(name for node in read_text(default).walk() if (name := _variable(node)))


def _variable(node: exp.Expr) -> str:
    name = MOMENT if moment_type(node) else called(node)
    return name if name in _FUNCTIONS else ""


def _from_variable(node: exp.Expr) -> exp.Expr:
    name = _variable(node)
    if not name:
        return node
    value = exp.Anonymous(this="getvariable", expressions=[exp.Literal.string(name)])
    return exp.cast(value, moment_type(node) or "VARCHAR")
