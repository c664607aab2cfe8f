"""`slipway janitor`: what has expired is dropped, once, and told."""

import json
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest

from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.expiry import Expiry
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import Database, SnowflakeObject
from slipway.ports.leases import Lease
from slipway.ports.objects import ObjectStoreError
from slipway.ports.orchestrator import OrchestratorError, StoredProject
from slipway.ports.warehouse_errors import PrivilegeMissing
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_deploy import VIEW, Places, Ship
from tests.doubles.desk import MemoryDesk
from tests.doubles.memory_warehouse import Thing
from tests.doubles.workspace_folder import FILES

WEEK = 8 * 24 * 3600.0


@pytest.fixture
def shipped(slipway: Slipway, ship: Ship, places: Places) -> Place:
    """Dev with a release in it, and so with a kept generation."""
    assert slipway("deploy", ship(**VIEW), "-s", "dev").code == 0
    return places[Environment.DEV]


def _kept(place: Place) -> list[str]:
    return sorted(name for name in place.warehouse.tables if "__SLIPWAY" in name)


def test_nothing_goes_before_its_time(slipway: Slipway, shipped: Place) -> None:
    """The rollback window is a promise."""
    kept = _kept(shipped)
    ended = slipway("janitor", "-s", "dev")
    assert (ended.code, ended.out) == (0, "Dropped 0; 2 marked for later or in use.\n")
    assert _kept(shipped) == kept != []


def test_what_has_expired_is_dropped_once(slipway: Slipway, shipped: Place, desk: MemoryDesk) -> None:
    """A dry run names it and touches nothing; production stays."""
    (kept,) = _kept(shipped)
    schema = kept.rpartition(".")[0]
    rows = shipped.rows()
    desk.clock.wait(WEEK)
    dry = slipway("janitor", "-s", "dev", "--dry-run")
    assert dry.out == f"Would drop 2; 0 marked for later or in use.\n  table {kept}\n  schema {schema}\n"
    assert _kept(shipped) == [kept]
    done = json.loads(slipway("janitor", "-s", "dev", "--format", "json").out)
    assert done == {"dropped": [f"table {kept}", f"schema {schema}"], "kept": {}, "failed": {}}
    assert _kept(shipped) == []
    assert schema not in shipped.warehouse.schemas
    assert shipped.rows() == rows
    assert slipway("janitor", "-s", "dev").out == "Dropped 0; 0 marked for later or in use.\n"


def test_what_was_dropped_is_named(slipway: Slipway, shipped: Place, desk: MemoryDesk) -> None:
    """Whoever misses a table later finds in the log which run of the janitor took it."""
    (kept,) = _kept(shipped)
    desk.clock.wait(WEEK)
    told = slipway("janitor", "-s", "dev").out
    schema = kept.rpartition(".")[0]
    assert told == f"Dropped 2; 0 marked for later or in use.\n  table {kept}\n  schema {schema}\n"


def test_what_killed_checks_left_goes_when_it_is_asked_for(
    slipway: Slipway, shipped: Place, desk: MemoryDesk
) -> None:
    """Their databases are no environment's, so one janitor looks for them; other databases stay."""
    past = desk.clock.now() - timedelta(minutes=1)
    for name in ("FINEDGE_CI_0123456789AB_1", "SOMEBODYS"):
        mark = Expiry(object=name, at=past)
        shipped.warehouse.marked_databases[name] = Thing(made=past, expiry=mark)
    assert slipway("janitor", "-s", "dev").out.startswith("Dropped 0")
    ended = slipway("janitor", "-s", "dev", "--ci")
    assert ended.out.splitlines()[1:] == ["  database FINEDGE_CI_0123456789AB_1"]
    assert list(shipped.warehouse.marked_databases) == ["SOMEBODYS"]


