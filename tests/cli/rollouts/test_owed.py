"""What a way back owes is told where people look: on the terminal, by `tick`, and in the ledger."""

from collections.abc import Callable

from slipway.model.environment import Environment
from slipway.model.events import REMEDY, EventKind
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
ENTRY = "catalog/revenue.yaml"
CHANGED = {
    ENTRY: FILES[ENTRY].replace("Revenue per month.", "Revenue, month by month."),
    "dbt/models/marts/revenue/revenue_monthly.sql": "view v2",
}
DEBT = "owed: apply-platform dev: a policy says no\n  remedy: correct the catalog entry"


def refuse_way_back(place: Place) -> None:
    """Have the observed run fail, and a policy refuse the entry of before."""
    place.airflow.task = lambda: False
    place.stack.refuses = {FILES[ENTRY].encode()}


def test_a_release_that_is_taken_back_tells_what_it_owes(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Production is that of before at once; half an hour later the deployment ends, and names the debt."""
    release = ship(**CHANGED)
    place = places[Environment.DEV]
    before = place.rows()
    refuse_way_back(place)
    parked = slipway("deploy", release, "-s", "dev", "--wait", "5")
    assert parked.code == 4
    assert "waits until apply-platform dev can be taken back (a policy says no)" in parked.out
    assert place.rows() == before
    desk.clock.wait(1800)
    ended = slipway("rollout", "tick", "-s", "dev")
    assert ended.code == 1
    assert DEBT in ended.out
    assert "owed by apply-platform dev: a policy says no; correct the catalog entry" in ended.err
    (told,) = (event for event in desk.told if event.kind is EventKind.STAGE_OWED)
    assert told.figures[REMEDY] == "correct the catalog entry"
    sealed = next(event for event in desk.told if event.kind is EventKind.DEPLOYMENT_SEALED)
    assert f"; {DEBT}" in sealed.message


def test_a_release_that_people_take_back_is_not_said_to_be_back_whole(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """`slipway rollback` of what is under way ends with 1 where something is owed."""
    release = ship(**CHANGED)
    assert slipway("deploy", release, "-s", "dev", "--wait", "0").code == 4
    place = places[Environment.DEV]
    refuse_way_back(place)
    assert slipway("rollback", "revenue", "-s", "dev", "--wait", "5").code == 4
    desk.clock.wait(1800)
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 1
    assert DEBT in ended.out
