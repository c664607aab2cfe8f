"""Who may read a view may read it after a release, after the way back, and after a rollback."""

from collections.abc import Sequence

from slipway.model.grants import Grant, GrantChange, Grantee, GranteeKind, Privilege
from slipway.model.snowflake_objects import SnowflakeObject
from slipway.stages import Undone
from tests.doubles.memory_environment import DATABASE
from tests.rollout.test_rollout import NEW, world
from tests.rollout.world import VIEW_READERS


def test_a_view_whose_grants_somebody_changes_meanwhile_is_no_good_release() -> None:
    """What was granted in between is not taken away in silence: the release is taken back and names it."""
    it = world()
    monthly = f"{DATABASE}.MARTS.REVENUE_MONTHLY"
    stranger = Grant(privilege=Privilege("SELECT"), grantee=Grantee(GranteeKind.ROLE, "STRANGER"))
    change = it.warehouse.change_grants

    def meddle(subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        change(subject, changes)
        it.warehouse.view_grants[monthly] |= {stranger}
        it.warehouse.change_grants = change  # type: ignore[method-assign]

    it.warehouse.change_grants = meddle  # type: ignore[method-assign]
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "REVENUE_MONTHLY are not what they were: REVOKE SELECT TO ROLE STRANGER" in outcome.reason
    assert it.seen["view grants"][monthly] == VIEW_READERS
