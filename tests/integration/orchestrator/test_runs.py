"""Runs are begun once, seen, and ended with their tasks; what is not there is said so."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from slipway.adapters.mwaa import MwaaOrchestrator, RestApi
from slipway.adapters.system_clock import SystemClock
from slipway.ports.orchestrator import (
    DagId,
    DagMissing,
    OrchestratorError,
    RunId,
    RunMissing,
    RunState,
    TaskFailure,
)
from tests.integration.orchestrator.conftest import Pipeline, until
from tests.integration.running_sandbox import RunningSandbox

pytestmark = [pytest.mark.integration, pytest.mark.xdist_group("airflow")]


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
    assert not psutil.pid_exists(int(note.read_text(encoding="utf-8")))
    flow.orchestrator.pause(flow.dag, paused=False)
    assert not flow.orchestrator.dag(flow.dag).paused


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
