"""Functions that answer from the session: CURRENT_ROLE() and its kin, LAST_QUERY_ID(), variables ($NAME)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake import cancelling, policy_references, query_history
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, TableBody
from slipway_sandbox.snowflake.column_defaults import MOMENT, variables
from slipway_sandbox.snowflake.errors import SnowflakeError, invalid_value, unsupported
from slipway_sandbox.snowflake.identifiers import marked, stored_text
from slipway_sandbox.snowflake.names import Names
from slipway_sandbox.snowflake.place import ACCOUNT_NAME
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.context import called, moment_type
from slipway_sandbox.snowflake.sql.vocabulary import REFUSED_BY_NAME
from slipway_sandbox.snowflake.transactions import Transaction
from slipway_sandbox.snowflake.variables import Variable


def _begun(transaction: Transaction | None) -> str:
    return "" if transaction is None else str(transaction.id)


def _present_warehouse(session: Session) -> str:
    found = session.account.catalogue.find(ACCOUNT, ObjectKind.WAREHOUSE, session.warehouse)
    return session.warehouse if found is not None else ""


_CONTEXT: Final[dict[str, Callable[[Session], str]]] = {
    "CURRENT_ACCOUNT": lambda _: ACCOUNT_NAME,
    "CURRENT_ACCOUNT_NAME": lambda _: ACCOUNT_NAME,
    "CURRENT_ORGANIZATION_NAME": lambda _: "SLIPWAY",
    "CURRENT_REGION": lambda _: "AWS_US_EAST_1",
    "CURRENT_USER": lambda session: session.user.name,
    "CURRENT_ROLE": lambda session: session.role_name,
    "CURRENT_WAREHOUSE": _present_warehouse,
    "CURRENT_SESSION": lambda session: str(session.number),
    "CURRENT_TRANSACTION": lambda session: _begun(session.account.transactions.of(session.number)),
}

_PLACE: Final[dict[str, Callable[[Names], str]]] = {
    "CURRENT_DATABASE": lambda names: names.database,
    "CURRENT_SCHEMA": lambda names: names.schema,
}
"""In a view, the place of that view: https://docs.snowflake.com/en/sql-reference/functions/current_schema."""


def resolved(session: Session, tree: exp.Expr, names: Names) -> exp.Expr:
    """Replace what only the session knows, in place.

    Args:
        session: who asks.
        tree: a statement, or the query of a view; it is changed.
        names: where it looks for names.
    """
    return tree.transform(lambda node: _resolved(session, node, names), copy=False)


def set_defaults(session: Session, body: TableBody) -> None:
    """Give DuckDB what the defaults of a table ask the session for, before rows are inserted."""
    for name in variables(body):
        value = str(session.moment.replace(tzinfo=None)) if name == MOMENT else _CONTEXT[name](session)
        literal = exp.Literal.string(value) if value else exp.Null()
        session.rows(f"SET VARIABLE {name} = {literal.sql(dialect='duckdb')}")


def _resolved(session: Session, node: exp.Expr, names: Names) -> exp.Expr:
    match node:
        case exp.Parameter():
            return _variable(session, node)
        case exp.TableFromRows():
            return _table_function(session, node, names)
        case exp.Table() if node.catalog.upper() == "SNOWFLAKE" and node.db.upper() == "ACCOUNT_USAGE":
            return _related(query_history.account_usage(session, node.name.upper()), node, node.name.upper())
        case exp.HashAgg():
            return _hash_agg([node.this, *node.expressions])
        case _ if kind := moment_type(node):
            return _now(session.moment, kind)
        case _:
            return _context(session, node, names)


def _now(moment: datetime, kind: str) -> exp.Expr:
    """When the statement began, as a value of a type."""
    told = {"DATE": moment.date(), "TIME": moment.time(), "TIMESTAMP": moment.replace(tzinfo=None)}
    return exp.cast(exp.Literal.string(str(told.get(kind, moment))), kind)


def _context(session: Session, node: exp.Expr, names: Names) -> exp.Expr:
    name = called(node)
    if name in _CONTEXT or name in _PLACE:
        value = _PLACE[name](names) if name in _PLACE else _CONTEXT[name](session)
        return exp.Literal.string(value) if value else exp.Null()
    if name == "IS_ROLE_IN_SESSION" and len(node.expressions) == 1:
        return _is_role(session, resolved(session, node.expressions[0], names))
    if name in REFUSED_BY_NAME:
        raise unsupported(name)
    if name == "LAST_QUERY_ID":
        return _last_query_id(session, node.expressions)
    if name in cancelling.FUNCTIONS and len(node.expressions) == 1:
        argument = resolved(session, node.expressions[0], names)
        return exp.Literal.string(cancelling.FUNCTIONS[name](session, argument.name))
    return node


