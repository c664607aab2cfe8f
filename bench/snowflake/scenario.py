"""Statements a second side by side, in rounds that alternate; and large tables on the sandbox Snowflake."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import snowflake.connector
from snowflake.connector import SnowflakeConnection

from bench.snowflake.digits import DIGITS, numbers
from bench.snowflake.servers import Parameters, ours, plain_fakesnow
from bench.spread import spread

_STATEMENTS: Final[Mapping[str, Callable[[int], str]]] = {
    "insert a row": lambda n: f"INSERT INTO payments VALUES ({n}, 12.34, 'EUR')",
    "select a row": lambda n: f"SELECT id, amount FROM payments WHERE id = {n}",
    "update a row": lambda n: f"UPDATE payments SET amount = amount + 1 WHERE id = {n}",
    "sum by currency": lambda _: "SELECT currency, SUM(amount), COUNT(*) FROM payments GROUP BY currency",
}


def snowflake_tables(rounds: int, statements: int, rows: int, scratch: Path) -> str:
    """Measure both and return the tables as Markdown.

    Args:
        rounds: interleaved rounds of each kind of statement.
        statements: statements a round.
        rows: rows of the large table, a power of ten.
        scratch: an empty folder.
    """
    with ours(scratch) as own, plain_fakesnow(scratch) as plain:
        compared = _compare(own, plain, rounds, statements)
        large = _large(own, rows)
    return f"{compared}\n\n{large}"


def _compare(own: Parameters, plain: Parameters, rounds: int, statements: int) -> str:
    with snowflake.connector.connect(**own) as first, snowflake.connector.connect(**plain) as second:
        for connection in (first, second):
            _prepare(connection)
        _live_from_grants(first)
        lines = [
            "| over HTTP, rights two roles deep | statements/s | plain fakesnow | ratio (spread) |",
            "|---|---|---|---|",
        ]
        for name, statement in _STATEMENTS.items():
            taken: list[tuple[float, float]] = []
            for number in range(rounds):
                order = (first, second) if number % 2 == 0 else (second, first)
                speeds = {id(each): _speed(each, statement, statements) for each in order}
                taken.append((speeds[id(first)], speeds[id(second)]))
            lines.append(_row(name, taken))
    return "\n".join(lines)


def _prepare(connection: SnowflakeConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("CREATE DATABASE IF NOT EXISTS bench")
    cursor.execute("CREATE SCHEMA IF NOT EXISTS bench.s")
    cursor.execute("USE SCHEMA bench.s")
    cursor.execute("CREATE TABLE payments (id INT, amount NUMBER(18,2), currency VARCHAR(3))")


_GRANTS: Final = (
    "CREATE ROLE bench_write",
    "CREATE ROLE bench_pipeline",
    "CREATE ROLE bench_worker",
    "GRANT ROLE bench_write TO ROLE bench_pipeline",
    "GRANT ROLE bench_pipeline TO ROLE bench_worker",
    "GRANT ROLE bench_worker TO USER platform_engineer",
    "GRANT USAGE ON DATABASE bench TO ROLE bench_write",
    "GRANT USAGE ON SCHEMA bench.s TO ROLE bench_write",
    "GRANT SELECT, INSERT, UPDATE ON TABLE bench.s.payments TO ROLE bench_write",
    "USE ROLE bench_worker",
    "USE SECONDARY ROLES NONE",
)
"""The worker owns nothing: each right comes from a role two grants away, as a pipeline's does."""


def _live_from_grants(connection: SnowflakeConnection) -> None:
    for statement in _GRANTS:
        connection.cursor().execute(statement)


def _speed(connection: SnowflakeConnection, statement: Callable[[int], str], count: int) -> float:
    cursor = connection.cursor()
    began = time.perf_counter()
    for number in range(count):
        cursor.execute(statement(number)).fetchall()  # type: ignore[union-attr]
    return count / (time.perf_counter() - began)


def _row(name: str, taken: Sequence[tuple[float, float]]) -> str:
    ratios = [own / plain for own, plain in taken]
    own, plain = (median(column) for column in zip(*taken, strict=True))
    return f"| {name} | {own:.0f} | {plain:.0f} | {spread(ratios, 2)} |"


def _large(own: Parameters, rows: int) -> str:
    steps = {
        "fill": "CREATE TABLE large AS SELECT n AS id, (n % 100000)::NUMBER(18,2) AS amount, "
        f"'EUR' AS currency FROM ({numbers(rows)})",
        "clone": "CREATE TABLE candidate CLONE large",
        "swap": "ALTER TABLE large SWAP WITH candidate",
        "fingerprint": "SELECT COUNT(*), SUM(amount), HASH_AGG(*) FROM large",
        "drop": "DROP TABLE candidate",
        "undrop": "UNDROP TABLE candidate",
    }
    with snowflake.connector.connect(**own) as connection:
        cursor = connection.cursor()
        cursor.execute("USE SCHEMA bench.s")
        for statement in DIGITS:
            cursor.execute(statement)
        seconds = {name: _seconds(cursor, sql) for name, sql in steps.items()}
    lines = [f"| {rows:,} rows | seconds |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {taken:.2f} |" for name, taken in seconds.items())])


def _seconds(cursor: Any, sql: str) -> float:
    began = time.perf_counter()
    cursor.execute(sql).fetchall()
    return time.perf_counter() - began
