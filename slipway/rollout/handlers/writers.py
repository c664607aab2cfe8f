"""Known writers: the pipeline's own DAG, paused before a swap and resumed after it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.ports.journal import Wait
from slipway.ports.orchestrator import DagId, DagMissing, Orchestrator
from slipway.rollout.handlers.candidates import stage_name
from slipway.rollout.stages import PauseWriters, ResumeWriters
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear, Waiting
from slipway.stages.handler import Outputs

_PAUSED: Final = "paused before"
_LOOK_AGAIN: Final = timedelta(seconds=15)
_DRAIN_LIMIT: Final = timedelta(hours=4)
_CANCEL_LIMIT: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class PauseWritersHandler(Handler[PauseWriters]):
    """Pauses, then waits until no run is left: drained on the way in, ended on the way back.

    Attributes:
        orchestrator: Airflow.
    """

    orchestrator: Orchestrator

    def describe(self, stage: PauseWriters) -> str:
        """Say what happens to running ones."""
        running = "end its running runs" if stage.cancel else "wait until its running runs have ended"
        return f"pause DAG {stage.dag} and {running}"

    def prepare(self, stage: PauseWriters, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember whether somebody had paused it."""
        return {_PAUSED: _is_paused(self.orchestrator, DagId(stage.dag))}

    def observe(self, stage: PauseWriters, run: Run) -> Observed:  # noqa: ARG002 - same
        """Pausing twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: PauseWriters, run: Run) -> Progress:
        """Pause, and look whether runs are left."""
        dag = DagId(stage.dag)
        try:
            self.orchestrator.pause(dag, paused=True)
        except DagMissing:
            return Done()  # nobody can run what Airflow does not know
        active = self.orchestrator.active_runs(dag)
        if stage.cancel:
            for each in active:
                self.orchestrator.cancel(dag, each.id)
        if not active:
            return Done()
        limit = _CANCEL_LIMIT if stage.cancel else _DRAIN_LIMIT
        names = ", ".join(each.id for each in active)
        return Waiting(
            Wait(
                condition=f"no run of {dag} is left ({names})",
                wake_at=run.clock.now() + _LOOK_AGAIN,
                deadline=run.began + limit,
            )
        )

    def undo(self, stage: PauseWriters, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Let it run again, if it ran before."""
        if outputs.get(_PAUSED) == "no":
            self.orchestrator.pause(DagId(stage.dag), paused=False)


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
        """Resume what nobody had paused; a DAG that is new is there to run."""
        before = run.earlier.get(stage_name("pause-writers", stage.target), {}).get(_PAUSED)
        if before != "yes":
            self.orchestrator.pause(DagId(stage.dag), paused=False)
        return Done()

    def undo(self, stage: ResumeWriters, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Pause again: what comes before this stage has still to be taken back."""
        try:
            self.orchestrator.pause(DagId(stage.dag), paused=True)
        except DagMissing:
            return


def _is_paused(orchestrator: Orchestrator, dag: DagId) -> str:
    try:
        return "yes" if orchestrator.dag(dag).paused else "no"
    except DagMissing:
        return "unknown"
