"""An approval that is taken back after a deployment has counted it: whoever does it hears of that."""

import json
from collections.abc import Callable

import pytest

from slipway.model.environment import Environment
from slipway.model.events import EventKind
from tests.cli.conftest import Ended, Slipway
from tests.cli.rollouts.conftest import Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
BACK = "slipway rollback revenue -s staging takes it back"


@pytest.fixture
def release(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> str:
    """Approved for staging by Henrik, and ready to go in."""
    assert places
    made = ship(**VIEW)
    assert slipway("deploy", made, "-s", "dev").code == 0
    explained = slipway("deploy", made, "-s", "staging", "--explain", "--format", "json")
    effects = json.loads(explained.out)["effects_digest"]
    assert _as_henrik(desk, slipway, "approve", made, "-s", "staging", "--effects", effects).code == 0
    desk.clock.wait(60)
    return made


def _as_henrik(desk: MemoryDesk, slipway: Slipway, *words: str) -> Ended:
    desk.identity.person = "henrik.olsen"
    ended = slipway(*words)
    desk.identity.person = "grace.kim"
    return ended


def _revoked(desk: MemoryDesk, slipway: Slipway, release: str, *more: str) -> Ended:
    ended = _as_henrik(desk, slipway, "approve", release, "-s", "staging", "--revoke", *more)
    assert ended.code == 0, ended.err
    return ended


def test_what_nothing_has_counted_stops_everything(slipway: Slipway, desk: MemoryDesk, release: str) -> None:
    """And the gate refuses from then on."""
    told = _revoked(desk, slipway, release).out
    assert told == "no deployment in staging has counted it, and from now on none will\n"
    assert slipway("deploy", release, "-s", "staging").code == 1


def test_what_is_under_way_goes_on(slipway: Slipway, desk: MemoryDesk, release: str) -> None:
    """Named, with the command that takes it back where it is; which it does."""
    assert slipway("deploy", release, "-s", "staging", "--wait", "0").code == 4
    told = _revoked(desk, slipway, release).out
    assert f"deployment staging-{release}-1 has counted it and is under way since 2026-11-26 12:0" in told
    assert f"{BACK} where it is" in told
    assert slipway("rollback", "revenue", "-s", "staging").code == 0


def test_what_has_ended_is_told_with_how(slipway: Slipway, desk: MemoryDesk, release: str) -> None:
    """Completed, it stays until somebody rolls it back; for programs as data."""
    assert slipway("deploy", release, "-s", "staging").code == 0
    told = _revoked(desk, slipway, release).out
    assert f"deployment staging-{release}-1 has counted it and was completed at 2026-11-26 12:0" in told
    assert f": what it brought stays; {BACK} (" in told


def test_what_was_rolled_back_since_needs_nothing(slipway: Slipway, desk: MemoryDesk, release: str) -> None:
    """A rollback has come first."""
    assert slipway("deploy", release, "-s", "staging").code == 0
    desk.clock.wait(60)
    assert slipway("rollback", "revenue", "-s", "staging").code == 0
    (found,) = json.loads(_revoked(desk, slipway, release, "--format", "json").out)["deployments"]
    assert (found["deployment"], found["completed"]) == (f"staging-{release}-1", True)
    assert found["begun"] < found["ended"] < found["rolled_back"]


def test_what_was_rolled_back_is_approved_anew(slipway: Slipway, desk: MemoryDesk, release: str) -> None:
    """An approval from before counts no longer, and so the same person gives another one without revoking."""
    assert slipway("deploy", release, "-s", "staging").code == 0
    desk.clock.wait(60)
    assert slipway("rollback", "revenue", "-s", "staging").code == 0
    refused = slipway("deploy", release, "-s", "staging")
    assert refused.code == 1
    assert (
        "does not count: henrik.olsen's of 2026-11-26 12:00 UTC: it is from before the release" in refused.out
    )
    desk.clock.wait(60)
    explained = slipway("deploy", release, "-s", "staging", "--explain", "--format", "json")
    effects = json.loads(explained.out)["effects_digest"]
    for said in (False, True):
        again = _as_henrik(desk, slipway, "approve", release, "-s", "staging", "--effects", effects)
        assert ("you have approved this before" in again.err) is said
    assert slipway("deploy", release, "-s", "staging").code == 0


def test_what_was_stopped_left_nothing(
    slipway: Slipway, desk: MemoryDesk, places: Places, release: str
) -> None:
    """Taken back while it was under way."""
    assert slipway("deploy", release, "-s", "staging", "--wait", "0").code == 4
    assert slipway("rollback", "revenue", "-s", "staging").code == 0
    assert places[Environment.STAGING].journal.heads
    assert "and was taken back at 2026-11-26 12:0" in (told := _revoked(desk, slipway, release).out)
    assert told.endswith("nothing of it runs\n")


def test_where_it_cannot_be_told_it_is_taken_back_all_the_same(
    slipway: Slipway, desk: MemoryDesk, release: str
) -> None:
    """The revocation holds; that a record is missing is said, with where to look."""
    assert slipway("deploy", release, "-s", "staging").code == 0
    (admitted,) = (
        each
        for each in desk.told
        if (each.kind, each.deployment) == (EventKind.GATE_PASSED, f"staging-{release}-1")
    )
    del desk.evidence.stored[f"evidence/{admitted.evidence[0].removeprefix('sha256:')}.json"]
    ended = _revoked(desk, slipway, release)
    assert ended.out == ""
    assert "has taken back every approval of it in staging" in ended.err
    assert "whether a deployment has counted it cannot be told: the evidence" in ended.err
    assert "slipway status -s staging says what is under way" in ended.err
