"""SELECT, and the query inside other statements: bound, translated, exact, then DuckDB's."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import ParseError

from slipway_sandbox.snowflake import session_functions
from slipway_sandbox.snowflake.binding import Binder
from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    syntax_error,
    unknown_table_function,
    unsupported,
    view_columns,
    view_width,
)
from slipway_sandbox.snowflake.identifiers import unmarked, written
from slipway_sandbox.snowflake.information import information_schema
from slipway_sandbox.snowflake.results import Result, StatementType
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.exact import made_exact
from slipway_sandbox.snowflake.sql.parser import read
from slipway_sandbox.snowflake.sql.repeated_names import refuse_repeated
from slipway_sandbox.snowflake.sql.translate import duckdb_text, translated
from slipway_sandbox.snowflake.sql.tried import texts_tried
from slipway_sandbox.snowflake.sql.unions import give_texts_types
from slipway_sandbox.snowflake.sql.variants import variants_read
from slipway_sandbox.snowflake.statements.column_names import with_column_names
from slipway_sandbox.snowflake.statements.identifying import with_names
from slipway_sandbox.snowflake.statements.words import Words, tokens_of
from slipway_sandbox.snowflake.time_travel import point_for
from slipway_sandbox.snowflake.warehouses import needs_compute, require_compute

_TABLE_FUNCTIONS: Final = (exp.Explode, exp.Generator)
"""FLATTEN and GENERATOR; TABLE(...) is a node of its own."""

_CASTS: Final = frozenset({"sf_boolean", "sf_text", "sf_try_zoned", "sf_varchar", "sf_variant", "sf_zoned"})
_RESULT_SCAN: Final = "RESULT_SCAN"
_RELATION: Final = (TableBody, ViewBody)

_TYPED: Final = re.compile(r"\s*(?:CREATE\b[^(]*\(|ALTER\s+TABLE\b.*\bADD\b)", re.IGNORECASE | re.DOTALL)
_NAMED: Final = re.compile(r"(?:[(,]|\b(?:ADD|COLUMN|EXISTS))\s*(?:\w+|\"[^\"]+\")\s+$", re.IGNORECASE)
"""A statement that gives columns types, and what stands before a column's type."""
_NO_TYPE: Final = ("Expected type", "Expected TYPE after CAST")
_MISPLACED: Final = "Invalid expression / Unexpected token"
"""How sqlglot tells of a type that it does not know, and of a word that is too many: else one is missing."""


def parsed(sql: str) -> exp.Expr:
    """Read a query or a statement that writes.

    Raises:
        SnowflakeError: 1003; what is not understood: 2140, a function; 2, a clause.
    """
    try:
        tree = read(tokens_of(sql), sql)
    except ParseError as error:
        raise _unexpected(sql, error) from None
    if tree is None:
        raise syntax_error("Empty SQL statement.")
    for relation in tree.find_all(exp.Table, exp.Lateral, exp.TableFromRows):
        if not isinstance(relation, exp.TableFromRows) or not isinstance(relation.this, exp.Literal):
            _refuse_unknown(relation.this)  # TABLE('name') is the relation of that name
    return tree


def _refuse_unknown(function: exp.Expr | None) -> None:
    """Refuse a table function that is not Snowflake's: DuckDB's own read files and everybody's tables.

    Raises:
        SnowflakeError: 2140; 2, it reads a file of a stage.
    """
    if isinstance(function, exp.Literal):
        raise unsupported(f"SELECT FROM {function.sql(dialect='snowflake')}")
    if not isinstance(function, exp.Func) or isinstance(function, _TABLE_FUNCTIONS):
        return
    name = function.sql(dialect="snowflake").partition("(")[0].upper()
    if name != _RESULT_SCAN:
        raise unknown_table_function(name)


def _unexpected(sql: str, error: ParseError) -> SnowflakeError:
    """What Snowflake says of a word that cannot stand where it does; of a type that it has not, that."""
    where = error.errors[0] if error.errors else {}
    word = where.get("highlight") or "<EOF>"
    before = where.get("start_context") or ""
    told = where.get("description") or ""
    is_type = told in _NO_TYPE or (_TYPED.match(sql) and _NAMED.search(before))
    if is_type and word.isidentifier():
        return SnowflakeError(
            2040, "42601", f"SQL compilation error:\nUnsupported data type '{word.upper()}'."
        )
    if told != _MISPLACED and not (where.get("end_context") or "").strip():
        word = "<EOF>"
    return syntax_error(
        f"syntax error line {where.get('line', 1)} at position {where.get('col', 0)} unexpected '{word}'."
    )


def select(session: Session, sql: str, bindings: Sequence[Any] | None) -> Result:
    """Run a query."""
    tree = with_column_names(parsed(sql), sql)
    if needs_compute(tree):
        require_compute(session)
    found = session.query(duckdb_of(session, tree, "SELECT"), bindings)
    return replace(found, table=found.table.rename_columns([*map(unmarked, found.table.column_names)]))


