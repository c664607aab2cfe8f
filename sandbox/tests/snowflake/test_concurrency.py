"""Many sessions at once: nothing is lost, nobody sees half of a change, a lock waits."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

from tests.snowflake.conftest import Snowflake

_WRITERS = 10
_ROUNDS = 8
_PATIENCE_SECONDS = 60


def _place(connection: SnowflakeConnection) -> dict[str, str]:
    return {"database": str(connection.database), "schema": str(connection.schema)}


def _one(connection: SnowflakeConnection, sql: str) -> object:
    cursor = connection.cursor()
    cursor.execute(sql)
    row = cursor.fetchone()
    assert isinstance(row, tuple)
    return row[0]


def _all_at_once(works: list[Callable[[], None]]) -> None:
    with ThreadPoolExecutor(len(works)) as pool:
        for each in [pool.submit(work) for work in works]:
            each.result()


def test_ten_writers_lose_nothing(account: Snowflake, connection: SnowflakeConnection) -> None:
    """Inserts beside updates and merges of one row."""
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE log (writer INT, n INT)")
    cursor.execute("CREATE TABLE total (id INT, amount NUMBER(12,2))")
    cursor.execute("INSERT INTO total VALUES (1, 0)")

    together = threading.Barrier(_WRITERS)

    def write(writer: int) -> None:
        with account.connect(**_place(connection)) as own:
            together.wait(_PATIENCE_SECONDS)
            for number in range(_ROUNDS):
                own.cursor().execute(f"INSERT INTO log VALUES ({writer}, {number})")
                own.cursor().execute(
                    "MERGE INTO total USING (SELECT 1 AS id, 0.01 AS a) s ON total.id = s.id "
                    "WHEN MATCHED THEN UPDATE SET amount = amount + s.a"
                    if number % 2
                    else "UPDATE total SET amount = amount + 0.01 WHERE id = 1"
                )

    _all_at_once([partial(write, writer) for writer in range(_WRITERS)])
    assert _one(connection, "SELECT COUNT(*) FROM log") == _WRITERS * _ROUNDS
    assert _one(connection, "SELECT COUNT(DISTINCT writer, n) FROM log") == _WRITERS * _ROUNDS
    assert _one(connection, "SELECT amount FROM total") == Decimal(_WRITERS * _ROUNDS) / 100


def test_readers_see_one_table_or_the_other(account: Snowflake, connection: SnowflakeConnection) -> None:
    """A swap has no moment in between."""
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE blue AS SELECT 'blue' AS c, 1 AS n UNION ALL SELECT 'blue', 2")
    cursor.execute("CREATE TABLE green AS SELECT 'green' AS c, 1 AS n UNION ALL SELECT 'green', 2")
    both = _swapped_under_readers(
        account,
        connection,
        swap="ALTER TABLE blue SWAP WITH green",
        read="SELECT MIN(c), MAX(c), COUNT(*) FROM blue",
    )
    assert both == {("blue", "blue", 2), ("green", "green", 2)}


def test_readers_of_two_tables_see_one_schema_or_the_other(
    account: Snowflake, connection: SnowflakeConnection
) -> None:
    """A swap of schemas moves everything in them at one moment."""
    cursor = connection.cursor()
    for schema in ("swapped_blue", "swapped_green"):
        cursor.execute(f"CREATE OR REPLACE SCHEMA {schema}")
        for table in ("one", "two"):
            cursor.execute(f"CREATE TABLE {table} AS SELECT '{schema}' AS c")
    both = _swapped_under_readers(
        account,
        connection,
        swap="ALTER SCHEMA swapped_blue SWAP WITH swapped_green",
        read="SELECT x.c, y.c, COUNT(*) FROM swapped_blue.one x CROSS JOIN swapped_blue.two y GROUP BY 1, 2",
    )
    assert both == {("swapped_blue", "swapped_blue", 1), ("swapped_green", "swapped_green", 1)}
    for schema in ("swapped_blue", "swapped_green"):
        cursor.execute(f"DROP SCHEMA {schema}")


def _swapped_under_readers(
    account: Snowflake, connection: SnowflakeConnection, *, swap: str, read: str
) -> set[tuple[object, ...]]:
    """Swap until two readers, each in a session of its own, have seen two states; what they have seen."""
    seen: set[tuple[object, ...]] = set()
    reads, swaps = Counter[int](), 0
    is_over = threading.Event()
    place = _place(connection)

    def look(reader: int) -> None:
        with account.connect(**place) as own:
            while not is_over.is_set():
                cursor = own.cursor()
                cursor.execute(read)
                seen.update(cursor.fetchall())
                reads[reader] += 1

    def change() -> None:
        nonlocal swaps
        deadline = time.monotonic() + _PATIENCE_SECONDS
        try:
            while time.monotonic() < deadline:
                connection.cursor().execute(swap)
                swaps += 1
                if len(seen) > 1 and min(reads[0], reads[1]) >= _ROUNDS and swaps >= _ROUNDS:
                    return
        finally:
            is_over.set()

    _all_at_once([partial(look, 0), partial(look, 1), change])
    assert swaps >= _ROUNDS
    return seen


def test_a_second_writer_waits_for_the_first(account: Snowflake, connection: SnowflakeConnection) -> None:
    """It goes on when the first commits, and sees what that has written."""
    connection.cursor().execute("CREATE TABLE fence (holder VARCHAR, epoch INT)")
    connection.cursor().execute("INSERT INTO fence VALUES ('a', 1)")
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("UPDATE fence SET epoch = epoch + 1")
    changed: list[int | None] = []

    def wait() -> None:
        with account.connect(**_place(connection)) as own:
            cursor = own.cursor()
            cursor.execute("UPDATE fence SET holder = 'b' WHERE epoch = 2")
            changed.append(cursor.rowcount)

    thread = threading.Thread(target=wait)
    thread.start()
    _until_locks_are(connection, {"HOLDING", "WAITING"})
    assert changed == []
    connection.cursor().execute("COMMIT")
    thread.join(_PATIENCE_SECONDS)
    assert changed == [1]
    assert _one(connection, "SELECT holder FROM fence") == "b"
    assert _locks(connection) == {}


def test_a_circle_of_waits_is_told(account: Snowflake, connection: SnowflakeConnection) -> None:
    """The one that closes it fails; the other goes on when that has rolled back."""
    for table in ("a", "b"):
        connection.cursor().execute(f"CREATE TABLE {table} AS SELECT 1 AS n")
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("UPDATE a SET n = 2")

    def other() -> None:
        with account.connect(**_place(connection)) as own:
            for sql in ("BEGIN", "UPDATE b SET n = 3", "UPDATE a SET n = 3", "COMMIT"):
                own.cursor().execute(sql)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other)
        _until_locks_are(connection, {"HOLDING", "WAITING"})
        with pytest.raises(ProgrammingError) as caught:
            connection.cursor().execute("UPDATE b SET n = 2")
        assert (caught.value.errno, caught.value.sqlstate) == (625, "57014")
        connection.cursor().execute("ROLLBACK")
        waiting.result(_PATIENCE_SECONDS)
    assert _one(connection, "SELECT a.n + b.n FROM a CROSS JOIN b") == 6


def _locks(connection: SnowflakeConnection) -> dict[str, str]:
    """Status -> the table that it is about, as the account tells it."""
    cursor = connection.cursor()
    cursor.execute("SHOW LOCKS IN ACCOUNT")
    return {row[4]: row[0] for row in cursor.fetchall() if f".{connection.schema}." in row[0]}


def _until_locks_are(connection: SnowflakeConnection, wanted: set[str]) -> None:
    """Ask until locks are held and waited for: a thread that has not begun would look like one that waits."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while set(_locks(connection)) != wanted:
        assert time.monotonic() < deadline, _locks(connection)


