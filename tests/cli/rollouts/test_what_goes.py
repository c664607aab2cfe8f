"""Releases of the foundation alone, pipelines that go, and environments without an Airflow."""

from collections.abc import Callable
from datetime import datetime

import pytest

from slipway.model.environment import Environment
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import DagId
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place
from tests.doubles.desk import TEAM, MemoryDesk
from tests.doubles.workspace_folder import FILES

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
schema:
  - name: settlements
    properties:
      - {name: id, physicalName: ID}
"""
Places = dict[Environment, Place]
Ship = Callable[..., str]
MONTHLY = f"{REVENUE}_MONTHLY"


def test_a_release_of_the_team_alone(slipway: Slipway, ship: Ship, places: Places) -> None:
    """No pipeline is touched; the foundation's own lease is taken."""
    before = places[Environment.DEV].rows()
    release = ship(**{"team.yaml": TEAM.replace("name: ana.silva", "name: Ana Silva")})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert "write-document: write into dev's environment document: platform/entry" in ended.err
    assert places[Environment.DEV].rows() == before
    assert slipway("rollback", "platform", "-s", "dev").code == 0
    assert "release" not in slipway("status", "-s", "dev").out


def test_a_dag_comes_back_where_there_is_no_airflow(
    slipway: Slipway, ship: Ship, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Document and DAG folder say the same, whoever reads the folder."""
    place = places[Environment.DEV]
    monkeypatch.setattr(place.airflow, "is_there", lambda: False)
    before = dict(place.airflow.pointers)
    release = ship(**{"dags/revenue.py": "dag 2"})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert place.airflow.pointers != before
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    assert place.airflow.pointers == before


def test_a_verdict_without_a_run_says_so_and_the_next_gate_too(
    slipway: Slipway, ship: Ship, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Healthy as far as anybody could look: that nothing ran is part of the verdict, not of a log."""
    monkeypatch.setattr(places[Environment.DEV].airflow, "is_there", lambda: False)
    release = ship(**{"dags/revenue.py": "dag 2"})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    basis = "revenue parsed, not run: dev has no Airflow here"
    assert f"verdict on dev: healthy ({basis})" in ended.err
    gates = slipway("deploy", release, "-s", "staging", "--explain").out
    assert f"UTC is healthy; {basis}\n" in gates
    assert f"verdict   healthy; {basis} in dev" in slipway("audit", "trace", release, "--events").out


def test_with_an_airflow_the_verdict_names_the_run(slipway: Slipway, ship: Ship, places: Places) -> None:
    """What was observed, by pipeline."""
    assert places
    ended = slipway("deploy", ship(**{"dags/revenue.py": "dag 2"}), "-s", "dev")
    assert "verdict on dev: healthy (observed a run of revenue)" in ended.err


@pytest.mark.parametrize(
    "changes", [{"dags/revenue.py": "dag 2"}, {"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"}]
)
def test_where_an_airflow_must_be_and_is_not_nothing_is_touched(
    slipway: Slipway, ship: Ship, places: Places, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    """Neither a DAG that nobody parses nor tables whose writers nobody can pause."""
    place = places[Environment.DEV]
    place.needs_airflow = True
    monkeypatch.setattr(place.airflow, "is_there", lambda: False)
    before = place.seen
    ended = slipway("deploy", ship(**changes), "-s", "dev")
    assert ended.code == 3
    assert "dev must have an Airflow (airflowProtected) and has none" in ended.err
    assert "pause or run DAGs of revenue" in ended.err
    assert "pulumi up -s dev" in ended.err
    assert place.seen == before


def test_a_pipeline_that_is_taken_out_does_not_run_again(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """Its DAG stays paused and goes, its resources go, its tables stay; a rollback brings it back."""
    place = places[Environment.DEV]
    before = dict(place.airflow.pointers)
    gone = ("catalog/revenue.yaml", "dags/revenue.py")
    models = tuple(f"dbt/models/marts/revenue/{name}.sql" for name in ("revenue", "revenue_monthly"))
    settings = FILES["slipway.yaml"].replace(
        "snowflake://FINEDGE.MARTS.REVENUE", "snowflake://FINEDGE.MARTS.SETTLEMENTS"
    )
    release = ship(**{"slipway.yaml": settings, **dict.fromkeys((*gone, *models))})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert PipelineName("revenue") not in place.airflow.pointers
    assert "resume-writers" not in ended.err
    assert str(REVENUE) in place.warehouse.tables
    assert "revenue" not in place.stack.resources
    assert "revenue" not in slipway("status", "-s", "dev").out
    back = slipway("rollback", "revenue", "-s", "dev")
    assert back.code == 0, back.err
    assert place.airflow.pointers == before
    assert "revenue" in place.stack.resources
    assert not place.airflow.flows[DagId("revenue")].paused


def test_models_without_a_project_are_not_said_to_be_shipped(
    slipway: Slipway, ship: Ship, places: Places
) -> None:
    """Nobody could build them: refused, and nothing is touched."""
    release = ship(**dict.fromkeys(["dbt/dbt_project.yml"]))
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 1
    assert "the dbt project is gone: no folder has a dbt_project.yml" in ended.err
    assert "remedy: keep the project until no pipeline has a dbt part" in ended.err
    assert places[Environment.DEV].journal.heads == {}


def test_what_all_models_stand_on_goes_back_as_a_whole(
    slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk
) -> None:
    """Its release rebuilds every pipeline; one alone would keep code and table of different releases."""
    place = places[Environment.DEV]
    generations = _generations(place)
    release = ship(**{"dbt/macros/schema.sql": "macro 2", "contracts/settlements.odcs.yaml": CONTRACT})
    ended = slipway("deploy", release, "-s", "dev")
    assert ended.code == 0, ended.err
    assert {name for name, made in _generations(place).items() if made != generations[name]} == {*generations}
    alone = slipway("rollback", "revenue", "-s", "dev")
    assert alone.code == 2
    assert "has changed what all models stand on, and rebuilt revenue with them" in alone.err
    assert "remedy: slipway rollback platform -s dev takes the whole release back" in alone.err
    desk.clock.wait(60)
    later = ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"})
    assert slipway("deploy", later, "-s", "dev").code == 0
    stopped = slipway("rollback", "platform", "-s", "dev")
    assert stopped.code == 2
    assert f"release {later} has changed revenue since release {release} went into dev" in stopped.err
    assert "remedy: slipway rollback revenue -s dev, then run this again" in stopped.err
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    back = slipway("rollback", "platform", "-s", "dev")
    assert back.code == 0, back.err
    assert _generations(place) == generations
    assert "release" not in slipway("status", "-s", "dev").out


def _generations(place: Place) -> dict[str, datetime]:
    """When the object behind each published table was made."""
    tables = place.warehouse.tables.items()
    return {name: thing.made for name, thing in tables if ".MARTS." in name}
