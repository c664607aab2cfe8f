"""DAG generations, the dbt project of the workers, and the run that shows that both work."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.environment.composition import composition_digest
from slipway.model.digest import Digest, short
from slipway.model.environment_document import Entry
from slipway.ports.journal import Wait
from slipway.ports.objects import ObjectStore
from slipway.ports.orchestrator import (
    DagId,
    DagMissing,
    DagRun,
    DagStore,
    Orchestrator,
    PublishedFile,
    RunId,
    RunMissing,
    RunState,
)
from slipway.rollout.change import Change
from slipway.rollout.dag_files import dag_files
from slipway.rollout.dag_parsing import DagParsing
from slipway.rollout.ground import Ground
from slipway.rollout.publication import RUN
from slipway.rollout.stages import ObserveRun, PublishDag, PublishProject
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Unclear, Waiting
from slipway.stages.handler import Outputs

PROJECT_VARIABLE: Final = "dbt_project_dir"
"""Airflow's variable that tells tasks where the dbt project lies: the convention of a workspace's DAGs."""

ROLES_VARIABLE: Final = "snowflake_role_prefix"
"""How the Snowflake role of each pipeline begins: tasks put the pipeline's name behind it."""

NOT_OBSERVED: Final = "not observed"
"""Output of a stage that could not look: why."""

_LOOK_AGAIN: Final = timedelta(seconds=2)
_PARSE_LIMIT: Final = timedelta(minutes=10)
_BEFORE: Final = "project before"


