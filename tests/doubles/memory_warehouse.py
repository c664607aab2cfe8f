"""A warehouse in memory: objects with an identity, rows, grants and marks; names point at objects."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NoReturn

from slipway.model.attached_policies import AttachedPolicy
from slipway.model.expiry import Expiry
from slipway.model.grants import Grant, GrantChange, Grantee, GranteeKind, Grants, Privilege, applied
from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import Column, Database, Schema, SnowflakeObject, Table, View
from slipway.ports.warehouse import Cloned, Swapped, Warehouse
from slipway.ports.warehouse_errors import (
    NotExpired,
    ObjectExists,
    ObjectMissing,
    PointOutOfReach,
    PrivilegeMissing,
)
from slipway.ports.warehouse_results import (
    Answer,
    ChangeCounts,
    ColumnSum,
    Expiring,
    Fence,
    Fingerprint,
    GroupSums,
    KeyFaults,
    MissingValues,
    OpenTransaction,
    Point,
    RoleStanding,
    StatementPoint,
    TableColumn,
    Value,
)
from tests.doubles.deployments import NOON, Fuse
from tests.doubles.without_pool import WithoutPool

SESSION = "FINEDGE_DEV_DEPLOY"
"""The role of the session, which owns what it makes."""

AMOUNT = Column("AMOUNT")
KEY = Column("ID")
CURRENCY = Column("CURRENCY")


@dataclass
class Thing:
    """A table: what a name points at.

    Attributes:
        made: when, and so which one it is.
        rows: amount by key.
        written: the tick of each key that was inserted by a writer.
        grants: the roles that may read it.
        expiry: its mark.
        owner: the role that owns it.
        policies: what hides some of it.
        label: its third column, if it has one; views read it.
    """

    made: datetime
    rows: dict[int, Decimal] = field(default_factory=dict)
    written: dict[int, int] = field(default_factory=dict)
    grants: frozenset[str] = frozenset()
    expiry: Expiry | None = None
    owner: str = SESSION
    label: str = ""
    policies: frozenset[AttachedPolicy] = frozenset()


class MemoryWarehouse(WithoutPool, Warehouse):
    """Dies where the fuse says, before or after each statement that changes something."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.tables: dict[str, Thing] = {}
        self.schemas: dict[str, Thing] = {}
        self.marked_databases: dict[str, Thing] = {}
        self.views: dict[str, str] = {}
        self.view_grants: dict[str, frozenset[Grant]] = {}
        self.view_owners: dict[str, str] = {}
        self.view_policies: dict[str, frozenset[AttachedPolicy]] = {}
        self.unheld: set[str] = set()
        self.tags: list[str] = []
        self.moments: dict[tuple[str, Column], datetime] = {}
        self.transactions: dict[str, str] = {}
        self.sees_all = True
        self.lacking: dict[Column, int] = {}
        self.currencies: dict[int, str] = {}
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

    def made_in(self, schema: Schema) -> Mapping[str, datetime]:
        """Of all tables."""
        inside = f"{schema}."
        return {
            name.removeprefix(inside): thing.made
            for name, thing in self.tables.items()
            if name.startswith(inside)
        }

    def newest(self, table: Table, column: Column) -> datetime | None:
        """What a test has put into `moments`."""
        self._table(table)
        return self.moments.get((str(table), column))

    def _moment(self) -> datetime:
        return NOON + timedelta(seconds=next(self._ticks))

    def _table(self, table: Table) -> Thing:
        if str(table) not in self.tables:
            raise ObjectMissing("does not exist or is not authorized", subject=str(table))
        return self.tables[str(table)]

    def _find(self, subject: SnowflakeObject) -> Thing | None:
        return self._shelf(subject).get(str(subject))

    def _shelf(self, subject: SnowflakeObject) -> dict[str, Thing]:
        match subject:
            case Database():
                return self.marked_databases
            case Schema():
                return self.schemas
            case _:
                return self.tables

    def clone(
        self, source: Cloned, target: Cloned, *, expires: datetime | None, at: Point | None = None
    ) -> None:
        """Copy rows; grants are not copied."""
        del at
        assert isinstance(source, Table)
        thing = self._table(source)
        mark = None if expires is None else Expiry(object=str(target), at=expires)
        copy = Thing(
            made=self._moment(),
            rows=dict(thing.rows),
            expiry=mark,
            label=thing.label,
            policies=thing.policies,
        )
        self.fuse.around(f"clone {target}", lambda: self._store(str(target), copy))

    def _store(self, name: str, thing: Thing) -> None:
        if name in self.tables:
            raise ObjectExists("the name is taken", subject=name)
        self.tables[name] = thing

    def make_schema(self, schema: Schema, *, expires: datetime) -> None:
        """Make it once, mark it again."""
        mark = Expiry(object=str(schema), at=expires)
        made = self.schemas.get(str(schema)) or Thing(made=self._moment())
        entry = replace(made, expiry=mark)
        self.fuse.around(f"make schema {schema}", lambda: self.schemas.update({str(schema): entry}))

    def swap(self, one: Swapped, other: Swapped, *, within: timedelta | None = None) -> None:
        """Exchange two names at once."""
        assert within is None or within > timedelta(), "no lease lasts as long as that"
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
        self._shelf(subject).pop(str(subject), None)
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
        """Schemas and tables with a mark."""
        marked: dict[SnowflakeObject, Expiry | None] = {
            Schema(Database(name.split(".")[0]), name.split(".")[1]): thing.expiry
            for name, thing in self.schemas.items()
        }
        marked |= {Table.of(*name.split(".")): thing.expiry for name, thing in self.tables.items()}
        return tuple(
            Expiring(object=subject, expiry=expiry)
            for subject, expiry in marked.items()
            if expiry is not None and subject.database == within
        )

    def replace_view(self, name: str, text: str) -> None:
        """Make a view, as CREATE OR REPLACE VIEW does: the session's, without grants."""
        self.views[name] = text
        self.view_grants.pop(name, None)
        self.view_policies.pop(name, None)
        self.view_owners[name] = SESSION

    def expiring_databases(self) -> tuple[Expiring, ...]:
        """Databases that a test has marked."""
        return tuple(
            Expiring(object=Database(name), expiry=thing.expiry)
            for name, thing in sorted(self.marked_databases.items())
            if thing.expiry is not None
        )

    def grants(self, subject: SnowflakeObject) -> Grants:
        """Of a view or a table."""
        if isinstance(subject, View):
            owner = self.view_owners.get(str(subject), SESSION)
            return Grants(_role(owner), self.view_grants.get(str(subject), frozenset()))
        assert isinstance(subject, Table)
        thing = self._table(subject)
        return Grants(_role(thing.owner), frozenset(map(_reads, thing.grants)))

    def policies(self, subject: SnowflakeObject) -> frozenset[AttachedPolicy]:
        """Of a view or a table: what a test has attached."""
        if isinstance(subject, View):
            return self.view_policies.get(str(subject), frozenset())
        assert isinstance(subject, Table)
        return self._table(subject).policies

    def change_grants(self, subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        """Of a view or a table; each step is a statement."""
        for change in changes:
            held = applied(self.grants(subject).held, (change,))
            self.fuse.around(f"{change} {subject}", lambda: self._hold(subject, held))  # noqa: B023

    def _hold(self, subject: SnowflakeObject, held: frozenset[Grant]) -> None:
        if isinstance(subject, View):
            self.view_grants[str(subject)] = held
        else:
            assert isinstance(subject, Table)
            self._table(subject).grants = frozenset(each.grantee.name for each in held)

    def standing(self, role: str) -> RoleStanding:
        """Held, unless a test has taken it away."""
        return RoleStanding(role=role, is_held=role not in self.unheld, in_use=SESSION)

    def hand_over(self, subject: SnowflakeObject, owner: Grantee) -> None:
        """Give it another owner."""
        if self.grants(subject).owner == owner:
            return
        if isinstance(subject, View):
            name = str(subject)
            self.fuse.around(f"hand over {name}", lambda: self.view_owners.update({name: owner.name}))
            return
        assert isinstance(subject, Table)
        thing = self._table(subject)
        self.fuse.around(f"hand over {subject}", lambda: setattr(thing, "owner", owner.name))

    def equalise_grants(self, model: SnowflakeObject, subject: SnowflakeObject) -> tuple[GrantChange, ...]:
        """Copy owner and grants."""
        assert isinstance(model, Table)
        assert isinstance(subject, Table)
        wanted = self._table(model).grants
        thing = self._table(subject)
        self.hand_over(subject, _role(self._table(model).owner))
        self.fuse.around(f"grants {subject}", lambda: setattr(thing, "grants", wanted))
        return ()

    def point(self) -> StatementPoint:
        """The moment, as a number."""
        return StatementPoint(str(next(self._ticks)))

    def made(self, subject: SnowflakeObject) -> datetime | None:
        """When the object of that name was made."""
        if isinstance(subject, View):
            return NOON if str(subject) in self.views else None
        thing = self._find(subject)
        return None if thing is None else thing.made

    def columns(self, table: Table) -> tuple[TableColumn, ...]:
        """Every table has the same two, and a currency where a test has said those of the keys."""
        self._table(table)
        return (
            TableColumn(name=KEY, type="NUMBER(38,0)", nullable=False),
            TableColumn(name=AMOUNT, type="NUMBER(18,2)", nullable=True),
            *([TableColumn(name=CURRENCY, type="VARCHAR(3)", nullable=True)] if self.currencies else []),
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
        self,
        table: Table,
        *,
        columns: Sequence[Column] | None = None,
        required: Sequence[Column] = (),
        at: Point | None = None,
    ) -> Fingerprint:
        """Count and sum."""
        del columns
        rows = self._rows(table, at)
        total = sum(rows.values(), Decimal(0))
        return Fingerprint(
            table=table,
            columns=tuple(each.name for each in self.columns(table)),
            rows=len(rows),
            hash=hash(tuple(sorted(rows.items()))),
            sums=(ColumnSum(column=AMOUNT, total=total),),
            missing=tuple(MissingValues(column=each, rows=self.lacking.get(each, 0)) for each in required),
        )

    def sums_by(
        self, table: Table, columns: Sequence[Column], *, by: Sequence[Column], at: Point | None = None
    ) -> tuple[GroupSums, ...]:
        """Sum what a test has said is of one currency."""
        assert (list(columns), list(by)) == ([AMOUNT], [CURRENCY])
        sums: dict[str | None, Decimal] = {}
        for key, amount in self._rows(table, at).items():
            value = self.currencies.get(key)
            sums[value] = sums.get(value, Decimal(0)) + amount
        return tuple(
            GroupSums(values=(value,), sums=(ColumnSum(column=AMOUNT, total=total),))
            for value, total in sums.items()
        )

    def _rows(self, table: Table, at: Point | None) -> dict[int, Decimal]:
        thing = self._table(table)
        return {key: amount for key, amount in thing.rows.items() if not _is_later(thing, key, at)}

    def changes(self, table: Table, *, since: Point, until: Point | None = None) -> ChangeCounts:
        """Count the writes since a point; an object that was made later has no history of then."""
        del until
        assert isinstance(since, StatementPoint)
        thing = self._table(table)
        if thing.made > NOON + timedelta(seconds=int(since.query_id)):
            raise PointOutOfReach("it was made later", subject=str(table))
        return ChangeCounts(inserted=sum(_is_later(thing, key, since) for key in thing.written))

    def changed_rows(
        self, table: Table, *, since: Point, until: Point | None = None, limit: int = 1000
    ) -> Answer:
        """Nobody asks."""
        raise AssertionError(table, since, until, limit)

    def replay_text(self, source: Table, target: Table, *, since: Point, key: Sequence[Column]) -> str:
        """Nobody runs it."""
        assert isinstance(since, StatementPoint)
        return f"MERGE INTO {target} FROM {source} SINCE {since.query_id} ON {', '.join(key)}"

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


def _role(name: str) -> Grantee:
    return Grantee(GranteeKind.ROLE, name)


def _reads(role: str) -> Grant:
    return Grant(privilege=Privilege("SELECT"), grantee=_role(role))
