"""One statement from text to answer: its query id, its place in the history, its error."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import duckdb
from sqlglot.errors import SqlglotError, UnsupportedError
from sqlglot.tokenizer_core import TokenType

from slipway_sandbox.snowflake.errors import SnowflakeError, syntax_error, unsupported
from slipway_sandbox.snowflake.faults import as_snowflake
from slipway_sandbox.snowflake.locks import TableMovedError
from slipway_sandbox.snowflake.purging import purge_if_due
from slipway_sandbox.snowflake.query import Query
from slipway_sandbox.snowflake.results import Result, summed
from slipway_sandbox.snowflake.running import Running
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statement_journal import shortened
from slipway_sandbox.snowflake.statements.dispatch import run
from slipway_sandbox.snowflake.statements.principals import is_disabled
from slipway_sandbox.snowflake.statements.queries import described
from slipway_sandbox.snowflake.statements.query_types import query_type
from slipway_sandbox.snowflake.statements.words import tokens_of
from slipway_sandbox.snowflake.warehouses import seconds_left


def new_query_id() -> str:
    """An id for a statement."""
    return str(uuid.uuid4())


def statements_of(sql: str) -> list[str]:
    """Split a text at its semicolons."""
    return list(_split(sql))


def _split(sql: str) -> Iterator[str]:
    start, has_words = 0, False
    for token in tokens_of(sql):
        if token.token_type is not TokenType.SEMICOLON:
            has_words = True
            continue
        if has_words:
            yield sql[start : token.start].strip()
        start, has_words = token.end + 1, False
    if has_words:
        yield sql[start:].strip()


def describe(session: Session, sql: str, bindings: Sequence[Any] | None) -> Result:
    """The columns of a query that is not run.

    Raises:
        SnowflakeError: it is no query, or would fail.
    """
    with session.turn.taken():
        return _told(lambda: described(session, sql, bindings))


def execute(session: Session, sql: str, bindings: Sequence[Sequence[Any]] | None, query_id: str) -> Result:
    """Run a statement and note it.

    Args:
        session: who runs it.
        sql: one statement.
        bindings: values of its placeholders; it is run once for each row of them, all or none.
        query_id: its id.

    Raises:
        SnowflakeError: it failed; nothing of it is kept.
    """
    started, before = session.account.clock(), session.account.storage.point
    session.statement = session.committed = 0
    session.moment = started
    try:
        _refuse_disabled(session)
        seconds = seconds_left(session)
        running = Running(
            query_id=query_id,
            session=session.number,
            user=session.user.id,
            warehouse=session.warehouse,
            request=session.request,
            stop=session.stop,
        )
        with session.turn.taken(), session.account.runs.noted(running, seconds):
            result = _told(lambda: _run(session, sql, bindings))
    except SnowflakeError as error:
        _note(session, sql, query_id, started, before, None, error)
        raise
    _note(session, sql, query_id, started, before, result, None)
    session.query_ids.append(query_id)
    purge_if_due(session.account)
    return result


def _refuse_disabled(session: Session) -> None:
    """A user who is disabled or dropped asks nothing any more, in sessions that are open already either.

    Source: https://docs.snowflake.com/en/sql-reference/sql/alter-user, DISABLED
    """
    user = session.account.catalogue.things.get(session.user.id)
    if user is None or is_disabled(user):
        raise SnowflakeError(
            390101, "08001", "User access disabled. Contact your local system administrator."
        )


def _run(session: Session, sql: str, bindings: Sequence[Sequence[Any]] | None) -> Result:
    if bindings is None or len(bindings) <= 1:
        return _begun_again(session, sql, bindings[0] if bindings else None)
    is_own = session.commits_by_itself and not session.in_transaction
    session.begin()
    try:
        results = [_begun_again(session, sql, row) for row in bindings]
    except BaseException:
        if is_own:
            session.rollback()
        raise
    if is_own:
        session.commit()
    return summed(results)


def _begun_again(session: Session, sql: str, bindings: Sequence[Any] | None) -> Result:
    """Run a statement; once more when it has waited for a table whose columns changed meanwhile."""
    while True:
        try:
            return run(session, sql, bindings)
        except TableMovedError:
            continue


def _told(answer: Callable[[], Result]) -> Result:
    """An answer, or the error of a library in Snowflake's words."""
    try:
        return answer()
    except duckdb.Error as error:
        raise as_snowflake(error) from error
    except UnsupportedError as error:
        raise unsupported(str(error)) from error
    except SqlglotError as error:
        raise syntax_error(str(error)) from error
    except RecursionError as error:
        raise unsupported("a statement that is nested so deeply") from error
    except NotImplementedError as error:
        raise unsupported(str(error)) from error


def _note(  # noqa: PLR0917 - the facts of one statement
    session: Session,
    sql: str,
    query_id: str,
    started: datetime,
    before: int,
    result: Result | None,
    error: SnowflakeError | None,
) -> None:
    session.account.history.add(
        Query(
            id=query_id,
            text=shortened(sql),
            kind=query_type(sql),
            database=session.database,
            schema=session.schema,
            user=session.user.name,
            user_id=session.user.id,
            role=session.role_name,
            warehouse=session.warehouse,
            tag=session.parameters["QUERY_TAG"],
            session=session.number,
            started=started,
            ended=session.account.clock(),
            rows=result.table.num_rows if result is not None else 0,
            error=error.number if error is not None else 0,
            message=error.message if error is not None else "",
            before=before,
            statement=session.statement,
            commit=session.committed,
        ),
        result,
    )
