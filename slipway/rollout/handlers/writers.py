"""Known writers: the pipeline's own DAG, drained and paused before a swap, and let run again after it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.ports.journal import Wait
from slipway.ports.orchestrator import DagId, DagMissing, DagRun, Orchestrator
from slipway.rollout.generations import stage_name
from slipway.rollout.stages import PauseWriters, ResumeWriters
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear, Waiting
from slipway.stages.handler import Outputs

_PAUSED: Final = "paused before"
_UNKNOWN: Final = "unknown"
NOT_RESUMED: Final = "not resumed"
"""Output of `resume-writers` where there was nothing to resume: why."""
_LOOK_AGAIN: Final = timedelta(seconds=2)
_DRAIN_LIMIT: Final = timedelta(hours=4)
_CANCEL_LIMIT: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class PauseWritersHandler(Handler[PauseWriters]):
    """Pauses when no run is left: drained on the way in, ended on the way back.

    Airflow does not go on with a run of a paused DAG: it leaves the tasks that run to end, and begins no
    other. So a run is waited for first, and the DAG is paused once there is none.

    Attributes:
        orchestrator: Airflow.
    """

    orchestrator: Orchestrator

    def describe(self, stage: PauseWriters) -> str:
        """Say what happens to running ones."""
        if stage.cancel:
            return f"pause DAG {stage.dag} and end its running runs"
        return f"wait until no run of DAG {stage.dag} goes on, and pause it then"

    def prepare(self, stage: PauseWriters, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember whether somebody had paused it."""
        return {_PAUSED: _is_paused(self.orchestrator, DagId(stage.dag))}

    def observe(self, stage: PauseWriters, run: Run) -> Observed:  # noqa: ARG002 - same
        """Pausing twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: PauseWriters, run: Run) -> Progress:
        """Look whether runs are left, and pause."""
        dag = DagId(stage.dag)
        if run.own.get(_PAUSED) == _UNKNOWN:
            return Done()  # nobody can run what Airflow does not know
        return _ended(self.orchestrator, dag, run) if stage.cancel else self._drained(dag, run)

    def undo(self, stage: PauseWriters, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Let it run again, if it ran before."""
        if outputs.get(_PAUSED) == "no":
            self.orchestrator.pause(DagId(stage.dag), paused=False)
        return Done()

    def _drained(self, dag: DagId, run: Run) -> Progress:
        """Pause between two runs. One may have begun just then: it runs to its end before the next try."""
        active = self.orchestrator.active_runs(dag)
        if not active:
            self.orchestrator.pause(dag, paused=True)
            active = self.orchestrator.active_runs(dag)
            if not active:
                return Done()
        ran_before = run.own.get(_PAUSED) == "no"
        if ran_before and self.orchestrator.dag(dag).paused:
            self.orchestrator.pause(dag, paused=False)
        return _waiting(_drain_condition(dag, active, ran_before=ran_before), run, _DRAIN_LIMIT)


@dataclass(frozen=True, kw_only=True)
class ResumeWritersHandler(Handler[ResumeWriters]):
    """Lets the DAG run again, unless somebody had paused it before.

    Attributes:
        orchestrator: Airflow.
    """

    orchestrator: Orchestrator

    def describe(self, stage: ResumeWriters) -> str:
        """Name the DAG."""
        return f"let DAG {stage.dag} run again, if it ran before"

    def observe(self, stage: ResumeWriters, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Resuming twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: ResumeWriters, run: Run) -> Progress:
        """Resume what nobody had paused; a DAG that is new is there to run, one that nobody knows is not."""
        before = run.earlier.get(stage_name("pause-writers", stage.target), {}).get(_PAUSED)
        if before == "yes":
            return Done()
        try:
            self.orchestrator.pause(DagId(stage.dag), paused=False)
        except DagMissing:
            if before != _UNKNOWN:
                raise
            return Done({NOT_RESUMED: f"Airflow does not know DAG {stage.dag}"})
        return Done()

    def undo(self, stage: ResumeWriters, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Pause again and end every run, whoever began it: it writes with the code that is taken back.

        What comes before this stage, the swap above all, is taken back once none of them is left.
        """
        try:
            return _ended(self.orchestrator, DagId(stage.dag), run)
        except DagMissing:
            return Done()


def _ended(orchestrator: Orchestrator, dag: DagId, run: Run) -> Progress:
    """Pause a DAG and end its runs; until their last task has ended there is something to wait for."""
    orchestrator.pause(dag, paused=True)
    active = orchestrator.active_runs(dag)
    for each in active:
        orchestrator.cancel(dag, each.id)
    if not active:
        return Done()
    return _waiting(f"no task of a cancelled run of {dag} is left ({_names(active)})", run, _CANCEL_LIMIT)


def _drain_condition(dag: DagId, active: Iterable[DagRun], *, ran_before: bool) -> str:
    if ran_before:
        return f"no run of {dag} goes on ({_names(active)})"
    return (
        f"no run of {dag} is left ({_names(active)}), which somebody has paused: they go on once it is "
        "not, or end when they are marked as failed"
    )


def _waiting(condition: str, run: Run, limit: timedelta) -> Waiting:
    now = run.clock.now()
    return Waiting(Wait(condition=condition, wake_at=now + _LOOK_AGAIN, deadline=run.began + limit))


def _names(runs: Iterable[DagRun]) -> str:
    return ", ".join(each.id for each in runs)


def _is_paused(orchestrator: Orchestrator, dag: DagId) -> str:
    try:
        return "yes" if orchestrator.dag(dag).paused else "no"
    except DagMissing:
        return _UNKNOWN
