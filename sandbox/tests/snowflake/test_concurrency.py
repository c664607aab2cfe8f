"""Many sessions at once: nothing is lost, nobody sees half of a change, a lock waits."""

import threading
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

    def write(writer: int) -> None:
        with account.connect(**_place(connection)) as own:
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
    assert _one(connection, "SELECT amount FROM total") == Decimal(_WRITERS * _ROUNDS) / 100


def test_readers_see_one_table_or_the_other(account: Snowflake, connection: SnowflakeConnection) -> None:
    """A swap has no moment in between."""
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE blue AS SELECT 'blue' AS c, 1 AS n UNION ALL SELECT 'blue', 2")
    cursor.execute("CREATE TABLE green AS SELECT 'green' AS c, 1 AS n UNION ALL SELECT 'green', 2")
    is_over = threading.Event()
    seen: set[tuple[str, int]] = set()

    def read() -> None:
        with account.connect(**_place(connection)) as own:
            while not is_over.is_set():
                reader = own.cursor()
                reader.execute("SELECT MIN(c), MAX(c), COUNT(*) FROM blue")
                row = reader.fetchone()
                assert isinstance(row, tuple)
                first, last, count = row
                assert first == last
                seen.add((first, count))

    def swap() -> None:
        try:
            for _ in range(_ROUNDS):
                connection.cursor().execute("ALTER TABLE blue SWAP WITH green")
        finally:
            is_over.set()

    _all_at_once([read, read, swap])
    assert seen <= {("blue", 2), ("green", 2)}


def test_a_second_writer_waits_for_the_first(account: Snowflake, connection: SnowflakeConnection) -> None:
    """It goes on when the first commits, and sees what that has written."""
    connection.cursor().execute("CREATE TABLE fence (holder VARCHAR, epoch INT)")
    connection.cursor().execute("INSERT INTO fence VALUES ('a', 1)")
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("UPDATE fence SET epoch = epoch + 1")
    is_done = threading.Event()
    changed: list[int | None] = []

    def wait() -> None:
        with account.connect(**_place(connection)) as own:
            cursor = own.cursor()
            cursor.execute("UPDATE fence SET holder = 'b' WHERE epoch = 2")
            changed.append(cursor.rowcount)
        is_done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not is_done.wait(1)
    connection.cursor().execute("COMMIT")
    thread.join(60)
    assert changed == [1]
    assert _one(connection, "SELECT holder FROM fence") == "b"


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
