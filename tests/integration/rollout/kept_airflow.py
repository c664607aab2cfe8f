"""The double of Airflow, kept in a file: a process that was killed and its successor see the same one.

A real Airflow takes a minute to start and is tested with its adapter (tests/integration/orchestrator); this
one only has to outlive the processes that deploy. It reads the real DAG folder, as a real one does.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from slipway.model.pipeline import PipelineName
from slipway.ports.orchestrator import Dag, DagId, DagRun, DagStore, RunId
from tests.doubles.deployments import Fuse
from tests.doubles.memory_airflow import Flow, MemoryAirflow


@dataclass
class _Kept:
    """What is in the file."""

    flows: dict[DagId, Flow] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    triggered: list[RunId] = field(default_factory=list)
    looks: dict[DagId, int] = field(default_factory=dict)
    runs_succeed: bool = True


_FILE = TypeAdapter(_Kept)


class _Saving(Fuse):
    """Has the file written after each change."""

    def __init__(self, save: Callable[[], None]) -> None:
        super().__init__()
        self._save = save

    def around(self, what: str, write: Callable[[], None]) -> None:
        """Change, and save."""
        super().around(what, write)
        self._save()


class KeptAirflow(MemoryAirflow):
    """Airflow in memory, read from a file and written to it.

    Args:
        file: where; it need not be there yet.
        store: the folder that it reads.
    """

    def __init__(self, file: Path, store: DagStore) -> None:
        super().__init__(_Saving(self._save))
        self._file, self._store = file, store
        kept = _FILE.validate_json(file.read_bytes()) if file.exists() else _Kept()
        self.flows, self.variables, self.triggered = kept.flows, kept.variables, kept.triggered
        self._looks = kept.looks
        self.let_runs(succeed=kept.runs_succeed)

    def let_runs(self, *, succeed: bool) -> None:
        """Say how every run ends from now on."""
        self.task = lambda: succeed
        self._save()

    def dag_parsed(self, dag: DagId) -> None:
        """Parse what the folder points at."""
        pipeline = PipelineName(dag.replace("_", "-"))
        self._move(pipeline, self._store.pointed(pipeline))
        if pipeline in self.pointers:
            self.generations[pipeline, self.pointers[pipeline]] = ()
        super().dag_parsed(dag)
        self._save()

    def dag(self, dag: DagId) -> Dag:
        """Look; every second look Airflow has parsed again."""
        found = super().dag(dag)
        self._save()
        return found

    def active_runs(self, dag: DagId) -> tuple[DagRun, ...]:
        """Runs that have not ended; between two looks time passes."""
        found = super().active_runs(dag)
        self._save()
        return found

    def trigger(self, dag: DagId, run: RunId, *, conf: dict[str, str]) -> DagRun:
        """Begin once; it has ended when somebody asks again."""
        found = super().trigger(dag, run, conf=conf)
        self._save()
        return found

    def _save(self) -> None:
        kept = _Kept(self.flows, self.variables, self.triggered, self._looks, self.task())
        written = self._file.with_suffix(".new")
        written.write_bytes(_FILE.dump_json(kept))
        written.replace(self._file)
