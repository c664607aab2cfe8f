"""A release that brings an environment nothing: built again, or carrying together what went in apart."""

import json
from collections.abc import Callable

import pytest

from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.ports.orchestrator import DagId, RunId
from slipway.ports.warehouse_errors import ConnectionLost
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_what_goes import CONTRACT
from tests.doubles.desk import MemoryDesk
from tests.doubles.workspace_folder import FILES

Places = dict[Environment, Place]
Ship = Callable[..., str]
Rebuild = Callable[..., str]
VIEW = {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}
DAG = {"dags/revenue.py": "dag 2"}
SETTLEMENTS = {
    "dbt/models/marts/settlements/settlements.sql": "ORDERS * 1 again",
    "contracts/settlements.odcs.yaml": CONTRACT,
}


@pytest.fixture
def rebuild(desk: MemoryDesk, slipway: Slipway) -> Rebuild:
    """Have the newest commit checked once more, and build it again: other evidence, another manifest."""

    def built(base: str = "HEAD^") -> str:
        desk.clock.wait(60)
        since = desk.commits.resolve(base).commit
        desk.check(ended=desk.clock.now(), base=since)
        release: str = json.loads(slipway("build", "--base", since, "--format", "json").out)["release"]
        return release[7:19]

    return built


@pytest.fixture
def dev(places: Places) -> Place:
    """Where it runs."""
    return places[Environment.DEV]


def _gate(slipway: Slipway, release: str, environment: str = "staging") -> str:
    out = slipway("deploy", release, "-s", environment, "--explain").out
    return next(line.strip() for line in out.splitlines() if "lower-environment-healthy" in line)


def _approve(slipway: Slipway, desk: MemoryDesk, release: str, environment: str) -> None:
    explained = slipway("deploy", release, "-s", environment, "--explain", "--format", "json")
    desk.identity.person = "henrik.olsen"
    digest = json.loads(explained.out)["effects_digest"]
    assert slipway("approve", release, "-s", environment, "--effects", digest).code == 0
    desk.identity.person = "grace.kim"


def test_a_release_built_again_gets_its_own_verdict_from_what_runs(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, dev: Place
) -> None:
    """Nothing is built, swapped or written; a run is observed, and the verdict names who brought it."""
    first = ship(**VIEW)
    assert slipway("deploy", first, "-s", "dev").code == 0
    again = rebuild()
    assert again != first
    assert _gate(slipway, again) == f"refused lower-environment-healthy: dev has no verdict on {again}"
    untouched = ("tables", "schemas", "views", "resources", "pointers", "document")
    before = {name: dev.seen[name] for name in untouched}
    ended = slipway("deploy", again, "-s", "dev")
    assert ended.code == 0, ended.err
    assert f"dev runs {again} already, and there is no verdict on it: looking at what runs" in ended.err
    assert ended.out == f"dev-{again}-1: every stage is done\n"
    seen = f"release {first} brought revenue/dbt, whose verdict of 2026-11-26 12:00 UTC is healthy"
    assert f"verdict on dev: healthy ({seen}; observed a run of revenue)" in ended.err
    assert {name: dev.seen[name] for name in untouched} == before
    assert dev.airflow.triggered == [f"slipway__dev-{first}-1", f"slipway__dev-{again}-1"]
    assert _gate(slipway, again) == (
        "passed lower-environment-healthy: dev's verdict of 2026-11-26 12:01 UTC is healthy; "
        f"{seen}; observed a run of revenue"
    )
    asked = slipway("deploy", again, "-s", "dev")
    assert (asked.code, asked.out) == (0, "")
    assert first in slipway("status", "-s", "dev").out, "who brought it is who brought it"
    assert slipway("audit", "verify").code == 0


def test_it_goes_on_to_prod_on_its_own_approvals(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk, places: Places
) -> None:
    """An approval of the first release is none of the second, though every artifact is the same."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    _approve(slipway, desk, first, "staging")
    again = rebuild()
    assert slipway("deploy", again, "-s", "dev").code == 0
    refused = slipway("deploy", again, "-s", "staging")
    assert refused.code == 1
    assert "0 of 1 approvals (with grace.kim as the deployer)" in refused.out
    for environment in ("staging", "prod"):
        _approve(slipway, desk, again, environment)
        assert slipway("deploy", again, "-s", environment).code == 0
    document = places[Environment.PROD].rollout_desk.document
    assert {entry.release for entry in document.entries} > {None}


def test_where_staging_runs_it_the_look_asks_stagings_gates(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk, places: Places
) -> None:
    """A verdict of staging opens prod: it is given on nobody's word but that of who may approve."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    _approve(slipway, desk, first, "staging")
    assert slipway("deploy", first, "-s", "staging").code == 0
    again = rebuild()
    assert slipway("deploy", again, "-s", "dev").code == 0
    refused = slipway("deploy", again, "-s", "staging")
    assert (refused.code, "0 of 1 approvals" in refused.out) == (1, True)
    assert _gate(slipway, again, "prod").startswith("refused")
    _approve(slipway, desk, again, "staging")
    looked = slipway("deploy", again, "-s", "staging")
    assert looked.code == 0, looked.err
    assert f"verdict on staging: healthy (release {first} brought revenue/dbt" in looked.err
    assert _gate(slipway, again, "prod").startswith("passed")
    assert places[Environment.STAGING].rollout_desk.document.version == 2