def test_a_wait_that_is_too_long_ends_with_snowflakes_error(
    account: Snowflake, connection: SnowflakeConnection
) -> None:
    """LOCK_TIMEOUT; the first writer keeps its transaction."""
    connection.cursor().execute("CREATE TABLE t (a INT)")
    connection.cursor().execute("INSERT INTO t VALUES (1)")
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("UPDATE t SET a = 2")
    with account.connect(**_place(connection)) as own:
        own.cursor().execute("ALTER SESSION SET LOCK_TIMEOUT = 1")
        with pytest.raises(ProgrammingError) as caught:
            own.cursor().execute("DELETE FROM t")
    assert (caught.value.errno, caught.value.sqlstate) == (625, "57014")
    connection.cursor().execute("COMMIT")
    assert _one(connection, "SELECT a FROM t") == 2


def test_a_write_that_began_before_a_point_and_ended_after_it_is_a_change(
    account: Snowflake, connection: SnowflakeConnection
) -> None:
    """The order of commits counts: what an audit did not see must be found by CHANGES since the audit."""
    connection.cursor().execute("CREATE TABLE t (a INT) CHANGE_TRACKING = TRUE")
    with account.connect(**_place(connection)) as writer:
        writer.cursor().execute("BEGIN")
        writer.cursor().execute("INSERT INTO t VALUES (1)")
        audit = connection.cursor()
        audit.execute("SELECT COUNT(*) FROM t")
        assert audit.fetchone() == (0,)
        point = audit.sfqid
        writer.cursor().execute("COMMIT")
    found = f"SELECT COUNT(*) FROM t CHANGES(INFORMATION => DEFAULT) AT(STATEMENT => '{point}')"
    assert _one(connection, found) == 1


