"""What is asked of the warehouse and what it answers, typed: points, figures, counts, fences."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from slipway.model.expiry import Expiry
from slipway.model.snowflake_objects import Column, SnowflakeObject, Table

Value = str | int | float | bool | Decimal | datetime | None
"""What a placeholder takes."""


@dataclass(frozen=True)
class StatementPoint:
    """The moment at which a statement ended, with what it wrote.

    Attributes:
        query_id: id of a SELECT, DML or COMMIT of the last 14 days.
    """

    query_id: str


@dataclass(frozen=True)
class MomentPoint:
    """A moment.

    Attributes:
        at: with a time zone.
    """

    at: datetime


Point = StatementPoint | MomentPoint
"""A place in the history of the data; between a clone at it and the changes since it no row is lost."""


@dataclass(frozen=True, kw_only=True)
class RoleStanding:
    """What a session has of a role.

    Attributes:
        role: which role.
        is_held: whether the session may do what it may: it uses it, or a role that holds it.
        in_use: the role that the session uses; empty where it uses none.
    """

    role: str
    is_held: bool
    in_use: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a statement answered.

    Attributes:
        query_id: its id, by which the query history and Time Travel know it.
        columns: names of the columns.
        rows: the rows; numbers with a scale as Decimal.
        written: rows that a DML statement inserted, updated or deleted; 0 for any other statement.
    """

    query_id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    written: int = 0


@dataclass(frozen=True, kw_only=True)
class ColumnSum:
    """The sum of one exact numeric column.

    Attributes:
        column: its name.
        total: the sum; None where no row has a value.
    """

    column: Column
    total: Decimal | None


@dataclass(frozen=True, kw_only=True)
class GroupSums:
    """Sums of exact numeric columns over the rows that share values.

    Attributes:
        values: in the order in which their columns were named; None where rows have none.
        sums: in the order in which they were asked for.
    """

    values: tuple[str | None, ...]
    sums: tuple[ColumnSum, ...]


@dataclass(frozen=True, kw_only=True)
class MissingValues:
    """How many rows lack a value.

    Attributes:
        column: of which column.
        rows: how many.
    """

    column: Column
    rows: int


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """Figures that differ when a table's content does.

    Attributes:
        table: which table.
        columns: the columns that were read, in the table's order.
        rows: how many.
        hash: HASH_AGG over the columns, whatever the order of the rows; comparable within one account only.
        sums: of each NUMBER column among them. Not of FLOAT: its sum depends on the order of the rows.
        missing: of each column that was asked for: how many rows lack a value of it.
    """

    table: Table
    columns: tuple[Column, ...]
    rows: int
    hash: int
    sums: tuple[ColumnSum, ...]
    missing: tuple[MissingValues, ...] = ()

    def same_content(self, other: "Fingerprint") -> bool:
        """Whether another table, or this one at another time, has the same rows in the same columns."""
        mine = (self.columns, self.rows, self.hash, self.sums)
        return mine == (other.columns, other.rows, other.hash, other.sums)


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column as the warehouse has it.

    Attributes:
        name: its name.
        type: with precision and scale or length: `NUMBER(18,2)`, `VARCHAR(3)`, `DATE`.
        nullable: whether a row may lack a value.
    """

    name: Column
    type: str
    nullable: bool


@dataclass(frozen=True, kw_only=True)
class KeyFaults:
    """How a table breaks its key.

    Attributes:
        repeated: rows beyond the first of each value of the key.
        incomplete: rows that lack a value of a key column.
    """

    repeated: int
    incomplete: int


@dataclass(frozen=True, kw_only=True)
class ChangeCounts:
    """How many rows of a table changed since a point; a row that came and went since then is not counted.

    Attributes:
        inserted: rows that are new.
        updated: rows whose values differ.
        deleted: rows that are gone.
    """

    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        """All of them: 0 says that nobody wrote."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True, kw_only=True)
class OpenTransaction:
    """A transaction that has begun and has not ended: what it has written is still to be seen by nobody.

    Attributes:
        id: its id, for SYSTEM$ABORT_TRANSACTION.
        user: whose it is.
        began: when it began.
    """

    id: str
    user: str
    began: datetime


@dataclass(frozen=True, kw_only=True)
class Fence:
    """A row that lets only the newest holder write: its token never falls.

    Attributes:
        table: the table of fences, in the database that the work writes to.
        target: what is fenced, such as the name of a sink.
    """

    table: Table
    target: str


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """An object with a mark of expiry.

    Attributes:
        object: its name now.
        expiry: what the mark says, perhaps of another name.
    """

    object: SnowflakeObject
    expiry: Expiry
