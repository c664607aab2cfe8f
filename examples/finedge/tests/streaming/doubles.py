"""A warehouse that keeps its rows in memory and merges as the real one does."""

from typing import Any

from pyspark.sql import DataFrame
from sinks.warehouse import Target, Warehouse, merge_statement


class MemoryWarehouse(Warehouse):
    """Merges staged rows by the target's key.

    Attributes:
        rows: what the table holds, by key.
        merges: how many batches were merged, repeated ones included.
    """

    def __init__(self, target: Target) -> None:
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.merges = 0
        self._target = target
        self._staged: list[dict[str, Any]] = []

    def stage(self, rows: DataFrame, table: str) -> None:
        assert table == self._target.stage
        self._staged = [row.asDict() for row in rows.collect()]

    def execute(self, statement: str) -> None:
        assert statement == merge_statement(self._target)
        self.merges += 1
        for row in self._staged:
            key = tuple(row[name] for name in self._target.key)
            if self._target.replace or key not in self.rows:
                self.rows[key] = row
