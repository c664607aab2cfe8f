"""Every DAG imports on real Airflow, keeps its promises, and says what the catalog says."""

import runpy
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from airflow.models import DagBag

WORKSPACE = Path(__file__).resolve().parents[2]
DAGS = WORKSPACE / "dags"
FILES = sorted(DAGS.glob("*.py"))


def datasets(dag: Any, side: str) -> set[str]:
    """URIs of all tasks' inlets or outlets, without the slash that Airflow adds to one without a path."""
    return {dataset.uri.removesuffix("/") for task in dag.tasks for dataset in getattr(task, side)}


def waits(dag_bag: "DagBag") -> list[tuple[Any, Any]]:
    """Every task that waits, with its DAG."""
    return [
        (dag, task)
        for dag in dag_bag.dags.values()
        for task in dag.tasks
        if task.task_id.startswith("wait_for_")
    ]


def test_every_file_imports_without_an_error(dag_bag: "DagBag") -> None:
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dag_ids) == [path.stem for path in FILES]


def test_every_batch_entry_of_the_catalog_has_its_dag(dag_bag: "DagBag", scheduled: dict[str, Any]) -> None:
    assert sorted(dag_bag.dag_ids) == sorted(scheduled)
    located = {name: WORKSPACE / entry["parts"]["dag"] for name, entry in scheduled.items()}
    assert {name: dag.fileloc for name, dag in dag_bag.dags.items()} == {
        n: str(p) for n, p in located.items()
    }


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_a_dag_keeps_the_promises(dag_bag: "DagBag", scheduled: dict[str, Any], name: str) -> None:
    dag, entry = dag_bag.dags[name], scheduled[name]
    assert dag.catchup is False
    assert dag.max_active_runs == 1
    assert dag.is_paused_upon_creation is True
    assert dag.dagrun_timeout is not None
    assert dag.description
    assert set(dag.tags) == {
        f"pipeline:{entry['pipeline']}",
        f"owner:{entry['owner']}",
        f"criticality:{entry['criticality']}",
    }
    for task in dag.tasks:
        assert task.owner == entry["owner"]
        assert task.retries >= 2
        assert timedelta(0) < task.sla <= timedelta(hours=2)
        assert task.execution_timeout is not None
        assert task.email_on_failure is (entry["criticality"] == "critical")


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_what_a_dag_reads_and_writes_is_what_the_catalog_says(
    dag_bag: "DagBag", scheduled: dict[str, Any], name: str
) -> None:
    dag, entry = dag_bag.dags[name], scheduled[name]
    written = {output["dataset"] for output in entry["outputs"]}
    by_connectors = {uri for uri in written if uri.startswith(("kafka://", "s3://landing/cdc/"))}
    assert datasets(dag, "outlets") == written - by_connectors
    before_connectors = {uri for uri in entry["inputs"] if uri.startswith("postgres://")}
    assert datasets(dag, "inlets") - written == set(entry["inputs"]) - before_connectors


def test_the_build_selects_the_models_of_the_pipeline(dag_bag: "DagBag", scheduled: dict[str, Any]) -> None:
    for name, entry in scheduled.items():
        command = dag_bag.dags[name].get_task("build").bash_command
        assert f"path:{entry['parts']['dbt'].removeprefix('dbt/')} " in command


def test_every_dbt_task_works_with_the_role_of_its_pipeline(
    dag_bag: "DagBag", scheduled: dict[str, Any]
) -> None:
    """The user that logs in has the role of every pipeline: a task that named none would use them all."""
    variables = {"snowflake_role_prefix": "FINEDGE_DEV_", "dbt_project_dir": "/project"}
    tasks = [
        (entry["pipeline"], dag_bag.dags[name], task)
        for name, entry in scheduled.items()
        for task in dag_bag.dags[name].tasks
        if "dbt --no-use-colors" in getattr(task, "bash_command", "")
    ]
    assert {pipeline for pipeline, _, _ in tasks} == {entry["pipeline"] for entry in scheduled.values()}
    run = SimpleNamespace(conf={})
    for pipeline, dag, task in tasks:
        copy = task.prepare_for_execution()  # other tests render the task itself
        copy.render_template_fields({"dag": dag, "dag_run": run, "var": {"value": variables}})
        assert copy.env == {"SNOWFLAKE_ROLE": f"FINEDGE_DEV_{pipeline.replace('-', '_').upper()}"}
        assert copy.append_env


def test_a_wait_names_a_dag_that_runs_then(dag_bag: "DagBag") -> None:
    """execution_delta is the distance of two schedules, or the sensor waits for a run that never comes."""
    sensors = [(dag, task) for dag, task in waits(dag_bag) if hasattr(task, "external_dag_id")]
    assert {task.external_dag_id for _, task in sensors} == {"settlement_files", "chargebacks", "settlements"}
    for dag, task in sensors:
        minute, hour = (int(field) for field in dag.schedule_interval.split()[:2])
        other = dag_bag.dags[task.external_dag_id].schedule_interval.split()[:2]
        distance = timedelta(hours=hour - int(other[1]), minutes=minute - int(other[0]))
        assert task.execution_delta == distance
    assert all(task.deferrable for _, task in waits(dag_bag))


