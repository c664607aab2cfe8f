"""Killed and started again: what was committed is there, what was not is gone."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

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
            "CREATE TABLE bounded (v VARCHAR(3), b BINARY(2), u VARCHAR(3) DEFAULT 'ab'::VARCHAR(3))",
            "INSERT INTO bounded (v) VALUES ('abc')",
            "CREATE TABLE numbered (id INT AUTOINCREMENT, v INT)",
            "INSERT INTO numbered (v) VALUES (0), (0)",
            "CREATE TEMPORARY TABLE passing AS SELECT 1 AS x",
            "CREATE TABLE gone AS SELECT 1 AS x",
            "DROP TABLE gone",
            "CREATE ROLE reader",
            "GRANT SELECT ON TABLE t TO ROLE reader",
            "SELECT CURRENT_TIMESTAMP()",
        ):
            cursor.execute(sql)
        point = cursor.sfqid
        for sql in (
            "UPDATE t SET a = 9 WHERE id = 1",
            "BEGIN",
            "DELETE FROM t",
        ):
            cursor.execute(sql)
    with _server(tmp_path) as account, account.connect(database="shop", schema="public") as connection:
        cursor = connection.cursor()
        assert _rows(connection, "SELECT id, a FROM t ORDER BY id") == [(1, Decimal(9)), (2, Decimal("2.20"))]
        before = _rows(connection, f"SELECT id, a FROM t AT(STATEMENT => '{point}') ORDER BY id")
        assert before == [(1, Decimal("1.10")), (2, Decimal("2.20"))]
        assert len(_rows(connection, "SHOW GRANTS TO ROLE reader")) == 1
        assert _rows(connection, "SELECT v, u FROM bounded") == [("abc", "ab")]
        with pytest.raises(ProgrammingError, match="too long"):
            cursor.execute("INSERT INTO bounded (v) VALUES ('abcd')")
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
        for sql in sys.argv[2:]:
            connection.cursor().execute(sql.format(number=number))
        print(number, flush=True)
"""
_TRANSACTIONS = ("BEGIN", "INSERT INTO a VALUES ({number})", "UPDATE b SET n = {number}", "COMMIT")
_MOVES = ("ALTER TABLE blue SWAP WITH green", "CREATE OR REPLACE TABLE copied CLONE blue")


def _killed_while_it_writes(home: Path, made: Sequence[str], statements: Sequence[str], rounds: int) -> int:
    """Kill a server while a process goes round some statements; the last round that was acknowledged."""
    with _server(home) as account:
        with account.connect() as connection:
            for sql in ("CREATE DATABASE shop", *made):
                connection.cursor().execute(sql)
        parameters = json.dumps(account.parameters | {"database": "shop", "schema": "public"})
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, parameters, *statements],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert writer.stdout is not None
        for _ in range(rounds):
            assert writer.stdout.readline()
    writer.kill()
    last = rounds - 1 + len(writer.stdout.read().split())
    writer.stdout.close()
    writer.wait()
    return last


def test_a_kill_between_commits_leaves_whole_transactions(tmp_path: Path) -> None:
    """What was acknowledged is there, and of what was not either all or nothing."""
    made = ("CREATE TABLE a (n INT)", "CREATE TABLE b AS SELECT -1 AS n")
    last = _killed_while_it_writes(tmp_path, made, _TRANSACTIONS, rounds=20)
    with _server(tmp_path) as account, account.connect(database="shop", schema="public") as connection:
        ((most, count, held),) = _rows(connection, "SELECT MAX(n), COUNT(*), (SELECT n FROM b) FROM a")
        assert (most, count) == (held, held + 1)
        assert held in {last, last + 1}


def test_a_kill_during_clones_and_swaps_leaves_whole_tables(tmp_path: Path) -> None:
    """Each has been done or not, the one that was acknowledged has; no name is lost."""
    made = [
        f"CREATE TABLE {name} AS SELECT '{name}' AS c FROM TABLE(GENERATOR(ROWCOUNT => 20000))"
        for name in ("blue", "green", "copied")
    ]
    last = _killed_while_it_writes(tmp_path, made, _MOVES, rounds=8)
    with _server(tmp_path) as account, account.connect(database="shop", schema="public") as connection:
        held = {
            name: _rows(connection, f"SELECT MIN(c), MAX(c), COUNT(*) FROM {name}")[0]
            for name in ("blue", "green", "copied")
        }
        whole = {colour: (colour, colour, 20_000) for colour in ("blue", "green")}
        assert {held["blue"], held["green"]} == set(whole.values())
        swaps = {last + 1, last + 2}
        assert held["blue"] in {whole["green" if number % 2 else "blue"] for number in swaps}
        assert held["copied"] in whole.values()
        connection.cursor().execute("ALTER TABLE blue SWAP WITH green")
        connection.cursor().execute("CREATE OR REPLACE TABLE copied CLONE blue")
        assert _rows(connection, "SELECT MIN(c), MAX(c), COUNT(*) FROM copied") == [held["green"]]


def _rows(connection: SnowflakeConnection, sql: str) -> list[Any]:
    cursor = connection.cursor()
    cursor.execute(sql)
    return list(cursor.fetchall())
