"""A pipeline is changed by one deployment at a time: also by one that waits, and also on the way back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from slipway.model.environment import Environment
from slipway.ports.leases import Lease
from slipway.ports.orchestrator import OrchestratorError
from slipway.ports.stack_engine import Program, ResourceChange
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.desk import MemoryDesk
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = "dbt/models/marts/revenue/revenue_monthly.sql"
MONTHLY = f"{REVENUE}_MONTHLY"
SETTLEMENTS = "dags/settlements.py"


def test_a_second_release_waits_for_the_one_that_is_under_way(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """One that waits holds no lease: its way back would swap the second one's table out, and drop it."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{VIEW: "view v3"})
    assert slipway("deploy", first, "-s", "dev", "--wait", "0").code == 4
    place = places[Environment.DEV]
    before = dict(place.warehouse.tables)
    ended = slipway("deploy", second, "-s", "dev")
    assert ended.code == 1
    assert f"deployment dev-{first}-1 of revenue is under way in dev" in ended.err
    assert (
        "remedy: slipway rollout tick -s dev continues it, slipway rollback revenue -s dev takes it back; "
        "then run this again"
    ) in ended.err
    assert place.warehouse.tables == before
    assert set(place.journal.heads) == {f"dev-{first}-1"}
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    assert slipway("deploy", second, "-s", "dev").code == 0
    assert place.warehouse.views[MONTHLY] == "v3"


