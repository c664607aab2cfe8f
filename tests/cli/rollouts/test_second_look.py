"""A verdict that could not be given the first time: the same command looks again, and at that alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from slipway.cli.rollout_desk import RolloutDesk
from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.ports.orchestrator import DagId
from slipway.ports.warehouse_errors import ConnectionLost
from tests.cli.conftest import Ended, Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
REVENUE_DAG = DagId("revenue")


@pytest.fixture
def place(places: Places) -> Place:
    """Whose role is not told of everybody's transactions, as every role but Snowflake's administrator."""
    found = places[Environment.DEV]
    found.warehouse.sees_all = False
    return found


@pytest.fixture
def release(slipway: Slipway, ship: Ship, place: Place) -> str:
    """Which runs, and of which it could not be told whether rows still come late."""
    assert not place.warehouse.sees_all
    shipped = ship(**VIEW)
    ended = slipway("deploy", shipped, "-s", "dev")
    assert ended.code == 0, ended.err
    assert "verdict on dev: inconclusive" in ended.err
    assert _gate(slipway, shipped).startswith("refused lower-environment-healthy")
    return shipped


def _gate(slipway: Slipway, release: str) -> str:
    out = slipway("deploy", release, "-s", "staging", "--explain").out
    return next(line.strip() for line in out.splitlines() if "lower-environment-healthy" in line)


def _again(slipway: Slipway, release: str) -> Ended:
    return slipway("deploy", release, "-s", "dev")


def test_too_early_it_says_from_when_on_it_can_be_told(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place
) -> None:
    """Inconclusive again: four hours and the longest statement have to pass. Nothing is built or swapped."""
    before = {**place.seen, "deployments": None}
    runs = len(place.airflow.triggered)
    ended = _again(slipway, release)
    assert ended.code == 0, ended.err
    assert f"dev runs {release} already, and the verdict of dev-{release}-1 is inconclusive" in ended.err
    assert "it can be told from 2026-11-26T17:" in ended.err
    assert f"dev-second-look-{release}-1: every stage is done" in ended.out
    assert {**place.seen, "deployments": None} == before
    assert len(place.airflow.triggered) == runs, "a run was observed the first time"
    told = [event for event in desk.told if event.deployment == f"dev-second-look-{release}-1"]
    begun = [event.subject for event in told if event.kind is EventKind.STAGE_BEGUN]
    assert begun == ["settle-writes revenue", "give-verdict dev"]
    assert _gate(slipway, release).startswith("refused")


def test_late_enough_it_is_conclusive_and_the_next_environment_lets_it_in(
    slipway: Slipway, release: str, desk: MemoryDesk
) -> None:
    """Also after a look that came too early; then there is nothing left to look at."""
    _again(slipway, release)
    desk.clock.wait(timedelta(hours=5).total_seconds())
    ended = _again(slipway, release)
    assert ended.code == 0, ended.err
    assert f"dev-second-look-{release}-2: every stage is done" in ended.out
    assert "verdict on dev: healthy (observed a run of revenue)" in ended.err
    assert _gate(slipway, release).startswith("passed lower-environment-healthy")
    again = _again(slipway, release)
    assert (again.code, again.out) == (0, "")
    assert f"dev runs {release} already" in again.err
    assert slipway("audit", "verify").code == 0


def test_rows_that_came_late_take_the_release_back(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place
) -> None:
    """As at the first look: what a transaction of before the swap has committed is in production."""
    (kept,) = (name for name in place.warehouse.tables if "MARTS__SLIPWAY" in name)
    place.warehouse.write(place.warehouse.tables[kept], 99, "99.00")
    desk.clock.wait(timedelta(hours=5).total_seconds())
    ended = _again(slipway, release)
    assert ended.code == 1
    assert "rows reached the old generation of snowflake://FINEDGE.MARTS.REVENUE" in ended.out
    assert place.rows()[99] == "99.00"
    assert place.warehouse.views[f"{REVENUE}_MONTHLY"] == "v1"


def test_what_can_no_longer_be_read_is_refused(slipway: Slipway, release: str, desk: MemoryDesk) -> None:
    """Behind Time Travel nothing is known, and nothing is taken back for it."""
    desk.clock.wait(timedelta(days=1, hours=1).total_seconds())
    ended = _again(slipway, release)
    assert (ended.code, ended.out) == (2, "")
    assert "can no longer be told: Snowflake keeps changes for 1 days (timeTravelDays)" in ended.err
    assert "build the release again" in ended.err


def test_a_run_that_could_not_be_observed_is_observed_then(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """Somebody had paused the DAG; what was settled then is not looked for again."""
    place = places[Environment.DEV]
    place.airflow.flows[REVENUE_DAG].paused = True
    release = ship(**VIEW)
    assert "verdict on dev: inconclusive" in slipway("deploy", release, "-s", "dev").err
    place.airflow.flows[REVENUE_DAG].paused = False
    ended = _again(slipway, release)
    assert "verdict on dev: healthy (observed a run of revenue)" in ended.err
    assert place.airflow.triggered == [f"slipway__dev-second-look-{release}-1"]
    assert "settle-writes" not in ended.err


def test_one_that_is_interrupted_is_continued(
    slipway: Slipway, release: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the same command."""

    def lost(*_: object, **__: object) -> None:
        raise ConnectionLost("nothing answers", subject="changes")

    with monkeypatch.context() as patch:
        patch.setattr(place.warehouse, "changes", lost)
        assert _again(slipway, release).code == 4
    ended = _again(slipway, release)
    assert ended.code == 0, ended.err
    assert f"the second look dev-second-look-{release}-1 was begun before: continuing it" in ended.err


