"""Settling: a transaction of before the swap may end at any time after it, and none of its rows is lost."""

from datetime import timedelta

import pytest

from slipway.model.environment import Environment
from slipway.model.evidence import Verdict, VerdictResult
from slipway.ports.journal import Conclusion
from slipway.rollout.plan import build_rollout
from slipway.rollout.stages import RolloutStage
from slipway.stages import Completed, Parked, Undone
from tests.doubles.deployments import Fuse, Killed
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
PRODUCTION = f"{DATABASE}.MARTS.REVENUE"
ROWS = {1: "10.00", 2: "20.00"}


@pytest.fixture
def it() -> World:
    """Revenue runs."""
    made = World()
    made.begin(revenue=OLD)
    return made


def _parked(it: World) -> tuple[Parked, tuple[RolloutStage, ...]]:
    """Deploy until something has to be waited for that does not come true by itself."""
    stages = build_rollout(it.facts("revenue", NEW))
    outcome = it.carry_on(stages)
    while isinstance(outcome, Parked) and outcome.stage.kind != "settle-writes":
        it.clock.wait((outcome.wait.wake_at - it.clock.now()).total_seconds())
        outcome = it.carry_on(stages)
    assert isinstance(outcome, Parked)
    return outcome, stages


def test_a_transaction_of_before_the_swap_is_waited_for(it: World) -> None:
    """By name; once it is rolled back there is nothing to wait for."""
    it.warehouse.transactions = {"17": "LOADER", "18": "ANA"}
    parked, stages = _parked(it)
    assert parked.wait.condition == (
        "every transaction that was open at the swap has ended "
        "(17 of LOADER since 12:00 UTC, 18 of ANA since 12:00 UTC)"
    )
    del it.warehouse.transactions["17"]
    again = it.carry_on(stages)
    assert isinstance(again, Parked)
    assert "(18 of ANA since 12:00 UTC)" in again.wait.condition
    it.warehouse.transactions.clear()
    assert it.finish(stages) == Completed()
    assert it.rows("revenue") == ROWS


def test_what_it_commits_then_is_in_production(it: World) -> None:
    """The old generation, which it has written to, is swapped back."""
    old = it.warehouse.tables[PRODUCTION]
    it.warehouse.transactions = {"17": "LOADER"}
    _, stages = _parked(it)
    it.warehouse.write(old, 99, "99.00")
    it.warehouse.transactions.clear()
    outcome = it.finish(stages)
    assert isinstance(outcome, Undone)
    assert "rows reached the old generation of snowflake://FINEDGE.MARTS.REVENUE" in outcome.reason
    assert it.rows("revenue") == ROWS | {99: "99.00"}


def test_one_that_does_not_end_takes_the_release_back(it: World) -> None:
    """Whatever it commits later, it commits to production."""
    old = it.warehouse.tables[PRODUCTION]
    it.warehouse.transactions = {"17": "LOADER"}
    _, stages = _parked(it)
    it.clock.wait(timedelta(hours=4, seconds=1).total_seconds())
    outcome = it.finish(stages)
    assert isinstance(outcome, Undone)
    assert "17 of LOADER since 12:00 UTC) did not come true by" in outcome.reason
    it.warehouse.write(old, 99, "99.00")
    assert it.rows("revenue") == ROWS | {99: "99.00"}


def test_one_that_begins_after_the_swap_is_not_waited_for(it: World) -> None:
    """It finds the new generation by the name."""

    class Writer(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed.startswith("before trigger"):
                it.warehouse.transactions["19"] = "ANA"

    it.fuse.__class__ = Writer
    outcome, _ = it.deploy("revenue", NEW)
    assert outcome == Completed()
    assert it.warehouse.transactions == {"19": "ANA"}


def test_a_role_that_may_not_see_transactions_says_so(it: World) -> None:
    """Nobody says that a release is healthy of which that cannot be told."""
    it.warehouse.sees_all = False
    outcome, _ = it.deploy("revenue", NEW)
    assert outcome == Completed()
    (verdict,) = (each for each in it.evidence.held.values() if isinstance(each, Verdict))
    assert verdict.result is VerdictResult.INCONCLUSIVE
    assert any(
        "the role may not see whether a transaction of before the swap goes on" in said
        for said in verdict.observations
    )


def test_wherever_it_is_killed_it_is_noted_when_to_look_again() -> None:
    """With the end itself, in one write: between two, a release would be left that nobody looks at."""

    def narrow() -> World:
        made = World()
        made.begin(revenue=OLD)
        made.warehouse.sees_all = False
        return made

    whole = narrow()
    begun = len(whole.fuse.moments)
    assert whole.deploy("revenue", NEW)[0] == Completed()
    for at in range(len(whole.fuse.moments) - begun):
        it = narrow()
        it.fuse.at = len(it.fuse.moments) + at
        stages = build_rollout(it.facts("revenue", NEW))
        with pytest.raises(Killed):
            it.finish(stages)
        it.fuse.at = None
        it.finish(stages, token=2)
        (head,) = it.journal.unseen(Environment.DEV)
        assert head.conclusion is Conclusion.COMPLETED
        assert head.unseen_until is not None
        assert head.unseen_until >= it.clock.now() + timedelta(hours=4, minutes=55)
