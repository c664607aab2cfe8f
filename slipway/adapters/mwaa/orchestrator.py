"""The orchestrator port on Airflow's REST API: a method is one look or one change, and waits for nothing."""

from datetime import datetime, timedelta
from typing import Any, Final

from slipway.adapters.mwaa.dag_store import pipeline_of
from slipway.adapters.mwaa.folder.slipway_loader import GENERATION_TAG
from slipway.adapters.mwaa.rest import Answer, Method, Refusal, RestApi, segment
from slipway.model.digest import Digest
from slipway.ports.clock import Clock
from slipway.ports.orchestrator import (
    Dag,
    DagId,
    DagMissing,
    DagRun,
    FailedRun,
    ImportProblem,
    Orchestrator,
    OrchestratorError,
    RunId,
    RunMissing,
    RunState,
    TaskFailure,
)

TASK_END: Final = timedelta(seconds=70)
"""How long a task may outlive its cancelled run: `job_heartbeat_sec` (5) until its supervisor notices, then
`killed_task_cleanup_time` (60) until SIGKILL (configuration reference of Airflow 2), and some more."""

_CANCELLED: Final = "cancelled by slipway"
_BAD_TASKS: Final = frozenset({"failed", "upstream_failed"})


class MwaaOrchestrator(Orchestrator):
    """DAGs and runs of one environment.

    Args:
        rest: its Airflow's REST API.
        clock: tells whether a cancelled run's tasks can still be there.
        task_end: how long they can.
    """

    def __init__(self, rest: RestApi, clock: Clock, *, task_end: timedelta = TASK_END) -> None:
        self._rest = rest
        self._clock = clock
        self._task_end = task_end

    def is_there(self) -> bool:
        """Whether the account has the environment."""
        return self._rest.is_there()

    def dag(self, dag: DagId) -> Dag:
        """Look at a DAG; one whose files are gone is not known, though Airflow remembers it."""
        told = self._of_dag(dag, self._rest.call(Method.GET, _dag_path(dag)))
        if not told["is_active"]:
            raise self._dag_missing(dag)
        tags = [str(tag["name"]) for tag in told["tags"]]
        generation = next(
            (tag.removeprefix(GENERATION_TAG) for tag in tags if tag.startswith(GENERATION_TAG)), ""
        )
        return Dag(
            id=dag,
            paused=bool(told["is_paused"]),
            generation=Digest(f"sha256:{generation}") if generation else None,
            parsed_at=datetime.fromisoformat(told["last_parsed_time"]),
        )

    def dags(self) -> frozenset[DagId]:
        """List the DAGs whose files are there."""
        found = self._rest.pages("/dags", "dags", {"only_active": True, "order_by": "dag_id"})
        return frozenset(DagId(each["dag_id"]) for each in found)

    def failed_runs(self, *, since: datetime) -> tuple[FailedRun, ...]:
        """List what has failed, of all DAGs in one list (`~`), the earliest first."""
        asked = {"state": ["failed"], "end_date_gte": since.isoformat(), "order_by": "end_date"}
        return tuple(
            FailedRun(
                dag=DagId(each["dag_id"]),
                id=RunId(each["dag_run_id"]),
                ended=datetime.fromisoformat(each["end_date"]),
            )
            for each in self._rest.pages("/dags/~/dagRuns", "dag_runs", asked)
            if not _was_cancelled(each)
        )

    def import_problems(self) -> tuple[ImportProblem, ...]:
        """List what cannot be imported, by file."""
        found = self._rest.pages("/importErrors", "import_errors", {"order_by": "import_error_id"})
        return tuple(
            ImportProblem(
                pipeline=pipeline_of(each["filename"]),
                file=each["filename"],
                message=each["stack_trace"].strip().splitlines()[-1],
            )
            for each in found
        )

    def pause(self, dag: DagId, *, paused: bool) -> None:
        """Pause a DAG, or let it run."""
        change = {"is_paused": paused}
        query = {"update_mask": ["is_paused"]}
        self._of_dag(dag, self._rest.call(Method.PATCH, _dag_path(dag), query=query, body=change))

    def active_runs(self, dag: DagId) -> tuple[DagRun, ...]:
        """List the runs that have not ended, with cancelled ones whose tasks may still be ending.

        Airflow calls a cancelled run over at once; its tasks notice at their next heartbeat.
        """
        path = f"{_dag_path(dag)}/dagRuns"
        order = {"order_by": "start_date"}
        active = list(self._rest.pages(path, "dag_runs", {"state": ["queued", "running"], **order}))
        since = (self._clock.now() - self._task_end).isoformat()
        ended = self._rest.pages(path, "dag_runs", {"state": ["failed"], "end_date_gte": since, **order})
        ending = [each for each in ended if _was_cancelled(each)]
        return tuple(_run(each) for each in [*active, *ending])

    def cancel(self, dag: DagId, run: RunId) -> None:
        """Fail a run that is not over, with a note that says who did."""
        path = _run_path(dag, run)
        if self.run(dag, run).state.is_over:
            return
        note = {"note": f"{_CANCELLED} {self._clock.now():%Y-%m-%d %H:%M:%S} UTC"}
        self._of_run(dag, run, self._rest.call(Method.PATCH, f"{path}/setNote", body=note))
        self._of_run(dag, run, self._rest.call(Method.PATCH, path, body={"state": "failed"}))

    def trigger(self, dag: DagId, run: RunId, *, conf: dict[str, str]) -> DagRun:
        """Begin a run; the id makes it the same run however often this is called."""
        begun = self._rest.call(
            Method.POST, f"{_dag_path(dag)}/dagRuns", body={"dag_run_id": run, "conf": conf}
        )
        if isinstance(begun, Refusal) and begun.is_conflict:
            return self.run(dag, run)
        return _run(self._of_dag(dag, begun))

    def run(self, dag: DagId, run: RunId) -> DagRun:
        """Look at a run, and at its tasks when it has failed."""
        told = self._of_run(dag, run, self._rest.call(Method.GET, _run_path(dag, run)))
        found = _run(told)
        return _run(told, self._failures(dag, run)) if found.state is RunState.FAILED else found

    def set_variable(self, name: str, value: str) -> None:
        """Set a variable, whether it is there or not."""
        if self.variable(name) is None:
            made = self._rest.call(Method.POST, "/variables", body={"key": name, "value": value})
            if not (isinstance(made, Refusal) and made.is_conflict):
                self._accepted(made, f"variable {name}")
                return
        path = f"/variables/{segment(name)}"
        self._rest.expect(Method.PATCH, path, body={"key": name, "value": value})

    def variable(self, name: str) -> str | None:
        """Read a variable."""
        told = self._rest.call(Method.GET, f"/variables/{segment(name)}")
        if isinstance(told, Refusal) and told.is_missing:
            return None
        value = self._accepted(told, f"variable {name}")["value"]
        return None if value is None else str(value)

    def _failures(self, dag: DagId, run: RunId) -> tuple[TaskFailure, ...]:
        tasks = self._rest.pages(f"{_run_path(dag, run)}/taskInstances", "task_instances", {})
        return tuple(
            TaskFailure(task=each["task_id"], state=each["state"])
            for each in tasks
            if each["state"] in _BAD_TASKS
        )

    def _of_dag(self, dag: DagId, answer: Answer) -> dict[str, Any]:
        if isinstance(answer, Refusal) and answer.is_missing:
            raise self._dag_missing(dag)
        return self._accepted(answer, f"DAG {dag}")

    def _of_run(self, dag: DagId, run: RunId, answer: Answer) -> dict[str, Any]:
        if isinstance(answer, Refusal) and answer.is_missing:
            raise RunMissing(
                f"{self._rest.name} has no run '{run}' of DAG '{dag}'",
                remedy="list the runs of the DAG in the Airflow UI; begin one with another id",
            )
        return self._accepted(answer, f"run {run} of DAG {dag}")

    def _accepted(self, answer: Answer, what: str) -> dict[str, Any]:
        if isinstance(answer, Refusal):
            raise self._rest.refused(answer, what)
        return answer

    def _dag_missing(self, dag: DagId) -> DagMissing:
        return DagMissing(
            f"{self._rest.name} does not know DAG '{dag}'",
            remedy="check its id; a DAG that was just published is known once its file has been parsed",
        )


def _was_cancelled(run: dict[str, Any]) -> bool:
    return str(run["note"] or "").startswith(_CANCELLED)


def _dag_path(dag: DagId) -> str:
    return f"/dags/{segment(dag)}"


def _run_path(dag: DagId, run: RunId) -> str:
    return f"{_dag_path(dag)}/dagRuns/{segment(run)}"


def _run(told: dict[str, Any], failures: tuple[TaskFailure, ...] = ()) -> DagRun:
    return DagRun(
        dag=DagId(told["dag_id"]),
        id=RunId(told["dag_run_id"]),
        state=_state(str(told["state"])),
        failures=failures,
    )


def _state(text: str) -> RunState:
    try:
        return RunState(text)
    except ValueError:
        raise OrchestratorError(
            f"Airflow tells a run state that is not known: '{text}'",
            remedy="use a version of Airflow from 2.7 to 2.11",
        ) from None
