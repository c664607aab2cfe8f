"""Killed and started again: what was committed is there, what was not is gone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from snowflake.connector import SnowflakeConnection

from tests.conftest import free_port, running
from tests.snowflake.conftest import Snowflake, local


@contextmanager
def _server(home: Path) -> Iterator[Snowflake]:
    """A server on a folder; it is killed, not asked, when the block ends."""
    port = free_port()
    command = [sys.executable, "-P", "-u", "-m", "slipway_sandbox.snowflake", "--home", str(home)]
    with running([*command, "--port", str(port)], f"http://127.0.0.1:{port}/_slipway/health", home / "log"):
        yield local(home, port)


def test_a_killed_account_keeps_what_was_committed(tmp_path: Path) -> None:
    """Rows, names, grants, history; and it goes on counting where it was."""
    with _server(tmp_path) as account, account.connect() as connection:
        cursor = connection.cursor()
        for sql in (
            "CREATE DATABASE shop",
            "CREATE TABLE t (id INT, a NUMBER(12,2))",
            "INSERT INTO t VALUES (1, 1.10), (2, 2.20)",
            "CREATE TABLE numbered (id INT AUTOINCREMENT, v INT)",
            "INSERT INTO numbered (v) VALUES (0), (0)",
            "CREATE TEMPORARY TABLE passing AS SELECT 1 AS x",
            "CREATE TABLE gone AS SELECT 1 AS x",
            "DROP TABLE gone",
            "CREATE ROLE reader",
            "GRANT SELECT ON TABLE t TO ROLE reader",
            "UPDATE t SET a = 9 WHERE id = 1",
            "BEGIN",
            "DELETE FROM t",
        ):
            cursor.execute(sql)
    with _server(tmp_path) as account, account.connect(database="shop", schema="public") as connection:
        cursor = connection.cursor()
        assert _rows(connection, "SELECT id, a FROM t ORDER BY id") == [(1, Decimal(9)), (2, Decimal("2.20"))]
        assert len(_rows(connection, "SHOW GRANTS TO ROLE reader")) == 1
        cursor.execute("UNDROP TABLE gone")
        assert _rows(connection, "SELECT x FROM gone") == [(1,)]
        cursor.execute("INSERT INTO numbered (v) VALUES (0)")
        assert _rows(connection, "SELECT MAX(id), COUNT(DISTINCT id) FROM numbered") == [(3, 3)]
        assert _rows(connection, "SHOW TABLES LIKE 'PASSING'") == []
        assert _rows(connection, "SHOW LOCKS IN ACCOUNT") == []
        cursor.execute("DELETE FROM t WHERE id = 2")
        cursor.execute("INSERT INTO t VALUES (2, 2.20)")
        cursor.execute("INSERT INTO t VALUES (3, 3)")
        written = cursor.sfqid
        assert _rows(connection, "SELECT COUNT(*) FROM t") == [(3,)]
        assert _rows(connection, f"SELECT COUNT(*) FROM t BEFORE(STATEMENT => '{written}')") == [(2,)]


_WRITER = """
import json, sys
import snowflake.connector
with snowflake.connector.connect(**json.loads(sys.argv[1])) as connection:
    for number in range(100_000):
        for sql in ("BEGIN", f"INSERT INTO a VALUES ({number})", f"UPDATE b SET n = {number}", "COMMIT"):
            connection.cursor().execute(sql)
        print(number, flush=True)
"""


def test_a_kill_between_commits_leaves_whole_transactions(tmp_path: Path) -> None:
    """What was acknowledged is there, and of what was not either all or nothing."""
    with _server(tmp_path) as account:
        with account.connect() as connection:
            for sql in ("CREATE DATABASE shop", "CREATE TABLE a (n INT)", "CREATE TABLE b AS SELECT -1 AS n"):
                connection.cursor().execute(sql)
        parameters = json.dumps(account.parameters | {"database": "shop", "schema": "public"})
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, parameters], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert writer.stdout is not None
        for _ in range(20):
            assert writer.stdout.readline()
    writer.kill()
    last = 19 + len(writer.stdout.read().split())
    writer.stdout.close()
    writer.wait()
    with _server(tmp_path) as account, account.connect(database="shop", schema="public") as connection:
        ((most, count, held),) = _rows(connection, "SELECT MAX(n), COUNT(*), (SELECT n FROM b) FROM a")
        assert (most, count) == (held, held + 1)
        assert held in {last, last + 1}


def _rows(connection: SnowflakeConnection, sql: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute(sql)
    return list(cursor.fetchall())
