"""On the way back nothing is swapped while a run of the bad code writes still, whoever has begun it."""

from datetime import timedelta

import pytest

from slipway.model.snowflake_objects import Table
from slipway.ports.journal import Direction
from slipway.ports.orchestrator import DagId
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.stages import RolloutStage
from slipway.stages import Completed, Parked, Undone
from tests.doubles.deployments import Fuse, Killed, opened
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")
DAG = DagId("revenue")
ROWS = {1: "10.00", 2: "20.00"}


def _failing(lingers: int) -> World:
    """The observed run fails; a scheduled one of the same code writes until its last task ends."""
    it = World(Fuse())
    it.begin(revenue=OLD)

    class Schedule(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == "after trigger slipway__dev-0123456789ab-1":
                it.airflow.begin(DAG, "scheduled__1", tasks=1000)

    it.fuse.__class__ = Schedule
    it.airflow.lingers = lingers
    it.airflow.writes = lambda: it.warehouse.insert(REVENUE, 99, "99.00")
    it.airflow.task = lambda: False
    return it


def _parked_on_the_way_back(it: World) -> tuple[Parked, tuple[RolloutStage, ...]]:
    stages = build_rollout(it.facts("revenue", NEW))
    while True:
        outcome = it.carry_on(stages)
        assert isinstance(outcome, Parked)
        if it.journal.heads[opened().id].direction is Direction.BACK:
            return outcome, stages
        it.clock.wait(5)


def test_the_way_back_waits_for_the_last_task_of_every_run() -> None:
    """What it still wrote went into the generation that goes, and production has the rows of before."""
    it = _failing(lingers=3)
    parked, stages = _parked_on_the_way_back(it)
    assert parked.stage.name == "resume-writers revenue"
    assert parked.wait.condition == "no task of a cancelled run of revenue is left (scheduled__1)"
    assert not parked.overdue
    assert it.journal.heads[opened().id].wait == parked.wait
    assert it.seen["paused"] == {"revenue": True}
    assert isinstance(it.finish(stages), Undone)
    assert it.rows("revenue") == ROWS
    assert it.seen["paused"] == {"revenue": False}
    (kept,) = (thing for name, thing in it.warehouse.tables.items() if "__SLIPWAY_1" in name)
    assert 99 in kept.rows


def test_a_run_that_does_not_end_keeps_the_release_in_place_and_people_are_told() -> None:
    """Past the deadline it is waited for still: nothing is swapped back under a writer."""
    it = _failing(lingers=10_000)
    parked, stages = _parked_on_the_way_back(it)
    swapped = it.warehouse.tables[str(REVENUE)].made
    it.clock.wait(timedelta(minutes=11).total_seconds())
    again = it.carry_on(stages)
    assert isinstance(again, Parked)
    assert again.overdue
    assert again.wait.deadline == parked.wait.deadline
    assert it.story.told[-1].startswith("overdue resume-writers revenue: no task of a cancelled run")
    assert it.warehouse.tables[str(REVENUE)].made == swapped
    assert [head.id for head in it.journal.open(opened().environment)] == [opened().id]
    it.airflow.flows[DAG].ending.clear()
    assert isinstance(it.finish(stages), Undone)
    assert it.rows("revenue") == ROWS


def _moments() -> list[str]:
    it = _failing(lingers=2)
    begun = len(it.fuse.moments)
    assert isinstance(it.finish(build_rollout(it.facts("revenue", NEW))), Undone)
    return it.fuse.moments[begun:]


MOMENTS = _moments()
BACK = range(MOMENTS.index("before journal failed observe-run revenue"), len(MOMENTS))


@pytest.mark.parametrize("at", BACK, ids=lambda at: f"{at} {MOMENTS[at]}")
def test_killed_anywhere_on_a_way_back_that_waits_it_converges(at: int) -> None:
    """Whoever continues it waits on, and swaps back once."""
    it = _failing(lingers=2)
    stages = build_rollout(it.facts("revenue", NEW))
    it.fuse.at = len(it.fuse.moments) + at
    with pytest.raises(Killed):
        it.finish(stages)
    it.fuse.at = None
    assert isinstance(it.finish(stages, token=2), Undone)
    assert it.rows("revenue") == ROWS
    assert it.seen["paused"] == {"revenue": False}
    assert not it.airflow.active_runs(DAG)


def test_a_rollback_waits_for_them_too() -> None:
    """Before its swap; past its deadline it is the rollback that ends, and what runs stays."""
    it = _failing(lingers=2)
    it.airflow.task = lambda: True
    outcome, shipped = it.deploy("revenue", NEW)
    assert outcome == Completed()
    stages = build_rollback(it.facts_of_way_back("revenue", shipped))
    parked = it.carry_on(stages, "dev-rollback-1")
    assert isinstance(parked, Parked)
    assert parked.wait.condition == "no task of a cancelled run of revenue is left (scheduled__1)"
    assert it.finish(stages, "dev-rollback-1") == Completed()
    assert it.rows("revenue") == ROWS
