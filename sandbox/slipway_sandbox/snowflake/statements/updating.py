"""UPDATE: rows get new values, one at a time or joined with other relations.

Source: https://docs.snowflake.com/en/sql-reference/sql/update
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import TableBody
from slipway_sandbox.snowflake.errors import syntax_error
from slipway_sandbox.snowflake.identifiers import quoted, stored
from slipway_sandbox.snowflake.results import Result, StatementType, counts
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.translate import duckdb_text, is_plain
from slipway_sandbox.snowflake.sql.types import Kind
from slipway_sandbox.snowflake.statements.assigning import assigned
from slipway_sandbox.snowflake.statements.queries import parsed
from slipway_sandbox.snowflake.statements.writing import (
    Chosen,
    chosen_by,
    keep_history,
    refuse_unknown,
    rows_chosen,
    rows_query,
    writable,
)
from slipway_sandbox.snowflake.storage import ENDED, ROW, WRITTEN, column_list, history_of, rows_of

Bindings = Sequence[Any] | None
_SET: Final = "__set_"
"""What the new values of an UPDATE are called beside the columns of the rows: like no column of anybody's."""


def update(session: Session, sql: str, bindings: Bindings) -> Result:
    """UPDATE a table SET ... [FROM ...] [WHERE ...]."""
    tree = parsed(sql)
    if not tree.expressions:
        raise syntax_error("syntax error: unexpected '<EOF>': an UPDATE without SET.")
    table, body = writable(session, tree.this, Privilege.UPDATE)
    names = [stored(each.this.this) for each in tree.expressions]
    refuse_unknown(body, names)
    from_ = tree.args.get("from_")
    sources = [from_.this] if from_ is not None else []
    chosen = chosen_by(tree, sources)
    given = [each.expression for each in tree.expressions]
    if sources or not all(is_plain(each) for each in given) or _converts(body):
        given = assigned(body, names, given)
    values: list[exp.Expr] = [_aliased(value.copy(), f"{_SET}{number}") for number, value in enumerate(given)]
    with session.writing(table) as statement:
        several = 0
        if from_ is not None:
            query = rows_chosen(session, table, tree.this, chosen, "UPDATE", *values)
            updated, several = _update_joined(session, body, names, query, bindings)
        elif not bindings and _is_told_twice_alike(chosen, values):
            rows = rows_query(session, table, tree.this, chosen, "UPDATE", *values)
            updated = _update_in_place(session, body, names, rows)
        else:
            whole = [*values, _as_it_is(tree.this.alias_or_name)]
            query = rows_chosen(session, table, tree.this, chosen, "UPDATE", *whole)
            updated = session.execute(_update_at_once(body, names, query, statement), bindings)
    return counts(StatementType.UPDATE, rows_updated=updated, multi_joined_rows_updated=several)


def _converts(body: TableBody) -> bool:
    """Whether a plain value of a table's own columns may be converted on its way into another."""
    return any(column.type.is_semi_structured or column.type.kind is Kind.FLOAT for column in body.columns)


def _is_told_twice_alike(chosen: Chosen, values: Sequence[exp.Expr]) -> bool:
    """Whether an UPDATE's condition and values depend on nothing but the row: no query, nothing random."""
    _, condition = chosen
    parts = [*values, *([condition] if condition is not None else [])]
    return all(is_plain(part) and part.find(exp.Query) is None for part in parts)


def _as_it_is(alias: str) -> exp.Expr:
    """A row before it is changed, beside its new values: one star, however many columns it has."""
    return exp.Column(this=exp.Star(), table=exp.to_identifier(alias))


def _update_in_place(session: Session, body: TableBody, names: Sequence[str], query: exp.Expr) -> int:
    """Keep the rows that the condition finds, then change those that it finds again: the cheapest way.

    As one statement the two would read the table at once, and in no certain order.
    """
    kept = f"{column_list(body)}, {ROW}, {WRITTEN}"
    where = query.args.get("where")
    rows = duckdb_text(query.args["from_"].this, copy=False)
    found = duckdb_text(where, copy=False) if where is not None else ""
    session.execute(
        f"INSERT INTO {history_of(body)} ({kept}, {ENDED}) "
        f"SELECT {kept}, {session.statement} FROM {rows} {found}"
    )
    pairs = zip(names, query.expressions[1:], strict=True)
    settings = [f"{quoted(name)} = {duckdb_text(value.this, copy=False)}" for name, value in pairs]
    settings.append(f"{WRITTEN} = {session.statement}")
    return session.execute(f"UPDATE {rows} SET {', '.join(settings)} {found}")


def _update_at_once(body: TableBody, names: Sequence[str], query: str, statement: int) -> str:
    """The same as one statement, whose condition and values are computed once: they may be random."""
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
        f"SELECT count(*), count(*) FILTER (n > 1) FROM (SELECT count(*) AS n FROM sf_update GROUP BY {ROW})"
    )
    keep_history(session, body, f"SELECT {ROW} FROM sf_update", statement)
    settings = [f"{quoted(name)} = u.{_SET}{number}" for number, name in enumerate(names)]
    session.execute(
        f"UPDATE {rows_of(body)} AS t SET {', '.join([*settings, f'{WRITTEN} = {statement}'])} "
        f"FROM (SELECT * FROM sf_update QUALIFY row_number() OVER (PARTITION BY {ROW}) = 1) AS u "
        f"WHERE t.{ROW} = u.{ROW}"
    )
    return updated, several


def _aliased(value: exp.Expr, name: str) -> exp.Alias:
    return exp.Alias(this=value, alias=exp.Identifier(this=name))
