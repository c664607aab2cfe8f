"""SELECT, and the query inside other statements: bound, translated, exact, then DuckDB's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ParseError

from slipway_sandbox.snowflake import session_functions
from slipway_sandbox.snowflake.binding import Binder, is_next_number
from slipway_sandbox.snowflake.catalogue.objects import Thing
from slipway_sandbox.snowflake.errors import syntax_error, unsupported
from slipway_sandbox.snowflake.information import information_schema
from slipway_sandbox.snowflake.results import Result, StatementType
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.exact import made_exact
from slipway_sandbox.snowflake.sql.translate import translated
from slipway_sandbox.snowflake.statements.identifying import with_names
from slipway_sandbox.snowflake.statements.words import Words, tokens_of
from slipway_sandbox.snowflake.time_travel import point_for
from slipway_sandbox.snowflake.warehouses import needs_compute, require_compute

_TERMINAL: Final = ("\x1b[4m", "\x1b[0m")


def parsed(sql: str) -> exp.Expr:
    """Read a query or a statement that writes.

    Raises:
        SnowflakeError: 1003; 2, rows would be locked by a query.
    """
    try:
        (tree,) = Snowflake().parser().parse(tokens_of(sql), sql)
    except ParseError as error:
        text = str(error)
        for code in _TERMINAL:
            text = text.replace(code, "")
        raise syntax_error(text) from None
    if tree is None:
        raise syntax_error("Empty SQL statement.")
    if tree.find(exp.Lock):
        raise unsupported("SELECT ... FOR UPDATE")
    return tree


def select(session: Session, sql: str, bindings: Sequence[Any] | None) -> Result:
    """Run a query."""
    tree = with_column_names(parsed(sql))
    if needs_compute(tree):
        require_compute(session)
    return session.query(duckdb_of(session, tree, "SELECT"), bindings)


def call(session: Session, words: Words) -> Result:
    """CALL SYSTEM$function(...): functions that a query may call as well; other procedures are refused."""
    words.expect("CALL")
    text = words.rest()
    if not text.upper().startswith("SYSTEM$"):
        raise unsupported(f"CALL {text}")
    return select(session, f"SELECT {text}", None)


def described(session: Session, sql: str, bindings: Sequence[Any] | None) -> Result:
    """What a query would answer, without its rows; placeholders without a value are NULL.

    Raises:
        SnowflakeError: it cannot be read or may not be run.
    """
    tree = parsed(with_names(session, sql))
    if not isinstance(tree, exp.Query):
        raise unsupported("describing a statement that is no query")
    missing = None if bindings else [None] * len(list(tree.find_all(exp.Placeholder)))
    query = duckdb_of(session, with_column_names(tree), "SELECT")
    rows = session.rows(f"DESCRIBE {query}", bindings or missing)
    nothing = pa.table({str(number): pa.nulls(0) for number in range(len(rows))})
    table = nothing.rename_columns([row[0] for row in rows])
    return Result(table=table, types=[row[1] for row in rows], statement=StatementType.SELECT)


def duckdb_of(session: Session, tree: exp.Expr, command: str, within: Thing | None = None) -> str:
    """A query as DuckDB's SQL.

    Args:
        session: who asks.
        tree: the query; it is changed.
        command: the first word of the statement that it is part of.
        within: the schema in which unqualified names are looked up; the session's if absent.
    """
    return exact_sql(session, translated(bound(session, tree, command, within)))


def bound(session: Session, tree: exp.Expr, command: str, within: Thing | None = None) -> exp.Expr:
    """A query whose relations are DuckDB's and whose session functions are answered.

    Args:
        session: who asks.
        tree: the query; it is changed.
        command: the first word of the statement that it is part of.
        within: the schema in which unqualified names are looked up; the session's if absent.
    """
    names = session.names(command)
    if within is not None:
        (database,) = names.catalogue.containers(within)
        names = replace(names, database=database.name, schema=within.name)
    binder = Binder(
        names=names,
        point_of=lambda when, table: point_for(session, when, table),
        virtual=information_schema,
    )
    return binder.bind(session_functions.resolved(session, tree))


def exact_sql(session: Session, tree: exp.Expr) -> str:
    """A bound and translated statement as DuckDB's SQL, with exact numbers; the tree is used up."""
    exact = made_exact(tree, lambda probe: session.describe(_duckdb(probe)))
    return _duckdb(exact, copy=False)


def _duckdb(tree: exp.Expr, *, copy: bool = True) -> str:
    """A tree as DuckDB's SQL: names between quotes, since DuckDB reserves words that Snowflake does not."""
    return tree.sql(dialect="duckdb", identify=True, copy=copy)


def with_column_names(tree: exp.Expr) -> exp.Expr:
    """Give the columns without an alias the names that Snowflake gives them: their text in upper case."""
    query = tree
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if isinstance(query, exp.Select):
        query.set("expressions", [_named(column) for column in query.expressions])
    return tree


def _named(column: exp.Expr) -> exp.Expr:
    if isinstance(column, exp.Column) and is_next_number(column):
        return exp.alias_(column, column.name.upper(), quoted=True)
    if isinstance(column, exp.Alias | exp.Star | exp.Column):
        return column
    return exp.alias_(column, column.sql(dialect="snowflake").upper(), quoted=True)
