"""A release that failed after it was published comes back, whatever else refuses: tables before all."""

from collections.abc import Iterator

import pytest

from slipway.model.grants import Grant, Grantee, GranteeKind, Privilege
from slipway.model.snowflake_objects import Table
from slipway.ports.journal import Direction, StageState
from slipway.rollout.plan import build_rollback, build_rollout
from slipway.rollout.stages import PLAN, Back, RolloutStage
from slipway.stages import Outcome, Parked, Undone, way_back
from tests.doubles.deployments import Fuse, Killed
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")
AUDITED = frozenset({Grant(privilege=Privilege("SELECT"), grantee=Grantee(GranteeKind.ROLE, "AUDITOR"))})
VIEW = f"{DATABASE}.MARTS.REVENUE_MONTHLY"
OLD = Code(label="SHOP")
RENAMED = Code(label="STORE", view="v2", dag="dag 2", entry="entry 2")
"""Its table calls a column something else, and so does its view."""


def world() -> World:
    """Revenue runs, and whatever is published of it next fails in its observed run."""
    made = World(Fuse())
    made.begin(revenue=OLD)
    made.airflow.task = lambda: False
    return made


def test_a_column_that_was_renamed_comes_back_in_table_and_view() -> None:
    """The view of before can be made on the table of before alone."""
    it = world()
    before = it.seen
    outcome, _ = it.deploy("revenue", RENAMED)
    assert isinstance(outcome, Undone)
    assert outcome.owed == ()
    ran = {"runs": ["slipway__dev-0123456789ab-1"], "candidate schemas": [f"{DATABASE}.MARTS__SLIPWAY_1"]}
    assert it.seen == before | ran


def test_what_a_policy_refuses_is_owed_and_all_the_rest_comes_back() -> None:
    """Tables, views, document, DAG; the resources are tried again for half an hour, then named."""
    it = world()
    before = it.seen
    it.stack.refuses = {b"entry 1"}
    outcome, _ = it.deploy("revenue", RENAMED)
    assert isinstance(outcome, Undone)
    assert "run slipway__dev-0123456789ab-1 of DAG revenue failed" in outcome.reason
    assert outcome.owed == ("apply-platform dev: a policy says no\n  remedy: correct the catalog entry",)
    assert "owed apply-platform dev: a policy says no" in it.story.told
    after = it.seen
    assert after["resources"] == {"revenue": b"entry 2"}
    for same in ("rows", "labels", "views", "view grants", "entries", "pointers", "paused"):
        assert after[same] == before[same], same
    assert [row.stage for row in it.journal.stored.values() if row.state is StageState.OWED] == [
        "apply-platform dev"
    ]


def test_what_is_refused_no_longer_is_paid() -> None:
    """Whoever looks again within the half hour takes it back, and nothing is owed."""
    it = world()
    before = it.seen
    it.stack.refuses = {b"entry 1"}
    stages = build_rollout(it.facts("revenue", RENAMED))
    parked = _until(it, stages, "apply-platform")
    assert parked.wait.condition == "apply-platform dev can be taken back (a policy says no)"
    assert it.seen["paused"] == {"revenue": False}, "production runs meanwhile"
    it.stack.refuses = set()
    outcome = it.finish(stages)
    assert isinstance(outcome, Undone)
    assert outcome.owed == ()
    assert it.seen["resources"] == before["resources"]


