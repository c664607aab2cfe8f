"""AT and BEFORE: from a moment, an offset or a statement to a point in the order of commits.

Source: https://docs.snowflake.com/en/sql-reference/constructs/at-before
"""

from datetime import datetime, timedelta

from sqlglot import exp

from slipway_sandbox.snowflake.errors import SnowflakeError, unsupported
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.storage import Point


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
            seconds = float(str(_computed(session, value)))
            moment = session.account.clock() + timedelta(seconds=seconds)
        case "TIMESTAMP":
            moment = datetime.fromisoformat(str(_computed(session, exp.cast(value.copy(), "TIMESTAMPTZ"))))
        case kind:
            raise unsupported(f"AT | BEFORE ({kind} => ...)")
    if before:
        moment -= timedelta(microseconds=1)
    return session.account.storage.point_at(moment)


def _of_statement(session: Session, query_id: str, *, before: bool) -> Point:
    query = session.account.history.find(query_id)
    if query is None:
        raise SnowflakeError(709, "02000", f"Statement {query_id} not found")
    if not query.statement:
        return Point(query.before, 2**62)
    commit = session.account.storage.commit_of(query.statement)
    if commit is None:
        raise SnowflakeError(709, "02000", f"Statement {query_id} is not committed")
    return Point(commit, query.statement - (1 if before else 0))


def _text(value: exp.Expr) -> str:
    if not isinstance(value, exp.Literal):
        raise unsupported("AT | BEFORE (STATEMENT => an expression)")
    return str(value.name)


def _computed(session: Session, value: exp.Expr) -> object:
    ((found,),) = session.rows(f"SELECT {value.sql(dialect='duckdb')}")
    return found