_COLUMN_CHANGES = {
    "ALTER TABLE t ADD COLUMN b INT": {(1, None), (2, None)},
    "ALTER TABLE t RENAME COLUMN a TO z": {(1,), (2,)},
    "ALTER TABLE t ALTER COLUMN a SET NOT NULL": {(1,), (2,)},
}


@pytest.mark.parametrize("change", _COLUMN_CHANGES)
def test_a_change_of_columns_waits_for_rows_that_are_not_committed(
    account: Snowflake, connection: SnowflakeConnection, change: str
) -> None:
    """Rows of a transaction that is open when the columns change are there after both."""
    connection.cursor().execute("CREATE TABLE t (a INT)")
    connection.cursor().execute("INSERT INTO t VALUES (1)")
    with account.connect(**_place(connection)) as writer, ThreadPoolExecutor(1) as pool:
        writer.cursor().execute("BEGIN")
        writer.cursor().execute("INSERT INTO t VALUES (2)")
        altered = pool.submit(connection.cursor().execute, change)
        _until_locks_are(writer, {"HOLDING", "WAITING"})
        writer.cursor().execute("COMMIT")
        altered.result(_PATIENCE_SECONDS)
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM t")
    assert set(cursor.fetchall()) == _COLUMN_CHANGES[change]


def test_a_change_of_columns_gives_up_after_the_lock_timeout(
    account: Snowflake, connection: SnowflakeConnection
) -> None:
    """Meanwhile others define, log in and insert; the open transaction's rows are kept."""
    connection.cursor().execute("CREATE TABLE t (a INT)")
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("INSERT INTO t VALUES (1)")
    with account.connect(**_place(connection)) as own:
        own.cursor().execute("ALTER SESSION SET LOCK_TIMEOUT = 1")
        with pytest.raises(ProgrammingError) as caught:
            own.cursor().execute("ALTER TABLE t ADD COLUMN b INT")
        assert (caught.value.errno, caught.value.sqlstate) == (625, "57014")
        own.cursor().execute("CREATE TABLE u (a INT)")
        own.cursor().execute("INSERT INTO t VALUES (2)")
    connection.cursor().execute("COMMIT")
    assert _one(connection, "SELECT SUM(a) FROM t") == 3


def test_writers_lose_nothing_while_columns_change(
    account: Snowflake, connection: SnowflakeConnection
) -> None:
    """A writer that has found the table before its columns change writes where the table is after."""
    connection.cursor().execute("CREATE TABLE t (a INT)")
    connection.cursor().execute("INSERT INTO t VALUES (0)")

    def write(statement: str) -> None:
        with account.connect(**_place(connection)) as own:
            for _ in range(_ROUNDS):
                own.cursor().execute(statement)

    def change() -> None:
        with account.connect(**_place(connection)) as own:
            for number in range(_ROUNDS):
                own.cursor().execute(f"ALTER TABLE t ADD COLUMN c{number} INT")

    inserts = [partial(write, "INSERT INTO t (a) VALUES (1000)") for _ in range(2)]
    updates = [partial(write, "UPDATE t SET a = a + 1 WHERE a < 1000") for _ in range(2)]
    _all_at_once([*inserts, *updates, change])
    assert _one(connection, "SELECT COUNT(*) FROM t WHERE a = 1000") == 2 * _ROUNDS
    assert _one(connection, "SELECT a FROM t WHERE a < 1000") == 2 * _ROUNDS
