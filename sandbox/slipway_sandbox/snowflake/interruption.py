"""A DuckDB connection that another thread may interrupt, except where its transaction begins or ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


class Interruptible:
    """A connection whose transactions begin and end whole: half of that is a connection of no more use.

    Attributes:
        duckdb: the connection; what runs on it outside of `edge` can be interrupted.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.duckdb = connection
        self._edge = threading.Lock()

    @contextmanager
    def edge(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The connection while its transaction begins or ends."""
        with self._edge:
            yield self.duckdb

    def at_edge(self, sql: str) -> None:
        """Run a statement about the transaction itself."""
        with self.edge() as connection:
            connection.execute(sql).fetchall()  # a result that is left half read would bar the next statement

    def interrupt(self) -> None:
        """End what runs; nothing at an edge, which is soon over."""
        if self._edge.acquire(blocking=False):
            try:
                self.duckdb.interrupt()
            finally:
                self._edge.release()
