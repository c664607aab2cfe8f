"""Rows on disk: one DuckDB file in which every table has a number instead of a name.

A table's rows are in `store.t<number>` with two columns of ours: the row's identity and the number of the
statement that wrote it in its present form. What a statement overwrote or deleted goes to `store.h<number>`,
so that the table can be read as it was (AT, BEFORE) and its changes can be told (CHANGES). `meta.commits`
says in which order statements became visible; of those before `meta.horizon` it is forgotten, since nobody
can look back so far.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from slipway_sandbox.snowflake.catalogue.objects import Column, Numbering, TableBody
from slipway_sandbox.snowflake.column_defaults import duckdb_default
from slipway_sandbox.snowflake.identifiers import quoted
from slipway_sandbox.snowflake.sql.defining import define_macros
from slipway_sandbox.snowflake.sql.types import MAX_BINARY, MAX_TEXT, Kind

ROW: Final = "__row"
WRITTEN: Final = "__written"
ENDED: Final = "__ended"
STATEMENT: Final = "statement"
"""The DuckDB variable that holds the number of a definition: rows that it copies are written by it.

Statements that write rows give the number themselves: a default that asks for a variable takes as long as the
rest of an INSERT.
"""

_SCHEMA: Final = """
CREATE SCHEMA IF NOT EXISTS store;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE SEQUENCE IF NOT EXISTS meta.rows;
CREATE TABLE IF NOT EXISTS meta.commits (statement BIGINT, point BIGINT, moment TIMESTAMPTZ);
CREATE TABLE IF NOT EXISTS meta.horizon AS SELECT CAST(0 AS BIGINT) AS statement;
CREATE TABLE IF NOT EXISTS meta.catalogue (section VARCHAR, key VARCHAR, value VARCHAR);
"""

_SETTINGS: Final[dict[str, str | bool]] = {
    "lambda_syntax": "ENABLE_SINGLE_ARROW",  # as fakesnow's transforms write it
    "enable_external_access": False,  # SQL reaches the account and nothing else of the machine
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "python_enable_replacements": False,
}

_LEAST, _MOST = -(2**63) + 1, 2**63 - 1
LAST_STATEMENT: Final = 2**62
"""Beyond every statement's number: all statements of a commit are seen."""


@dataclass(frozen=True)
class Point:
    """A place in the order of statements.

    Attributes:
        commit: the number of the last commit that is seen.
        statement: of that commit's statements, the last one that is seen.
        moment: when that was.
    """

    commit: int
    statement: int
    moment: datetime


class Storage:
    """The file, and what is numbered in it.

    Args:
        path: the DuckDB file; it is made when it is not there.

    Raises:
        OtherVersionError: another version of the sandbox has made the file.
    """

    def __init__(self, path: Path) -> None:
        self._root = duckdb.connect(str(path), config=dict(_SETTINGS))
        self._root.execute("SET GLOBAL TimeZone = 'UTC'")
        self._root.execute(_SCHEMA)
        define_macros(self._root, path)
        self._numbers = threading.Lock()
        self._running: set[int] = set()
        self._commits = threading.Lock()
        self._statement, self._point = self._last("statement"), self._last("point")

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, with its own transaction and variables."""
        return self._root.cursor()

    def close(self) -> None:
        """Write everything down and let go of the file."""
        self._root.close()

    def next_statement(self) -> int:
        """The number of a statement that begins to write."""
        with self._numbers:
            self._statement += 1
            self._running.add(self._statement)
            return self._statement

    def go_on_after(self, statement: int) -> None:
        """Give no number again: one that was given and not committed is in no commit, but in a journal."""
        with self._numbers:
            self._statement = max(self._statement, statement)

    def ended(self, statements: Iterable[int]) -> None:
        """Statements that are committed or rolled back."""
        with self._numbers:
            self._running.difference_update(statements)

    @property
    def point(self) -> int:
        """The number of the last commit."""
        return self._point

    def commit(self, connection: duckdb.DuckDBPyConnection, statements: Sequence[int], at: datetime) -> int:
        """Make a transaction visible; the order of numbers is the order in which commits become visible.

        Returns:
            The commit's number.
        """
        with self._commits:
            point = self._point + 1
            rows = ", ".join(f"({number}, {point}, TIMESTAMPTZ '{at}')" for number in statements)
            noted = f"INSERT INTO meta.commits VALUES {rows}; " if rows else ""
            connection.execute(f"{noted}COMMIT")
            self._point = point
            self.ended(statements)
            return point

    def forget(self, histories: Mapping[str, datetime], oldest: datetime) -> None:
        """Remove what nobody can look back to.

        Args:
            histories: history table of a table -> the moment before which it is not kept.
            oldest: the moment before which no table's history is kept.
        """
        with self.connection() as connection, transaction(connection):
            for name, moment in histories.items():
                connection.execute(
                    f"DELETE FROM {name} WHERE {ENDED} < (SELECT statement FROM meta.horizon) "
                    f"OR {ENDED} IN (SELECT statement FROM meta.commits WHERE moment <= $1)",
                    [moment],
                )
            self._move_horizon(connection, self.point_at(oldest))
            connection.execute("COMMIT")

    def _move_horizon(self, connection: duckdb.DuckDBPyConnection, point: Point) -> None:
        """Forget the order of statements that every point sees: committed before it, none of them running."""
        with self._numbers:
            running = min(self._running, default=self._statement + 1)
        row = connection.execute(
            "SELECT coalesce(min(statement), $1) FROM meta.commits WHERE point >= $2", [running, point.commit]
        ).fetchone()
        horizon = min(running, row[0] if row else 0)
        connection.execute("UPDATE meta.horizon SET statement = $1 WHERE statement < $1", [horizon])
        connection.execute(
            "DELETE FROM meta.commits WHERE statement < $1 AND point < $2", [horizon, point.commit]
        )

    def point_at(self, moment: datetime) -> Point:
        """The last commit at or before a moment."""
        found = self._one("SELECT max(point) FROM meta.commits WHERE moment <= ?", moment)
        return Point(int(found or 0), LAST_STATEMENT, moment)

    def now(self, at: datetime) -> Point:
        """The point that sees everything that is committed."""
        return Point(self._point, LAST_STATEMENT, at)

    def commit_of(self, statement: int) -> int | None:
        """The number of the commit that made a statement visible; None when there was none."""
        found = self._one("SELECT point FROM meta.commits WHERE statement = ?", statement)
        return None if found is None else int(found)

    def is_forgotten(self, statement: int) -> bool:
        """Whether the order of a statement is no longer known, since nobody can look back to it."""
        return bool(self._one("SELECT 1 FROM meta.horizon WHERE statement > ?", statement))

    def tables(self) -> list[str]:
        """Every DuckDB table that holds rows or history."""
        sql = "SELECT 'store.' || table_name FROM duckdb_tables() WHERE schema_name = 'store'"
        with self.connection() as connection:
            return [row[0] for row in connection.execute(sql).fetchall()]

    def next_number(self, numbering: Numbering) -> int:
        """The number that a counter will give next."""
        name = counter_of(numbering.counter).partition(".")[2]
        last = self._one("SELECT last_value FROM duckdb_sequences() WHERE sequence_name = ?", name)
        return numbering.start if last is None else int(last) + numbering.step

    def _one(self, sql: str, value: object) -> int | None:
        with self.connection() as connection:
            row = connection.execute(sql, [value]).fetchone()
        return row[0] if row else None

    def _last(self, column: str) -> int:
        # All rows are fetched: a result that is left half read keeps its transaction open, and with it what
        # every later one has overwritten.
        ((last,),) = self._root.execute(f"SELECT coalesce(max({column}), 0) FROM meta.commits").fetchall()
        return int(last)


def rows_of(body: TableBody) -> str:
    """The DuckDB table that holds a table's rows."""
    return f"store.t{body.storage}"


