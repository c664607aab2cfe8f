"""`slipway deploy` through the command line: explained, gated, interrupted, continued, taken back."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.ports.warehouse_errors import ConnectionLost
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.desk import MemoryDesk

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
DOUBLED = {"dbt/models/marts/revenue/revenue.sql": "ORDERS * 2"}
OLD = {1: "10.00", 2: "20.00"}


def test_a_release_goes_into_dev(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> None:
    """Every stage is told; a second deploy has nothing to do."""
    release = ship(**VIEW)
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert ended.out == f"dev-{release}-1: every stage is done\n"
    assert "swap-table: swap snowflake://FINEDGE.MARTS.REVENUE with" in ended.err
    kinds = [event.kind for event in desk.told if event.deployment == f"dev-{release}-1"]
    assert kinds.count(EventKind.DEPLOYMENT_OPENED) == 2, "in its own chain and in dev's"
    assert EventKind.VERDICT in kinds
    assert places[Environment.DEV].warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"
    again = slipway("deploy", release, "-s", "dev")
    assert (again.code, again.out) == (0, "")
    assert f"dev runs {release} already" in again.err


def test_what_an_event_repeats_is_left_alone(slipway: Slipway, ship: Ship, desk: MemoryDesk) -> None:
    """With --once a release that was taken back stays so, until a person decides."""
    release = ship(**VIEW)
    assert slipway("deploy", release, "-s", "dev", "--once").code == 0
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    told = len(desk.told)
    again = slipway("deploy", release, "-s", "dev", "--once")
    assert (again.code, again.out, len(desk.told)) == (0, "", told)
    assert f"deployment dev-{release}-1 has ended (completed): left alone" in again.err
    assert slipway("deploy", release, "-s", "dev").code == 0


def test_explaining_prints_stages_effects_and_gates(slipway: Slipway, ship: Ship, places: Places) -> None:
    """What an approver approves, and nothing is touched."""
    release = ship(**VIEW)
    before = dict(places[Environment.PROD].warehouse.tables)
    ended = slipway("deploy", release, "-s", "prod", "--explain")
    assert ended.code == 0, ended.err
    assert "publish snowflake://FINEDGE.MARTS.REVENUE (way back: pointer)" in ended.out
    assert "refused lower-environment-healthy" in ended.out
    assert "  a release that fails is taken back in this order: give-verdict, settle-writes, " in ended.out
    assert "effects sha256:" in ended.out
    document = json.loads(slipway("deploy", release, "-s", "prod", "--explain", "--format", "json").out)
    assert document["effects_digest"] in ended.out
    assert document["back"]["order"][:2] == ["give-verdict prod", "settle-writes revenue"]
    assert [stage["kind"] for stage in document["stages"]][:2] == ["prepare-candidates", "build-candidates"]
    assert places[Environment.PROD].warehouse.tables == before
    assert places[Environment.PROD].journal.heads == {}


def test_from_dev_to_prod_with_approvals(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Each environment asks for the one below it, and for people."""
    release = ship(**VIEW)
    assert slipway("deploy", release, "-s", "dev").code == 0
    for environment in ("staging", "prod"):
        refused = slipway("deploy", release, "-s", environment)
        assert refused.code == 1
        assert "approvals" in refused.out
        explained = slipway("deploy", release, "-s", environment, "--explain", "--format", "json")
        digest = json.loads(explained.out)["effects_digest"]
        desk.identity.person = "henrik.olsen"
        approved = slipway("approve", release, "-s", environment, "--effects", digest)
        assert approved.code == 0, approved.err
        desk.identity.person = "grace.kim"
        ended = slipway("deploy", release, "-s", environment)
        assert ended.code == 0, ended.err + ended.out
    assert places[Environment.PROD].warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"


