"""What cannot be done is told by Snowflake's number and class, through the connector; the session goes on."""

import re

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errorcode import ER_FAILED_TO_CONNECT_TO_DB
from snowflake.connector.errors import OperationalError, ProgrammingError

from tests.conftest import free_port
from tests.snowflake.conftest import Snowflake

_INTERNAL = re.compile(
    r"sqlglot|duckdb|Token|(Binder|Parser|Catalog|Invalid Input) Error|__row|\ue000", re.IGNORECASE
)
"""Words of what the sandbox is made of, which no text of an error may show."""

_WRONG = [
    ("SELECT 'abc", 1003, "42000"),
    ("SELECT a FROM t GROUP BY", 1003, "42000"),
    ("SELECT 1 FROM", 1003, "42000"),
    ("SELECT 1 WHERE", 1003, "42000"),
    ("SELECT 1 2", 1003, "42000"),
    ("DELETE t WHERE a = 1", 1003, "42000"),
    ("MERGE INTO t USING (SELECT 1 AS a) s ON t.a = s.a", 1003, "42000"),
    ("CREATE TABLE w (a FOO)", 2040, "42601"),
    ("SELECT 1::FOO", 2040, "42601"),
    ("SELECT * FROM t, t", 2027, "42601"),
    ("UPDATE t SET n = 1, n = 2", 2025, "42S21"),
    ("SELECT t.nosuch FROM t", 904, "42000"),
    ("SELECT x.a FROM t x JOIN t y USING (nosuch)", 904, "42000"),
    (f"SELECT {'(' * 3000}1{')' * 3000}", 2, "0A000"),
    ("SELECT 1" + "+1" * 5000, 2, "0A000"),
    ("INSERT ALL INTO t VALUES (1, 1, 'a') SELECT 1", 2, "0A000"),
    ("SELECT TO_BINARY('AB') || TO_BINARY('CD')", 2, "0A000"),
    ("SET (x, y) = (1, 2)", 2, "0A000"),
    ("SELECT $1 FROM VALUES (1)", 2, "0A000"),
    ("SELECT SYSTEM$TYPEOF(a) FROM t", 2, "0A000"),
    ("SELECT CURRENT_SECONDARY_ROLES()", 2, "0A000"),
    ("ALTER TABLE t SWAP WITH t", 1008, "22023"),
    ("ALTER SCHEMA wrong SWAP WITH wrong", 1008, "22023"),
    ("DROP TABLE", 1003, "42000"),
    ("UPDATE t", 1003, "42000"),
    ("INSERT INTO", 1003, "42000"),
    ("ALTER SESSION SET LOCK_TIMEOUT", 1003, "42000"),
    ("SHOW TABLES LIMIT x", 1003, "42000"),
    ("GRANT SELECT ON t TO", 1003, "42000"),
    ("CREATE TABLE w (a NUMBER(39,0))", 1008, "22023"),
    ("CREATE TABLE w (a INT, A INT)", 2025, "42S21"),
    ("INSERT INTO t (a, n) VALUES (1)", 2020, "21S01"),
    ("INSERT INTO t SELECT 1, 2, 'x', 4", 2020, "21S01"),
    ("SELECT a, COUNT(*) FROM t", 979, "42601"),
    ("SELECT a FROM t x JOIN t y ON x.a = y.a", 2028, "42601"),
    ("SELECT (SELECT 1 UNION ALL SELECT 2)", 90150, "22000"),
    ("SELECT ?", 2049, "42601"),
    ("SELECT content FROM read_text('/etc/passwd')", 2140, "42601"),
    ("SELECT * FROM read_csv('/etc/passwd')", 2140, "42601"),
    ("SELECT * FROM TABLE(read_csv('/etc/passwd'))", 2140, "42601"),
    ("SELECT * FROM t, LATERAL read_text('/etc/passwd')", 2140, "42601"),
    ("SELECT * FROM t JOIN read_parquet('/etc/passwd') p ON TRUE", 2140, "42601"),
    ("SELECT (SELECT content FROM read_text('/etc/passwd'))", 2140, "42601"),
    ("SELECT * FROM '/etc/passwd'", 2, "0A000"),
    ("SELECT * FROM pragma_table_info('t')", 2140, "42601"),
    ("SELECT * FROM query('SELECT 1')", 2140, "42601"),
    ("SELECT * FROM query_table('store.t1')", 2140, "42601"),
    ("SELECT * FROM range(3)", 2140, "42601"),
    ("CREATE VIEW w AS SELECT content FROM read_text('/etc/passwd')", 2140, "42601"),
    ("CREATE TABLE w AS SELECT content FROM read_text('/etc/passwd')", 2140, "42601"),
    ("INSERT INTO t (v) SELECT content FROM read_text('/etc/passwd')", 2140, "42601"),
    ("DELETE FROM t USING read_text('/etc/passwd') f WHERE t.v = f.content", 2140, "42601"),
    (
        "MERGE INTO t USING read_text('/etc/passwd') f ON t.v = f.content WHEN MATCHED THEN DELETE",
        2140,
        "42601",
    ),
    ("SELECT SYSTEM$NOSUCH()", 2140, "42601"),
    ("SELECT LAST_QUERY_ID('x')", 1008, "22023"),
    ("SELECT * FROM t AT(OFFSET => 'soon')", 100038, "22018"),
    ("SELECT * FROM t AT(TIMESTAMP => 'soon')", 100035, "22007"),
    ("SELECT * FROM nosuch", 2003, "42S02"),
    ("SELECT * FROM nosuch.nosuch.nosuch", 2003, "02000"),
    ("SELECT * FROM TABLE(RESULT_SCAN('nosuch'))", 709, "02000"),
    ("REVOKE SELECT ON t FROM ROLE nosuch", 2003, "02000"),
    ("GRANT USAGE ON TABLE t TO ROLE public", 1008, "22023"),
    ("INSERT INTO t (n) VALUES (1000)", 100039, "22003"),
    ("INSERT INTO t (a) VALUES (99999999999999999999999999999999999999)", 100039, "22003"),
    ("UPDATE t SET n = n * 1000", 100039, "22003"),
    ("INSERT INTO t (v) VALUES ('abcd')", 100078, "22000"),
    ("UPDATE t SET v = v || 'd'", 100078, "22000"),
    (
        "MERGE INTO t USING (SELECT 1 AS a) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET v = 'abcd'",
        100078,
        "22000",
    ),
    ("SELECT 99999999999999999999999999999999999999 * 10", 100039, "22003"),
    ("SELECT 'nodate'::DATE", 100040, "22007"),
    ("SELECT 'perhaps'::BOOLEAN", 100037, "22018"),
    ("SELECT 1 / (a - 1) FROM t", 100051, "22012"),
    ("CREATE TASK x SCHEDULE = '1 minute' AS SELECT 1", 2, "0A000"),
    ("COPY INTO t FROM @x", 2, "0A000"),
    ("CALL nosuch()", 2, "0A000"),
]