def history_of(body: TableBody) -> str:
    """The DuckDB table that holds what was overwritten or deleted."""
    return f"store.h{body.storage}"


def column_list(body: TableBody) -> str:
    """The columns that people see, as SQL."""
    return ", ".join(quoted(column.name) for column in body.columns)


def creation(body: TableBody) -> list[str]:
    """The DuckDB statements that make a table's storage."""
    counters = [counter_creation(column.numbering) for column in body.columns if column.numbering]
    columns = [_definition(column) for column in body.columns]
    plain = [f"{quoted(column.name)} {column.type.duckdb}" for column in body.columns]
    row = f"{ROW} BIGINT DEFAULT nextval('meta.rows')"
    written = f"{WRITTEN} BIGINT DEFAULT getvariable('{STATEMENT}')"
    ended = [f"{name} BIGINT" for name in (ROW, WRITTEN, ENDED)]
    return [
        *counters,
        f"CREATE TABLE {rows_of(body)} ({', '.join([*columns, row, written])})",
        f"CREATE TABLE {history_of(body)} ({', '.join([*plain, *ended])})",
    ]


def removal(body: TableBody) -> list[str]:
    """The DuckDB statements that remove a table's storage."""
    gone = [each.numbering for each in body.columns if each.numbering]
    tables = [f"DROP TABLE IF EXISTS {rows_of(body)}", f"DROP TABLE IF EXISTS {history_of(body)}"]
    return [*tables, *(counter_removal(each) for each in gone)]


def counter_of(counter: int) -> str:
    """The DuckDB sequence that counts for a sequence or a column."""
    return f"store.q{counter}"


def counter_creation(numbering: Numbering) -> str:
    """The DuckDB statement that makes a counter; one that counts already goes on."""
    return (
        f"CREATE SEQUENCE IF NOT EXISTS {counter_of(numbering.counter)} MINVALUE {_LEAST} MAXVALUE {_MOST} "
        f"START WITH {numbering.start} INCREMENT BY {numbering.step}"
    )


def counter_removal(numbering: Numbering) -> str:
    """The DuckDB statement that removes a counter, and storage of the past that still counts by it."""
    return f"DROP SEQUENCE IF EXISTS {counter_of(numbering.counter)} CASCADE"


def copy(source: str, target: TableBody) -> str:
    """The DuckDB statement that fills a clone from rows of its source.

    Args:
        source: a query with the visible columns and the row's identity.
        target: the clone.
    """
    columns = f"{column_list(target)}, {ROW}"
    return f"INSERT INTO {rows_of(target)} ({columns}) SELECT {columns} FROM ({source})"


def _definition(column: Column) -> str:
    parts = [quoted(column.name), column.type.duckdb]
    if counter := column.numbering.counter if column.numbering else column.counter:
        parts.append(f"DEFAULT nextval('{counter_of(counter)}')")
    elif column.default:
        parts.append(f"DEFAULT ({duckdb_default(column)})")
    if not column.nullable:
        parts.append("NOT NULL")
    if column.type.kind is Kind.TEXT and column.type.length < MAX_TEXT:
        parts.append(f"CHECK (sf_fits({quoted(column.name)}, {column.type.length}))")
    if column.type.kind is Kind.BINARY and column.type.length < MAX_BINARY:
        parts.append(f"CHECK (octet_length({quoted(column.name)}) <= {column.type.length})")
    return " ".join(parts)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A DuckDB transaction that the block itself commits; an error rolls it back."""
    connection.execute("BEGIN TRANSACTION")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
