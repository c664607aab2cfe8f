"""What people grant and revoke by a table's name holds, whichever generation has the name."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from slipway.model.grants import GrantChange, Grants
from slipway.model.snowflake_objects import SnowflakeObject, Table
from slipway.ports.warehouse_errors import GrantsDiffer, PrivilegeMissing, StatementFailed
from slipway.stages import Completed, Undone
from tests.doubles.deployments import Fuse
from tests.doubles.memory_environment import DATABASE
from tests.rollout.world import Code, World

REVENUE = Table.of(DATABASE, "MARTS", "REVENUE")
SWAP = "swap-table snowflake://FINEDGE.MARTS.REVENUE"
NEW = Code(view="v2", dag="dag 2", entry="entry 2")


def world() -> World:
    """Revenue runs, and READER may read it."""
    made = World(Fuse())
    made.begin(revenue=Code())
    return made


def _grants(it: World) -> frozenset[str]:
    return it.warehouse.tables[str(REVENUE)].grants


def _meddle(it: World, moment: str, roles: Sequence[str]) -> None:
    """At a moment, let other roles read what has the name then, and no one else."""

    class Administrator(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == moment:
                it.warehouse.tables[str(REVENUE)].grants = frozenset(roles)

    it.fuse.__class__ = Administrator


@pytest.mark.parametrize(
    "moment",
    [
        "after journal done equalise-grants revenue",
        "after journal intent pause-writers revenue",
        f"before journal intent {SWAP}",
        f"after journal intent {SWAP}",
        f"after journal done {SWAP}",
        "after trigger slipway__dev-0123456789ab-1",
    ],
)
def test_what_is_granted_and_revoked_while_a_release_goes_in_holds(moment: str) -> None:
    """Hours can pass between the candidate's grants and the swap: what counts is the last moment."""
    it = world()
    _meddle(it, moment, ["AUDITOR"])
    outcome, _ = it.deploy("revenue", NEW)
    assert outcome == Completed()
    assert _grants(it) == frozenset({"AUDITOR"})


@pytest.mark.parametrize("roles", [["AUDITOR", "READER"], []], ids=["granted", "revoked"])
def test_a_change_at_the_very_moment_of_the_swap_is_found_and_kept(roles: Sequence[str]) -> None:
    """It reaches the old generation alone: the release is taken back, and with it what was changed."""
    it = world()
    _meddle(it, f"before swap {REVENUE}", roles)
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert (
        "grants of snowflake://FINEDGE.MARTS.REVENUE are not what they were at the swap: " in outcome.reason
    )
    assert _grants(it) == frozenset(roles)


def test_an_owner_that_changes_at_the_very_moment_of_the_swap_is_found() -> None:
    """Owner and grants are proven together."""
    it = world()

    class Administrator(Fuse):
        def burn(self, passed: str) -> None:
            super().burn(passed)
            if passed == f"after swap {REVENUE}":
                it.warehouse.tables[str(REVENUE)].owner = "STRANGER"

    it.fuse.__class__ = Administrator
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert "is owned by ROLE STRANGER, and was by ROLE FINEDGE_DEV_REVENUE at the swap" in outcome.reason


@pytest.mark.parametrize("roles", [["AUDITOR", "READER"], []], ids=["granted", "revoked"])
def test_a_release_that_is_taken_back_keeps_what_was_changed_since_its_swap(roles: Sequence[str]) -> None:
    """A run is observed for an hour, and people administer meanwhile."""
    it = world()
    it.airflow.task = lambda: False
    _meddle(it, "after trigger slipway__dev-0123456789ab-1", roles)
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert outcome.owed == ()
    assert _grants(it) == frozenset(roles)


def test_a_rollback_brings_rows_back_and_no_grants_of_then() -> None:
    """For days people have granted and revoked by the name; the kept generation knows nothing of it."""
    it = world()
    _, shipped = it.deploy("revenue", NEW)
    it.warehouse.tables[str(REVENUE)].grants = frozenset({"AUDITOR"})
    assert it.roll_back("revenue", shipped) == Completed()
    assert _grants(it) == frozenset({"AUDITOR"})


def test_grants_that_cannot_be_carried_over_do_not_keep_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The generation of before is back with the grants of before, and that is owed by name."""
    it = world()
    it.airflow.task = lambda: False
    old = it.warehouse.tables[str(REVENUE)]
    _meddle(it, "after trigger slipway__dev-0123456789ab-1", ["AUDITOR"])

    change = it.warehouse.change_grants

    def refused(subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        if isinstance(subject, Table) and changes:
            raise PrivilegeMissing("MANAGE GRANTS is missing", subject=str(subject))
        change(subject, changes)

    monkeypatch.setattr(it.warehouse, "change_grants", refused)
    began = it.clock.now()
    outcome, _ = it.deploy("revenue", NEW)
    assert it.clock.now() - began < timedelta(minutes=5)  # nothing is tried again: it would be missing still
    assert isinstance(outcome, Undone)
    assert it.warehouse.tables[str(REVENUE)] is old
    (debt,) = outcome.owed
    assert debt.startswith(
        f"{SWAP}: snowflake://FINEDGE.MARTS.REVENUE is back with the grants that it had at the swap: "
    )
    assert 'remedy: compare SHOW GRANTS ON TABLE "FINEDGE_DEV"."MARTS"."REVENUE" and ' in debt


def test_grants_that_could_not_be_carried_over_are_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Within the half hour whoever looks again does it, on the generation that has the name by then."""
    it = world()
    it.airflow.task = lambda: False
    _meddle(it, "after trigger slipway__dev-0123456789ab-1", ["AUDITOR"])
    change, calls = it.warehouse.change_grants, []

    def refused_once(subject: SnowflakeObject, changes: Sequence[GrantChange]) -> None:
        if isinstance(subject, Table) and changes:
            calls.append(str(subject))
            if len(calls) == 1:
                raise GrantsDiffer("somebody changes grants", remedy="let them end")
        change(subject, changes)

    monkeypatch.setattr(it.warehouse, "change_grants", refused_once)
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert outcome.owed == ()
    assert calls == [f"{DATABASE}.MARTS__SLIPWAY_1.REVENUE", str(REVENUE)]
    assert _grants(it) == frozenset({"AUDITOR"})


def test_grants_that_cannot_be_read_do_not_keep_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has granted to a kind of grantee that is not known here, while the run was observed."""
    it = world()
    it.airflow.task = lambda: False
    old = it.warehouse.tables[str(REVENUE)]
    grants = it.warehouse.grants

    def unknown(subject: SnowflakeObject) -> Grants:
        if subject == REVENUE and it.warehouse.tables[str(REVENUE)].grants == {"APPLICATION"}:
            raise StatementFailed("SELECT is granted to APPLICATION x", subject=str(subject))
        return grants(subject)

    monkeypatch.setattr(it.warehouse, "grants", unknown)
    _meddle(it, "after trigger slipway__dev-0123456789ab-1", ["APPLICATION"])
    outcome, _ = it.deploy("revenue", NEW)
    assert isinstance(outcome, Undone)
    assert it.warehouse.tables[str(REVENUE)] is old
    (debt,) = outcome.owed
    assert "is back with the grants that it had at the swap: " in debt
    assert "SELECT is granted to APPLICATION x" in debt