@dataclass(frozen=True, kw_only=True)
class PublishDagHandler(Handler[PublishDag]):
    """Writes a generation, points Airflow at it, and waits until Airflow has parsed it.

    Attributes:
        orchestrator: Airflow.
        store: the folder that it reads.
        artifacts: where the DAG's bundle is.
        parsing: parses where the environment has no Airflow.
    """

    orchestrator: Orchestrator
    store: DagStore
    artifacts: ObjectStore
    parsing: DagParsing

    def describe(self, stage: PublishDag) -> str:
        """Name the generations."""
        if stage.artifact is None:
            return f"take DAG {stage.dag} away from Airflow"
        before = "" if stage.previous is None else f" in place of {short(stage.previous)}"
        new = f"generation {short(stage.artifact)} of DAG {stage.dag}"
        if not stage.airflow:
            return f"put {new}{before} into the DAG folder, and parse it here: the environment has no Airflow"
        return f"point Airflow at {new}{before}, and wait until it has parsed it"

    def observe(self, stage: PublishDag, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Files and pointer may be written again."""
        return Unclear()

    def do(self, stage: PublishDag, run: Run) -> Progress:
        """Write and point, then look what Airflow has parsed."""
        if not stage.airflow and stage.artifact is not None:
            return self._parse_here(stage, stage.artifact)
        self._point(stage, stage.artifact)
        if stage.artifact is None or self._parsed(DagId(stage.dag)) == stage.artifact:
            return Done({"generation": stage.artifact or ""})
        _refuse(stage, "Airflow", self._problem(stage))
        return _until_parsed(stage, stage.artifact, run)

    def undo(self, stage: PublishDag, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Point back, and wait until Airflow has parsed it: a run that begins before has the bad code."""
        self._point(stage, stage.previous)
        if not stage.airflow or stage.previous is None or self._parsed(DagId(stage.dag)) == stage.previous:
            return Done()
        return _until_parsed(stage, stage.previous, run)

    def _parse_here(self, stage: PublishDag, generation: Digest) -> Progress:
        parsed = self.parsing.parse(generation, dag_files(self.artifacts, stage.part, generation))
        _refuse(stage, parsed.by, parsed.problem)
        if stage.dag not in parsed.dags:
            _refuse(stage, parsed.by, f"its files declare {', '.join(parsed.dags) or 'no DAG'}")
        self._point(stage, generation)
        return Done({"generation": generation, "parsed": f"by {parsed.by} here, not run"})

    def _point(self, stage: PublishDag, generation: Digest | None) -> None:
        pipeline = stage.part.pipeline
        if generation is not None:
            files = dag_files(self.artifacts, stage.part, generation)
            self.store.put_generation(pipeline, generation, files)
        if self.store.pointed(pipeline) != generation:
            self.store.point(pipeline, generation)

    def _parsed(self, dag: DagId) -> Digest | None:
        try:
            return self.orchestrator.dag(dag).generation
        except DagMissing:
            return None

    def _problem(self, stage: PublishDag) -> str:
        """What Airflow says of this very generation; of an older one it says nothing that counts."""
        generation = "" if stage.artifact is None else short(stage.artifact)
        return next(
            (
                problem.message
                for problem in self.orchestrator.import_problems()
                if problem.pipeline == stage.part.pipeline and generation in problem.file + problem.message
            ),
            "",
        )


def _until_parsed(stage: PublishDag, generation: Digest, run: Run) -> Waiting:
    return Waiting(
        Wait(
            condition=f"Airflow has parsed generation {short(generation)} of {stage.dag}",
            wake_at=run.clock.now() + _LOOK_AGAIN,
            deadline=run.began + _PARSE_LIMIT,
        )
    )


def _refuse(stage: PublishDag, by: str, problem: str) -> None:
    if problem:
        raise StageFailed(
            f"{by} cannot import DAG {stage.dag}: {problem}",
            remedy="correct the DAG file; `slipway check` imports it on the same Airflow",
        )


@dataclass(frozen=True, kw_only=True)
class PublishProjectHandler(Handler[PublishProject]):
    """Puts the composed dbt project where workers find it, and tells them, with the role to use it with.

    Attributes:
        ground: documents and compositions.
        orchestrator: holds the variables.
        store: holds the files.
        role_prefix: how the Snowflake roles of the environment's pipelines begin.
    """

    ground: Ground
    orchestrator: Orchestrator
    store: DagStore
    role_prefix: str

    def describe(self, stage: PublishProject) -> str:
        """Name the project."""
        return f"give Airflow's workers the composed dbt project {stage.project}/"

    def prepare(self, stage: PublishProject, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember where they found it before."""
        return {_BEFORE: self.orchestrator.variable(PROJECT_VARIABLE) or ""}

    def observe(self, stage: PublishProject, run: Run) -> Observed:  # noqa: ARG002 - same
        """The same project has the same folder."""
        return Unclear()

    def do(self, stage: PublishProject, run: Run) -> Progress:
        """Write the files, then the variables."""
        self.orchestrator.set_variable(ROLES_VARIABLE, self.role_prefix)
        return Done({"project": self._publish(stage, stage.change, run)})

    def undo(self, stage: PublishProject, run: Run, outputs: Outputs) -> Progress:
        """Publish the composition without this change: others may have changed theirs meanwhile."""
        if outputs.get(_BEFORE):
            self._publish(stage, stage.change.back, run)
        return Done()

    def _publish(self, stage: PublishProject, change: Change, run: Run) -> str:
        """Publish until nobody's entries have changed meanwhile: else the later of two undoes the earlier."""
        place, published = "", None
        while (entries := change.applied(self.ground.newest(run))) != published:
            place, published = self._place(stage, entries), entries
        return place

    def _place(self, stage: PublishProject, entries: tuple[Entry, ...]) -> str:
        folder = self.ground.compositions.of(entries) / stage.project
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        files = [
            PublishedFile(path=path.relative_to(folder).as_posix(), content=path.read_bytes())
            for path in paths
        ]
        place = self.store.put_project(composition_digest(entries), files)
        self.orchestrator.set_variable(PROJECT_VARIABLE, place)
        return place


@dataclass(frozen=True, kw_only=True)
class ObserveRunHandler(Handler[ObserveRun]):
    """Triggers one run, whose id is the deployment's, and waits for its end.

    Attributes:
        orchestrator: Airflow.
    """

    orchestrator: Orchestrator

    def describe(self, stage: ObserveRun) -> str:
        """Name the DAG and the limit."""
        return f"trigger one run of DAG {stage.dag} and observe it for at most {stage.limit_minutes} minutes"

    def observe(self, stage: ObserveRun, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """A run of the same id is not begun twice."""
        return Unclear()

    def do(self, stage: ObserveRun, run: Run) -> Progress:
        """Trigger, or look."""
        dag, id_ = DagId(stage.dag), run_id(run)
        try:
            if self.orchestrator.dag(dag).paused:
                return Done({NOT_OBSERVED: f"somebody has paused DAG {dag}"})
            found = self.orchestrator.trigger(dag, id_, conf={"slipway_release": run.deployment})
        except DagMissing as missing:
            raise StageFailed(missing.message, remedy=missing.remedy) from missing
        match found.state:
            case RunState.SUCCESS:
                return Done({RUN: id_})
            case RunState.FAILED:
                raise StageFailed(
                    _failed(found), remedy="read the tasks' logs in Airflow, and correct the code"
                )
            case RunState.QUEUED | RunState.RUNNING:
                limit = timedelta(minutes=stage.limit_minutes)
                return Waiting(
                    Wait(
                        condition=f"run {id_} of {dag} has ended",
                        wake_at=run.clock.now() + _LOOK_AGAIN,
                        deadline=run.began + limit,
                    ),
                    {RUN: id_},
                )

    def undo(self, stage: ObserveRun, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """End the run, if it goes on; `resume-writers`, which is next, waits for its last task."""
        dag, id_ = DagId(stage.dag), run_id(run)
        try:
            if not self.orchestrator.run(dag, id_).state.is_over:
                self.orchestrator.cancel(dag, id_)
        except (DagMissing, RunMissing):
            return Done()  # it was never begun
        return Done()


def run_id(run: Run) -> RunId:
    """The run that belongs to a deployment: the same one, however often it is asked for."""
    return RunId(f"slipway__{run.deployment}")


def _failed(run: DagRun) -> str:
    tasks = (
        ", ".join(f"{each.task} ({each.state})" for each in run.failures) or "no task is known to have failed"
    )
    return f"run {run.id} of DAG {run.dag} failed: {tasks}"
