"""INSERT, UPDATE, DELETE, MERGE, TRUNCATE: rows are written, and what they were is kept for Time Travel."""

from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing
from slipway_sandbox.snowflake.errors import (
    insufficient_privileges,
    invalid_identifier,
    syntax_error,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import path_of, quoted, stored, written
from slipway_sandbox.snowflake.locks import Claim
from slipway_sandbox.snowflake.results import Result, StatementType, counts
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.translate import translated
from slipway_sandbox.snowflake.statements.queries import bound, duckdb_of, exact_sql, parsed
from slipway_sandbox.snowflake.storage import ENDED, ROW, WRITTEN, column_list, history_of, rows_of
from slipway_sandbox.snowflake.warehouses import require_compute

Bindings = Sequence[Any] | None
_SET: Final = "__set_"
"""What the new values of an UPDATE are called beside the columns of the rows: like no column of anybody's."""


def insert(session: Session, sql: str, bindings: Bindings) -> Result:
    """INSERT [OVERWRITE] INTO a table."""
    tree = parsed(sql)
    if not isinstance(tree, exp.Insert):
        raise unsupported(sql.split(maxsplit=2)[0])
    target = tree.this
    named = [stored(each) for each in target.expressions] if isinstance(target, exp.Schema) else []
    table, body = writable(session, target.this if named else target, Privilege.INSERT)
    columns = named or [column.name for column in body.columns]
    refuse_unknown(body, columns)
    overwrites = bool(tree.args.get("overwrite"))
    if overwrites:
        session.authority.require(Privilege.DELETE, table)
    listed = ", ".join([*map(quoted, columns), WRITTEN])
    with session.writing(table, Claim.CHANGE if overwrites else Claim.ADD) as statement:
        query = _numbered(session, tree.expression, statement)
        if overwrites:
            _delete_every_row(session, body)
        inserted = session.execute(f"INSERT INTO {rows_of(body)} ({listed}) {query}", bindings)
    return counts(StatementType.INSERT, rows_inserted=inserted)


def _numbered(session: Session, rows: exp.Expr, statement: int) -> str:
    """The query of rows that are inserted, each with the number of the statement behind its values.

    A list of values gets the number in each of its rows: only directly in an INSERT it may hold DEFAULT.
    """
    if not isinstance(rows, exp.Values):
        return f"SELECT *, {statement} FROM ({duckdb_of(session, rows, 'INSERT')}) AS sf_rows"
    for row in rows.expressions:
        row.append("expressions", exp.Literal.number(statement))
    return duckdb_of(session, rows, "INSERT")


def delete(session: Session, sql: str, bindings: Bindings) -> Result:
    """DELETE FROM a table [USING ...] [WHERE ...]."""
    tree = parsed(sql)
    table, body = writable(session, tree.this, Privilege.DELETE)
    chosen = _chosen(tree, tree.args.get("using") or [])
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
        _delete_every_row(session, body)


def update(session: Session, sql: str, bindings: Bindings) -> Result:
    """UPDATE a table SET ... [FROM ...] [WHERE ...]."""
    tree = parsed(sql)
    if not tree.expressions:
        raise syntax_error("syntax error: unexpected '<EOF>': an UPDATE without SET.")
    table, body = writable(session, tree.this, Privilege.UPDATE)
    changes = [(stored(each.this.this), each.expression) for each in tree.expressions]
    refuse_unknown(body, [name for name, _ in changes])
    from_ = tree.args.get("from_")
    sources = [from_.this, *_joins(from_.this)] if from_ is not None else []
    values: list[exp.Expr] = [
        _aliased(value.copy(), f"{_SET}{number}") for number, (_, value) in enumerate(changes)
    ]
    names = [name for name, _ in changes]
    with session.writing(table) as statement:
        chosen = _chosen(tree, sources)
        if not sources:
            values.append(_as_it_is(tree.this.alias_or_name))
            query = rows_chosen(session, table, tree.this, chosen, "UPDATE", *values)
            updated, several = session.execute(_update_of(body, names, query, statement), bindings), 0
        else:
            query = rows_chosen(session, table, tree.this, chosen, "UPDATE", *values)
            updated, several = _update_joined(session, body, names, query, bindings)
    return counts(StatementType.UPDATE, rows_updated=updated, multi_joined_rows_updated=several)


def _as_it_is(alias: str) -> exp.Expr:
    """A row before it is changed, beside its new values: one star, however many columns it has."""
    return exp.Column(this=exp.Star(), table=exp.to_identifier(alias))


def _update_of(body: TableBody, names: Sequence[str], query: str, statement: int) -> str:
    """An UPDATE without a FROM, as one statement: rows are chosen, then kept, then changed."""
    kept = f"{column_list(body)}, {ROW}, {WRITTEN}"
    settings = [f"{quoted(name)} = u.{_SET}{number}" for number, name in enumerate(names)]
    return (
        f"WITH sf_update AS MATERIALIZED ({query}), sf_kept AS ("
        f"INSERT INTO {history_of(body)} ({kept}, {ENDED}) "
        f"SELECT {kept}, {statement} FROM sf_update RETURNING 1) "
        f"UPDATE {rows_of(body)} AS t SET {', '.join([*settings, f'{WRITTEN} = {statement}'])} "
        f"FROM sf_update AS u WHERE t.{ROW} = u.{ROW}"
    )


def _update_joined(
    session: Session, body: TableBody, names: Sequence[str], query: str, bindings: Bindings
) -> tuple[int, int]:
    """An UPDATE with a FROM, which may find a row several times: one of them counts.

    Returns:
        How many rows are updated, and how many of them were found several times.
    """
    statement = session.statement
    session.execute(f"CREATE OR REPLACE TEMP TABLE sf_update AS {query}", bindings)
    ((updated, several),) = session.rows(
        f"SELECT count(*), count_if(n > 1) FROM (SELECT count(*) AS n FROM sf_update GROUP BY {ROW})"
    )
    keep_history(session, body, f"SELECT {ROW} FROM sf_update", statement)
    settings = [f"{quoted(name)} = u.{_SET}{number}" for number, name in enumerate(names)]
    session.execute(
        f"UPDATE {rows_of(body)} AS t SET {', '.join([*settings, f'{WRITTEN} = {statement}'])} "
        f"FROM (SELECT * FROM sf_update QUALIFY row_number() OVER (PARTITION BY {ROW}) = 1) AS u "
        f"WHERE t.{ROW} = u.{ROW}"
    )
    return updated, int(several)


def writable(session: Session, target: exp.Expr, privilege: Privilege) -> tuple[Thing, TableBody]:
    """The table that a statement writes.

    Raises:
        SnowflakeError: it is not there, is no table, the role may not, or nothing computes.
    """
    if not isinstance(target, exp.Table):
        raise unsupported(target.sql(dialect="snowflake"))
    require_compute(session)
    thing = session.names(str(privilege)).relation(path_of(target))
    session.authority.require(privilege, thing)
    if not isinstance(thing.body, TableBody):
        raise insufficient_privileges("view", written(thing.name))
    return thing, thing.body


def _chosen(tree: exp.Expr, sources: Sequence[exp.Expr]) -> tuple[Sequence[exp.Expr], exp.Expr | None]:
    where = tree.args.get("where")
    return sources, where.this if where is not None else None


def _joins(relation: exp.Expr) -> list[exp.Expr]:
    return [join.this for join in relation.args.get("joins") or []]


def rows_chosen(
    session: Session,
    table: Thing,
    target: exp.Expr,
    chosen: tuple[Sequence[exp.Expr], exp.Expr | None],
    command: str,
    *values: exp.Expr,
) -> str:
    """The query of the identities of the rows that a statement is about, with the values it will set."""
    assert isinstance(table.body, TableBody)  # noqa: S101 - the caller has looked
    sources, condition = chosen
    alias = target.alias_or_name
    placeholder = exp.Table(this=exp.Anonymous(this="sf_target"))
    identity = exp.Column(this=exp.Identifier(this=ROW), table=exp.to_identifier(alias))
    query = exp.Select(expressions=[identity, *values], from_=exp.From(this=placeholder))
    for source in sources:
        query = query.join(source.copy(), join_type="cross", copy=False)
    if condition is not None:
        query.set("where", exp.Where(this=condition.copy()))
    tree = bound(session, query, command)
    placeholder.replace(_target_rows(table.body, alias))
    return exact_sql(session, translated(tree))


def _target_rows(body: TableBody, alias: str) -> exp.Table:
    """A table's rows with their identities, under the name by which the statement knows it."""
    schema, _, name = rows_of(body).partition(".")
    rows = exp.Table(this=exp.Identifier(this=name), db=exp.Identifier(this=schema))
    rows.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return rows


def _aliased(value: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=value, alias=exp.Identifier(this=name))


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


def _delete_every_row(session: Session, body: TableBody) -> None:
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    session.execute(
        f"INSERT INTO {history_of(body)} ({columns}, {ENDED}) "
        f"SELECT {columns}, {session.statement} FROM {rows_of(body)}"
    )
    session.execute(f"DELETE FROM {rows_of(body)}")


def refuse_unknown(body: TableBody, names: Sequence[str]) -> None:
    """Refuse columns that a table does not have.

    Raises:
        SnowflakeError: 904.
    """
    known = {column.name for column in body.columns}
    for name in names:
        if name not in known:
            raise invalid_identifier(written(name))
