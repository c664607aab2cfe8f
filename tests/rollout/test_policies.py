"""What a policy hides stays hidden: what is made anew has none, and is not published without it."""

from collections.abc import Callable

import pytest

from slipway.model.attached_policies import AttachedPolicy
from slipway.model.snowflake_objects import Table
from slipway.rollout.plan import build_rollout
from slipway.stages import Completed, StageFailed, Undone
from tests.doubles.deployments import Fuse
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")
CANDIDATE = f"{DATABASE}.MARTS__SLIPWAY_1.REVENUE"
VIEW = f"{DATABASE}.MARTS.REVENUE_MONTHLY"
NEW = Code(view="v2", dag="dag 2", entry="entry 2")
MASKED = AttachedPolicy(kind="MASKING_POLICY", name="GOVERNANCE.RULES.HIDE", column="AMOUNT")
OWN_ROWS = AttachedPolicy(kind="ROW_ACCESS_POLICY", name="GOVERNANCE.RULES.OWN_ROWS")


def world() -> World:
    """Revenue runs."""
    made = World(Fuse())
    made.begin(revenue=Code())
    return made


def _at(it: World, moment: str, act: Callable[[], None]) -> None:
    class Somebody(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == moment:
                act()

    it.fuse.__class__ = Somebody


def _attach(it: World, name: str, *policies: AttachedPolicy) -> None:
    it.warehouse.tables[name].policies |= set(policies)


def test_a_candidate_without_a_policy_of_its_table_is_refused_by_name() -> None:
    """dbt makes the table anew: before anything is paused or swapped the release is stopped."""
    it = world()
    _attach(it, str(REVENUE), MASKED, OWN_ROWS)
    before = it.seen
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert (
        f"{CANDIDATE} has not the masking policy GOVERNANCE.RULES.HIDE on column AMOUNT, "
        "row access policy GOVERNANCE.RULES.OWN_ROWS of FINEDGE_DEV.MARTS.REVENUE: whoever reads it"
    ) in outcome.reason
    assert it.seen == before


def test_a_candidate_whose_code_attaches_the_policy_is_published() -> None:
    """A post-hook has done it, under the candidate's name."""
    it = world()
    _attach(it, str(REVENUE), MASKED)
    _at(it, "after dbt build revenue", lambda: _attach(it, CANDIDATE, MASKED))
    assert it.deploy("revenue", NEW)[0] == Completed()
    assert it.warehouse.tables[str(REVENUE)].policies == {MASKED}


@pytest.mark.parametrize(
    "moment",
    ["after journal done equalise-grants revenue", f"before swap {REVENUE}"],
)
def test_a_policy_that_is_attached_before_the_swap_is_not_lost(moment: str) -> None:
    """The last look is right before the swap, and one more right after it."""
    it = world()
    _at(it, moment, lambda: _attach(it, str(REVENUE), MASKED))
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "has not the masking policy GOVERNANCE.RULES.HIDE on column AMOUNT of" in outcome.reason
    assert it.warehouse.tables[str(REVENUE)].policies == {MASKED}


def test_a_view_whose_code_does_not_attach_its_policy_is_refused_by_name() -> None:
    """The view that is built beside it shows it, before the one that people read is made anew."""
    it = world()
    it.warehouse.view_policies[VIEW] = frozenset({OWN_ROWS})
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "MARTS__SLIPWAY_1.REVENUE_MONTHLY has not the row access policy GOVERNANCE.RULES.OWN_ROWS of" in (
        outcome.reason
    )
    assert it.warehouse.view_policies[VIEW] == {OWN_ROWS}


def test_a_rollback_to_a_generation_without_the_policy_is_refused() -> None:
    """It was attached by the table's name, days after the release."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)
    _attach(it, str(REVENUE), MASKED)
    outcome = it.roll_back("revenue", shipped)
    assert isinstance(outcome, Undone)
    assert f"{CANDIDATE} has not the masking policy GOVERNANCE.RULES.HIDE on column AMOUNT" in outcome.reason
    assert f"or attach it to {CANDIDATE}; then run it again" in outcome.reason
    assert it.warehouse.tables[str(REVENUE)].policies == {MASKED}
    assert it.seen["paused"] == {"revenue": False}


def test_what_the_code_itself_attached_does_not_keep_a_release_from_being_taken_back() -> None:
    """It hid nothing before: the generation of before is what people have read all along."""
    it = world()
    it.airflow.task = lambda: False
    old = it.warehouse.tables[str(REVENUE)]
    _at(it, "after dbt build revenue", lambda: _attach(it, CANDIDATE, MASKED))
    assert isinstance(it.deploy("revenue", NEW)[0], Undone)
    assert it.warehouse.tables[str(REVENUE)] is old


def test_nobody_sees_what_a_policy_hides_that_was_attached_while_a_release_was_observed() -> None:
    """The way back stops at that table, with its runs ended, until somebody has attached it there too."""
    it = world()
    it.airflow.task = lambda: False
    old = it.warehouse.tables[str(REVENUE)]
    _at(it, "after trigger slipway__dev-0123456789ab-1", lambda: _attach(it, str(REVENUE), MASKED))
    stages = build_rollout(it.facts("revenue", NEW))
    with pytest.raises(StageFailed, match=r"has not the masking policy GOVERNANCE\.RULES\.HIDE on column"):
        it.finish(stages)
    assert it.warehouse.tables[str(REVENUE)] is not old
    assert it.seen["paused"] == {"revenue": True}
    old.policies = frozenset({MASKED})
    assert isinstance(it.finish(stages), Undone)
    assert it.warehouse.tables[str(REVENUE)] is old
