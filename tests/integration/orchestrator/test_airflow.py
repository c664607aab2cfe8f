"""The orchestrator and the DAG store on a real Airflow.

What it parses is the generation that the pointer names, whole, and each pipeline's own; runs are begun once,
seen, and ended with their tasks. One file, because a file is what one worker runs, and with it one Airflow.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from slipway.adapters.mwaa import MwaaDagStore, MwaaOrchestrator, RestApi
from slipway.adapters.system_clock import SystemClock
from slipway.cli import observe_wiring
from slipway.cli.main import main
from slipway.model.digest import hex_of, short
from slipway.model.environment import StackName
from slipway.model.events import DeploymentId
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import (
    DagId,
    DagMissing,
    OrchestratorError,
    RunId,
    RunMissing,
    RunState,
    TaskFailure,
)
from slipway.rollout.handlers.writers import PauseWritersHandler
from slipway.rollout.stages import PauseWriters
from slipway.stages import Done, Run, Waiting
from tests.integration.orchestrator.conftest import Pipeline, until
from tests.integration.orchestrator.observed import (
    AGE,
    NextSlotClock,
    make_state,
    make_tables,
    told,
    workspace,
)
from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

MINUTE = timedelta(minutes=1)
WHO_AM_I = '''\
"""Airflow DAG of a test."""
from datetime import datetime
from airflow.models.dag import DAG
from airflow.operators.python import PythonOperator
def say():
    import boto3
    from helpers import WORD
    who = boto3.client("sts").get_caller_identity()["Arn"]
    boto3.client("s3").put_object(Bucket=WORD, Key="said", Body=who.encode())
with DAG("{dag}", start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False):
    PythonOperator(task_id="say", python_callable=say)
'''


TWO_TASKS = '''\
"""Airflow DAG of a test."""
from datetime import datetime
from airflow.models.dag import DAG
from airflow.operators.bash import BashOperator
with DAG("{dag}", start_date=datetime(2026, 1, 1), schedule=None, is_paused_upon_creation=False):
    BashOperator(task_id="one", bash_command="true") >> BashOperator(task_id="two", bash_command="true")
'''


def test_the_pointer_goes_forward_and_back(pipeline: Callable[[], Pipeline]) -> None:
    """Airflow itself says, by a tag, which files it has read."""
    flow = pipeline()
    with pytest.raises(DagMissing, match=f"does not know DAG '{flow.dag}'"):
        flow.orchestrator.dag(flow.dag)
    first = flow.publish("one")
    until(lambda: flow.parsed() == first)
    second = flow.publish("two", "echo two")
    until(lambda: flow.parsed() == second)
    flow.store.point(flow.name, first)
    assert flow.store.pointed(flow.name) == first
    until(lambda: flow.parsed() == first)
    flow.store.point(flow.name, None)
    until(lambda: flow.parsed() is None)
    assert flow.problem() is None


def test_a_broken_pipeline_is_named_and_nobody_else_notices(
    pipeline: Callable[[], Pipeline], s3: Any, bucket: str
) -> None:
    """Code that fails, and a generation of which a file is missing."""
    good, broken = pipeline(), pipeline()
    generation = good.publish("good")
    failing = broken.publish("broken", code='"""Airflow DAG."""\nraise KeyError("no such setting")\n')
    problem = until(broken.problem)
    assert (
        f"pipeline {broken.name}, generation {short(failing)}: flow.py: KeyError: 'no such setting'"
        in problem
    )
    until(lambda: good.parsed() == generation)
    assert good.problem() is None
    repaired = broken.publish("repaired")
    until(lambda: broken.parsed() == repaired)
    until(lambda: broken.problem() is None)
    key = f"dags/slipway/generations/{hex_of(repaired)}/helpers/__init__.py"
    s3.delete_object(Bucket=bucket, Key=key)
    assert "helpers/__init__.py has not arrived yet" in until(broken.problem)
    s3.put_object(Bucket=bucket, Key=key, Body=b"WORD = 'repaired'\n")
    until(lambda: broken.problem() is None)


def test_a_task_imports_from_its_own_generation_as_its_environment_s_role(
    pipeline: Callable[[], Pipeline], s3: Any, bucket: str
) -> None:
    """Also what it imports while it runs, beside a pipeline whose helpers have the same name."""
    other, flow = pipeline(), pipeline()
    other.publish("another-word")
    flow.publish(bucket, code=WHO_AM_I.format(dag=flow.dag))
    until(flow.parsed)
    run = RunId("slipway__d-1")
    begun = flow.orchestrator.trigger(flow.dag, run, conf={"slipway_release": "d-1"})
    assert begun.id == run
    until(lambda: flow.orchestrator.run(flow.dag, run).state.is_over)
    assert flow.orchestrator.run(flow.dag, run).state is RunState.SUCCESS
    said = s3.get_object(Bucket=bucket, Key="said")["Body"].read().decode()
    assert said == "arn:aws:sts::444455556666:assumed-role/slipway-prod-airflow/airflow"


def test_a_cancelled_run_counts_as_active_until_its_tasks_have_ended(
    pipeline: Callable[[], Pipeline], tmp_path: Path
) -> None:
    """Airflow calls it over at once, while its tasks still write."""
    flow, note = pipeline(), tmp_path / "pid"
    flow.publish("sleep", f"echo $$ > {note}; sleep 600")
    until(flow.parsed)
    run = RunId("slipway__d-2")
    for _ in range(2):  # the second time it is the same run
        flow.orchestrator.trigger(flow.dag, run, conf={})
    assert [each.id for each in flow.orchestrator.active_runs(flow.dag)] == [run]
    until(lambda: note.exists() and note.read_text(encoding="utf-8").strip())
    flow.orchestrator.pause(flow.dag, paused=True)
    assert flow.orchestrator.dag(flow.dag).paused
    flow.orchestrator.cancel(flow.dag, run)
    flow.orchestrator.cancel(flow.dag, run)
    cancelled = flow.orchestrator.run(flow.dag, run)
    assert (cancelled.state, cancelled.failures) == (
        RunState.FAILED,
        (TaskFailure(task="say", state="failed"),),
    )
    assert [each.id for each in flow.orchestrator.active_runs(flow.dag)] == [run]
    until(lambda: not flow.orchestrator.active_runs(flow.dag))
    assert flow.dag in flow.orchestrator.dags()
    recently = SystemClock().now() - timedelta(hours=1)
    assert run not in {each.id for each in flow.orchestrator.failed_runs(since=recently)}  # not by itself
    assert not psutil.pid_exists(int(note.read_text(encoding="utf-8")))
    flow.orchestrator.pause(flow.dag, paused=False)
    assert not flow.orchestrator.dag(flow.dag).paused


def test_a_run_of_two_tasks_is_drained_before_its_dag_is_paused(pipeline: Callable[[], Pipeline]) -> None:
    """Airflow does not begin the second task of a run whose DAG is paused: paused first, it would not end."""
    flow = pipeline()
    flow.publish("two", code=TWO_TASKS.format(dag=flow.dag))
    until(flow.parsed)
    run = RunId("slipway__d-3")
    flow.orchestrator.trigger(flow.dag, run, conf={})
    handler = PauseWritersHandler(orchestrator=flow.orchestrator)
    stage = PauseWriters(target=flow.name, dag=flow.dag)
    this = Run(
        deployment=DeploymentId("prod-x-1"),
        stack=StackName.PROD,
        token=1,
        actor="test",
        clock=SystemClock(),
        earlier={},
        own={},
        began=SystemClock().now(),
        lease=lambda: timedelta(seconds=20),
        keep=lambda _: None,
    )
    this = replace(this, own=handler.prepare(stage, this))
    first = handler.do(stage, this)
    assert isinstance(first, Waiting)
    assert first.wait.condition == f"no run of {flow.dag} goes on ({run})"
    until(lambda: handler.do(stage, this) == Done())
    assert flow.orchestrator.run(flow.dag, run).state is RunState.SUCCESS
    assert flow.orchestrator.dag(flow.dag).paused


def test_what_is_not_there_is_said_so(orchestrator: MwaaOrchestrator) -> None:
    """By name, never as an answer of Airflow."""
    dag, run = DagId("nobody"), RunId("slipway__x")
    for call in (
        lambda: orchestrator.dag(dag),
        lambda: orchestrator.pause(dag, paused=True),
        lambda: orchestrator.trigger(dag, run, conf={}),
    ):
        with pytest.raises(DagMissing, match="Airflow of slipway-prod does not know DAG 'nobody'"):
            call()
    with pytest.raises(RunMissing, match="has no run 'slipway__x' of DAG 'nobody'"):
        orchestrator.run(dag, run)


def test_a_variable_is_set_again_and_again(orchestrator: MwaaOrchestrator) -> None:
    """Releases tell tasks by it where the dbt project is."""
    assert orchestrator.variable("dbt_project_dir") is None
    for value in ("$AIRFLOW_HOME/dags/slipway/projects/1", "$AIRFLOW_HOME/dags/slipway/projects/2"):
        orchestrator.set_variable("dbt_project_dir", value)
        assert orchestrator.variable("dbt_project_dir") == value


def test_another_account_has_no_airflow(sandbox: RunningSandbox, orchestrator: MwaaOrchestrator) -> None:
    """That is seen; asked for more, AWS's refusal comes as the port's error, with its words."""
    assert orchestrator.is_there()
    elsewhere = MwaaOrchestrator(RestApi(sandbox.aws("mwaa", "dev"), "slipway-prod"), SystemClock())
    assert not elsewhere.is_there()
    with pytest.raises(OrchestratorError, match="Environment slipway-prod not found"):
        elsewhere.import_problems()


@pytest.fixture
def publish(
    sandbox: RunningSandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Callable[[], tuple[int, str]]:
    """`slipway observe publish` about prod, one slot later; its exit code, and what it says on stderr."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(observe_wiring, "SystemClock", NextSlotClock)
    folder = workspace(tmp_path / "finedge")

    def run() -> tuple[int, str]:
        code = main(["observe", "publish", "-s", "prod", "--workspace", str(folder.root)])
        return int(code), capsys.readouterr().err

    return run


