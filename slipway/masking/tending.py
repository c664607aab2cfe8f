"""Carries out what the pool needs. One run at a time: the caller holds the lease.

Rows are masked while they are copied, by a key that this process alone knows and forgets; so no database of
the pool, and no point of its history, has ever had an unmasked row, and no run goes on with the copy of
another one. A clone is given away under a private name and is found only when it is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

from slipway.masking.plan import Pool, PoolPlan
from slipway.model.masks import TableMask
from slipway.model.pool_naming import Origin
from slipway.model.snowflake_objects import Database, Schema, Table
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import NotExpired, WarehouseError
from slipway.ports.warehouse_results import Point

GRACE: Final = timedelta(hours=4)
"""How long a database stays after its rows are too old, should no janitor come: a check may have it."""

_KEY_BYTES: Final = 32


@dataclass
class Tended:
    """What one run has done.

    Attributes:
        made: databases that are there now: the private one, and clones that a check may take.
        dropped: those that are gone.
        withheld: tables that are in no clone, each with the reason.
        failed: what could not be dropped, with the reason.
    """

    made: list[Database] = field(default_factory=list)
    dropped: list[Database] = field(default_factory=list)
    withheld: dict[Table, str] = field(default_factory=dict)
    failed: dict[Database, str] = field(default_factory=dict)


def tend(
    pool: Pool, plan: PoolPlan, warehouse: Warehouse, *, clock: Clock, tell: Callable[[str], None]
) -> Tended:
    """Do what is planned.

    Args:
        pool: what is kept ready.
        plan: what it needs.
        warehouse: a session of the janitor's own role.
        clock: tells when a database may be dropped.
        tell: told how far it is.

    Raises:
        WarehouseError: something could not be made; what was being made is dropped by the next run.
    """
    return _Tending(pool, plan, warehouse, clock, tell).done()


@dataclass(frozen=True)
class _Tending:
    pool: Pool
    plan: PoolPlan
    warehouse: Warehouse
    clock: Clock
    tell: Callable[[str], None]
    result: Tended = field(default_factory=Tended)

    def done(self) -> Tended:
        self.result.withheld.update(self.plan.withheld)
        for doomed in self.plan.drop:
            self._drop(doomed.database)
        if self.plan.mask:
            self._mask()
        for number, origin in enumerate(self.plan.make, start=1):
            self.tell(f"making clone {number} of {len(self.plan.make)}")
            self._offer(origin)
        return self.result

    def _drop(self, database: Database) -> None:
        """A check that takes it meanwhile keeps it: it has another name then."""
        now = self.clock.now()
        try:
            self.warehouse.expire(database, at=now)
            if self.warehouse.drop_expired(database, now=now):
                self.result.dropped.append(database)
        except NotExpired as error:
            self.result.failed[database] = error.message
        except WarehouseError as error:
            self.result.failed[database] = error.message

    def _mask(self) -> None:
        begun, whole = self.plan.masked.begun(self.pool.source), self.plan.masked.whole(self.pool.source)
        purpose = f"Rows of {self.pool.source}, masked; clones for checks are made of it."
        self.warehouse.make_database(begun, purpose=purpose, expires=self._expires)
        at, key = self.warehouse.point(), token_hex(_KEY_BYTES)
        for number, (source, mask) in enumerate(sorted(self.plan.masks.items()), start=1):
            self.tell(f"masking {source}, {number} of {len(self.plan.masks)}")
            self._copy(source, Table(Schema(begun, source.schema.name), source.name), mask, key, at)
        self._name(begun, whole)
        self.result.made.append(whole)

    def _copy(self, source: Table, target: Table, mask: TableMask, key: str, at: Point) -> None:
        self.warehouse.copy_masked(source, target, mask, key=key, at=at)
        repeated = self._repeated(source, target, mask)
        if repeated:
            now = self.clock.now()
            self.warehouse.expire(target, at=now)
            self.warehouse.drop_expired(target, now=now)
            self.result.withheld[source] = f"{repeated} of its keys, masked, are those of other rows"

    def _repeated(self, source: Table, target: Table, mask: TableMask) -> int:
        """Short keys have few masks: count those that two keys share now, where they did not before."""
        if not {each.column for each in mask.masked} & set(mask.key):
            return 0
        after = self.warehouse.key_faults(target, mask.key).repeated
        return max(0, after - self.warehouse.key_faults(source, mask.key).repeated) if after else 0

    def _offer(self, origin: Origin) -> None:
        """Clone it, give it away, and only then let it be found."""
        begun = origin.begun(self.pool.source)
        self.warehouse.clone(self.plan.masked.whole(self.pool.source), begun, expires=self._expires)
        self.warehouse.give_away(begun, role=self.pool.role)
        offered = origin.offered(self.pool.logical)
        self._name(begun, offered)
        self.result.made.append(offered)

    def _name(self, begun: Database, name: Database) -> None:
        """Give it its name; its mark counts under that one from then on."""
        self.warehouse.expire(begun, at=self._expires, under=name)
        self.warehouse.rename(begun, name)

    @property
    def _expires(self) -> datetime:
        return self.plan.masked.at + self.pool.max_age + GRACE
