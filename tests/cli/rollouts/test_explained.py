"""`slipway deploy --explain`: how long, the way back, whether it may go in, and what to type next."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_what_goes import CONTRACT
from tests.doubles.desk import MemoryDesk
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
SECOND = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v3"}
THIRD = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v4"}
RUN = 2
"""Seconds after which an observed run is looked at again."""
SETTLEMENTS = {
    "dbt/models/marts/settlements/settlements.sql": "ORDERS * 1 again",
    "contracts/settlements.odcs.yaml": CONTRACT,
}


def _swaps_take(place: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let time pass whenever a table of an environment is swapped."""
    swap = place.warehouse.swap

    def slow(*words: Any, **named: Any) -> Any:
        desk.clock.wait(seconds)
        return swap(*words, **named)

    monkeypatch.setattr(place.warehouse, "swap", slow)


def _explained(slipway: Slipway, release: str, environment: str) -> dict[str, Any]:
    ended = slipway("deploy", release, "-s", environment, "--explain", "--format", "json")
    assert ended.code == 0, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return document


def _stage(document: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = (stage for stage in document["stages"] if stage["kind"] == kind)
    return dict(found)


@pytest.mark.usefixtures("places")
def test_nothing_is_estimated_where_nothing_was_measured(slipway: Slipway, ship: Ship) -> None:
    """No figure is better than an invented one; what is assumed of the way back says so."""
    release = ship(**VIEW)
    told = slipway("deploy", release, "-s", "prod", "--explain").out
    assert "stages, no earlier run says how long" in told
    assert told.count("(no earlier run)") == len(_explained(slipway, release, "prod")["stages"])
    assert "assumed 10 min 30 s, until a run has measured it: " in told
    document = _explained(slipway, release, "prod")
    assert document["takes"]["seconds"] == 0
    assert {stage["seconds"] for stage in document["stages"]} == {None}
    assert document["back"]["assumed_seconds"] == 630


def test_stages_take_the_median_of_what_they_took_before(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of this environment, and of the same stage; one slow run is no rule."""
    for seconds, change in ((7, VIEW), (25, SECOND), (9, THIRD)):
        with monkeypatch.context() as patch:
            _swaps_take(places[Environment.DEV], desk, patch, seconds)
            assert slipway("deploy", ship(**change), "-s", "dev").code == 0
    release = ship(**VIEW)
    document = _explained(slipway, release, "dev")
    swap = _stage(document, "swap-table")
    assert (swap["seconds"], swap["runs"], swap["of_other_targets"]) == (9, 3, False)
    assert document["takes"] == {"seconds": 9 + RUN, "no_earlier_run": []}
    told = slipway("deploy", release, "-s", "dev", "--explain").out
    assert "about 11 s as earlier deployments took" in told
    assert "(9.0 s, median of 3 runs)" in told


def test_a_first_release_of_a_pipeline_takes_what_others_took(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same kind of stage, and it says so."""
    with monkeypatch.context() as patch:
        _swaps_take(places[Environment.DEV], desk, patch, 7)
        assert slipway("deploy", ship(**VIEW), "-s", "dev").code == 0
    ended = slipway("deploy", ship(**SETTLEMENTS), "-s", "dev", "--explain")
    assert ended.code == 0, ended.err
    told = ended.out
    assert "(7.0 s, as 1 run for other targets)" in told


def test_the_way_back_is_estimated_from_rollbacks(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback's swap is not a deployment's: its own figures count first."""
    with monkeypatch.context() as patch:
        _swaps_take(places[Environment.DEV], desk, patch, 20)
        assert slipway("deploy", ship(**VIEW), "-s", "dev").code == 0
    with monkeypatch.context() as patch:
        _swaps_take(places[Environment.DEV], desk, patch, 3)
        assert slipway("rollback", "revenue", "-s", "dev").code == 0
    release = ship(**SECOND)
    document = _explained(slipway, release, "dev")
    assert (document["takes"]["seconds"], document["back"]["seconds"]) == (20 + RUN, 3)
    assert document["back"]["commands"] == ["slipway rollback revenue -s dev"]
    assert document["back"]["no_earlier_run"] == []
    told = slipway("deploy", release, "-s", "dev", "--explain").out
    assert "  slipway rollback revenue -s dev\n  about 3.0 s as earlier deployments took; the hardest" in told


def test_the_next_command_is_the_whole_command(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """From the environment below, by way of the approval, to the deployment: each can be pasted."""
    assert places
    release = ship(**VIEW)

    def step(environment: str) -> tuple[bool, str]:
        document = _explained(slipway, release, environment)
        return document["gates_pass"], document["next"]["command"]

    assert step("dev") == (True, f"slipway deploy {release} -s dev")
    assert step("staging") == (False, f"slipway deploy {release} -s dev")
    assert slipway("deploy", release, "-s", "dev").code == 0
    assert step("dev") == (True, "")
    digest = _explained(slipway, release, "staging")["approval"]["effects"]
    approve = f"slipway approve {release} -s staging --effects {digest} --token-code CODE"
    assert step("staging") == (False, approve)
    desk.identity.person = "henrik.olsen"
    assert slipway(*approve.replace("CODE", "123456").split()[1:]).code == 0
    desk.identity.person = "grace.kim"
    assert step("staging") == (True, f"slipway deploy {release} -s staging")


def test_gates_tell_what_to_do_and_approvals_their_digests(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """Everything that an approver or a deployer needs stands on one page."""
    assert places
    release = ship(**VIEW)
    told = slipway("deploy", release, "-s", "prod", "--explain").out
    document = _explained(slipway, release, "prod")
    assert "gates of prod: 2 of 4 pass now" in told
    assert f"remedy: slipway deploy {release} -s staging" in told
    approval = document["approval"]
    assert approval["release"].startswith(f"sha256:{release}")
    for name in ("release", "effects"):
        assert f"\n  {name} {approval[name]}\n" in told
    assert f"\nnext: slipway deploy {release} -s staging\n" in told


def test_what_runs_already_has_nothing_next(slipway: Slipway, ship: Ship, places: Places) -> None:
    """No command is named for nothing."""
    assert places
    release = ship(**VIEW)
    assert slipway("deploy", release, "-s", "dev").code == 0
    told = slipway("deploy", release, "-s", "dev", "--explain").out
    assert f"next: nothing: dev runs {release} already" in told


def test_the_limits_of_the_entry_that_ships_count(slipway: Slipway, ship: Ship, places: Places) -> None:
    """A pipeline that has grown says so with the change that needs the time."""
    longer = FILES["catalog/revenue.yaml"] + "limits: {run: 3h, build: 2h}\n"
    assert places
    release = ship(**{**VIEW, "catalog/revenue.yaml": longer})
    out = slipway("deploy", release, "-s", "dev", "--explain").out
    assert "observe it for at most 180 minutes" in out
    assert "and test them, in at most 120 minutes" in out