def test_in_prod_nobody_asks_for_a_verdict(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk, places: Places
) -> None:
    """Nothing comes after it: what runs there runs, and nobody has to approve that again."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    for environment in ("staging", "prod"):
        _approve(slipway, desk, first, environment)
        slipway("deploy", first, "-s", environment)
    again = rebuild()
    heads = dict(places[Environment.PROD].journal.heads)
    ended = slipway("deploy", again, "-s", "prod")
    assert (ended.code, ended.out) == (0, "")
    assert f"prod runs {again} already" in ended.err
    assert places[Environment.PROD].journal.heads == heads


def test_one_byte_more_is_another_release(slipway: Slipway, ship: Ship, dev: Place) -> None:
    """Staging refuses it until dev has built and audited it: nothing rests on a look."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    other = ship(**{path: f"{text} " for path, text in VIEW.items()})
    assert _gate(slipway, other) == f"refused lower-environment-healthy: dev has no verdict on {other}"
    ended = slipway("deploy", other, "-s", "dev")
    assert ended.code == 0, ended.err
    assert "build-candidates" in ended.err
    assert "verdict on dev: healthy (observed a run of revenue)" in ended.err
    assert dev.rollout_desk.document.version == 3


def test_explained_it_is_a_look_with_no_effects(slipway: Slipway, ship: Ship, rebuild: Rebuild) -> None:
    """One run and a verdict: there is nothing to take back, and the next command is told."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    again = rebuild()
    told = json.loads(slipway("deploy", again, "-s", "dev", "--explain", "--format", "json").out)
    assert [stage["name"] for stage in told["stages"]] == ["observe-run revenue", "give-verdict dev"]
    assert told["stages"][1]["does"] == (
        "write down the verdict on dev, which has all of it already: "
        f"release {first} brought revenue/dbt, whose verdict of 2026-11-26 12:00 UTC is healthy; "
        "revenue is observed once more"
    )
    assert (told["effects"], told["back"]["commands"]) == ([], [])
    assert told["next"] == {
        "command": f"slipway deploy {again} -s dev",
        "why": "nothing is changed: it looks at what runs, for a verdict",
    }


def test_what_went_in_apart_is_carried_on_together(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk
) -> None:
    """As the gate carried-changes asks for: one release that lists both, each seen as it came."""
    one, two = ship(**VIEW), ship(**SETTLEMENTS)
    for release in (one, two):
        assert slipway("deploy", release, "-s", "dev").code == 0
    together = rebuild(desk.commits.ids[0])
    ended = slipway("deploy", together, "-s", "dev")
    assert ended.code == 0, ended.err
    assert f"release {one} brought revenue/dbt, whose verdict" in ended.err
    assert f"release {two} brought settlements/dbt, settlements/entry, whose verdict" in ended.err
    assert _gate(slipway, together).startswith("passed")


def test_nothing_rests_on_a_release_of_which_it_could_not_be_told(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk, dev: Place
) -> None:
    """It is looked at first, by the command that is named; then the look at the other one rests on it."""
    dev.warehouse.sees_all = False
    first = ship(**VIEW)
    assert slipway("deploy", first, "-s", "dev").code == 0
    again = rebuild()
    refused = slipway("deploy", again, "-s", "dev")
    assert (refused.code, refused.out) == (1, "")
    assert (
        f"dev runs {again} already, and no verdict can rest on that: release {first} brought revenue/dbt, "
        "whose verdict of 2026-11-26 12:00 UTC is inconclusive"
    ) in refused.err
    look = f"slipway deploy {first} -s dev"
    assert f"remedy: {look} looks at it again; then slipway deploy {again} -s dev" in refused.err
    desk.clock.wait(5 * 3600)
    assert slipway(*look.split()[1:]).code == 0
    assert slipway("deploy", again, "-s", "dev").code == 0
    assert _gate(slipway, again).startswith("passed")


def test_what_was_there_before_the_first_release_vouches_for_nothing(
    slipway: Slipway, ship: Ship, dev: Place
) -> None:
    """Nobody has audited or observed it there: a release that has only that cannot go on."""
    ship(**VIEW)
    back = ship(**dict.fromkeys(VIEW, "view v1"))
    ended = slipway("deploy", back, "-s", "dev")
    assert (ended.code, ended.out) == (1, "")
    assert f"dev runs {back} already, and nobody has looked at revenue/dbt" in ended.err
    assert "they were there before the first release, so no verdict can rest on them" in ended.err
    assert "remedy: ship revenue/dbt with their next change" in ended.err
    assert dev.journal.heads == {}


def test_what_is_left_of_a_release_that_was_rolled_back_in_part_vouches_for_nothing(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk
) -> None:
    """Its verdict is failed; rolled back too, the parts go in again with candidates and audits."""
    ship(**SETTLEMENTS)
    alone = rebuild()
    desk.clock.wait(60)
    ship(**VIEW)
    both = rebuild(desk.commits.ids[0])
    assert slipway("deploy", both, "-s", "dev").code == 0
    desk.clock.wait(60)
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    ended = slipway("deploy", alone, "-s", "dev")
    assert ended.code == 1
    assert f"release {both} brought settlements/dbt, settlements/entry, whose verdict of" in ended.err
    assert "UTC is failed" in ended.err
    assert "remedy: slipway rollback settlements -s dev; then slipway deploy" in ended.err
    assert slipway("rollback", "settlements", "-s", "dev").code == 0
    deployed = slipway("deploy", alone, "-s", "dev")
    assert deployed.code == 0, deployed.err
    assert "audit-candidates" in deployed.err
    assert _gate(slipway, alone).startswith("passed")


def test_a_run_that_fails_stops_the_look_and_leaves_what_runs(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk, dev: Place
) -> None:
    """The verdict is not given; once the cause has gone the same command looks again."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    again = rebuild()
    document = dev.rollout_desk.document
    dev.airflow.task = lambda: False
    ended = slipway("deploy", again, "-s", "dev")
    assert ended.code == 1
    assert f"run slipway__dev-{again}-1 of DAG revenue failed" in ended.out
    assert dev.rollout_desk.document == document
    assert "it was stopped in dev at" in _gate(slipway, again)
    dev.airflow.task = lambda: True
    desk.clock.wait(60)
    assert slipway("deploy", again, "-s", "dev").code == 0
    assert _gate(slipway, again).startswith("passed")