def test_a_locked_stack_is_waited_for_with_the_tables_back() -> None:
    """A lock ends; what comes after it waits, and so the pipeline stays paused."""
    it = world()
    before = it.seen
    stages = build_rollout(it.facts("revenue", RENAMED))

    class Locks(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            it.stack.locked = it.stack.locked or passed == "after journal failed observe-run revenue"

    it.fuse.__class__ = Locks
    parked = _until(it, stages, "apply-platform")
    assert parked.wait.condition.startswith("that update has ended: stack dev is locked by another update; ")
    assert parked.wait.condition.endswith("; let it end")
    assert (it.seen["labels"], it.seen["views"]) == (before["labels"], before["views"])
    assert it.seen["paused"] == {"revenue": True}
    it.fuse.__class__ = Fuse
    it.stack.locked = False
    assert isinstance(it.finish(stages), Undone)
    assert it.seen["resources"] == before["resources"]


def test_a_view_that_cannot_be_made_keeps_nothing_else() -> None:
    """Somebody has changed production's table by hand: the view is owed, by name and with dbt's message."""
    it = world()
    it.warehouse.tables[str(REVENUE)].label = "OTHER"
    outcome, _ = it.deploy("revenue", RENAMED)
    assert isinstance(outcome, Undone)
    (debt,) = outcome.owed
    assert debt.startswith("build-views revenue: dbt run failed: model.finedge.revenue_monthly: 000904")
    assert it.seen["labels"] == {str(REVENUE): "OTHER"}
    assert it.seen["resources"] == {"revenue": b"entry 1"}
    assert it.seen["paused"] == {"revenue": False}


def test_every_kind_has_its_place_on_the_way_back() -> None:
    """Runs are ended first; tables come before all that may refuse; DAGs run again with everything back."""
    stages = build_rollout(world().facts("revenue", RENAMED))
    assert [[stage.kind for stage in place] for place in way_back(stages)] == [
        ["give-verdict", "settle-writes", "observe-run", "resume-writers"],
        ["keep-generation", "swap-table"],
        ["build-views"],
        ["write-document"],
        ["hand-over"],
        ["apply-platform"],
        ["publish-dag", "publish-project"],
        ["pause-writers"],
        ["equalise-grants", "audit-candidates", "build-candidates", "prepare-candidates"],
    ]
    assert {stage.place_back for stage in stages} == set(Back)


def test_a_rollback_is_planned_in_the_order_of_the_way_back() -> None:
    """One order, whichever way leads back: what changes something is in the same places."""
    plan = build_rollback(world().facts("revenue", RENAMED))
    changing = {Back.TABLES, Back.VIEWS, Back.DOCUMENT, Back.RESOURCES, Back.CODE}
    plan = tuple(stage for stage in plan if stage.kind != "keep-generation")  # a mark, once all is back
    places = [stage.place_back for stage in plan if stage.place_back in changing]
    assert places == sorted(places)
    assert PLAN.validate_json(PLAN.dump_json(plan)) == plan


def _regranted() -> World:
    """While the run is observed somebody lets the auditor read table and view, and READER no longer."""
    it = world()

    class Administrator(Fuse):
        def burn(self, passed: str) -> None:
            if passed == "after trigger slipway__dev-0123456789ab-1":
                it.warehouse.tables[str(REVENUE)].grants = frozenset({"AUDITOR"})
                it.warehouse.view_grants[VIEW] = AUDITED
            super().burn(passed)

    it.fuse.__class__ = Administrator
    return it


WHOLE = _regranted()
_BEGUN = len(WHOLE.fuse.moments)
WHOLE.deploy("revenue", RENAMED)
MOMENTS = WHOLE.fuse.moments[_BEGUN:]


@pytest.mark.parametrize("at", range(len(MOMENTS)), ids=lambda at: f"{at} {MOMENTS[at]}")
def test_a_published_release_killed_anywhere_comes_back(at: int) -> None:
    """Forward, in the observed run, and at each moment of the way back; grants are the newest."""
    it = _regranted()
    it.fuse.at = len(it.fuse.moments) + at
    stages = build_rollout(it.facts("revenue", RENAMED))
    with pytest.raises(Killed):
        it.finish(stages)
    it.fuse.at = None
    assert isinstance(it.finish(stages, token=2), Undone)
    seen, wanted = it.seen, WHOLE.seen
    for thing in ("marks", "candidate schemas"):  # their moments differ
        assert seen.pop(thing).__class__ is wanted.pop(thing).__class__
    assert seen == wanted
    assert (seen["grants"][str(REVENUE)], seen["view grants"]) == (frozenset({"AUDITOR"}), {VIEW: AUDITED})
    assert {row.state for row in it.journal.stored.values()} == {StageState.UNDONE}


def _until(it: World, stages: tuple[RolloutStage, ...], kind: str) -> Parked:
    """Walk until the way back is parked at a kind of stage."""
    for outcome in _looks(it, stages):
        head = next(iter(it.journal.heads.values()))
        if isinstance(outcome, Parked) and (outcome.stage.kind, head.direction) == (kind, Direction.BACK):
            return outcome
    raise AssertionError(it.story.told)


def _looks(it: World, stages: tuple[RolloutStage, ...]) -> Iterator[Outcome]:
    for _ in range(30):
        outcome = it.carry_on(stages)
        yield outcome
        assert isinstance(outcome, Parked)
        it.clock.wait((outcome.wait.wake_at - it.clock.now()).total_seconds())
