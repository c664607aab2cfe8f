"""A statement that runs is ended from outside: by id, by session, by the driver, by its time."""

import threading
from collections.abc import Callable
from queue import Queue

import duckdb
import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import DatabaseError, ProgrammingError

from slipway_sandbox.snowflake.interruption import Interruptible
from tests.snowflake.conftest import Snowflake

_LONG = (
    "SELECT COUNT(*) FROM t a CROSS JOIN t b CROSS JOIN t c CROSS JOIN t d CROSS JOIN t e "
    "WHERE a.n + b.n + c.n + d.n - e.n = 7"
)
"""Minutes of work."""


def _one(connection: SnowflakeConnection, sql: str) -> object:
    cursor = connection.cursor()
    cursor.execute(sql)
    row = cursor.fetchone()
    assert isinstance(row, tuple)
    return row[0]


@pytest.fixture
def busy(account: Snowflake, connection: SnowflakeConnection) -> SnowflakeConnection:
    """A second session, in the same schema, with enough rows to be busy with."""
    connection.cursor().execute(
        "CREATE TABLE t AS SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 1000))"
    )
    return account.connect(database=str(connection.database), schema=str(connection.schema))


def _running(sql: str, session: SnowflakeConnection) -> tuple[threading.Thread, "Queue[DatabaseError]"]:
    """A statement in a thread of its own, and the error with which it ends."""
    errors: Queue[DatabaseError] = Queue()

    def run() -> None:
        try:
            session.cursor().execute(sql)
        except DatabaseError as error:
            errors.put(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


def _until(answer: Callable[[], object], wanted: object) -> None:
    """Ask until a statement is running that the question can end."""
    deadline = threading.Event()
    timer = threading.Timer(30, deadline.set)
    timer.start()
    while answer() != wanted:
        assert not deadline.is_set(), f"never {wanted}"
    timer.cancel()


def test_every_statement_of_a_session(connection: SnowflakeConnection, busy: SnowflakeConnection) -> None:
    """As dbt does when it is interrupted; the session goes on."""
    thread, errors = _running(_LONG, busy)
    cancel = f"SELECT SYSTEM$CANCEL_ALL_QUERIES({busy.session_id})"
    _until(lambda: _one(connection, cancel), "1 cancelled.")
    thread.join(30)
    error = errors.get(timeout=30)
    assert (error.errno, error.sqlstate) == (604, "57014")
    assert _one(busy, "SELECT COUNT(*) FROM t") == 1000
    assert _one(connection, cancel) == "0 cancelled."


def test_a_transaction_begins_and_ends_whole() -> None:
    """However many interruptions come: half begun or half rolled back is a connection of no more use."""
    connection = Interruptible(duckdb.connect())
    connection.duckdb.execute("CREATE TABLE t (n BIGINT)")
    over = threading.Event()

    def interrupt() -> None:
        while not over.is_set():
            connection.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    ended = 0
    try:
        for end in ("ROLLBACK", "COMMIT") * 5:
            connection.at_edge("BEGIN TRANSACTION")
            try:
                connection.duckdb.execute("INSERT INTO t SELECT * FROM range(3000000)")
            except duckdb.InterruptException:
                ended += 1
                connection.at_edge("ROLLBACK")
            else:
                connection.at_edge(end)
    finally:
        over.set()
        thread.join()
    assert ended


def test_one_statement_by_its_id(connection: SnowflakeConnection, busy: SnowflakeConnection) -> None:
    """One that has ended is told so."""
    ended = busy.cursor().execute("SELECT 1")
    assert ended is not None
    told = _one(connection, f"SELECT SYSTEM$CANCEL_QUERY('{ended.sfqid}')")
    assert told == "Identified SQL statement is not currently executing."


def test_a_wait_for_a_lock(connection: SnowflakeConnection, busy: SnowflakeConnection) -> None:
    """What holds the lock keeps it; CALL works as SELECT does."""
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("UPDATE t SET n = n + 1")
    thread, errors = _running("DELETE FROM t", busy)
    cancel = f"CALL SYSTEM$CANCEL_ALL_QUERIES({busy.session_id})"
    _until(lambda: errors.qsize() or _one(connection, cancel), 1)
    thread.join(30)
    assert errors.get(timeout=30).errno == 604
    connection.cursor().execute("COMMIT")
    assert _one(connection, "SELECT MIN(n) FROM t") == 1


def test_a_drivers_patience(busy: SnowflakeConnection) -> None:
    """The connector asks the server to end what took too long, and it does."""
    with pytest.raises(ProgrammingError) as caught:
        busy.cursor().execute(_LONG, timeout=1)
    assert caught.value.errno == 604
    assert _one(busy, "SELECT COUNT(*) FROM t") == 1000


def test_the_time_that_a_session_allows(busy: SnowflakeConnection) -> None:
    """STATEMENT_TIMEOUT_IN_SECONDS."""
    busy.cursor().execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    with pytest.raises(ProgrammingError, match="timeout of 1 second") as caught:
        busy.cursor().execute(_LONG)
    assert (caught.value.errno, caught.value.sqlstate) == (630, "57014")


def test_the_time_that_a_warehouse_allows(busy: SnowflakeConnection) -> None:
    """The less of the two holds, and one of nothing is none."""
    for sql in (
        "CREATE WAREHOUSE hurried STATEMENT_TIMEOUT_IN_SECONDS = 1",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 0",
    ):
        busy.cursor().execute(sql)
    with pytest.raises(ProgrammingError, match="timeout of 1 second") as caught:
        busy.cursor().execute(_LONG)
    assert caught.value.errno == 630
    busy.cursor().execute("DROP WAREHOUSE hurried")


def test_nobody_ends_what_is_another_users(account: Snowflake, busy: SnowflakeConnection) -> None:
    """Without ownership of the user, OPERATE on the warehouse or ACCOUNTADMIN."""
    with account.connect() as other:
        other.cursor().execute("USE SECONDARY ROLES NONE")
        assert _one(other, f"SELECT SYSTEM$CANCEL_ALL_QUERIES({busy.session_id})") == "0 cancelled."
        with pytest.raises(ProgrammingError, match="invalid value"):
            other.cursor().execute("SELECT SYSTEM$CANCEL_ALL_QUERIES('x')")