@pytest.fixture(scope="module")
def session(account: Snowflake, database: str) -> SnowflakeConnection:
    """One session for every wrong statement: none of them may spoil it for the next."""
    opened = account.connect(database=database)
    opened.cursor().execute("CREATE OR REPLACE SCHEMA wrong")
    opened.cursor().execute("CREATE TABLE t (a INT, n NUMBER(5,2), v VARCHAR(3))")
    opened.cursor().execute("INSERT INTO t VALUES (1, 999.99, 'abc')")
    return opened


@pytest.mark.parametrize(("sql", "number", "state"), _WRONG, ids=[sql[:80] for sql, _, _ in _WRONG])
def test_a_wrong_statement(session: SnowflakeConnection, sql: str, number: int, state: str) -> None:
    """It changes nothing."""
    cursor = session.cursor()
    with pytest.raises(ProgrammingError) as caught:
        cursor.execute(sql)
    assert (caught.value.errno, caught.value.sqlstate) == (number, state), caught.value.msg
    assert not _INTERNAL.search(str(caught.value.msg))
    cursor.execute("SELECT a, n, v FROM t")
    assert [tuple(map(str, row)) for row in cursor.fetchall()] == [("1", "999.99", "abc")]


@pytest.mark.parametrize("loss", ["REVOKE ROLE passing FROM USER platform_engineer", "DROP ROLE passing"])
def test_a_role_that_is_lost_in_mid_session(
    account: Snowflake, connection: SnowflakeConnection, loss: str
) -> None:
    """Also inside of a transaction: what was allowed is not there any more."""
    administrator = connection.cursor()
    for sql in (
        "CREATE ROLE IF NOT EXISTS passing",
        "GRANT ROLE passing TO USER platform_engineer",
        f"GRANT USAGE ON DATABASE {connection.database} TO ROLE passing",
        f"GRANT USAGE ON SCHEMA {connection.schema} TO ROLE passing",
        "CREATE TABLE t AS SELECT 1 AS a",
        "GRANT SELECT, INSERT ON TABLE t TO ROLE passing",
    ):
        administrator.execute(sql)
    place = {"database": connection.database, "schema": connection.schema}
    with account.connect(role="PASSING", **place) as opened:
        cursor = opened.cursor()
        cursor.execute("USE SECONDARY ROLES NONE")
        cursor.execute("BEGIN")
        cursor.execute("INSERT INTO t VALUES (2)")
        administrator.execute(loss)
        for sql in ("SELECT a FROM t", "INSERT INTO t VALUES (3)"):
            with pytest.raises(ProgrammingError) as caught:
                cursor.execute(sql)
            assert (caught.value.errno, caught.value.sqlstate) == (2003, "02000")
        cursor.execute("SELECT CURRENT_ROLE()")
        assert cursor.fetchone() == ("PUBLIC",)
        with pytest.raises(ProgrammingError) as caught:
            cursor.execute("USE ROLE passing")
        assert caught.value.errno in {3013, 2043}
    administrator.execute("DROP ROLE IF EXISTS passing")


