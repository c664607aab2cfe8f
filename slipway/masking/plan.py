"""What the pool needs: which of its databases go, whether rows are masked anew, which clones are made. Pure.

It follows from the names of the databases that are there, so a run that was killed anywhere is continued by
the next one, and a run that finds everything as it should be does nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.model.masks import TableMask, Withheld, rules_digest
from slipway.model.pool_naming import Origin, is_begun, offered_of, whole_of
from slipway.model.snowflake_objects import Database, Table


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What is kept ready.

    Attributes:
        source: the database whose rows are masked.
        logical: its name in the catalog.
        role: who is given the clones: the role of checks.
        ready: how many wait to be taken.
        max_age: rows that are older are masked anew.
    """

    source: Database
    logical: str
    role: str
    ready: int
    max_age: timedelta


@dataclass(frozen=True, kw_only=True)
class Doomed:
    """A database that goes.

    Attributes:
        database: which.
        why: in words.
    """

    database: Database
    why: str


@dataclass(frozen=True, kw_only=True)
class PoolPlan:
    """What is to be done, in this order.

    Attributes:
        drop: what goes.
        masked: the private database that the clones are made of.
        mask: whether it has to be made first.
        make: the clones to make, by the names under which they are found.
        ready: those that are there already.
        masks: how each table is masked.
        withheld: why each other table is in none of them.
    """

    drop: tuple[Doomed, ...]
    masked: Origin
    mask: bool
    make: tuple[Origin, ...]
    ready: tuple[Database, ...]
    masks: Mapping[Table, TableMask]
    withheld: Mapping[Table, str]


def plan_pool(
    pool: Pool,
    databases: Iterable[Database],
    tables: Mapping[Table, TableMask | Withheld],
    now: datetime,
) -> PoolPlan:
    """Plan.

    Args:
        pool: what is kept ready.
        databases: those of the account that the role sees.
        tables: how each table of the source is masked, or why it is withheld.
        now: the moment that counts.
    """
    there = sorted(databases)
    masks = {table: mask for table, mask in tables.items() if isinstance(mask, TableMask)}
    rules = rules_digest((str(table), mask) for table, mask in masks.items())
    fresh = _Fresh(rules=Origin.of(now, rules).rules, since=now - pool.max_age)
    whole = [origin for each in there if (origin := whole_of(each, pool.source)) and fresh.is_met_by(origin)]
    masked = max(whole, key=lambda origin: origin.at, default=Origin.of(now, rules))
    ready = [each for each in there if (origin := offered_of(each, pool.logical)) and fresh.is_met_by(origin)]
    taken = {origin.number for each in ready if (origin := offered_of(each, pool.logical))}
    missing = max(0, pool.ready - len(ready)) if masks else 0
    return PoolPlan(
        drop=tuple(_doomed(pool, there, fresh, masked)),
        masked=masked,
        mask=bool(missing) and not whole,
        make=tuple(masked.numbered(number) for number in _free(taken, missing)),
        ready=tuple(ready),
        masks=masks,
        withheld={table: each.why for table, each in tables.items() if isinstance(each, Withheld)},
    )


@dataclass(frozen=True, kw_only=True)
class _Fresh:
    rules: str
    since: datetime

    def is_met_by(self, origin: Origin) -> bool:
        return origin.rules == self.rules and origin.at > self.since

    def why_not(self, origin: Origin) -> str:
        if origin.rules != self.rules:
            return "it was masked by other rules"
        return f"its rows are of {origin.at.isoformat()}"


def _doomed(pool: Pool, there: Iterable[Database], fresh: _Fresh, masked: Origin) -> Iterator[Doomed]:
    for each in there:
        if is_begun(each, pool.source):
            yield Doomed(database=each, why="it was left half made")
        origin = whole_of(each, pool.source) or offered_of(each, pool.logical)
        if origin is None:
            continue
        if not fresh.is_met_by(origin):
            yield Doomed(database=each, why=fresh.why_not(origin))
        elif whole_of(each, pool.source) is not None and origin != masked:
            yield Doomed(database=each, why=f"{masked.whole(pool.source)} is newer")


def _free(taken: set[int | None], missing: int) -> Iterator[int]:
    number = 0
    while missing:
        number += 1
        if number not in taken:
            missing -= 1
            yield number