def test_what_an_event_starts_waits_for_its_turn(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event comes once: a release that was refused would be in no environment, and nobody would know."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{VIEW: "view v3"})
    assert slipway("deploy", first, "-s", "dev", "--wait", "0").code == 4
    wait, ended = desk.clock.wait, list[int]()

    def meanwhile(seconds: float) -> None:
        patch.setattr(desk.clock, "wait", wait)
        wait(seconds)
        ended.append(slipway("rollback", "revenue", "-s", "dev").code)

    with monkeypatch.context() as patch:
        patch.setattr(desk.clock, "wait", meanwhile)
        late = slipway("deploy", second, "-s", "dev", "--once", "--wait", "20")
    assert (late.code, ended) == (0, [0]), late.err
    assert places[Environment.DEV].warehouse.views[MONTHLY] == "v3"


def test_who_waits_for_a_turn_does_not_wait_for_ever(slipway: Slipway, ship: Ship, places: Places) -> None:
    """Then the build fails, and says what to do."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{VIEW: "view v3"})
    assert slipway("deploy", first, "-s", "dev", "--wait", "0").code == 4
    ended = slipway("deploy", second, "-s", "dev", "--once", "--wait", "3")
    assert ended.code == 1
    assert f"deployment dev-{first}-1 of revenue is under way in dev: waiting for it" in ended.err
    assert "remedy: slipway rollout tick -s dev continues it" in ended.err
    assert set(places[Environment.DEV].journal.heads) == {f"dev-{first}-1"}


def test_another_pipelines_release_does_not_wait(slipway: Slipway, ship: Ship, places: Places) -> None:
    """What waits is one pipeline's."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{SETTLEMENTS: "dag 2"})
    assert slipway("deploy", first, "-s", "dev", "--wait", "0").code == 4
    assert slipway("deploy", second, "-s", "dev", "--wait", "0").code == 4
    assert len(places[Environment.DEV].journal.open(Environment.DEV)) == 2


def test_a_plan_that_what_runs_has_overtaken_is_not_carried_out(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between survey and lease somebody else's deployment ended: the plan's way back would be a wrong one."""
    release = ship(**{VIEW: "view v2"})
    place = places[Environment.DEV]
    acquire = place.leases.acquire

    def late(target: str, *, holder: str, now: datetime, lasting: timedelta, take_over: bool) -> Lease:
        newest = desk.running.newest(Environment.DEV)
        assert newest is not None
        other = next(entry for entry in newest.entries if str(entry.part) == "revenue/dbt")
        moved = other.model_copy(update={"artifact": newest.entries[0].artifact})
        desk.running.add(newest.with_entries([moved], deployment="dev-x-1"))
        return acquire(target, holder=holder, now=now, lasting=lasting, take_over=take_over)

    with monkeypatch.context() as patch:
        patch.setattr(place.leases, "acquire", late)
        ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 1
    assert "dev has changed while this was planned: dev-x-1 is done" in ended.err
    assert "remedy: run the same command again" in ended.err
    assert place.journal.heads == {}


def test_an_interrupted_rollback_is_continued_and_not_begun_again(
    slipway: Slipway, ship: Ship, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entries may be back already: whoever asked what to take back now would go one release too far."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{VIEW: "view v3"})
    assert slipway("deploy", first, "-s", "dev").code == 0
    assert slipway("deploy", second, "-s", "dev").code == 0
    place = places[Environment.DEV]

    def lost(*_: object) -> None:
        raise OrchestratorError("Airflow does not answer", remedy="look at it")

    with monkeypatch.context() as patch:
        patch.setattr(place.airflow, "set_variable", lost)
        ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 4
    assert f"deployment dev-rollback-{second}-1 is interrupted: Airflow does not answer" in ended.err
    assert f"(dag, entry); release {first} (dbt)" in slipway("status").out
    again = slipway("rollback", "revenue", "-s", "dev")
    assert again.code == 0, again.err
    assert f"dev-rollback-{second}-1 was begun before: continuing it" in again.err
    assert again.out == f"dev-rollback-{second}-1: every stage is done\n"
    assert place.warehouse.views[MONTHLY] == "v2"
    assert place.journal.open(Environment.DEV) == ()


def test_each_pipeline_of_a_release_is_taken_back_by_itself(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """The rollback of one that waits is not mistaken for the other's."""
    release = ship(**{VIEW: "view v2", SETTLEMENTS: "dag 2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    desk.clock.wait(60)
    assert slipway("rollback", "revenue", "-s", "dev").out == (
        f"dev-rollback-{release}-1: every stage is done\n"
    )
    ended = slipway("rollback", "settlements", "-s", "dev")
    assert ended.out == f"dev-rollback-{release}-2: every stage is done\n"
    assert "release" not in slipway("status", "-s", "dev").out
    assert places[Environment.DEV].warehouse.views[MONTHLY] == "v1"


def test_a_tick_looks_at_every_deployment(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose servers do not answer keeps no other from going on; exit 4 says that one was left."""
    first, second = ship(**{VIEW: "view v2"}), ship(**{SETTLEMENTS: "dag 2"})
    for release in (first, second):
        assert slipway("deploy", release, "-s", "dev", "--wait", "0").code == 4
    place = places[Environment.DEV]
    trigger = place.airflow.trigger

    def half(dag: str, *arguments: object, **named: object) -> object:
        if dag == "revenue":
            raise OrchestratorError("Airflow does not answer", remedy="look at it")
        return trigger(dag, *arguments, **named)  # type: ignore[arg-type]

    desk.clock.wait(60)
    with monkeypatch.context() as patch:
        patch.setattr(place.airflow, "trigger", half)
        ended = slipway("rollout", "tick", "-s", "dev")
    assert ended.code == 4
    assert f"deployment dev-{first}-1 is interrupted: Airflow does not answer" in ended.err
    assert ended.out == f"dev-{second}-1: every stage is done\n"


def test_behind_the_rollback_window_nothing_is_paused(slipway: Slipway, ship: Ship, places: Places) -> None:
    """The kept generation was dropped: refused before a run is ended for it."""
    release = ship(**{VIEW: "view v2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    place = places[Environment.DEV]
    schema = next(name for name in place.warehouse.schemas if "__SLIPWAY_" in name)
    place.warehouse.tables = {n: t for n, t in place.warehouse.tables.items() if not n.startswith(schema)}
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 2
    assert "generation of snowflake://FINEDGE.MARTS.REVENUE that ran before is no longer kept" in ended.err
    assert "remedy: release the code of before again" in ended.err
    assert set(place.journal.heads) == {f"dev-{release}-1"}


def test_two_pipelines_at_once_both_have_their_resources(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update of a composition without the other's new entry would undo it: it is run again."""
    described = FILES["catalog/revenue.yaml"].replace("Revenue per month.", "Revenue, month by month.")
    release = ship(**{"catalog/revenue.yaml": described})
    place = places[Environment.DEV]
    up = place.stack.up
    seen: list[str] = []

    def slow(program: Program, *, on_change: Callable[[ResourceChange], None]) -> tuple[ResourceChange, ...]:
        seen.append(str(program.workspace))
        if len(seen) == 1:
            newest = desk.running.newest(Environment.DEV)
            assert newest is not None
            gone = next(each.part for each in newest.entries if str(each.part) == "settlements/spark")
            desk.running.add(newest.with_entries([], deployment="dev-x-1", without=[gone]))
        return up(program, on_change=on_change)

    monkeypatch.setattr(place.stack, "up", slow)
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert len(seen) == len({*seen}) == 2
