"""What was run, as queries read it: INFORMATION_SCHEMA's table functions and ACCOUNT_USAGE.QUERY_HISTORY.

Sources: https://docs.snowflake.com/en/sql-reference/functions/query_history and
https://docs.snowflake.com/en/sql-reference/account-usage/query_history. ACCOUNT_USAGE is behind by up to 45
minutes in Snowflake; here both know every statement that has ended. Columns that mean nothing here are left
out: a query that names one fails.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT
from slipway_sandbox.snowflake.errors import invalid_value, relation_not_found, unsupported
from slipway_sandbox.snowflake.query import Query
from slipway_sandbox.snowflake.session import Session

_TEXT: Final = pa.string()
_COUNT: Final = pa.int64()
_MOMENT: Final = pa.timestamp("us", tz="UTC")
_COLUMNS: Final = (
    ("QUERY_ID", _TEXT),
    ("QUERY_TEXT", _TEXT),
    ("DATABASE_NAME", _TEXT),
    ("SCHEMA_NAME", _TEXT),
    ("QUERY_TYPE", _TEXT),
    ("SESSION_ID", _COUNT),
    ("USER_NAME", _TEXT),
    ("ROLE_NAME", _TEXT),
    ("WAREHOUSE_NAME", _TEXT),
    ("QUERY_TAG", _TEXT),
    ("EXECUTION_STATUS", _TEXT),
    ("ERROR_CODE", _TEXT),
    ("ERROR_MESSAGE", _TEXT),
    ("START_TIME", _MOMENT),
    ("END_TIME", _MOMENT),
    ("TOTAL_ELAPSED_TIME", _COUNT),
    ("ROWS_PRODUCED", _COUNT),
)
_FUNCTIONS: Final = {
    "QUERY_HISTORY": "",
    "QUERY_HISTORY_BY_SESSION": "SESSION_ID",
    "QUERY_HISTORY_BY_USER": "USER_NAME",
    "QUERY_HISTORY_BY_WAREHOUSE": "WAREHOUSE_NAME",
}
_TOLD_BY_FUNCTIONS: Final = timedelta(days=7)
_TOLD_BY_VIEWS: Final = timedelta(days=365)
_LIMIT: Final = "RESULT_LIMIT"
_DEFAULT_LIMIT: Final = 100
_MOST: Final = 10_000


def is_function(name: str) -> bool:
    """Whether a table function of INFORMATION_SCHEMA tells the history."""
    return name.upper().rpartition(".")[2] in _FUNCTIONS


def function(session: Session, name: str, arguments: Iterable[exp.Expr]) -> exp.Expr:
    """QUERY_HISTORY and its kin, newest first, as a relation.

    Args:
        session: who asks; it sees its own user's statements, and all of them with MONITOR USAGE.
        name: the function's name, with INFORMATION_SCHEMA before it.
        arguments: RESULT_LIMIT and the one of the function, by name.

    Raises:
        SnowflakeError: an argument is not known here.
    """
    by = _FUNCTIONS[name.upper().rpartition(".")[2]]
    limit, wanted = _DEFAULT_LIMIT, ""
    for each in arguments:
        key, value = _argument(each)
        if key == _LIMIT:
            limit = int(value)
        elif key == by and by:
            wanted = value
        else:
            raise unsupported(f"{name}({key} => ...)")
    if not 1 <= limit <= _MOST:
        raise invalid_value(f"invalid value [{limit}] for parameter '{_LIMIT}'")
    if by == "SESSION_ID":
        wanted = wanted or str(session.number)
    elif by == "USER_NAME":
        wanted = wanted or session.user.name
    since = session.account.clock() - _TOLD_BY_FUNCTIONS
    seen = [row for row in _seen(session, since) if not wanted or str(row[_position(by)]) == wanted]
    return _lent(session, seen[:limit], f"{by}_{limit}_{wanted}")


def account_usage(session: Session, relation: str) -> exp.Expr:
    """A view of SNOWFLAKE.ACCOUNT_USAGE as a relation.

    Raises:
        SnowflakeError: 2003, the sandbox has no such view, or the role may not read it.
    """
    if relation != "QUERY_HISTORY" or not session.authority.has(Privilege.MONITOR_USAGE, ACCOUNT):
        raise relation_not_found(f"SNOWFLAKE.ACCOUNT_USAGE.{relation}")
    since = session.account.clock() - _TOLD_BY_VIEWS
    return _lent(session, list(_seen(session, since)), "account_usage")


def _seen(session: Session, since: datetime) -> Iterable[tuple[object, ...]]:
    sees_all = session.authority.has(Privilege.MONITOR_USAGE, ACCOUNT)
    for query in session.account.history.newest_first():
        if query.ended >= since and (sees_all or query.user == session.user.name):
            yield _row(query)


def _row(query: Query) -> tuple[object, ...]:
    return (
        query.id,
        query.text,
        query.database or None,
        query.schema or None,
        query.kind,
        query.session,
        query.user,
        query.role,
        query.warehouse or None,
        query.tag,
        "FAIL" if query.error else "SUCCESS",
        f"{query.error:06d}" if query.error else None,
        query.message or None,
        query.started,
        query.ended,
        int((query.ended - query.started).total_seconds() * 1000),
        query.rows,
    )


def _position(column: str) -> int:
    return next((number for number, (name, _) in enumerate(_COLUMNS) if name == column), 0)


def _argument(each: exp.Expr) -> tuple[str, str]:
    """The name and value of `NAME => value`."""
    if not isinstance(each, exp.Kwarg) or not isinstance(each.expression, exp.Literal):
        raise unsupported(
            f"an argument without a name or with an expression: {each.sql(dialect='snowflake')}"
        )
    return each.this.name.upper(), str(each.expression.name)


def _lent(session: Session, rows: list[tuple[object, ...]], of: str) -> exp.Expr:
    """Rows under a name that the session's DuckDB connection knows: one name for what is asked alike."""
    arrays = [pa.array([row[number] for row in rows], type=kind) for number, (_, kind) in enumerate(_COLUMNS)]
    name = f"sf_history_{re.sub(r'[^A-Za-z0-9]', '_', of)}"
    session.lend(name, pa.Table.from_arrays(arrays, names=[column for column, _ in _COLUMNS]))
    lent = exp.Anonymous(this="query_table", expressions=[exp.Literal.string(name)])
    return exp.select("*").from_(exp.Table(this=lent))