def _tick(slipway: Slipway, environment: str = "dev") -> Ended:
    return slipway("rollout", "tick", "-s", environment)


def test_a_tick_looks_again_as_soon_as_it_can_be_told(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place
) -> None:
    """Nobody has to run a command for it; before that the tick says when, and afterwards it is done."""
    early = _tick(slipway)
    assert (early.code, early.out) == (0, "")
    assert f"what dev-{release}-1 could not see is looked at again from 2026-11-26 17:" in early.err
    desk.clock.wait(timedelta(hours=5, minutes=1).total_seconds())
    due = _tick(slipway)
    assert due.code == 0, due.err
    assert due.out == f"dev-second-look-{release}-1: every stage is done\n"
    assert "verdict on dev: healthy (observed a run of revenue)" in due.err
    assert _gate(slipway, release).startswith("passed lower-environment-healthy")
    assert "nothing to do" in _tick(slipway).err
    assert place.journal.unseen(Environment.DEV) == ()
    assert slipway("audit", "verify").code == 0


def test_a_tick_takes_the_release_back_over_rows_that_came_late(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place
) -> None:
    """As the command does that a person gives."""
    _write_late(place)
    desk.clock.wait(timedelta(hours=5, minutes=1).total_seconds())
    ended = _tick(slipway)
    assert ended.code == 1
    assert f"dev-second-look-{release}-1" in ended.out
    assert place.rows()[99] == "99.00"
    assert "nothing to do" in _tick(slipway).err


def test_an_early_look_of_a_person_is_followed_by_one_of_the_tick(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place
) -> None:
    """One, not two: the early look has taken the first deployment's place."""
    _again(slipway, release)
    desk.clock.wait(timedelta(hours=5, minutes=1).total_seconds())
    ended = _tick(slipway)
    assert ended.out == f"dev-second-look-{release}-2: every stage is done\n"
    assert place.journal.unseen(Environment.DEV) == ()


def test_meanwhile_the_next_release_of_the_pipeline_goes_in(
    slipway: Slipway, ship: Ship, release: str, desk: MemoryDesk
) -> None:
    """Five hours of one pipeline are long: what is replaced by then is looked at all the same."""
    after = ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v3"})
    ended = slipway("deploy", after, "-s", "dev")
    assert ended.code == 0, ended.err
    desk.clock.wait(timedelta(hours=5, minutes=30).total_seconds())
    looked = _tick(slipway)
    assert looked.code == 0, looked.err
    assert f"dev-{release}-1 was replaced since, and no row came late" in looked.err
    assert looked.out == f"dev-second-look-{after}-1: every stage is done\n"
    assert "nothing to do" in _tick(slipway).err


