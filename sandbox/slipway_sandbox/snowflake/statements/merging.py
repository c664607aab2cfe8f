"""MERGE: every matching of a target row and a source row is decided first, then written.

Source: https://docs.snowflake.com/en/sql-reference/sql/merge; a target row that several source rows would
update is an error (ERROR_ON_NONDETERMINISTIC_MERGE, whose default is TRUE).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, syntax_error, unsupported, value_count
from slipway_sandbox.snowflake.identifiers import quoted, stored
from slipway_sandbox.snowflake.results import Result, StatementType, counts
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import set_defaults
from slipway_sandbox.snowflake.statements.assigning import assigned
from slipway_sandbox.snowflake.statements.queries import duckdb_of, parsed
from slipway_sandbox.snowflake.statements.writing import keep_history, refuse_unknown, rows_chosen, writable
from slipway_sandbox.snowflake.storage import ROW, WRITTEN, column_list, rows_of


class _Action(StrEnum):
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    INSERT = "INSERT"


@dataclass(frozen=True, kw_only=True)
class _Clause:
    """One WHEN.

    Attributes:
        number: its place among the clauses; the first one that fits decides.
        action: what it does.
        condition: its AND; None for none.
        columns: the columns that it sets.
        values: what it sets them to.
    """

    number: int
    action: _Action
    condition: exp.Expr | None
    columns: tuple[str, ...]
    values: tuple[exp.Expr, ...]


_NEEDS = {
    _Action.UPDATE: Privilege.UPDATE,
    _Action.DELETE: Privilege.DELETE,
    _Action.INSERT: Privilege.INSERT,
}


def merge(session: Session, sql: str) -> Result:
    """MERGE INTO a table USING a source ON a condition WHEN ..."""
    tree = parsed(sql)
    whens = tree.args["whens"].expressions
    table, body = writable(session, tree.this, Privilege.SELECT)
    clauses = [_clause(number, when, body) for number, when in enumerate(whens)]
    for clause in clauses:
        session.authority.require(_NEEDS[clause.action], table)
        refuse_unknown(body, clause.columns)
    with session.writing(table) as statement:
        set_defaults(session, body)
        done = _Merge(session, tree, table, body).run(clauses, statement)
    actions = {clause.action for clause in clauses}
    words = {_Action.INSERT: "rows_inserted", _Action.UPDATE: "rows_updated", _Action.DELETE: "rows_deleted"}
    return counts(
        StatementType.MERGE,
        **{word: done.get(action, 0) for action, word in words.items() if action in actions},
    )


class _Merge:
    """One MERGE while it runs."""

    def __init__(self, session: Session, tree: exp.Expr, table: Thing, body: TableBody) -> None:
        self._session = session
        self._tree = tree
        self._table = table
        self._body = body

    def run(self, clauses: Sequence[_Clause], statement: int) -> dict[_Action, int]:
        """Decide, refuse what is not determined, write; rows by action."""
        self._decide(
            "sf_matched", [clause for clause in clauses if clause.action is not _Action.INSERT], matched=True
        )
        self._decide("sf_missing", [each for each in clauses if each.action is _Action.INSERT], matched=False)
        self._refuse_undetermined(clauses)
        keep_history(
            self._session, self._body, f"SELECT {ROW} FROM sf_matched WHERE sf_clause IS NOT NULL", statement
        )
        done: dict[_Action, int] = {}
        for clause in clauses:
            written = self._apply(clause, statement)
            done[clause.action] = done.get(clause.action, 0) + written
        return done

    def _decide(self, name: str, clauses: Sequence[_Clause], *, matched: bool) -> None:
        """Note for every matching, or every source row without one, which clause decides and its values."""
        decision = exp.Case()
        for clause in clauses:
            decision = decision.when(clause.condition or exp.true(), exp.Literal.number(clause.number))
        if not clauses:
            columns: list[exp.Expr] = [exp.alias_(exp.cast(exp.Null(), "BIGINT"), "sf_clause")]
        else:
            columns = [exp.alias_(decision, "sf_clause")]
        for clause in clauses:
            columns += [
                exp.alias_(value, f"sf_{clause.number}_{position}")
                for position, value in enumerate(clause.values)
            ]
        query = self._matched(columns) if matched else self._missing(columns)
        self._session.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def _matched(self, columns: Sequence[exp.Expr]) -> str:
        chosen = ([self._tree.args["using"]], self._tree.args["on"])
        return rows_chosen(self._session, self._table, self._tree.this, chosen, "MERGE", *columns)

    def _missing(self, columns: Sequence[exp.Expr]) -> str:
        """Source rows that match no target row."""
        target = self._tree.this.copy()
        found = exp.select("1").from_(target).where(self._tree.args["on"].copy())
        query = exp.select(*[column.copy() for column in columns]).from_(self._tree.args["using"].copy())
        return duckdb_of(self._session, query.where(exp.Not(this=exp.Exists(this=found))), "MERGE")

    def _refuse_undetermined(self, clauses: Sequence[_Clause]) -> None:
        updating = [str(clause.number) for clause in clauses if clause.action is _Action.UPDATE]
        if not updating:
            return
        twice = self._session.rows(
            f"SELECT {ROW} FROM sf_matched WHERE sf_clause IS NOT NULL GROUP BY 1 "
            f"HAVING count(*) > 1 AND bool_or(sf_clause IN ({', '.join(updating)})) LIMIT 1"
        )
        if twice:
            ((values,),) = self._session.rows(
                f"SELECT json_array({column_list(self._body)}) FROM {rows_of(self._body)} WHERE {ROW} = ?",
                [twice[0][0]],
            )
            raise SnowflakeError(
                100090, "42P18", f"Duplicate row detected during DML action\nRow Values: {values}"
            )

    def _apply(self, clause: _Clause, statement: int) -> int:
        rows = rows_of(self._body)
        settings = [
            f"{quoted(column)} = m.sf_{clause.number}_{position}"
            for position, column in enumerate(clause.columns)
        ]
        match clause.action:
            case _Action.UPDATE:
                return self._session.execute(
                    f"UPDATE {rows} AS t SET {', '.join([*settings, f'{WRITTEN} = {statement}'])} "
                    f"FROM sf_matched AS m WHERE t.{ROW} = m.{ROW} AND m.sf_clause = {clause.number}"
                )
            case _Action.DELETE:
                return self._session.execute(
                    f"DELETE FROM {rows} WHERE {ROW} IN "
                    f"(SELECT {ROW} FROM sf_matched WHERE sf_clause = {clause.number})"
                )
            case _Action.INSERT:
                listed = ", ".join(quoted(column) for column in clause.columns)
                values = ", ".join(
                    f"sf_{clause.number}_{position}" for position in range(len(clause.columns))
                )
                return self._session.execute(
                    f"INSERT INTO {rows} ({listed}, {WRITTEN}) SELECT {values}, {statement} FROM sf_missing "
                    f"WHERE sf_clause = {clause.number}"
                )


def _clause(number: int, when: exp.Expr, body: TableBody) -> _Clause:
    then, condition = when.args["then"], when.args.get("condition")
    if when.args.get("matched"):
        if isinstance(then, exp.Update) and all(isinstance(each, exp.EQ) for each in then.expressions):
            pairs = [(stored(each.this.this), each.expression) for each in then.expressions]
            columns, values = zip(*pairs, strict=True)
            return _Clause(
                number=number,
                action=_Action.UPDATE,
                condition=condition,
                columns=columns,
                values=tuple(assigned(body, columns, values)),
            )
        if not isinstance(then, exp.Var) or then.name.upper() != _Action.DELETE:
            raise _misplaced(then)
        return _Clause(number=number, action=_Action.DELETE, condition=condition, columns=(), values=())
    if when.args.get("source"):
        raise unsupported("WHEN NOT MATCHED BY SOURCE")
    if not isinstance(then, exp.Insert) or not isinstance(then.expression, exp.Tuple):
        raise _misplaced(then)
    named = tuple(stored(each.this) for each in then.this.expressions) if then.this is not None else ()
    columns = named or tuple(column.name for column in body.columns)
    given = then.expression.expressions
    if len(given) != len(columns):
        raise value_count(len(columns), len(given))
    return _Clause(
        number=number,
        action=_Action.INSERT,
        condition=condition,
        columns=columns,
        values=tuple(assigned(body, columns, given)),
    )


def _misplaced(then: exp.Expr) -> SnowflakeError:
    """What a WHEN may not do: another database's DO NOTHING, INSERT * or UPDATE SET *."""
    return syntax_error(f"syntax error: unexpected '{then.sql(dialect='snowflake')}'.")
