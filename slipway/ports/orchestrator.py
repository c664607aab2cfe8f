"""The orchestrator: what a release asks of Airflow. Each call is one look or change; nobody waits in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import NewType, Protocol

from slipway.model.digest import Digest
from slipway.model.errors import DependencyError, SlipwayError
from slipway.model.pipeline import PipelineName

DagId = NewType("DagId", str)
"""Airflow's id of a DAG."""

RunId = NewType("RunId", str)
"""Airflow's id of a run; ours begin with `slipway__`."""


class OrchestratorError(DependencyError):
    """Airflow, or the way to it, does not answer."""


class DagMissing(SlipwayError):  # noqa: N818 - it says what is the case
    """Airflow does not know a DAG of that id (yet)."""


class RunMissing(SlipwayError):  # noqa: N818 - same
    """The DAG has no run of that id."""


@unique
class RunState(StrEnum):
    """How a run is, in Airflow's words."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self in {RunState.SUCCESS, RunState.FAILED}


@dataclass(frozen=True, kw_only=True)
class Dag:
    """A DAG as Airflow has parsed it.

    Attributes:
        id: its id.
        paused: whether no run of it is begun.
        generation: the generation whose files were parsed; None for a DAG that slipway did not publish.
        parsed_at: when its file was parsed last.
    """

    id: DagId
    paused: bool
    generation: Digest | None
    parsed_at: datetime


@dataclass(frozen=True, kw_only=True)
class TaskFailure:
    """A task that did not succeed.

    Attributes:
        task: its id.
        state: `failed`, `upstream_failed`, ...
    """

    task: str
    state: str


@dataclass(frozen=True, kw_only=True)
class DagRun:
    """A run.

    Attributes:
        dag: of which DAG.
        id: its id.
        state: how it is.
        failures: tasks that failed; empty while it runs well.
    """

    dag: DagId
    id: RunId
    state: RunState
    failures: tuple[TaskFailure, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A run that has failed by itself.

    Attributes:
        dag: of which DAG.
        id: its id.
        ended: when.
    """

    dag: DagId
    id: RunId
    ended: datetime


@dataclass(frozen=True, kw_only=True)
class ImportProblem:
    """A file that Airflow cannot import.

    Attributes:
        pipeline: whose file it is; None for a file that slipway did not publish.
        file: as Airflow names it.
        message: the last line of the traceback.
    """

    pipeline: PipelineName | None
    file: str
    message: str


class Orchestrator(Protocol):
    """DAGs and their runs in one environment."""

    def is_there(self) -> bool:
        """Whether the environment has an Airflow at all."""
        ...

    def dag(self, dag: DagId) -> Dag:
        """Look at a DAG.

        Raises:
            DagMissing: Airflow does not know it.
            OrchestratorError: no answer.
        """
        ...

    def dags(self) -> frozenset[DagId]:
        """Ids of all DAGs that are there now.

        Raises:
            OrchestratorError: no answer.
        """
        ...

    def failed_runs(self, *, since: datetime) -> tuple[FailedRun, ...]:
        """List the runs of all DAGs that have failed since a moment; those that slipway cancelled have not.

        Raises:
            OrchestratorError: no answer.
        """
        ...

    def import_problems(self) -> tuple[ImportProblem, ...]:
        """List the files that cannot be imported now."""
        ...

    def pause(self, dag: DagId, *, paused: bool) -> None:
        """Pause a DAG, or let it run; the same again does nothing.

        Raises:
            DagMissing: Airflow does not know it.
        """
        ...

    def active_runs(self, dag: DagId) -> tuple[DagRun, ...]:
        """List the runs that have not ended."""
        ...

    def cancel(self, dag: DagId, run: RunId) -> None:
        """Fail a run: its running tasks are ended; one that is over stays as it is."""
        ...

    def trigger(self, dag: DagId, run: RunId, *, conf: dict[str, str]) -> DagRun:
        """Begin a run; one of that id that is there already is returned as it is.

        Raises:
            DagMissing: Airflow does not know the DAG.
        """
        ...

    def run(self, dag: DagId, run: RunId) -> DagRun:
        """Look at a run.

        Raises:
            RunMissing: there is none of that id.
        """
        ...

    def set_variable(self, name: str, value: str) -> None:
        """Set a variable of Airflow that tasks read."""
        ...

    def variable(self, name: str) -> str | None:
        """Read a variable; None when there is none."""
        ...


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """A file of a generation.

    Attributes:
        path: relative to the DAG folder of the workspace (`settlements.py`, `finedge/dbt.py`).
        content: its bytes.
    """

    path: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class StoredGeneration:
    """A generation in the DAG folder.

    Attributes:
        pipeline: whose it is.
        digest: which.
    """

    pipeline: PipelineName
    digest: Digest


@dataclass(frozen=True, kw_only=True)
class StoredProject:
    """A dbt project in the DAG folder.

    Attributes:
        digest: names its content, in hexadecimal digits.
        place: the folder in which a worker finds it.
        version: what it was when it was listed: who publishes it again changes that.
    """

    digest: str
    place: str
    version: str | None


class DagStore(Protocol):
    """The folder that Airflow reads: generations that are written once, and a pointer a pipeline."""

    def put_generation(
        self, pipeline: PipelineName, generation: Digest, files: Sequence[PublishedFile]
    ) -> None:
        """Write a generation's files, completely; those that are there already stay."""
        ...

    def point(self, pipeline: PipelineName, generation: Digest | None) -> None:
        """Make Airflow read another generation of a pipeline, in one write; None: none of it any more.

        Raises:
            ObjectTaken: somebody moved the pointer meanwhile.
        """
        ...

    def pointed(self, pipeline: PipelineName) -> Digest | None:
        """The generation that a pipeline's pointer names; None when it has none."""
        ...

    def generations_before(self, moment: datetime) -> tuple[StoredGeneration, ...]:
        """List the generations that were written, completely, before a moment."""
        ...

    def remove_generation(self, generation: Digest) -> None:
        """Remove a generation's files; killed in between, the same call removes the rest."""
        ...

    def put_project(self, digest: str, files: Sequence[PublishedFile]) -> str:
        """Write a dbt project for the workers, completely.

        Args:
            digest: names the content.
            files: with paths relative to the project's folder.

        Returns:
            The folder in which a worker finds it.
        """
        ...

    def projects_before(self, moment: datetime) -> tuple[StoredProject, ...]:
        """List the projects that were published last before a moment, and those half removed."""
        ...

    def remove_project(self, project: StoredProject) -> bool:
        """Remove a project's files; killed in between, the next list has it again.

        Called by one process at a time. Whoever publishes the same content meanwhile finds another place.

        Returns:
            False where it was published again since it was listed: it stays.
        """
        ...
