"""A deployment whose process was killed, is stopped, or lives: what the commands do about it."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = "dbt/models/marts/revenue/revenue_monthly.sql"


@pytest.fixture
def place(places: Places) -> Place:
    """Dev."""
    return places[Environment.DEV]


@pytest.fixture
def killed(slipway: Slipway, ship: Ship, place: Place) -> str:
    """A release whose deployment waits, and whose process died while it looked: its lease is there still."""
    release = ship(**{VIEW: "view v2"})
    assert slipway("deploy", release, "-s", "dev", "--wait", "0").code == 4
    holder = f"dev-{release}-1 by arn:aws:iam::111122223333:user/grace.kim in process 1 on elsewhere"
    now = place.desk.clock.now()
    place.leases.acquire("dev/revenue", holder=holder, now=now, lasting=timedelta(seconds=30))
    return release


def test_a_killed_process_is_waited_for(slipway: Slipway, place: Place, killed: str) -> None:
    """Its lease ends by itself, and the same command continues."""
    ended = slipway("deploy", killed, "-s", "dev")
    assert ended.code == 0, ended.err
    assert "the lease of dev/revenue ends in 30 s" in ended.err
    continues = f"deployment dev-{killed}-1 was begun before: continuing it"
    assert ended.err.index(continues) > ended.err.rindex("the lease of dev/revenue ends in")
    assert place.warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"


@pytest.mark.parametrize("words", ["deploy {}", "rollback revenue"])
def test_a_second_command_says_it_continues_only_when_it_does(
    slipway: Slipway, place: Place, killed: str, words: str
) -> None:
    """The process that carries it on lives, and so nothing is continued or taken back: nor does it say so."""
    renew = place.leases.acquire
    holder = f"dev-{killed}-1 by arn:aws:iam::111122223333:user/grace.kim in process 1 on elsewhere"

    def alive(target: str, **named: Any) -> Any:
        if named["holder"] != holder:
            now = place.desk.clock.now()
            renew(target, holder=holder, now=now, lasting=timedelta(seconds=30), take_over=True)
        return renew(target, **named)

    place.leases.acquire = alive  # type: ignore[method-assign]
    ended = slipway(*words.format(killed).split(), "-s", "dev")
    assert ended.code == 1, ended.err
    assert "which is alive: it renews its lease" in ended.err
    assert "continuing" not in ended.err
    assert "taken back" not in ended.err


@pytest.mark.parametrize(("words", "view"), [("deploy {}", "v2"), ("rollback revenue", "v1")])
def test_taking_over_waits_for_nobody(
    slipway: Slipway, place: Place, killed: str, words: str, view: str
) -> None:
    """Whoever knows that the process is gone, or wants it to be."""
    ended = slipway(*words.format(killed).split(), "-s", "dev", "--take-over")
    assert ended.code == 0, ended.err
    assert f"taking over from dev-{killed}-1 by arn:aws:iam::111122223333:user/grace.kim" in ended.err
    assert "ends in" not in ended.err
    assert place.warehouse.views[f"{REVENUE}_MONTHLY"] == view


def test_a_tick_leaves_a_living_process_alone(
    slipway: Slipway, place: Place, desk: MemoryDesk, killed: str
) -> None:
    """Also one of the same person: two would build into one candidate schema."""
    desk.clock.wait(15)
    ended = slipway("rollout", "tick", "-s", "dev")
    assert ended.code == 0
    assert f"dev-{killed}-1 is left alone: dev/revenue is being changed by dev-{killed}-1" in ended.err
    assert len(place.journal.open(Environment.DEV)) == 1


def test_a_deploy_that_waits_lets_a_tick_look(
    slipway: Slipway, ship: Ship, place: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the lease taken when it wakes up, and looks again once that has ended."""
    release = ship(**{VIEW: "view v2"})
    wait = desk.clock.wait
    ticks = [f"dev-{release}-1 by ben in process 7 on elsewhere"]

    def ticking(seconds: float) -> None:
        wait(seconds)
        if ticks:
            now, lasting = desk.clock.now(), timedelta(seconds=30)
            place.leases.acquire("dev/revenue", holder=ticks.pop(), now=now, lasting=lasting)

    monkeypatch.setattr(desk.clock, "wait", ticking)
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert place.warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"


@pytest.mark.parametrize("command", ["deploy", "rollout tick"])
def test_stopped_it_ends_its_tools_and_can_be_continued(
    slipway: Slipway, ship: Ship, place: Place, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """SIGTERM is what a scheduler sends: exit 4, the journal is open, the leases are free."""
    release = ship(**{VIEW: "view v2"})
    words = ["deploy", release] if command == "deploy" else command.split()
    if command != "deploy":
        slipway("deploy", release, "-s", "dev", "--wait", "0")
        place.desk.clock.wait(60)

    def stopped(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(place.airflow, "trigger", stopped)
        ended = slipway(*words, "-s", "dev")
    assert ended.code == 4
    assert f"deployment dev-{release}-1 is interrupted: the command was stopped" in ended.err
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    again = slipway("deploy", release, "-s", "dev")
    assert again.code == 0, again.err
    assert "ends in" not in again.err


def test_stopped_before_anything_was_begun_it_says_so(
    slipway: Slipway, ship: Ship, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to continue."""
    release = ship(**{VIEW: "view v2"})

    def stopped(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(place.airflow, "is_there", stopped)
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 4
    assert "the command was stopped; what it had started is ended" in ended.err
    assert place.journal.heads == {}


def test_of_a_table_that_a_run_has_made_anew_a_rollback_says_what_is_known(
    slipway: Slipway, ship: Ship, place: Place, desk: MemoryDesk
) -> None:
    """As dbt does in every run: no word is "unknown"; before the rollback, after it, and in the trace."""
    release = ship(**{"dbt/models/marts/revenue/revenue.sql": "ORDERS * 1 ", VIEW: "view v2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    place.warehouse.add(REVENUE, {1: "10.00", 2: "20.00", 3: "30.00"}, ["READER"])
    said = (
        "written to snowflake://FINEDGE.MARTS.REVENUE since it was published: cannot be counted (made anew "
        "at 2026-03-02 12:00 UTC): 3 rows go, 2 come back; nothing to do, the next run makes it anew"
    )
    assert said in slipway("rollback", "revenue", "-s", "dev", "--explain").out
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 0, ended.err
    assert f"{said}; kept in FINEDGE_DEV.MARTS__SLIPWAY_" in ended.err
    assert said in slipway("audit", "trace", "revenue").out
    assert any(said in event.message for event in desk.told)


def test_what_was_written_since_is_told_before_and_after_a_rollback(
    slipway: Slipway, ship: Ship, place: Place, desk: MemoryDesk
) -> None:
    """How many rows, where they are kept, until when, and the statement that brings them back."""
    release = ship(**{"dbt/models/marts/revenue/revenue.sql": "ORDERS * 1 ", VIEW: "view v2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    place.warehouse.insert(REVENUE, 99, "99.00")
    written = "written to snowflake://FINEDGE.MARTS.REVENUE since it was published: 1 rows inserted"
    explained = slipway("rollback", "revenue", "-s", "dev", "--explain")
    assert written in explained.out
    assert "to bring them back: MERGE INTO FINEDGE_DEV.MARTS.REVENUE" in explained.out
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 0, ended.err
    assert written in ended.err
    assert "kept in FINEDGE_DEV.MARTS__SLIPWAY_" in ended.err
    assert any(written in event.message for event in desk.told)
    assert 99 not in place.rows()
