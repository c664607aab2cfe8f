"""An Airflow in memory: runs of several tasks that stand still while their DAG is paused, and the folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from slipway.model.digest import Digest
from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import (
    Dag,
    DagId,
    DagMissing,
    DagRun,
    DagStore,
    FailedRun,
    ImportProblem,
    Orchestrator,
    PublishedFile,
    RunId,
    RunMissing,
    RunState,
    StoredGeneration,
    StoredProject,
    TaskFailure,
)
from tests.doubles.deployments import NOON, Fuse


@dataclass
class Flow:
    """A DAG as this Airflow has it.

    Attributes:
        paused: whether no task of it is begun.
        generation: what was parsed.
        runs: by id.
        tasks: how many tasks a run has still to do, one after the other; one is done between two looks.
        ending: at how many more looks the tasks of a cancelled run are there still.
    """

    paused: bool
    generation: Digest | None
    runs: dict[RunId, DagRun] = field(default_factory=dict)
    tasks: dict[RunId, int] = field(default_factory=dict)
    ending: dict[RunId, int] = field(default_factory=dict)


class MemoryAirflow(Orchestrator, DagStore):
    """Airflow and its folder: it parses what is pointed at when somebody looks a second time."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.flows: dict[DagId, Flow] = {}
        self.pointers: dict[PipelineName, Digest] = {}
        self.generations: dict[tuple[PipelineName, Digest], tuple[PublishedFile, ...]] = {}
        self.written: dict[Digest, datetime] = {}
        self.variables: dict[str, str] = {}
        self.projects: dict[str, tuple[PublishedFile, ...]] = {}
        self.published: dict[str, int] = {}
        self.project_written: dict[str, datetime] = {}
        self.task: Callable[[], bool] = lambda: True
        self.writes: Callable[[], None] = lambda: None
        self.lingers = 1
        self.triggered: list[RunId] = []
        self.failed: list[FailedRun] = []
        self._looks: dict[DagId, int] = {}

    def is_there(self) -> bool:
        """This one is."""
        return True

    def dag(self, dag: DagId) -> Dag:
        """Look; every second look Airflow has parsed again."""
        self._looks[dag] = self._looks.get(dag, 0) + 1
        if self._looks[dag] % 2 == 0:
            self.dag_parsed(dag)
        flow = self._flow(dag)
        return Dag(id=dag, paused=flow.paused, generation=flow.generation, parsed_at=NOON)

    def dag_parsed(self, dag: DagId) -> None:
        """Have Airflow parse what is pointed at."""
        pipeline = PipelineName(dag.replace("_", "-"))
        generation = self.pointers.get(pipeline)
        if generation is None:
            self.flows.pop(dag, None)
        elif not any(b"broken" in file.content for file in self.generations[pipeline, generation]):
            flow = self.flows.setdefault(dag, Flow(paused=True, generation=generation))
            flow.generation = generation

    def _flow(self, dag: DagId) -> Flow:
        if dag not in self.flows:
            raise DagMissing(f"Airflow does not know {dag}", remedy="wait until it has parsed the file")
        return self.flows[dag]

    def dags(self) -> frozenset[DagId]:
        """All flows."""
        return frozenset(self.flows)

    def failed_runs(self, *, since: datetime) -> tuple[FailedRun, ...]:
        """What a test has put into `failed`."""
        return tuple(each for each in self.failed if each.ended >= since)

    def import_problems(self) -> tuple[ImportProblem, ...]:
        """Files that say they are broken."""
        return tuple(
            ImportProblem(pipeline=pipeline, file=f"{generation[7:19]}/dag.py", message="SyntaxError")
            for pipeline, generation in self.pointers.items()
            if any(b"broken" in file.content for file in self.generations[pipeline, generation])
        )

    def pause(self, dag: DagId, *, paused: bool) -> None:
        """Pause or resume."""
        flow = self._flow(dag)
        self.fuse.around(f"pause {dag} {paused}", lambda: setattr(flow, "paused", paused))

    def begin(self, dag: DagId, run: str, tasks: int) -> None:
        """Begin a run, as a schedule does."""
        flow = self._flow(dag)
        flow.runs[RunId(run)] = DagRun(dag=dag, id=RunId(run), state=RunState.RUNNING)
        flow.tasks[RunId(run)] = tasks

    def active_runs(self, dag: DagId) -> tuple[DagRun, ...]:
        """Runs that have not ended, and cancelled ones whose tasks have not. Then time passes."""
        flow = self._flow(dag)
        active = [run for run in flow.runs.values() if not run.state.is_over]
        ending = [run for run in flow.runs.values() if flow.ending.get(run.id)]
        self._pass_time(flow)
        return (*active, *ending)

    def _pass_time(self, flow: Flow) -> None:
        """A task of each run ends, where the DAG is not paused; those of cancelled runs end by and by."""
        for run in [] if flow.paused else list(flow.tasks):
            flow.tasks[run] -= 1
            if not flow.tasks[run]:
                del flow.tasks[run]
                flow.runs[run] = replace(flow.runs[run], state=RunState.SUCCESS)
        for run, looks in list(flow.ending.items()):
            if looks:
                self.writes()
            flow.ending[run] = max(0, looks - 1)

    def cancel(self, dag: DagId, run: RunId) -> None:
        """Fail it; its tasks notice later, as Airflow's do."""
        flow = self._flow(dag)
        if not flow.runs[run].state.is_over:
            self.fuse.around(f"cancel {run}", lambda: self._cancel(flow, run))

    def _cancel(self, flow: Flow, run: RunId) -> None:
        flow.runs[run] = replace(flow.runs[run], state=RunState.FAILED)
        flow.tasks.pop(run, None)
        flow.ending[run] = self.lingers

    def trigger(self, dag: DagId, run: RunId, *, conf: dict[str, str]) -> DagRun:
        """Begin once; it has ended when somebody asks again."""
        assert conf
        runs = self._flow(dag).runs
        if run not in runs:
            begun = DagRun(dag=dag, id=run, state=RunState.RUNNING)
            self.fuse.around(f"trigger {run}", lambda: self._begin(runs, begun))
        elif not runs[run].state.is_over and not self._flow(dag).paused:
            good = self.task()
            failures = () if good else (TaskFailure(task="build", state="failed"),)
            state = RunState.SUCCESS if good else RunState.FAILED
            runs[run] = replace(runs[run], state=state, failures=failures)
        return runs[run]

    def _begin(self, runs: dict[RunId, DagRun], run: DagRun) -> None:
        runs[run.id] = run
        self.triggered.append(run.id)

    def run(self, dag: DagId, run: RunId) -> DagRun:
        """Look."""
        if run not in self._flow(dag).runs:
            raise RunMissing(f"there is no {run}", remedy="trigger it")
        return self._flow(dag).runs[run]

    def set_variable(self, name: str, value: str) -> None:
        """Set."""
        self.fuse.around(f"variable {name}", lambda: self.variables.update({name: value}))

    def variable(self, name: str) -> str | None:
        """Read."""
        return self.variables.get(name)

    def put_generation(
        self, pipeline: PipelineName, generation: Digest, files: Sequence[PublishedFile]
    ) -> None:
        """Write."""
        key = (pipeline, generation)
        self.fuse.around(f"generation {pipeline}", lambda: self.generations.update({key: tuple(files)}))

    def point(self, pipeline: PipelineName, generation: Digest | None) -> None:
        """Point."""
        self.fuse.around(f"point {pipeline}", lambda: self._move(pipeline, generation))

    def _move(self, pipeline: PipelineName, generation: Digest | None) -> None:
        if generation is None:
            self.pointers.pop(pipeline, None)
        else:
            self.pointers[pipeline] = generation

    def pointed(self, pipeline: PipelineName) -> Digest | None:
        """Read."""
        return self.pointers.get(pipeline)

    def generations_before(self, moment: datetime) -> tuple[StoredGeneration, ...]:
        """List."""
        return tuple(
            StoredGeneration(pipeline=pipeline, digest=digest)
            for pipeline, digest in self.generations
            if self.written.get(digest, NOON) < moment
        )

    def remove_generation(self, generation: Digest) -> None:
        """Remove."""
        self.fuse.around(f"remove generation {generation[7:19]}", lambda: self._forget(generation))

    def _forget(self, generation: Digest) -> None:
        self.generations = {key: files for key, files in self.generations.items() if key[1] != generation}

    def put_project(self, digest: str, files: Sequence[PublishedFile]) -> str:
        """Write."""
        place = f"/projects/{digest}"
        self.fuse.around("project", lambda: self.projects.update({place: tuple(files)}))
        self.published[place] = self.published.get(place, 0) + 1
        return place

    def projects_before(self, moment: datetime) -> tuple[StoredProject, ...]:
        """List."""
        return tuple(
            StoredProject(digest=place.rsplit("/", 1)[-1], place=place, version=str(self.published[place]))
            for place in self.projects
            if self.project_written.get(place, NOON) < moment
        )

    def remove_project(self, project: StoredProject) -> bool:
        """Remove, unless it was published since."""
        if str(self.published[project.place]) != project.version:
            return False
        del self.projects[project.place]
        return True