def described_columns(
    session: Session, query: str, bindings: Sequence[Any] | None = None
) -> list[tuple[str, str]]:
    """The names of a query's columns, and DuckDB's types of them.

    Args:
        session: who asks.
        query: the query as DuckDB's SQL.
        bindings: values of its placeholders.
    """
    return [(unmarked(row[0]), row[1]) for row in session.rows(f"DESCRIBE {query}", bindings)]


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
    text = with_names(session, sql)
    tree = parsed(text)
    if not isinstance(tree, exp.Query):
        raise unsupported("describing a statement that is no query")
    missing = None if bindings else [None] * len(list(tree.find_all(exp.Placeholder)))
    query = duckdb_of(session, with_column_names(tree, text), "SELECT")
    found = described_columns(session, query, bindings or missing)
    nothing = pa.table({str(number): pa.nulls(0) for number in range(len(found))})
    table = nothing.rename_columns([name for name, _ in found])
    return Result(table=table, types=[kind for _, kind in found], statement=StatementType.SELECT)


def duckdb_of(session: Session, tree: exp.Expr, command: str, within: Thing | None = None) -> str:
    """A query as DuckDB's SQL.

    Args:
        session: who asks.
        tree: the query; it is changed.
        command: the first word of the statement that it is part of.
        within: the schema in which unqualified names are looked up; the session's if absent.
    """
    return duckdb_text(exact(session, translated(bound(session, tree, command, within))), copy=False)


def bound(
    session: Session,
    tree: exp.Expr,
    command: str,
    within: Thing | None = None,
    target: Thing | None = None,
) -> exp.Expr:
    """A query whose relations are DuckDB's and whose session functions are answered.

    Args:
        session: who asks.
        tree: the query; it is changed.
        command: the first word of the statement that it is part of.
        within: the schema in which unqualified names are looked up; the session's if absent.
        target: the table that the statement writes, which is no relation of the query.
    """
    names = session.names(command)
    if within is not None:
        (database,) = names.catalogue.containers(within)
        names = replace(names, database=database.name, schema=within.name)
    binder = Binder(
        names=names,
        point_of=lambda when, table: point_for(session, when, table),
        answered=lambda query, place: session_functions.resolved(session, query, place),
        virtual=lambda relation, seen: information_schema(session, relation, seen),
        require_fitting=lambda view, query, read: _require_fitting(session, view, query, read),
        read=[target] if target is not None else [],
    )
    return binder.bind(tree)


def _require_fitting(session: Session, view: Thing, query: exp.Expr, read: list[Thing]) -> None:
    """Refuse a view whose query no longer produces the columns that it declared.

    DuckDB is asked once for each set of columns of what the view reads.

    Source: https://docs.snowflake.com/en/user-guide/views-introduction ("Limitations on views")

    Raises:
        SnowflakeError: 2057, more or fewer; 2334, others; 904, a column that the query names is gone.
    """
    assert isinstance(view.body, ViewBody)  # noqa: S101 - the binder has looked
    state = (view.id, [(each.id, each.body.columns) for each in read if isinstance(each.body, _RELATION)])
    place = (view.parent, view.name)
    if session.account.fitting_views.get(place) == state:
        return
    text = duckdb_text(exact(session, translated(query.copy())), copy=False)
    names = tuple(name for name, _ in described_columns(session, text))
    if len(names) != len(view.body.columns):
        full = ".".join(written(part) for part in session.account.catalogue.full_name(view))
        raise view_width(full, len(view.body.columns), len(names))
    if view.body.produced not in {(), names}:
        raise view_columns(written(view.name))
    session.account.fitting_views[place] = state


def exact(session: Session, tree: exp.Expr) -> exp.Expr:
    """A bound and translated statement with exact numbers and the values of VARIANTs; the tree is used up."""

    def described(probe: exp.Expr) -> Sequence[str]:
        return session.describe(duckdb_text(probe), _nulls(probe))

    refuse_repeated(tree)
    tried = texts_tried(tree, described)
    give_texts_types(tried, described)
    read = variants_read(tried, described)
    return made_exact(read, lambda probe: session.describe(duckdb_text(probe), _without_values(probe)))


def _nulls(probe: exp.Expr) -> list[None] | None:
    """NULL for each placeholder: none of them is a VARIANT, whatever its type."""
    return [None] * len(list(probe.find_all(exp.Placeholder))) or None


def _without_values(probe: exp.Expr) -> list[None] | None:
    """NULL for each placeholder where a cast tells the type of all; else None, which is refused."""
    placeholders = list(probe.find_all(exp.Placeholder))
    told = all(_tells_type(each.parent) for each in placeholders)
    return [None] * len(placeholders) if placeholders and told else None


def _tells_type(around: exp.Expr | None) -> bool:
    """Whether what is around a placeholder is a cast, or the macro that a cast to text has become."""
    is_macro = isinstance(around, exp.Anonymous) and around.name.lower() in _CASTS
    return isinstance(around, exp.Cast) or is_macro