def test_one_that_cannot_be_dropped_keeps_no_other(
    slipway: Slipway, shipped: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with its reason, and the exit code says that something is left."""
    past = desk.clock.now() - timedelta(minutes=1)
    names = ("FINEDGE_CI_AAAAAAAAAAAA_1", "FINEDGE_CI_BBBBBBBBBBBB_1")
    for name in names:
        shipped.warehouse.marked_databases[name] = Thing(made=past, expiry=Expiry(object=name, at=past))
    drop = shipped.warehouse.drop_expired

    def refused(subject: SnowflakeObject, **moment: object) -> bool:
        if subject == Database(names[0]):
            raise PrivilegeMissing("the role owns it not", subject=names[0])
        return drop(subject, **moment)  # type: ignore[arg-type]

    monkeypatch.setattr(shipped.warehouse, "drop_expired", refused)
    ended = slipway("janitor", "-s", "dev", "--ci")
    assert ended.code == 4
    assert f"{names[0]} could not be dropped" in ended.err
    assert ended.out.startswith("Dropped 1; 2 marked for later or in use; 1 could not be dropped.")
    assert list(shipped.warehouse.marked_databases) == [names[0]]


def _at_work(place: Place, desk: MemoryDesk, pipeline: str) -> None:
    """Have a process hold the lease of a pipeline, as one that rolls it back does."""
    now = desk.clock.now()
    place.leases.acquire(
        f"dev/{pipeline}", holder="dev-rollback-x-1 by ben", now=now, lasting=timedelta(hours=1)
    )


def test_what_somebody_works_on_stays_for_the_next_day(
    slipway: Slipway, shipped: Place, desk: MemoryDesk
) -> None:
    """A swap of theirs may put the generation that has just left production under the very name."""
    kept = _kept(shipped)
    desk.clock.wait(WEEK)
    _at_work(shipped, desk, "revenue")
    ended = slipway("janitor", "-s", "dev")
    assert (ended.code, ended.out) == (0, "Dropped 0; 2 marked for later or in use.\n")
    assert f"{kept[0]} stays for now: " in ended.err
    assert _kept(shipped) == kept
    document = json.loads(slipway("janitor", "-s", "dev", "--format", "json").out)
    assert list(document["kept"]) == [f"table {kept[0]}", f"schema {kept[0].rpartition('.')[0]}"]
    desk.clock.wait(3600)
    assert slipway("janitor", "-s", "dev").out.startswith("Dropped 2; 0 marked")


def test_nobody_can_swap_what_is_being_dropped(
    slipway: Slipway, shipped: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the last look at the mark to the statement, whoever would roll the pipeline back is refused."""
    desk.clock.wait(WEEK)
    drop, held = shipped.warehouse.drop_expired, []

    def looked(subject: SnowflakeObject, **moment: object) -> bool:
        held.append([lease.target for lease in shipped.leases.held(now=desk.clock.now())])
        return drop(subject, **moment)  # type: ignore[arg-type]

    monkeypatch.setattr(shipped.warehouse, "drop_expired", looked)
    assert slipway("janitor", "-s", "dev").code == 0
    assert held == [["dev/revenue"], ["dev/revenue"]]
    assert shipped.leases.held(now=desk.clock.now()) == ()


def test_what_a_deployment_needs_by_now_stays(
    slipway: Slipway, shipped: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback that was begun after the first look waits for something, and holds no lease meanwhile."""
    kept = _kept(shipped)
    head = next(iter(shipped.journal.heads.values()))
    desk.clock.wait(WEEK)
    looks = chain([()], repeat((head,)))
    monkeypatch.setattr(shipped.journal, "open", lambda _: next(looks))
    assert slipway("janitor", "-s", "dev").out.startswith("Dropped 0; 2 marked for later or in use.")
    assert _kept(shipped) == kept


def test_a_schema_does_not_take_along_what_was_marked_anew(
    slipway: Slipway, shipped: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback has ended between the look and the lease: the generation that it left is kept for a week."""
    (kept,) = _kept(shipped)
    desk.clock.wait(WEEK)
    acquire = shipped.leases.acquire

    def after_a_rollback(target: str, **how: Any) -> Lease:
        anew = Expiry(object=kept, at=desk.clock.now() + timedelta(days=7))
        shipped.warehouse.tables[kept].expiry = anew
        return acquire(target, **how)

    monkeypatch.setattr(shipped.leases, "acquire", after_a_rollback)
    assert slipway("janitor", "-s", "dev").out.startswith("Dropped 0; 2 marked for later or in use.")
    assert _kept(shipped) == [kept]


REVENUE_NAME = PipelineName("revenue")
DAG = "dags/revenue.py"


def _generations(place: Place) -> set[Digest]:
    return {digest for pipeline, digest in place.airflow.generations if pipeline == REVENUE_NAME}


@pytest.fixture
def twice(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> Place:
    """Dev with a second and a third generation of a DAG, a day between them."""
    for version in (2, 3):
        assert slipway("deploy", ship(**{DAG: f"{FILES[DAG]}# {version}"}), "-s", "dev").code == 0
        desk.clock.wait(24 * 3600.0)
    assert len(_generations(places[Environment.DEV])) == 3
    return places[Environment.DEV]


def test_dag_generations_that_a_rollback_may_need_stay(
    slipway: Slipway, twice: Place, desk: MemoryDesk
) -> None:
    """Old files alone are no reason: what an environment document named within the window is needed."""
    twice.airflow.written = dict.fromkeys(_generations(twice), desk.clock.now() - timedelta(days=30))
    assert "DAG generation" not in slipway("janitor", "-s", "dev").out
    assert len(_generations(twice)) == 3


def test_dag_generations_of_before_the_window_go_and_the_pointers_stays(
    slipway: Slipway, twice: Place, desk: MemoryDesk
) -> None:
    """A dry run names them; the one that ran when the window began stays with the one that runs."""
    runs = twice.airflow.pointers[REVENUE_NAME]
    desk.clock.wait(WEEK)
    dry = slipway("janitor", "-s", "dev", "--dry-run").out
    assert dry.count("  DAG generation ") == 2
    assert len(_generations(twice)) == 3
    told = json.loads(slipway("janitor", "-s", "dev", "--format", "json").out)
    gone = [each for each in told["dropped"] if each.startswith("DAG generation ")]
    assert len(gone) == 2
    assert all(each.endswith(" of revenue") for each in gone)
    assert _generations(twice) == {runs}
    assert twice.airflow.pointers[REVENUE_NAME] == runs
    assert "DAG generation" not in slipway("janitor", "-s", "dev").out


def test_a_dag_generation_stays_while_somebody_works_on_its_pipeline(
    slipway: Slipway, twice: Place, desk: MemoryDesk
) -> None:
    """They may publish it again, and find its files there."""
    desk.clock.wait(WEEK)
    _at_work(twice, desk, "revenue")
    ended = slipway("janitor", "-s", "dev")
    assert ended.code == 0
    assert "of revenue stays for now: " in ended.err
    assert len(_generations(twice)) == 3


def test_a_rollback_after_the_janitor_writes_its_generation_again(
    slipway: Slipway, twice: Place, desk: MemoryDesk
) -> None:
    """Nothing is lost for good: the artifact has the files."""
    desk.clock.wait(WEEK)
    assert slipway("janitor", "-s", "dev").code == 0
    assert len(_generations(twice)) == 1
    ended = slipway("rollback", "revenue", "-s", "dev")
    assert ended.code == 0, ended.err
    assert twice.airflow.pointers[REVENUE_NAME] in _generations(twice)
    assert len(_generations(twice)) == 2


def _projects(place: Place) -> list[str]:
    return sorted(place.airflow.projects)


@pytest.fixture
def modelled(slipway: Slipway, ship: Ship, places: Places, desk: MemoryDesk) -> Place:
    """Dev with two releases of dbt code, a day between them, and so with two dbt projects of its workers."""
    place, model = places[Environment.DEV], "dbt/models/marts/revenue/revenue_monthly.sql"
    for version in ("view v2", "view v3"):
        before = set(place.airflow.projects)
        assert slipway("deploy", ship(**{model: version}), "-s", "dev").code == 0
        new = set(place.airflow.projects) - before
        place.airflow.project_written |= dict.fromkeys(new, desk.clock.now())
        desk.clock.wait(24 * 3600.0)
    assert len(_projects(place)) == 2
    return place


def test_dbt_projects_that_a_way_back_may_need_stay(
    slipway: Slipway, modelled: Place, desk: MemoryDesk
) -> None:
    """Old files alone are no reason: what a document of the window composes to is needed."""
    modelled.airflow.project_written = dict.fromkeys(
        modelled.airflow.projects, desk.clock.now() - timedelta(days=30)
    )
    assert "dbt project" not in slipway("janitor", "-s", "dev").out
    assert len(_projects(modelled)) == 2


def test_dbt_projects_of_before_the_window_go_and_the_workers_one_stays(
    slipway: Slipway, modelled: Place, desk: MemoryDesk
) -> None:
    """A dry run names them; a rollback of afterwards publishes its own again."""
    runs = modelled.airflow.variables["dbt_project_dir"]
    (gone,) = set(modelled.airflow.projects) - {runs}
    desk.clock.wait(WEEK)
    name = f"dbt project {gone.rsplit('/', 1)[-1][:12]}"
    assert f"  {name}\n" in slipway("janitor", "-s", "dev", "--dry-run").out
    assert len(_projects(modelled)) == 2
    told = json.loads(slipway("janitor", "-s", "dev", "--format", "json").out)
    assert [each for each in told["dropped"] if each.startswith("dbt project")] == [name]
    assert _projects(modelled) == [runs]
    assert "dbt project" not in slipway("janitor", "-s", "dev").out


def test_what_airflow_tells_its_workers_stays_whatever_the_documents_say(
    slipway: Slipway, modelled: Place, desk: MemoryDesk
) -> None:
    """A way back whose last write was lost: tasks read it still."""
    runs = modelled.airflow.variables["dbt_project_dir"]
    (other,) = set(modelled.airflow.projects) - {runs}
    modelled.airflow.variables["dbt_project_dir"] = other
    desk.clock.wait(WEEK)
    assert "dbt project" not in slipway("janitor", "-s", "dev").out
    assert len(_projects(modelled)) == 2


def test_a_dbt_project_that_is_published_again_meanwhile_stays(
    slipway: Slipway, modelled: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the removal somebody goes back to it."""
    desk.clock.wait(WEEK)
    airflow, remove = modelled.airflow, modelled.airflow.remove_project

    def published_first(project: StoredProject) -> bool:
        airflow.put_project(project.digest, airflow.projects[project.place])
        return remove(project)

    monkeypatch.setattr(airflow, "remove_project", published_first)
    ended = slipway("janitor", "-s", "dev")
    assert (ended.code, "dbt project" in ended.out) == (0, False)
    assert len(_projects(modelled)) == 2


def test_of_two_janitors_one_leaves_the_dbt_projects_alone(
    slipway: Slipway, modelled: Place, desk: MemoryDesk
) -> None:
    """It says so, and whoever deploys is not kept waiting by either."""
    desk.clock.wait(WEEK)
    _at_work(modelled, desk, "dbt projects")
    ended = slipway("janitor", "-s", "dev")
    assert ended.code == 0
    assert "dbt project " in ended.err
    assert " stays for now: " in ended.err
    assert len(_projects(modelled)) == 2


def test_a_folder_that_does_not_answer_is_told_and_is_partial(
    slipway: Slipway, modelled: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4: the next run has it again."""
    desk.clock.wait(WEEK)

    def lost(_project: StoredProject) -> bool:
        raise ObjectStoreError("the bucket does not answer", remedy="try again")

    monkeypatch.setattr(modelled.airflow, "remove_project", lost)
    ended = slipway("janitor", "-s", "dev")
    assert ended.code == 4
    assert "could not be removed: the bucket does not answer" in ended.err


def test_while_airflow_does_not_answer_no_dbt_project_goes(
    slipway: Slipway, modelled: Place, desk: MemoryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its workers may use one that no document has; everything else is done."""
    desk.clock.wait(WEEK)

    def lost(_name: str) -> str:
        raise OrchestratorError("Airflow does not answer", remedy="look at it")

    monkeypatch.setattr(modelled.airflow, "variable", lost)
    ended = slipway("janitor", "-s", "dev")
    assert ended.code == 4
    assert ended.out.startswith("Dropped ")
    assert "dbt projects could not be removed: Airflow does not answer" in ended.err
    assert len(_projects(modelled)) == 2
