"""Figures of a table: what it is compared by with its contract, and with its other generation."""

from collections.abc import Sequence
from typing import Protocol

from slipway.model.snowflake_objects import Column, Table
from slipway.ports.warehouse_results import Fingerprint, GroupSums, KeyFaults, Point


class TableFigures(Protocol):
    """Computes figures where the rows are: none of them leaves the warehouse."""

    def fingerprint(
        self,
        table: Table,
        *,
        columns: Sequence[Column] | None = None,
        required: Sequence[Column] = (),
        at: Point | None = None,
    ) -> Fingerprint:
        """Compute a table's figures in one statement, so that they are of one moment.

        Args:
            table: which table.
            columns: those to read; all when None.
            required: those of which is counted how many rows lack a value.
            at: the point of the rows; now when None.

        Raises:
            ObjectMissing: there is no such table, or no such column in it.
        """
        ...

    def sums_by(
        self, table: Table, columns: Sequence[Column], *, by: Sequence[Column], at: Point | None = None
    ) -> tuple[GroupSums, ...]:
        """Sum NUMBER columns for each combination of values of other columns.

        Args:
            table: which table.
            columns: what is summed.
            by: the columns of the values, such as a currency; one at least.
            at: the point of the rows; now when None.

        Raises:
            ObjectMissing: there is no such table, or no such column in it.
        """
        ...

    def key_faults(self, table: Table, key: Sequence[Column]) -> KeyFaults:
        """Count what a key forbids; Snowflake itself records keys and enforces none.

        Raises:
            ObjectMissing: there is no such table, or no such column in it.
        """
        ...
