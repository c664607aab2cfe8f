"""INSERT, DELETE, TRUNCATE, and what UPDATE and MERGE share with them: rows are kept for Time Travel."""

from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing
from slipway_sandbox.snowflake.errors import (
    insufficient_privileges,
    invalid_identifier,
    syntax_error,
    unsupported,
)
from slipway_sandbox.snowflake.hidden_names import OURS
from slipway_sandbox.snowflake.identifiers import path_of, quoted, stored, written
from slipway_sandbox.snowflake.locks import Claim
from slipway_sandbox.snowflake.results import Result, StatementType, counts
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import set_defaults
from slipway_sandbox.snowflake.sql.translate import duckdb_text, translated
from slipway_sandbox.snowflake.sql.variants import HELD
from slipway_sandbox.snowflake.statements.assigning import assigned, selected
from slipway_sandbox.snowflake.statements.queries import bound, duckdb_of, exact, parsed
from slipway_sandbox.snowflake.statements.words import tokens_of
from slipway_sandbox.snowflake.storage import ENDED, ROW, WRITTEN, column_list, history_of, rows_of
from slipway_sandbox.snowflake.warehouses import require_compute

Bindings = Sequence[Any] | None
_JOINS: Final = ("kind", "side", "method", "on", "using")
"""What tells a join from a comma."""
_OF_TARGETS: Final = ("this", "db", "catalog", "alias")
"""What may be said of a table that is written: no moment, no sample, nothing that it is joined with."""
Chosen = tuple[Sequence[exp.Expr], exp.Expr | None]
"""The sources beside the table that a statement writes, and its condition."""