def test_late_rows_of_a_release_that_was_replaced_are_told_and_nothing_is_swapped(
    slipway: Slipway, ship: Ship, release: str, desk: MemoryDesk, place: Place
) -> None:
    """The newer release stays; people learn how many rows there are, where, and how they come back."""
    _write_late(place)
    after = ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v3"})
    assert slipway("deploy", after, "-s", "dev").code == 0
    desk.clock.wait(timedelta(hours=5, minutes=30).total_seconds())
    looked = _tick(slipway)
    assert looked.code == 1
    assert (
        "rows reached the old generation of snowflake://FINEDGE.MARTS.REVENUE after it was swapped out: "
        "1 rows inserted, 0 updated, 0 deleted; they are in FINEDGE_DEV.MARTS__SLIPWAY_"
    ) in looked.err
    assert "to bring them back: MERGE INTO" in looked.err or "to bring them back: INSERT INTO" in looked.err
    assert 99 not in place.rows()
    assert place.warehouse.views[f"{REVENUE}_MONTHLY"] == "v3"
    (told,) = (event for event in desk.told if event.kind is EventKind.LATE_ROWS)
    assert f"(release {release} was replaced before that could be told)" in told.message
    assert (told.subject, told.environment) == ("snowflake://FINEDGE.MARTS.REVENUE", Environment.DEV)
    assert "nothing to do" in _tick(slipway).err


def test_what_can_no_longer_be_told_is_said_once(slipway: Slipway, release: str, desk: MemoryDesk) -> None:
    """Nobody ran a tick for a day: a person has to know, and not every minute."""
    desk.clock.wait(timedelta(days=1, hours=1).total_seconds())
    ended = _tick(slipway)
    assert ended.code == 1
    assert "can no longer be told" in ended.err
    assert release
    assert "nothing to do" in _tick(slipway).err


def test_a_tick_that_is_killed_looks_once(
    slipway: Slipway, release: str, desk: MemoryDesk, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look's end and the note that it is done."""
    desk.clock.wait(timedelta(hours=5, minutes=1).total_seconds())
    with monkeypatch.context() as patch:
        patch.setattr(RolloutDesk, "seen", lambda *_: None)
        assert _tick(slipway).code == 0
    again = _tick(slipway)
    assert (again.code, again.out) == (0, "")
    assert place.journal.unseen(Environment.DEV) == ()
    assert release


def _write_late(place: Place) -> None:
    """A transaction of before the swap commits: to the old generation."""
    (kept,) = (name for name in place.warehouse.tables if "MARTS__SLIPWAY" in name)
    place.warehouse.write(place.warehouse.tables[kept], 99, "99.00")


def test_a_kept_generation_that_was_dropped_is_told_of_too(
    slipway: Slipway, ship: Ship, release: str, desk: MemoryDesk, place: Place
) -> None:
    """Whether rows came late cannot be told of it: neither terminal nor ledger pass over that in silence."""
    (kept,) = (name for name in place.warehouse.tables if "MARTS__SLIPWAY" in name)
    after = ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v3"})
    assert slipway("deploy", after, "-s", "dev").code == 0
    del place.warehouse.tables[kept]
    desk.clock.wait(timedelta(hours=5, minutes=30).total_seconds())
    looked = _tick(slipway)
    assert looked.code == 1
    said = (
        "snowflake://FINEDGE.MARTS.REVENUE after it was swapped out cannot be told any more: it was dropped"
    )
    assert said in looked.err
    assert f"dev-{release}-1 was replaced since, and no row came late" not in looked.err
    (told,) = (event for event in desk.told if event.kind is EventKind.LATE_ROWS)
    assert said in told.message
    assert told.datasets == ("snowflake://FINEDGE.MARTS.REVENUE",)
    assert "nothing to do" in _tick(slipway).err