def test_a_privilege_that_is_lost_in_mid_session(account: Snowflake, connection: SnowflakeConnection) -> None:
    """The object stays visible as long as the role has any other privilege on it."""
    administrator = connection.cursor()
    administrator.execute("CREATE OR REPLACE TABLE t AS SELECT 1 AS a")
    for sql in (
        f"GRANT USAGE ON DATABASE {connection.database} TO ROLE public",
        f"GRANT USAGE ON SCHEMA {connection.schema} TO ROLE public",
        "GRANT SELECT, INSERT ON TABLE t TO ROLE public",
    ):
        administrator.execute(sql)
    place = {"database": connection.database, "schema": connection.schema}
    with account.connect(role="PUBLIC", **place) as opened:
        cursor = opened.cursor()
        cursor.execute("USE SECONDARY ROLES NONE")
        cursor.execute("INSERT INTO t SELECT a + 1 FROM t")
        administrator.execute("REVOKE INSERT ON TABLE t FROM ROLE public")
        with pytest.raises(ProgrammingError) as caught:
            cursor.execute("INSERT INTO t VALUES (3)")
        assert (caught.value.errno, caught.value.sqlstate) == (3001, "42501")
        cursor.execute("SELECT COUNT(*) FROM t")
        assert cursor.fetchone() == (2,)
    administrator.execute(f"REVOKE USAGE ON DATABASE {connection.database} FROM ROLE public")


def test_a_server_that_is_not_there(account: Snowflake) -> None:
    """The driver's own error and class."""
    gone = Snowflake(parameters=account.parameters | {"port": free_port(), "login_timeout": 1})
    with pytest.raises(OperationalError) as caught:
        gone.connect()
    assert caught.value.errno == ER_FAILED_TO_CONNECT_TO_DB
