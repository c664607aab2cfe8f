"""The part of `slipway janitor` that keeps masked clones ready for checks, and what it tells."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from slipway.cli.pool_desk import PoolDesk
from slipway.cli.rollout_desk import RolloutDesk
from slipway.masking import PoolPlan, Tended, tend
from slipway.model.errors import SlipwayError
from slipway.model.workspace import Workspace
from slipway.ports.leases import LeaseHeld
from slipway.ports.reporter import Reporter
from slipway.ports.warehouse_errors import WarehouseError


@dataclass(frozen=True, kw_only=True)
class PoolKept:
    """What one look at the pool has done, or would do.

    Attributes:
        ready: clones that wait.
        made: databases that are new, by name.
        dropped: those that are gone, by name.
        withheld: tables in none of them, with the reason.
        failed: what went wrong, by what it was about.
        is_plan: nothing was touched.
    """

    ready: int = 0
    made: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    withheld: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    is_plan: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """As JSON tells it."""
        would = "would_" if self.is_plan else ""
        return {
            "ready": self.ready,
            f"{would}make" if self.is_plan else "made": list(self.made),
            f"{would}drop" if self.is_plan else "dropped": list(self.dropped),
            "withheld": self.withheld,
            "failed": self.failed,
        }

    @property
    def title(self) -> str:
        """In one line."""
        if self.is_plan:
            done = f"would make {len(self.made)} and drop {len(self.dropped)}"
        else:
            done = f"made {len(self.made)}, dropped {len(self.dropped)}"
        failed = f"; {len(self.failed)} could not be done" if self.failed else ""
        ready, withheld = f"{self.ready} ready", f"{len(self.withheld)} tables withheld"
        return f"Pool of masked clones: {ready}; {done}; {withheld}{failed}."

    @property
    def lines(self) -> Iterator[str]:
        """What the title counts."""
        yield from (f"{'would make' if self.is_plan else 'made'} database {name}" for name in self.made)
        yield from (f"{'would drop' if self.is_plan else 'dropped'} database {name}" for name in self.dropped)
        yield from (f"withheld table {table}: {why}" for table, why in self.withheld.items())
        yield from (f"failed {subject}: {why}" for subject, why in self.failed.items())


def keep_pool(
    at: RolloutDesk, pool: PoolDesk, workspace: Workspace, reporter: Reporter, *, dry_run: bool
) -> PoolKept:
    """Look at the pool, and do what it needs.

    What cannot be made or dropped is told, and keeps nothing else of the janitor's from being done.

    Args:
        at: the environment whose rows it has.
        pool: what is kept ready, and how it is reached.
        workspace: what runs there: its contracts say what is masked.
        reporter: told how far it is.
        dry_run: say what would be done.
    """
    try:
        if dry_run:
            return _planned(pool.plan(workspace, at.desk.clock), pool, workspace)
        with pool.held(at.environment, at.leases, at.desk.clock):
            plan = pool.plan(workspace, at.desk.clock)
            own = pool.pool(workspace)
            done = tend(own, plan, pool.warehouse, clock=at.desk.clock, tell=reporter.step)
    except (WarehouseError, LeaseHeld) as error:
        return PoolKept(failed={"pool": _told(error, reporter)}, is_plan=dry_run)
    return _kept(plan, done, reporter)


def _planned(plan: PoolPlan, pool: PoolDesk, workspace: Workspace) -> PoolKept:
    own = pool.pool(workspace)
    masked = [plan.masked.whole(own.source).name] if plan.mask else []
    return PoolKept(
        ready=len(plan.ready),
        made=(*masked, *(origin.offered(own.logical).name for origin in plan.make)),
        dropped=tuple(doomed.database.name for doomed in plan.drop),
        withheld={str(table): why for table, why in plan.withheld.items()},
        is_plan=True,
    )


def _kept(plan: PoolPlan, done: Tended, reporter: Reporter) -> PoolKept:
    for database, why in done.failed.items():
        reporter.warning(f"{database} could not be dropped: {why}")
    return PoolKept(
        ready=len(plan.ready) + len(plan.make),
        made=tuple(database.name for database in done.made),
        dropped=tuple(database.name for database in done.dropped),
        withheld={str(table): why for table, why in done.withheld.items()},
        failed={database.name: why for database, why in done.failed.items()},
    )


def _told(error: SlipwayError, reporter: Reporter) -> str:
    reporter.warning(f"the pool of masked clones is not as it should be: {error.message}; {error.remedy}")
    return error.message
