"""Values apart from their statement, and statements that are described only: as drivers send them."""

import pytest
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
