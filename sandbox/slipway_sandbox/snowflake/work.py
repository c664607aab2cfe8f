"""What a session does in DuckDB: statements, in a transaction that lasts for one of them or for several."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

import duckdb
import pyarrow as pa

from slipway_sandbox.snowflake.errors import SnowflakeError, broken_transaction
from slipway_sandbox.snowflake.faults import as_snowflake
from slipway_sandbox.snowflake.interruption import Interruptible
from slipway_sandbox.snowflake.storage import Storage

_GIVEN_UP: Final = "transaction is aborted"
"""What DuckDB says to all that follows an error in a transaction."""


class Work:
    """One connection to DuckDB, and the transaction that it is in.

    Args:
        storage: where rows are.
        clock: tells the time.
        on_commit: told the number of each commit.
    """

    def __init__(
        self, storage: Storage, clock: Callable[[], datetime], *, on_commit: Callable[[int], None]
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._on_commit = on_commit
        self._connection = Interruptible(storage.connection())
        self._began = False
        self._is_broken = False
        self._is_half_done = False
        self._first_error: SnowflakeError | None = None
        self._written: list[int] = []

    @contextmanager
    def statement(self, *, lasts: bool, number: int | None = None) -> Iterator[None]:
        """A DuckDB transaction around one statement, or the session's own.

        Args:
            lasts: whether the transaction goes on behind it.
            number: of a statement that writes rows; None: it only reads.
        """
        self.refuse_if_broken()
        if self._began and not self._written:
            self._connection.at_edge("COMMIT")  # nothing was written: a fresh view for each statement
            self._began = False
        if not self._began:
            self._connection.at_edge("BEGIN TRANSACTION")
        self._began = True
        self._is_half_done = False
        self._first_error = None
        try:
            if number is not None:
                self._written.append(number)
            yield
        except BaseException:
            self._abandon(lasts=lasts)
            raise
        if not lasts:
            self._end(writes=number is not None)

    def query(self, sql: str, bindings: Sequence[Any] | None) -> tuple[pa.Table, list[str]]:
        """Run a query inside `statement`: its rows, and DuckDB's types of its columns."""
        try:
            answer = self._connection.duckdb.sql(sql, params=list(bindings) if bindings else None)
            return answer.to_arrow_table(), [str(kind) for kind in answer.types]
        except duckdb.Error as error:
            raise self._told(error) from error

    def write(self, sql: str, bindings: Sequence[Any] | None) -> int:
        """Run what writes inside `statement`; how many rows it was about, 0 if it does not tell."""
        row = self._run(sql, bindings).fetchone()
        self._is_half_done = True
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def rows(self, sql: str, bindings: Sequence[Any] | None) -> list[tuple[Any, ...]]:
        """Run a small query of our own."""
        return self._run(sql, bindings).fetchall()

    def lend(self, name: str, table: pa.Table) -> None:
        """Let queries read rows under a name of DuckDB's."""
        self._connection.duckdb.register(name, table)

    def commit(self) -> None:
        """Make what was written visible; without a transaction it does nothing."""
        self.refuse_if_broken()
        if self._began:
            self._finish()

    def rollback(self) -> None:
        """Forget what was written; without a transaction it does nothing."""
        self._is_broken = False
        if self._began:
            self._undo()

    def refuse_if_broken(self) -> None:
        """Refuse what follows an error that took along what the transaction had written."""
        if self._is_broken:
            raise broken_transaction()

    def interrupt(self) -> None:
        """End what runs, from another thread."""
        self._connection.interrupt()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.duckdb.close()

    def _end(self, *, writes: bool) -> None:
        if writes:
            self._finish()
        else:
            self._connection.at_edge("COMMIT")
            self._began = False

    def _abandon(self, *, lasts: bool) -> None:
        """A statement failed: note whether what the transaction wrote before it is kept."""
        if lasts:
            if self._has_left_nothing():
                return
            self._is_broken = bool(self._written)
        self._undo()

    def _has_left_nothing(self) -> bool:
        """Whether nothing of a failed statement is written and DuckDB has not given up the transaction."""
        with suppress(duckdb.Error):
            self._connection.at_edge("SELECT 1")
            return not self._is_half_done
        return False

    def _undo(self) -> None:
        self._began = False
        self._storage.ended(self._written)
        self._written.clear()
        self._connection.at_edge("ROLLBACK")

    def _finish(self) -> None:
        statements, self._written, self._began = self._written, [], False
        with self._connection.edge() as edge:
            self._on_commit(self._storage.commit(edge, statements, self._clock()))

    def _run(self, sql: str, bindings: Sequence[Any] | None = None) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.duckdb.execute(sql, list(bindings) if bindings else None)
        except duckdb.Error as error:
            raise self._told(error) from error

    def _told(self, error: duckdb.Error) -> SnowflakeError:
        """What is wrong; in a transaction that DuckDB has given up, what was wrong first."""
        if self._first_error is None or _GIVEN_UP not in str(error):
            self._first_error = as_snowflake(error)
        return self._first_error