def insert(session: Session, sql: str, bindings: Bindings) -> Result:
    """INSERT [OVERWRITE] INTO a table."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Insert):
        raise unsupported(" ".join(sql.split(maxsplit=2)[:2]).upper())
    if any(token.token_type is TokenType.SET for token in tokens_of(sql)):
        raise syntax_error("syntax error: unexpected 'SET': an INSERT has VALUES or a query.")
    target = tree.this
    named = [stored(each) for each in target.expressions] if isinstance(target, exp.Schema) else []
    table, body = writable(session, target.this if named else target, Privilege.INSERT)
    columns = named or [column.name for column in body.columns]
    refuse_unknown(body, columns)
    overwrites = bool(tree.args.get("overwrite"))
    if overwrites:
        session.authority.require(Privilege.DELETE, table)
    listed = ", ".join([*map(quoted, columns), WRITTEN])
    with session.writing(table, Claim.CHANGE if overwrites else Claim.ADD):
        set_defaults(session, body)
        query = _numbered(session, tree.expression, (body, columns), bindings)
        inserted = session.execute(f"INSERT INTO {rows_of(body)} ({listed}) {query}", bindings)
        if overwrites:  # afterwards: the query may read the table that it overwrites
            _delete_rows(session, body, f"WHERE {WRITTEN} IS DISTINCT FROM {session.statement}")
    return counts(StatementType.INSERT, rows_inserted=inserted)


def _numbered(
    session: Session, rows: exp.Expr, target: tuple[TableBody, Sequence[str]], bindings: Bindings
) -> str:
    """The query of rows that are inserted, each with the number of the statement behind its values.

    A list of values gets the number in each of its rows: only directly in an INSERT it may hold DEFAULT.
    """
    if not isinstance(rows, exp.Values):
        query = selected(session, *target, duckdb_of(session, rows, "INSERT"), bindings)
        return f"SELECT *, {session.statement} FROM ({query}) AS sf_rows"
    for row in rows.expressions:
        row.set("expressions", assigned(*target, row.expressions))
        row.append("expressions", exp.Literal.number(session.statement))
    return duckdb_of(session, rows, "INSERT")


def delete(session: Session, sql: str, bindings: Bindings) -> Result:
    """DELETE FROM a table [USING ...] [WHERE ...]."""
    tree = parsed(sql)
    if not isinstance(tree.this, exp.Table):
        raise syntax_error(f"syntax error: unexpected '{sql.split()[1]}': FROM is missing.")
    table, body = writable(session, tree.this, Privilege.DELETE)
    chosen = chosen_by(tree, tree.args.get("using") or [])
    kept = f"{column_list(body)}, {ROW}, {WRITTEN}"
    with session.writing(table) as statement:
        doomed = f"{ROW} IN ({rows_chosen(session, table, tree.this, chosen, 'DELETE')})"
        deleted = session.execute(
            f"WITH gone AS (DELETE FROM {rows_of(body)} WHERE {doomed} RETURNING *) "
            f"INSERT INTO {history_of(body)} ({kept}, {ENDED}) SELECT {kept}, {statement} FROM gone",
            bindings,
        )
    return counts(StatementType.DELETE, rows_deleted=deleted)


def truncate(session: Session, table: Thing, body: TableBody) -> None:
    """TRUNCATE TABLE: like DELETE, every row."""
    session.authority.require(Privilege.TRUNCATE, table)
    with session.writing(table):
        _delete_rows(session, body)


def writable(session: Session, target: exp.Expr, privilege: Privilege) -> tuple[Thing, TableBody]:
    """The table that a statement writes.

    Raises:
        SnowflakeError: it is not there, is no table, the role may not, or nothing computes.
    """
    if not isinstance(target, exp.Table):
        raise unsupported(target.sql(dialect="snowflake"))
    for clause, value in target.args.items():
        if value and clause not in _OF_TARGETS:
            raise syntax_error(
                f"syntax error: unexpected '{clause.upper()}' after the table that is written."
            )
    require_compute(session)
    thing = session.names(str(privilege)).relation(path_of(target))
    session.authority.require(privilege, thing)
    if not isinstance(thing.body, TableBody):
        raise insufficient_privileges("view", written(thing.name))
    return thing, thing.body


def chosen_by(tree: exp.Expr, sources: Sequence[exp.Expr]) -> Chosen:
    """The sources and the condition of a statement that writes."""
    where = tree.args.get("where")
    return sources, where.this if where is not None else None


def rows_chosen(
    session: Session, table: Thing, target: exp.Expr, chosen: Chosen, command: str, *values: exp.Expr
) -> str:
    """The query of the identities of the rows that a statement is about, with the values it will set."""
    return duckdb_text(rows_query(session, table, target, chosen, command, *values), copy=False)


def rows_query(
    session: Session, table: Thing, target: exp.Expr, chosen: Chosen, command: str, *values: exp.Expr
) -> exp.Expr:
    """The same as a tree: bound, translated and exact."""
    assert isinstance(table.body, TableBody)  # noqa: S101 - the caller has looked
    sources, condition = chosen
    alias = target.alias_or_name
    named = exp.TableAlias(this=exp.to_identifier(alias))
    placeholder = exp.Table(this=exp.Anonymous(this="sf_target"), alias=named)
    identity = exp.Column(this=exp.Identifier(this=ROW), table=exp.to_identifier(alias))
    identity.meta[OURS] = True
    query = exp.Select(expressions=[identity, *values], from_=exp.From(this=placeholder))
    for source in sources:
        query = query.join(_as_one(source), join_type="cross", copy=False)
    if condition is not None:
        query.set("where", exp.Where(this=condition.copy()))
    tree = bound(session, query, command, target=table)
    placeholder.replace(_target_rows(table.body, alias))
    return exact(session, translated(tree))


def _as_one(source: exp.Expr) -> exp.Expr:
    """A source with what it is joined with, in parentheses: an outer join is of the sources alone."""
    if not source.args.get("joins"):
        return source.copy()
    whole = source.copy()
    for join in whole.args["joins"]:
        if not any(join.args.get(word) for word in _JOINS):
            join.set("kind", "CROSS")  # a comma, which cannot stand in parentheses
    return exp.Subquery(this=whole)


def _target_rows(body: TableBody, alias: str) -> exp.Table:
    """A table's rows with their identities, under the name by which the statement knows it."""
    schema, _, name = rows_of(body).partition(".")
    rows = exp.Table(this=exp.Identifier(this=name), db=exp.Identifier(this=schema))
    rows.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    rows.meta[HELD] = body.holds_variants
    return rows


def keep_history(session: Session, body: TableBody, identities: str, statement: int) -> None:
    """Note how rows are before a statement changes them.

    Args:
        session: who writes.
        body: the table.
        identities: a query of the rows' identities.
        statement: the statement's number.
    """
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    session.execute(
        f"INSERT INTO {history_of(body)} ({columns}, {ENDED}) "
        f"SELECT {columns}, {statement} FROM {rows_of(body)} WHERE {ROW} IN ({identities})"
    )


def _delete_rows(session: Session, body: TableBody, where: str = "") -> None:
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    session.execute(
        f"INSERT INTO {history_of(body)} ({columns}, {ENDED}) "
        f"SELECT {columns}, {session.statement} FROM {rows_of(body)} {where}"
    )
    session.execute(f"DELETE FROM {rows_of(body)} {where}")


def refuse_unknown(body: TableBody, names: Sequence[str]) -> None:
    """Refuse columns that a table does not have.

    Raises:
        SnowflakeError: 904.
    """
    known = {column.name for column in body.columns}
    for name in names:
        if name not in known:
            raise invalid_identifier(written(name))
