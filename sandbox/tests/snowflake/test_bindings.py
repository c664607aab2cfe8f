"""What drivers do apart from running a statement: bind values, describe, end a session."""

from datetime import datetime
from decimal import Decimal
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


def test_a_decimal_is_bound_exactly(account: Snowflake, database: str) -> None:
    """The connector sends it with the type of whole numbers."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT ? + 0.01, ? + 1", (Decimal("5000.10"), 41))
        assert cursor.fetchall() == [(Decimal("5000.11"), 42)]


def test_a_value_beside_exact_numbers_has_the_type_of_its_cast(account: Snowflake, database: str) -> None:
    """Numbers are exact in a query that a value is joined to; a value whose type nobody tells is refused."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        rows = "(SELECT 10.25::NUMBER(18,2) AS n)"
        query = (
            f"SELECT n * 0.5::NUMBER(2,1), k || '!' FROM {rows} CROSS JOIN (SELECT CAST(? AS VARCHAR) AS k)"
        )
        cursor.execute(query, ("key",))
        assert cursor.fetchall() == [(Decimal("5.125"), "key!")]
        with pytest.raises(ProgrammingError, match="not set"):
            cursor.execute(f"SELECT n * 0.5::NUMBER(2,1), k FROM {rows} CROSS JOIN (SELECT ? AS k)", ("key",))


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


def test_a_merge_with_values(account: Snowflake, database: str) -> None:
    """One value in several places of what becomes several statements; a quote in it stays a quote."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE OR REPLACE TABLE merged (id INT, a NUMBER(12,2), v VARCHAR, at TIMESTAMP_NTZ)")
        merge = (
            "MERGE INTO merged t USING (SELECT ? AS id, ?::NUMBER(12,2) AS a) s ON t.id = s.id AND t.id > ? "
            "WHEN MATCHED THEN UPDATE SET a = t.a + s.a, v = ? "
            "WHEN NOT MATCHED THEN INSERT (id, a, v, at) VALUES (s.id, s.a, ?, ?)"
        )
        moment = datetime(2026, 3, 1, 12, 30, 15, 250_000)  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone
        for amount, note in (("1.10", "first"), ("2.20", "second")):
            cursor.execute(merge, (7, amount, 0, note, "it's \\ new", moment))
        assert _rows(connection, "SELECT id, a, v, at FROM merged") == [
            (7, Decimal("3.30"), "second", moment)
        ]
        cursor.execute(merge, (8, "0.05", 0, "", "it's \\ new", None))
        assert _rows(connection, "SELECT v, at FROM merged WHERE id = 8") == [("it's \\ new", None)]
        cursor.executemany(merge, [(9, "1", 0, "", "a", None), (9, "1", 0, "b", "", None)])
        assert _rows(connection, "SELECT a, v FROM merged WHERE id = 9") == [(Decimal(2), "b")]
        cursor.execute("DROP TABLE merged")


def test_values_in_a_definition(account: Snowflake, database: str) -> None:
    """They are written into it; too few of them are an error."""
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE OR REPLACE TABLE given AS SELECT ? AS n, ? AS v", (3, "'"))
        assert _rows(connection, "SELECT n, v FROM given") == [(3, "'")]
        cursor.execute("EXECUTE IMMEDIATE 'SELECT v FROM given WHERE n = ?' USING (?)", (3,))
        assert cursor.fetchall() == [("'",)]
        with pytest.raises(ProgrammingError, match=r"Bind variable \? not set") as caught:
            cursor.execute("CREATE TABLE lost AS SELECT ? AS n, ? AS v", (3,))
        assert (caught.value.errno, caught.value.sqlstate) == (2049, "42601")
        cursor.execute("DROP TABLE given")


def test_several_statements_in_one_call(connection: SnowflakeConnection) -> None:
    """Each in its order, each with its own answer; the first that fails ends them."""
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE several (a INT); INSERT INTO several VALUES (1), (2); SELECT SUM(a) FROM several",
        num_statements=3,
    )
    answers = [cursor.fetchall()]
    while cursor.nextset() is not None:
        answers.append(cursor.fetchall())
    assert answers == [[("Table SEVERAL successfully created.",)], [(2,)], [(3,)]]
    with pytest.raises(ProgrammingError, match="Division by zero"):
        cursor.execute("DELETE FROM several WHERE a = 1; SELECT 1 / 0; DELETE FROM several", num_statements=3)
    assert _rows(connection, "SELECT a FROM several") == [(2,)]
    with pytest.raises(ProgrammingError, match="did not match the desired statement count 2"):
        cursor.execute("SELECT 1; SELECT 2; SELECT 3", num_statements=2)


def test_a_moment_without_a_zone(account: Snowflake, database: str) -> None:
    """A driver binds it as TIMESTAMP_NTZ, and gets it back as one."""
    moment = datetime(2026, 3, 1, 12, 30, 15, 250_000)  # noqa: DTZ001 - TIMESTAMP_NTZ has no zone
    with account.connect(database=database, schema="PUBLIC", paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT ?", (moment,))
        assert cursor.fetchall() == [(moment,)]
        cursor.execute('SELECT COUNT(*) WHERE PARSE_JSON(\'{"s": "x"}\'):s = ?', ("x",))
        assert cursor.fetchall() == [(1,)]


def test_a_script_is_split_where_its_comments_do_not_matter(connection: SnowflakeConnection) -> None:
    """The connector leaves the comment after a semicolon with the statement before it."""
    script = """
        CREATE TABLE scripted (a INT); -- first
        INSERT INTO scripted VALUES (1); /* second */
        SELECT ';', a FROM scripted;
        """
    answers = [cursor.fetchall() for cursor in connection.execute_string(script)]
    assert answers[1:] == [[(1,)], [(";", 1)]]
    cursor = connection.cursor()
    cursor.execute("SELECT 1; -- one\n; /* none */ ; SELECT 2; -- two", num_statements=2)
    assert cursor.fetchall() == [(1,)]
    cursor.nextset()
    assert cursor.fetchall() == [(2,)]