def test_a_refusal_is_told_to_the_ledger(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Denied attempts are part of the record, and nothing is begun."""
    release = ship(**VIEW)
    assert slipway("deploy", release, "-s", "prod").code == 1
    told = [event for event in desk.told if event.kind is EventKind.GATE_REFUSED]
    assert [event.message for event in told] == [
        f"prod keeps {release} out: lower-environment-healthy, approvals"
    ]
    assert places[Environment.PROD].journal.heads == {}
    assert places[Environment.PROD].rows() == OLD


def test_a_bad_change_is_stopped(slipway: Slipway, ship: Ship, places: Places) -> None:
    """The message names control sum, figure and production's; exit 1."""
    release = ship(**DOUBLED)
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 1
    assert "sum of AMOUNT is 60.00, +100.0 % against dev's 30.00" in ended.out
    assert places[Environment.DEV].rows() == OLD


def test_interrupted_it_says_so_and_the_same_command_continues(
    slipway: Slipway, ship: Ship, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not answer is no verdict: exit 4, and nothing is taken back."""
    release = ship(**VIEW)
    place = places[Environment.DEV]

    def lost(*_: object, **_within: object) -> None:
        raise ConnectionLost("nothing answers", subject="swap")

    with monkeypatch.context() as patch:
        patch.setattr(place.warehouse, "swap", lost)
        ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 4
    assert f"deployment dev-{release}-1 is interrupted: swap: nothing answers" in ended.err
    assert "then run the same command again: it continues" in ended.err
    again = slipway("deploy", release, "-s", "dev")
    assert again.code == 0, again.err
    assert f"deployment dev-{release}-1 was begun before: continuing it" in again.err


def test_a_changed_artifact_is_not_deployed(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Named, and nothing is touched: also when the manifest is whole."""
    already = set(desk.artifacts.stored)
    release = ship(**VIEW)
    (key,) = (each for each in set(desk.artifacts.stored) - already if each.startswith("artifacts/"))
    desk.artifacts.stored[key] += b"x"
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 3
    assert f"artifact sha256:{key.rpartition('/')[2]} of revenue/dbt has the bytes of sha256:" in ended.err
    assert "somebody has changed it" in ended.err
    assert places[Environment.DEV].journal.heads == {}


def test_a_run_that_takes_its_time_parks_and_a_tick_continues(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """No process waits: the schedule's next look continues it."""
    release = ship(**VIEW)
    ended = slipway("deploy", release, "-s", "dev", "--wait", "0")
    assert ended.code == 4
    assert "slipway rollout tick -s dev continues it" in ended.out
    early = slipway("rollout", "tick", "-s", "dev")
    assert (early.code, early.out) == (0, "")
    desk.clock.wait(60)
    outs = []
    for _ in range(5):
        outs.append(slipway("rollout", "tick", "-s", "dev").out)
        desk.clock.wait(60)
    assert f"dev-{release}-1: every stage is done\n" in outs
    assert outs[-1] == ""
    assert places[Environment.DEV].warehouse.views[f"{REVENUE}_MONTHLY"] == "v2"


def test_rolling_back(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> None:
    """No gate is asked; the next deploy of the same release into staging is refused by what happened here."""
    release = ship(**VIEW)
    slipway("deploy", release, "-s", "dev")
    desk.clock.wait(60)
    explained = slipway("rollback", "revenue", "-s", "dev", "--explain")
    assert "swap snowflake://FINEDGE.MARTS.REVENUE with" in explained.out
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 0, ended.err
    assert ended.out == f"dev-rollback-{release}-1: every stage is done\n"
    assert places[Environment.DEV].warehouse.views[f"{REVENUE}_MONTHLY"] == "v1"
    again = slipway("rollback", "revenue", "-s", "dev")
    assert again.code == 2
    gates = slipway("deploy", release, "-s", "staging", "--explain")
    assert "refused lower-environment-healthy" in gates.out
    sealed = [event for event in desk.told if event.kind is EventKind.DEPLOYMENT_SEALED]
    assert any("rollback of release" in event.message for event in sealed)


def test_rolling_back_what_is_under_way(slipway: Slipway, ship: Ship, places: Places) -> None:
    """A parked deployment is taken back where it is."""
    release = ship(**VIEW)
    slipway("deploy", release, "-s", "dev", "--wait", "0")
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 0, ended.err
    assert f"deployment dev-{release}-1 is under way: it is taken back where it is" in ended.err
    assert places[Environment.DEV].warehouse.views[f"{REVENUE}_MONTHLY"] == "v1"
    assert places[Environment.DEV].journal.open(Environment.DEV) == ()


def test_status_says_what_runs_and_what_is_under_way(slipway: Slipway, ship: Ship, places: Places) -> None:
    """By pipeline and release."""
    assert places
    release = ship(**VIEW)
    before = slipway("status", "-s", "dev", "--pipeline", "revenue")
    (running,) = json.loads(slipway("status", "-s", "dev", "--format", "json").out)
    base = running["pipelines"][0]["parts"][0]["commit"][:12]
    assert before.out == (
        f"dev: version 1, written by bootstrap\n  revenue  bootstrapped at {base} (dag, dbt, entry)\n"
    )
    unknown = slipway("status", "-s", "dev", "--pipeline", "revenu")
    assert (unknown.code, unknown.out) == (2, "")
    assert "error: nothing of a pipeline revenu runs in dev\n  remedy: did you mean 'revenue'?" in unknown.err
    slipway("deploy", release, "-s", "dev", "--wait", "0")
    after = slipway("status", "-s", "dev")
    assert f"revenue         bootstrapped at {base} (dag, entry); release {release} (dbt)" in after.out
    assert f"under way: dev-{release}-1, going forward, waits until run" in after.out
    document = json.loads(slipway("status", "--format", "json").out)
    assert [each["environment"] for each in document] == ["dev", "staging", "prod"]
    assert document[0]["under_way"][0]["deployment"] == f"dev-{release}-1"


def test_a_tick_with_nothing_to_do_says_so(slipway: Slipway, places: Places) -> None:
    """Silence could be anything."""
    assert places
    ended = slipway("rollout", "tick", "-s", "dev")
    assert (ended.code, ended.out) == (0, "")
    assert "nothing to do: no deployment of dev is under way" in ended.err


def test_each_stage_says_how_long_it_took(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that takes its time is told when it begins, what it waits for, and when it is done."""
    swap = places[Environment.DEV].warehouse.swap

    def slow(*words: Any, **named: Any) -> Any:
        desk.clock.wait(7)
        return swap(*words, **named)

    monkeypatch.setattr(places[Environment.DEV].warehouse, "swap", slow)
    release = ship(**VIEW)
    told = slipway("deploy", release, "-s", "dev").err
    swapping = told.split("swap-table: ")[1].splitlines()
    assert swapping[1] == "  done in 7.0 s"
    observed = told.split("observe-run: ")[1].splitlines()
    assert observed[1:3] == [
        f"  waits until run slipway__dev-{release}-1 of revenue has ended",
        "  done in 2.0 s",
    ]
