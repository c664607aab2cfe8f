"""Draining: Airflow does not go on with a run of a paused DAG, so the DAG is paused between two runs."""

import pytest

from slipway.ports.orchestrator import DagId, RunId, RunState
from slipway.rollout.plan import build_rollout
from slipway.rollout.stages import RolloutStage
from slipway.stages import Completed, Parked, Undone
from tests.doubles.deployments import Fuse
from tests.rollout.world import Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
DAG = DagId("revenue")


@pytest.fixture
def it() -> World:
    """Revenue runs."""
    made = World()
    made.begin(revenue=OLD)
    return made


def _parked(it: World) -> tuple[Parked, tuple[RolloutStage, ...]]:
    stages = build_rollout(it.facts("revenue", NEW))
    parked = it.carry_on(stages)
    assert isinstance(parked, Parked)
    assert parked.stage.kind == "pause-writers"
    return parked, stages


def _state(it: World, run: str) -> RunState:
    return it.airflow.run(DAG, RunId(run)).state


def test_a_run_of_several_tasks_ends_before_the_dag_is_paused(it: World) -> None:
    """Paused first it would never end, and neither would the wait."""
    it.airflow.begin(DAG, "scheduled__1", tasks=3)
    parked, stages = _parked(it)
    assert parked.wait.condition == "no run of revenue goes on (scheduled__1)"
    assert it.seen["paused"] == {"revenue": False}
    assert it.finish(stages) == Completed()
    assert _state(it, "scheduled__1") is RunState.SUCCESS
    assert it.seen["paused"] == {"revenue": False}


def test_a_run_that_begins_just_before_the_pause_runs_to_its_end(it: World) -> None:
    """It is seen by the second look, and the DAG goes on until it is over."""

    class Schedule(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if (
                passed == "before pause revenue True"
                and RunId("scheduled__2") not in it.airflow.flows[DAG].runs
            ):
                it.airflow.begin(DAG, "scheduled__2", tasks=2)

    it.fuse.__class__ = Schedule
    parked, stages = _parked(it)
    assert "scheduled__2" in parked.wait.condition
    assert it.seen["paused"] == {"revenue": False}
    assert it.finish(stages) == Completed()
    assert _state(it, "scheduled__2") is RunState.SUCCESS


def test_a_pipeline_that_never_stands_still_is_not_released_and_named(it: World) -> None:
    """After four hours the release is taken back; the DAG runs as before."""
    before = it.seen
    it.airflow.begin(DAG, "scheduled__1", tasks=10_000)
    _, stages = _parked(it)
    it.clock.wait(4 * 3600 + 1)
    outcome = it.carry_on(stages)
    assert isinstance(outcome, Undone)
    assert (
        "pause-writers revenue: no run of revenue goes on (scheduled__1) did not come true by 2026-03-02 16"
        in outcome.reason
    )
    assert it.seen == before


def test_a_run_that_stands_still_because_somebody_paused_its_dag_is_said_so(it: World) -> None:
    """Nobody's pause is undone; what to do about the run is told."""
    it.airflow.begin(DAG, "scheduled__1", tasks=2)
    it.airflow.flows[DAG].paused = True
    parked, stages = _parked(it)
    assert "which somebody has paused: they go on once it is not" in parked.wait.condition
    it.airflow.cancel(DAG, RunId("scheduled__1"))
    assert it.finish(stages) == Completed()
    assert it.seen["paused"] == {"revenue": True}
