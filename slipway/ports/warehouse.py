"""The warehouse: what a release does to tables, views and privileges, and reads to prove it was right.

One small Protocol a concern; `Warehouse` is all of them. An object is one session and serves one thread.
Its values are in `slipway.ports.warehouse_results`, what goes wrong is in `slipway.ports.warehouse_errors`.
Figures of a table are in `slipway.ports.warehouse_figures`.
Not here: what to publish and when (the use cases), and what masked clones need (`warehouse_masking`).
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import Column, Database, Schema, SnowflakeObject, Table, View
from slipway.ports.grant_book import GrantBook
from slipway.ports.warehouse_figures import TableFigures
from slipway.ports.warehouse_masking import MaskedClones
from slipway.ports.warehouse_results import (
    Answer,
    ChangeCounts,
    Expiring,
    Fence,
    OpenTransaction,
    Point,
    StatementPoint,
    TableColumn,
    Value,
)

Cloned = TypeVar("Cloned", Table, Schema, Database)
Swapped = TypeVar("Swapped", Table, Schema)


class Generations(Protocol):
    """Makes, swaps, points at and removes generations."""

    def clone(
        self, source: Cloned, target: Cloned, *, expires: datetime | None, at: Point | None = None
    ) -> None:
        """Make a zero-copy clone, with the moment from which it may be dropped.

        Args:
            source: what is cloned.
            target: the clone's name, which must be free.
            expires: from when the clone may be dropped; None for one that stays.
            at: the point of the rows; now when None.

        Raises:
            ObjectExists: the name is taken.
            ObjectMissing: there is no source, or no right to see it.
            PointOutOfReach: the rows of that point are no longer kept.
        """
        ...

    def make_schema(self, schema: Schema, *, expires: datetime) -> None:
        """Make a schema for candidates, with the moment from which it may be dropped.

        One that is there already is kept; its mark is written anew.

        Raises:
            ObjectMissing: there is no such database.
            PrivilegeMissing: the role may not make schemas in it.
        """
        ...

    def swap(self, one: Swapped, other: Swapped, *, within: timedelta | None = None) -> None:
        """Exchange two names in one transaction; grants, history and marks follow the objects.

        Args:
            one: a name.
            other: the other one.
            within: the warehouse ends the statement before it has run for so long; None for its usual limit.

        Raises:
            ObjectMissing: one of them is not there.
            PrivilegeMissing: the role does not own both.
            OutcomeUnknown: the connection was lost, and neither the old nor the new state was found.
        """
        ...

    def flip_view(self, view: View, *, columns: Sequence[Column], query: str) -> None:
        """Point a view at other tables, in one statement; its grants, comment and secrecy stay.

        Args:
            view: the view, made when it is missing.
            columns: its columns in order: always listed, so that a new column of a table shows up on purpose.
            query: the SELECT behind it, with the same number of columns.

        Raises:
            ObjectMissing: a table of the query is not there.
        """
        ...

    def drop_expired(self, subject: SnowflakeObject, *, now: datetime) -> bool:
        """Drop an object whose own mark says that it may be dropped; Time Travel keeps it for a while.

        Args:
            subject: what is dropped. Nothing without such a mark is ever dropped through this port.
            now: the moment that counts.

        Returns:
            Whether it was dropped; False when it was gone already.

        Raises:
            NotExpired: it has no mark, a later one, or one that is meant for another name.
        """
        ...


class Expiries(Protocol):
    """Says how long objects are kept."""

    def expire(self, subject: SnowflakeObject, *, at: datetime, under: SnowflakeObject | None = None) -> None:
        """Mark an object to be dropped from a moment on; the rest of its comment stays.

        Args:
            subject: which object.
            at: from when it may be dropped.
            under: the name under which the mark counts, once the object has it; None for the one it has.
        """
        ...

    def keep(self, subject: SnowflakeObject) -> None:
        """Take the mark away."""
        ...

    def expiring(self, within: Database) -> tuple[Expiring, ...]:
        """List the marked objects of a database, itself included."""
        ...

    def expiring_databases(self) -> tuple[Expiring, ...]:
        """List the marked databases of the account that the role sees."""
        ...


class Readings(TableFigures, Protocol):
    """Reads what proves that a table is, or is not, what it was."""

    def point(self) -> StatementPoint:
        """Take the point of now."""
        ...

    def made(self, subject: SnowflakeObject) -> datetime | None:
        """Return when an object was made: it follows the object through renames and swaps, unlike its name.

        Returns:
            The moment; None when the name is free, or the role may not see what has it.
        """
        ...

    def made_in(self, schema: Schema) -> Mapping[str, datetime]:
        """Return when each table of a schema was made, by its name; it takes no compute."""
        ...

    def newest(self, table: Table, column: Column) -> datetime | None:
        """Return the largest moment or day in a column, UTC where it has no zone; None without a value.

        Raises:
            ObjectMissing: there is no such table, or no such column in it.
            NoMoment: the column holds something else.
        """
        ...

    def columns(self, table: Table) -> tuple[TableColumn, ...]:
        """Read a table's columns in their order.

        Raises:
            ObjectMissing: there is no such table.
        """
        ...

    def track_changes(self, table: Table) -> None:
        """Have the warehouse remember changes from now on, so that `changes` can be asked."""
        ...

    def changes(self, table: Table, *, since: Point, until: Point | None = None) -> ChangeCounts:
        """Count the rows that changed.

        Raises:
            ChangesNotTracked: the table's changes are not remembered since that point.
            PointOutOfReach: the rows of that point are no longer kept.
        """
        ...

    def changed_rows(
        self, table: Table, *, since: Point, until: Point | None = None, limit: int = 1000
    ) -> Answer:
        """Read changed rows with METADATA$ACTION, METADATA$ISUPDATE and METADATA$ROW_ID, for a person to see.

        To replay late rows, run a MERGE from the same clause: that moves no rows through this process.
        """
        ...

    def replay_text(self, source: Table, target: Table, *, since: Point, key: Sequence[Column]) -> str:
        """Write the statement with which a person brings rows of one table into another. Runs nothing of it.

        Args:
            source: rows that were inserted into it, or updated, since the point are brought.
            target: columns that it has not are left out.
            since: the point.
            key: rows of the same key are replaced; without one, inserted rows alone are brought.
        """
        ...

    def open_transactions(self) -> tuple[OpenTransaction, ...]:
        """List the transactions of everybody that have not ended, by id.

        Raises:
            PrivilegeMissing: the role sees only its own user's.
        """
        ...


class Statements(Protocol):
    """Runs any statement, with the tag that says whose it is."""

    def run(
        self, statement: str, parameters: Sequence[Value] = (), *, subject: str, repeatable: bool = False
    ) -> Answer:
        """Run one statement.

        Args:
            statement: its text, with a `?` for each parameter.
            parameters: the values; they never become part of the text.
            subject: what it is about, for errors.
            repeatable: whether running it twice does what running it once does; only then a lost connection
                makes it run again.

        Raises:
            WarehouseError: it failed, in one of the ways of `warehouse_errors`.
        """
        ...

    def tagged(self, tag: QueryTag) -> AbstractContextManager[None]:
        """Have every statement of a block carry another tag."""
        ...


class Fences(Protocol):
    """Keeps an older holder from writing after a newer one began."""

    def install_fence(self, fence: Fence) -> None:
        """Make the table of fences, and the row, where they are missing. One installer at a time."""
        ...

    def fence(self, fence: Fence, token: int) -> AbstractContextManager[Statements]:
        """Do work in a transaction that holds the fence; it commits at the end of the block, or not at all.

        The work may read, insert, update, delete and merge. Definitions are refused: they would commit the
        transaction (https://docs.snowflake.com/en/sql-reference/transactions#ddl).

        Args:
            fence: which fence.
            token: the holder's, from its lease; a newer lease has a higher one.

        Raises:
            StaleFence: somebody with a higher token has come; nothing of the block was run.
            FenceMissing: the fence was not installed.
            NotTransactional: the block ran something that cannot be part of a transaction.
            OutcomeUnknown: the connection was lost in COMMIT and could not be had back to look.
        """
        ...


class Warehouse(Generations, Expiries, GrantBook, Readings, Statements, Fences, MaskedClones, Protocol):
    """All of it, in one session."""

    def close(self) -> None:
        """End the session."""
        ...