def _is_role(session: Session, name: exp.Expr) -> exp.Expr:
    """Whether a role is one of those that the session has now, inherited ones too."""
    if not isinstance(name, exp.Literal):
        raise unsupported("IS_ROLE_IN_SESSION of a column")
    role = session.account.catalogue.find(ACCOUNT, ObjectKind.ROLE, stored_text(name.name))
    return exp.true() if role is not None and role.id in session.authority.roles else exp.false()


def _last_query_id(session: Session, arguments: list[exp.Expr]) -> exp.Expr:
    """The n-th query id, counted from the end when n is negative."""
    text = arguments[0].sql() if arguments else "-1"
    if not text.removeprefix("-").isdecimal():
        raise invalid_value(f"invalid argument [{text}] for function [LAST_QUERY_ID]")
    number = int(text)
    ids = session.query_ids
    position = number if number < 0 else number - 1
    if not -len(ids) <= position < len(ids):
        return exp.Null()
    return exp.Literal.string(ids[position])


def _hash_agg(arguments: list[exp.Expr]) -> exp.Expr:
    """One number for a set of rows, whatever their order; its values differ from Snowflake's."""
    if not arguments:
        raise invalid_value("not enough arguments for function [HASH_AGG()], expected 1, got 0")
    name = "sf_hash_agg"
    if isinstance(arguments[0], exp.Distinct):
        name, arguments = "sf_hash_agg_distinct", arguments[0].expressions
    every = exp.Columns(this=exp.Star(), unpack=True)
    hashed = [every if isinstance(each, exp.Star) else each for each in arguments]
    return exp.Anonymous(this=name, expressions=[exp.Anonymous(this="hash", expressions=hashed)])


def _table_function(session: Session, node: exp.TableFromRows, names: Names) -> exp.Expr:
    """TABLE(RESULT_SCAN(query id)): what a statement has answered, as a relation."""
    function = node.this
    if isinstance(function, exp.Parameter):
        function = _variable(session, function)
    if isinstance(function, exp.Literal) and function.is_string:
        named = exp.to_table(function.name, dialect="snowflake")
        named.set("alias", node.args.get("alias"))
        return named
    if isinstance(function, exp.Dot) and query_history.is_function(function.expression.name):
        name = str(function.expression.name).upper()
        return _related(query_history.function(session, name, function.expression.expressions), node, name)
    if isinstance(function, exp.Dot) and policy_references.is_function(function.expression.name):
        asked = policy_references.function(session, function.expression.expressions)
        return _related(asked, node, "POLICY_REFERENCES")
    if not isinstance(function, exp.Anonymous) or function.name.upper() != "RESULT_SCAN":
        return node
    query_id = resolved(session, function.expressions[0], names)
    if not isinstance(query_id, exp.Literal):
        raise SnowflakeError(709, "02000", f"Statement {query_id.sql(dialect='snowflake')} not found")
    result = session.account.history.result(query_id.name, session.user.id, session.account.clock())
    name = f"sf_result_{query_id.name.replace('-', '_')}"
    session.lend(name, result.table.rename_columns([*map(marked, result.table.column_names)]))
    lent = exp.Anonymous(this="query_table", expressions=[exp.Literal.string(name)])
    return exp.Subquery(
        this=exp.Select(expressions=_scanned(result)).from_(exp.Table(this=lent)),
        alias=node.args.get("alias"),
    )


def _scanned(result: Result) -> list[exp.Expr]:
    """The columns of a result; a VARIANT was kept as a text."""
    columns: list[exp.Expr] = []
    for name, kind in zip(result.table.column_names, result.types, strict=True):
        column: exp.Expr = exp.column(exp.to_identifier(name, quoted=True))
        columns.append(exp.alias_(exp.cast(column, "JSON") if kind == "JSON" else column, name, quoted=True))
    return columns


def _related(query: exp.Expr, node: exp.Expr, name: str) -> exp.Expr:
    """A query in the place of a relation, under its alias or name."""
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    return exp.Subquery(this=query, alias=alias)


def _variable(session: Session, node: exp.Parameter) -> exp.Expr:
    if node.name.isdecimal():
        raise unsupported(f"${node.name}, a column by its place")
    value = variable(session, node.name.upper())
    return exp.Literal.number(value.text) if value.is_number else exp.Literal.string(value.text)


def variable(session: Session, name: str) -> Variable:
    """A session variable.

    Raises:
        SnowflakeError: 2211, there is none of that name.
    """
    if name not in session.variables:
        raise SnowflakeError(
            2211,
            "02000",
            f"SQL compilation error: error line 1 at position 7\nSession variable '${name}' does not exist",
        )
    return session.variables[name]
