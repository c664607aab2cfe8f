"""AT and BEFORE: from a moment, an offset or a statement to a point in the order of commits.

Source: https://docs.snowflake.com/en/sql-reference/constructs/at-before
"""

from datetime import datetime, timedelta
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import TableBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, not_a_number, unsupported
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.retention import days_of
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.translate import duckdb_text
from slipway_sandbox.snowflake.storage import LAST_STATEMENT, Point

_INSTANT: Final = timedelta(microseconds=1)


def point_for(session: Session, when: exp.Expr, table: Thing | None) -> Point:
    """The last commit that is seen, if the table can be read as it was then.

    Args:
        session: who asks.
        when: AT(...), BEFORE(...) or END(...).
        table: the table; None for the end of a time, which is not too early when its begin is not.

    Raises:
        SnowflakeError: 707, and those of `point_of`.
    """
    point = point_of(session, when)
    if table is not None and is_too_early(session, table, point):
        raise too_early(table)
    return point


def is_too_early(session: Session, table: Thing, point: Point) -> bool:
    """Whether a point is before a table, its present columns or the time for which it keeps its history."""
    account = session.account
    kept_since = account.clock() - timedelta(days=days_of(account.catalogue, table))
    since = table.body.since if isinstance(table.body, TableBody) else 0
    return point.moment < kept_since or (point.commit, point.statement) < (since, 0)


def too_early(thing: Thing) -> SnowflakeError:
    """What Snowflake says of a point that a table, schema or database cannot be read at."""
    return SnowflakeError(
        707,
        "02000",
        f"Time travel data is not available for {thing.kind.lower()} {written(thing.name)}. "
        "The requested time is either beyond the allowed time travel period or before the object creation "
        "time.",
    )


def point_of(session: Session, when: exp.Expr) -> Point:
    """The last commit that is seen.

    Args:
        session: who asks.
        when: AT(...), BEFORE(...) or END(...).

    Raises:
        SnowflakeError: the statement is not known or wrote nothing, or the moment is none.
    """
    value = when.args["expression"]
    before = str(when.this).upper() == "BEFORE"
    match str(when.args["kind"]).upper():
        case "STATEMENT":
            return _of_statement(session, _text(value), before=before)
        case "OFFSET":
            seconds = _seconds(str(_computed(session, value)))
            moment = session.account.clock() + timedelta(seconds=seconds)
        case "TIMESTAMP":
            moment = datetime.fromisoformat(str(_computed(session, exp.cast(value.copy(), "TIMESTAMPTZ"))))
        case kind:
            raise unsupported(f"AT | BEFORE ({kind} => ...)")
    if before:
        moment -= _INSTANT
    return session.account.storage.point_at(moment)


def _of_statement(session: Session, query_id: str, *, before: bool) -> Point:
    query = session.account.history.find(query_id)
    if query is None:
        raise SnowflakeError(709, "02000", f"Statement {query_id} not found")
    moment = query.started - _INSTANT if before else query.ended
    if not query.statement:
        last = query.commit - (1 if before else 0) if query.commit else query.before
        return Point(last, LAST_STATEMENT, moment)
    commit = session.account.storage.commit_of(query.statement)
    if commit is None and session.account.storage.is_forgotten(query.statement):
        return Point(0, 0, moment)
    if commit is None:
        raise SnowflakeError(709, "02000", f"Statement {query_id} is not committed")
    return Point(commit, query.statement - (1 if before else 0), moment)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise not_a_number(text) from None


def _text(value: exp.Expr) -> str:
    if not isinstance(value, exp.Literal):
        raise unsupported("AT | BEFORE (STATEMENT => an expression)")
    return str(value.name)


def _computed(session: Session, value: exp.Expr) -> object:
    ((found,),) = session.rows(f"SELECT {duckdb_text(value)}")
    return found