def test_a_look_that_is_interrupted_is_continued(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, dev: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run, not two, and one verdict."""
    slipway("deploy", ship(**VIEW), "-s", "dev")
    again = rebuild()

    def lost(*_: object, **__: object) -> None:
        raise ConnectionLost("nothing answers", subject="run")

    with monkeypatch.context() as patch:
        patch.setattr(dev.airflow, "trigger", lost)
        assert slipway("deploy", again, "-s", "dev").code == 4
    assert slipway("deploy", again, "-s", "dev").code == 0
    assert dev.airflow.triggered.count(RunId(f"slipway__dev-{again}-1")) == 1
    assert slipway("audit", "verify").code == 0


def test_what_could_not_be_observed_is_observed_later_or_not_at_all(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, dev: Place
) -> None:
    """A second look is at what was looked at first: where another release runs by then, at nothing."""
    first = ship(**DAG)
    slipway("deploy", first, "-s", "dev")
    flow = dev.airflow.flows[DagId("revenue")]
    flow.paused = True
    again = rebuild()
    assert "verdict on dev: inconclusive" in slipway("deploy", again, "-s", "dev").err
    flow.paused = False
    assert slipway("deploy", ship(**{"dags/revenue.py": "dag 3"}), "-s", "dev").code == 0
    ticked = slipway("rollout", "tick", "-s", "dev")
    assert ticked.code == 0, ticked.err
    assert not [run for run in dev.airflow.triggered if run.endswith(f"second-look-{again}-1")]
    assert _gate(slipway, again).startswith("refused")


def test_parts_that_are_gone_are_seen_by_who_took_them_out(
    slipway: Slipway, ship: Ship, rebuild: Rebuild, desk: MemoryDesk
) -> None:
    """A release that only takes away has no entry that could say who."""
    entry = FILES["catalog/revenue.yaml"].replace("  dbt: dbt/models/marts/revenue\n", "")
    models = ("dbt/models/marts/revenue/revenue.sql", *VIEW)
    first = ship(**{"catalog/revenue.yaml": entry, **dict.fromkeys(models)})
    removed = slipway("deploy", first, "-s", "dev")
    assert removed.code == 0, removed.err
    again = rebuild()
    ended = slipway("deploy", again, "-s", "dev")
    assert ended.code == 0, ended.err
    assert f"release {first} brought revenue/entry and took out revenue/dbt, whose verdict of" in ended.err
    begun = [event.subject for event in desk.told if event.kind is EventKind.STAGE_BEGUN]
    assert begun[-1] == "give-verdict dev"


def test_it_is_traced_as_what_it_was(slipway: Slipway, ship: Ship, rebuild: Rebuild) -> None:
    """Of the table nothing is told: it did not write it."""
    first = ship(**VIEW)
    slipway("deploy", first, "-s", "dev")
    again = rebuild()
    slipway("deploy", again, "-s", "dev")
    told = slipway("audit", "trace", again).out
    assert f"release {first} brought revenue/dbt" in told
    assert again not in slipway("audit", "trace", "MARTS.REVENUE").out