def test_what_calls_aws_calls_it_as_the_pipeline(dag_bag: "DagBag") -> None:
    """Airflow's own role reads no file of the lake; the environment declares a connection a pipeline."""
    calling = [task for dag in dag_bag.dags.values() for task in dag.tasks if hasattr(task, "aws_conn_id")]
    assert {type(task).__name__ for task in calling} == {"EmrServerlessStartJobOperator", "_FilesWait"}
    for task in calling:
        assert "aws_conn_id" in task.template_fields
        named = task.render_template(task.aws_conn_id, {"dag": task.dag})
        assert named == "pipeline-" + task.dag_id.replace("_", "-")


def test_a_run_that_a_release_triggers_waits_for_nothing(dag_bag: "DagBag") -> None:
    """It shows the new code on what is there; the runs that a scheduled one waits for do not exist then."""
    context = {"dag_run": SimpleNamespace(conf={"slipway_release": "prod-0123456789ab-1"})}
    assert [task.execute(context) for _, task in waits(dag_bag)] == [None] * len(waits(dag_bag))
    revenue = dag_bag.dags["revenue"].get_task("invoices_are_fresh")
    variables = {"dbt_project_dir": "/project", "snowflake_role_prefix": "FINEDGE_DEV_"}
    revenue.render_template_fields(context | {"dag": revenue.dag, "var": {"value": variables}})
    assert revenue.bash_command.endswith("cd /project && dbt --no-use-colors --version")


def test_a_wait_lasts_as_long_as_it_says(dag_bag: "DagBag") -> None:
    """Airflow ends a deferred task at its execution_timeout, even when the sensor's own timeout is later."""
    assert waits(dag_bag)
    for dag, task in waits(dag_bag):
        assert task.execution_timeout.total_seconds() >= task.timeout, task
        assert dag.dagrun_timeout.total_seconds() > task.timeout, task


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("settlement_files", "settlement-files/network=%s/date={{ data_interval_end | ds }}/*"),
        ("chargebacks", "chargebacks/date={{ data_interval_end | ds }}/%s*.jsonl"),
    ],
)
def test_a_job_that_reads_a_day_once_waits_for_the_file_of_each_network(
    dag_bag: "DagBag", scheduled: dict[str, Any], name: str, pattern: str
) -> None:
    """A file that arrives after the job read its day is never processed."""
    contract = yaml.safe_load((WORKSPACE / "contracts/settlement_lines.odcs.yaml").read_text())
    column = next(c for c in contract["schema"][0]["properties"] if c["name"] == "network")
    networks = column["quality"][0]["arguments"]["validValues"]
    dag = dag_bag.dags[name]
    files = [task for task in dag.tasks if hasattr(task, "bucket_key")]
    assert sorted(task.bucket_key for task in files) == sorted(pattern % network for network in networks)
    job = f"spark_{scheduled[name]['parts']['spark'].removeprefix('spark/')}"
    assert {task.task_id for task in files} == dag.get_task(job).upstream_task_ids


def test_spark_jobs_are_started_once_a_run_and_try(dag_bag: "DagBag", scheduled: dict[str, Any]) -> None:
    for name, entry in scheduled.items():
        if "spark" not in entry["parts"]:
            continue
        package = entry["parts"]["spark"].removeprefix("spark/")
        task = dag_bag.dags[name].get_task(f"spark_{package}")
        submit = task.job_driver["sparkSubmit"]
        assert submit["entryPoint"].endswith(f"/{package}/main.py")
        assert (WORKSPACE / "spark" / package / "main.py").is_file()
        assert "{{ ts_nodash }}-{{ ti.try_number }}" in task.client_request_token
        logs = task.configuration_overrides["monitoringConfiguration"]["cloudWatchLoggingConfiguration"]
        told = {"dag": task.dag, "var": {"value": {"pipeline_log_prefix": "/slipway/dev/"}}}
        assert task.render_template(logs["logGroupName"], told) == "/slipway/dev/" + name.replace("_", "-")
        assert task.deferrable


class Watch:
    """Notes what code does to the world outside while it is switched on. Audit hooks cannot be removed."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self.note)

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in {
            "socket.connect",
            "socket.getaddrinfo",
            "subprocess.Popen",
            "os.system",
            "sqlite3.connect",
        }:
            self.seen.append(f"{event} {arguments!r}")
        if event == "open" and not str(arguments[0]).startswith((str(DAGS), sys.prefix, sys.base_prefix)):
            self.seen.append(f"open {arguments[0]!r}")


def test_a_file_does_nothing_while_it_is_parsed(dag_bag: "DagBag") -> None:
    """The scheduler parses each file every 30 seconds: what a file opens then, it opens 2,880 times a day."""
    assert dag_bag.dags  # Airflow itself is imported, and has read its own configuration
    watch = Watch()
    watch.on = True
    try:
        for path in FILES:
            runpy.run_path(str(path))
    finally:
        watch.on = False
    assert watch.seen == []


def test_the_watch_sees_a_file_that_reads(tmp_path: Path) -> None:
    path = tmp_path / "reads.py"
    path.write_text("open(__file__.replace('reads.py', 'data.csv'), 'w').close()")
    watch = Watch()
    watch.on = True
    runpy.run_path(str(path))
    watch.on = False
    assert [seen for seen in watch.seen if "data.csv" in seen]
