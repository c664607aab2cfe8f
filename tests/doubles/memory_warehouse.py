"""A warehouse in memory: objects with an identity, rows, grants and marks; names point at objects."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NoReturn

from slipway.model.expiry import Expiry
from slipway.model.grants import GrantChange, Grants
from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import Column, Database, Schema, SnowflakeObject, Table, View
from slipway.ports.warehouse import Cloned, Swapped, Warehouse
from slipway.ports.warehouse_errors import NotExpired, ObjectExists, ObjectMissing, PrivilegeMissing
from slipway.ports.warehouse_results import (
    Answer,
    ChangeCounts,
    ColumnSum,
    Expiring,
    Fence,
    Fingerprint,
    KeyFaults,
    OpenTransaction,
    Point,
    StatementPoint,
    TableColumn,
    Value,
)
from tests.doubles.deployments import NOON, Fuse

AMOUNT = Column("AMOUNT")
KEY = Column("ID")


@dataclass
class Thing:
    """A table: what a name points at.

    Attributes:
        made: when, and so which one it is.
        rows: amount by key.
        written: the tick of each key that was inserted by a writer.
        grants: who may read it.
        expiry: its mark.
    """

    made: datetime
    rows: dict[int, Decimal] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    grants: frozenset[str] = frozenset()
    expiry: Expiry | None = None


class MemoryWarehouse(Warehouse):
    """Dies where the fuse says, before or after each statement that changes something."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.tables: dict[str, Thing] = {}
        self.schemas: dict[str, Thing] = {}
        self.views: dict[str, str] = {}
        self.tags: list[str] = []
        self.transactions: dict[str, str] = {}
        self.sees_all = True
        self._ticks = itertools.count(1)

    def add(self, table: Table, rows: dict[int, str], grants: Sequence[str] = ()) -> Thing:
        """Make a table, as CREATE OR REPLACE TABLE AS does."""
        values = {key: Decimal(amount) for key, amount in rows.items()}
        made = Thing(made=self._moment(), rows=values, grants=frozenset(grants))
        self.tables[str(table)] = made
        return made

    def insert(self, table: Table, key: int, amount: str) -> None:
        """Write a row, as another session does."""
        self.write(self._table(table), key, amount)

    def write(self, thing: Thing, key: int, amount: str) -> None:
        """Write into an object, whatever its name is now, as a transaction of before a swap does."""
        thing.rows[key] = Decimal(amount)
        thing.written[key] = next(self._ticks)

    def _moment(self) -> datetime:
        return NOON + timedelta(seconds=next(self._ticks))

    def _table(self, table: Table) -> Thing:
        if str(table) not in self.tables:
            raise ObjectMissing("does not exist or is not authorized", subject=str(table))
        return self.tables[str(table)]

    def _find(self, subject: SnowflakeObject) -> Thing | None:
        shelf = self.schemas if isinstance(subject, Schema) else self.tables
        return shelf.get(str(subject))

    def clone(
        self, source: Cloned, target: Cloned, *, expires: datetime | None, at: Point | None = None
    ) -> None:
        """Copy rows; grants are not copied."""
        del at
        assert isinstance(source, Table)
        if str(target) in self.tables:
            raise ObjectExists("the name is taken", subject=str(target))
        thing = self._table(source)
        mark = None if expires is None else Expiry(object=str(target), at=expires)
        copy = Thing(made=self._moment(), rows=dict(thing.rows), expiry=mark)
        self.fuse.around(f"clone {target}", lambda: self.tables.update({str(target): copy}))

    def make_schema(self, schema: Schema, *, expires: datetime) -> None:
        """Make it once, mark it again."""
        mark = Expiry(object=str(schema), at=expires)
        made = self.schemas.get(str(schema)) or Thing(made=self._moment())
        entry = replace(made, expiry=mark)
        self.fuse.around(f"make schema {schema}", lambda: self.schemas.update({str(schema): entry}))

    def swap(self, one: Swapped, other: Swapped) -> None:
        """Exchange two names at once."""
        assert isinstance(one, Table)
        assert isinstance(other, Table)
        names = {str(one): self._table(other), str(other): self._table(one)}
        self.fuse.around(f"swap {one}", lambda: self.tables.update(names))

    def flip_view(self, view: View, *, columns: Sequence[Column], query: str) -> None:
        """Point a view."""
        del columns
        self.fuse.around(f"view {view}", lambda: self.views.update({str(view): query}))

    def drop_expired(self, subject: SnowflakeObject, *, now: datetime) -> bool:
        """Drop what its own mark gives free; a schema with what is in it."""
        thing = self._find(subject)
        if thing is None:
            return False
        if thing.expiry is None or not thing.expiry.allows_drop_of(str(subject), now):
            raise NotExpired(f"{subject} may not be dropped", remedy="wait")
        self.fuse.around(f"drop {subject}", lambda: self._drop(subject))
        return True

    def _drop(self, subject: SnowflakeObject) -> None:
        self.tables.pop(str(subject), None)
        if isinstance(subject, Schema):
            self.schemas.pop(str(subject), None)
            self.tables = {n: t for n, t in self.tables.items() if not n.startswith(f"{subject}.")}
            self.views = {n: q for n, q in self.views.items() if not n.startswith(f"{subject}.")}

    def expire(self, subject: SnowflakeObject, *, at: datetime, under: SnowflakeObject | None = None) -> None:
        """Mark."""
        self._mark(subject, Expiry(object=str(under or subject), at=at))

    def keep(self, subject: SnowflakeObject) -> None:
        """Take the mark away."""
        self._mark(subject, None)

    def _mark(self, subject: SnowflakeObject, expiry: Expiry | None) -> None:
        thing = self._find(subject)
        if thing is None:
            raise ObjectMissing("does not exist or is not authorized", subject=str(subject))
        self.fuse.around(f"mark {subject}", lambda: setattr(thing, "expiry", expiry))

    def expiring(self, within: Database) -> tuple[Expiring, ...]:
        """Tables with a mark."""
        marked = ((Table.of(*name.split(".")), thing.expiry) for name, thing in self.tables.items())
        return tuple(
            Expiring(object=table, expiry=expiry)
            for table, expiry in marked
            if expiry is not None and table.schema.database == within
        )

    def grants(self, subject: SnowflakeObject) -> Grants:
        """Nobody asks."""
        raise AssertionError(subject)

    def change_grants(self, subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        """Nobody asks."""
        raise AssertionError(subject, changes)

    def equalise_grants(self, model: SnowflakeObject, subject: SnowflakeObject) -> tuple[GrantChange, ...]:
        """Copy the grants."""
        assert isinstance(model, Table)
        assert isinstance(subject, Table)
        wanted = self._table(model).grants
        thing = self._table(subject)
        self.fuse.around(f"grants {subject}", lambda: setattr(thing, "grants", wanted))
        return ()

    def point(self) -> StatementPoint:
        """The moment, as a number."""
        return StatementPoint(str(next(self._ticks)))

    def made(self, subject: SnowflakeObject) -> datetime | None:
        """When the object of that name was made."""
        thing = self._find(subject)
        return None if thing is None else thing.made

    def columns(self, table: Table) -> tuple[TableColumn, ...]:
        """Every table has the same two."""
        self._table(table)
        return (
            TableColumn(name=KEY, type="NUMBER(38,0)", nullable=False),
            TableColumn(name=AMOUNT, type="NUMBER(18,2)", nullable=True),
        )

    def key_faults(self, table: Table, key: Sequence[Column]) -> KeyFaults:
        """A dict has no repeated keys."""
        del key
        self._table(table)
        return KeyFaults(repeated=0, incomplete=0)

    def track_changes(self, table: Table) -> None:
        """Every table's changes are known."""
        self._table(table)

    def fingerprint(
        self, table: Table, *, columns: Sequence[Column] | None = None, at: Point | None = None
    ) -> Fingerprint:
        """Count and sum."""
        del columns
        thing = self._table(table)
        rows = {key: amount for key, amount in thing.rows.items() if not _is_later(thing, key, at)}
        total = sum(rows.values(), Decimal(0))
        return Fingerprint(
            table=table,
            columns=(KEY, AMOUNT),
            rows=len(rows),
            hash=hash(tuple(sorted(rows.items()))),
            sums=(ColumnSum(column=AMOUNT, total=total),),
        )

    def changes(self, table: Table, *, since: Point, until: Point | None = None) -> ChangeCounts:
        """Count the writes since a point."""
        del until
        thing = self._table(table)
        return ChangeCounts(inserted=sum(_is_later(thing, key, since) for key in thing.written))

    def changed_rows(
        self, table: Table, *, since: Point, until: Point | None = None, limit: int = 1000
    ) -> Answer:
        """Nobody asks."""
        raise AssertionError(table, since, until, limit)

    def open_transactions(self) -> tuple[OpenTransaction, ...]:
        """What a test has begun: id -> user."""
        if not self.sees_all:
            raise PrivilegeMissing("only an administrator is told", subject="open transactions")
        return tuple(
            OpenTransaction(id=id_, user=user, began=NOON) for id_, user in sorted(self.transactions.items())
        )

    def run(
        self, statement: str, parameters: Sequence[Value] = (), *, subject: str, repeatable: bool = False
    ) -> Answer:
        """Nobody asks."""
        raise AssertionError(statement, parameters, subject, repeatable)

    @contextmanager
    def tagged(self, tag: QueryTag) -> Iterator[None]:
        """Remember the tag."""
        self.tags.append(tag.text)
        yield

    def install_fence(self, fence: Fence) -> None:
        """Nobody asks."""
        raise AssertionError(fence)

    def fence(self, fence: Fence, token: int) -> NoReturn:
        """Nobody asks."""
        raise AssertionError(fence, token)

    def close(self) -> None:
        """Nothing is open."""


def _is_later(thing: Thing, key: int, point: Point | None) -> bool:
    if point is None:
        return False
    assert isinstance(point, StatementPoint)
    return thing.written.get(key, 0) > int(point.query_id)
