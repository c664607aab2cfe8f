"""What drivers do apart from running a statement: bind values, describe, end a session."""

from typing import Any

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

from tests.snowflake.conftest import Snowflake


def test_many_rows_are_one_statement(account: Snowflake, database: str) -> None:
    """A row that does not fit takes the others with it."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE OR REPLACE TABLE bound (id INT, a NUMBER(5,2))")
        cursor.executemany("INSERT INTO bound VALUES (?, ?)", [[1, "1.10"], [2, "2.20"], [3, "3.30"]])
        assert cursor.rowcount == 3
        with pytest.raises(ProgrammingError, match="out of range"):
            cursor.executemany("INSERT INTO bound VALUES (?, ?)", [[4, "4.40"], [5, "5000"]])
        cursor.execute("SELECT COUNT(*), SUM(a) FROM bound")
        assert [str(value) for value in cursor.fetchall()[0]] == ["3", "6.60"]
        cursor.execute("DROP TABLE bound")


def test_a_query_is_described_without_running(account: Snowflake, database: str) -> None:
    """Names and types of the columns, and the errors that running it would give."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        described = cursor.describe("SELECT 1.50 AS a, 'x' AS b, CURRENT_DATE() AS c, 1 / 0 AS d")
        assert [(each.name, each.type_code) for each in described] == [("A", 0), ("B", 2), ("C", 3), ("D", 0)]
        assert (described[0].precision, described[0].scale) == (3, 2)
        with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
            cursor.describe("SELECT * FROM nosuch")


def test_temporary_objects_end_with_their_session(account: Snowflake, database: str) -> None:
    """Other sessions never see them, and nothing of them is left."""
    with account.connect(database=database, schema="PUBLIC") as watcher:
        with account.connect(database=database, schema="PUBLIC") as owner:
            owner.cursor().execute("CREATE TEMPORARY TABLE passing AS SELECT 1 AS x")
            owner.cursor().execute("CREATE TEMPORARY VIEW glance AS SELECT x FROM passing")
            assert len(_rows(owner, "SHOW OBJECTS LIKE 'PASSING'")) == 1
            with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
                watcher.cursor().execute("SELECT * FROM passing")
        watcher.cursor().execute("CREATE TABLE passing (y INT)")
        assert _rows(watcher, "SELECT COUNT(*) FROM passing") == [(0,)]
        watcher.cursor().execute("DROP TABLE passing")


def _rows(connection: SnowflakeConnection, sql: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute(sql)
    return cursor.fetchall()