def test_a_report_reaches_cloudwatch(
    sandbox: RunningSandbox,
    store: MwaaDagStore,
    orchestrator: MwaaOrchestrator,
    publish: Callable[[], tuple[int, str]],
) -> None:
    """From a run that failed in Airflow and a row in Snowflake to what an alarm sees; the report twice."""
    make_state(sandbox)
    make_tables(sandbox)
    flow = Pipeline(name=PipelineName("settlements"), store=store, orchestrator=orchestrator)
    flow.publish("settlements", "exit 1")
    until(flow.parsed)
    began = SystemClock().now()
    run = RunId("slipway__d-3")
    orchestrator.trigger(flow.dag, run, conf={})
    until(lambda: orchestrator.run(flow.dag, run).state.is_over)
    assert [each.id for each in orchestrator.failed_runs(since=began) if each.dag == flow.dag] == [run]
    for _ in range(2):
        code, said = publish()
        assert code == 4
        assert "AgeMinutes of payment-events is not measured: nothing tells how fresh" in said
        assert "FailedRuns of revenue is not measured: Airflow does not know DAG 'revenue'" in said
    cloudwatch = sandbox.aws("cloudwatch", "prod")
    assert sum(told(cloudwatch, "FailedRuns", Pipeline="settlements")) == 1
    (age,) = set(told(cloudwatch, "AgeMinutes", Pipeline="settlements")[-1:])
    assert AGE / MINUTE <= age <= AGE / MINUTE + 8  # the clock is five minutes ahead
    assert told(cloudwatch, "AgeMinutes", Pipeline="payment-events") == []
    assert told(cloudwatch, "PipelinesUnmeasured", Environment="prod")[-1] == 2
    assert told(cloudwatch, "DeploymentsInterrupted", Environment="prod")[-1] == 0
