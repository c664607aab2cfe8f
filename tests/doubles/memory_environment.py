"""An environment in memory: objects, documents, a stack, Airflow, and dbt on a warehouse in memory."""

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from slipway.attest import canonical, digest_of
from slipway.model.digest import Digest
from slipway.model.effects import Operation
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.evidence import AuditRun, Verdict
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import Schema, Table
from slipway.ports.orchestrator import (
    Dag,
    DagId,
    DagMissing,
    DagRun,
    DagStore,
    ImportProblem,
    Orchestrator,
    PublishedFile,
    RunId,
    RunMissing,
    RunState,
    TaskFailure,
)
from slipway.ports.stack_engine import Program, ResourceChange, StackEngine
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolRunner
from tests.doubles.deployments import NOON, Fuse
from tests.doubles.memory_warehouse import MemoryWarehouse
from tests.doubles.records import MemoryDocuments

DATABASE: Final = "FINEDGE_DEV"
_URN: Final = "urn:pulumi:dev::slipway::slipway:pipeline:BatchPipeline$aws:iam/role:Role"


class FusedDocuments(MemoryDocuments):
    """Environment documents that die where the fuse says."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self.fuse = fuse

    def add(self, document: EnvironmentDocument) -> None:
        """Write a new version."""
        self.fuse.around("document", lambda: super(FusedDocuments, self).add(document))


class MemoryStack(StackEngine):
    """Makes a resource of each catalog entry of a workspace."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.resources: dict[str, bytes] = {}

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:
        """Compare."""
        wanted = self._wanted(program)
        changed = {n for n in wanted if self.resources.get(n) != wanted[n]} | (self.resources.keys() - wanted)
        return tuple(ResourceChange(urn=f"{_URN}::{n}", operation=Operation.UPDATE) for n in sorted(changed))

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        """Make them so."""
        changes = self.preview(program)
        for change in changes:
            on_change(change)
        wanted = self._wanted(program)
        self.fuse.around("pulumi up", lambda: setattr(self, "resources", wanted))
        return changes

    def _wanted(self, program: Program) -> dict[str, bytes]:
        return {path.stem: path.read_bytes() for path in (program.workspace / "catalog").glob("*.yaml")}


@dataclass
class Flow:
    """A DAG as this Airflow has it."""

    paused: bool
    generation: Digest | None
    runs: dict[RunId, DagRun] = field(default_factory=dict)


class MemoryAirflow(Orchestrator, DagStore):
    """Airflow and its folder: it parses what is pointed at when somebody looks a second time."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.flows: dict[DagId, Flow] = {}
        self.pointers: dict[PipelineName, Digest] = {}
        self.generations: dict[tuple[PipelineName, Digest], tuple[PublishedFile, ...]] = {}
        self.variables: dict[str, str] = {}
        self.projects: dict[str, tuple[PublishedFile, ...]] = {}
        self.task: Callable[[], bool] = lambda: True
        self.triggered: list[RunId] = []
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

    def active_runs(self, dag: DagId) -> tuple[DagRun, ...]:
        """Runs that have not ended."""
        return tuple(run for run in self._flow(dag).runs.values() if not run.state.is_over)

    def cancel(self, dag: DagId, run: RunId) -> None:
        """Fail it."""
        runs = self._flow(dag).runs
        ended = replace(runs[run], state=RunState.FAILED)
        self.fuse.around(f"cancel {run}", lambda: runs.update({run: ended}))

    def trigger(self, dag: DagId, run: RunId, *, conf: dict[str, str]) -> DagRun:
        """Begin once; it has ended when somebody asks again."""
        assert conf
        runs = self._flow(dag).runs
        if run not in runs:
            begun = DagRun(dag=dag, id=run, state=RunState.RUNNING)
            self.fuse.around(f"trigger {run}", lambda: self._begin(runs, begun))
        elif not runs[run].state.is_over:
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

    def put_project(self, digest: str, files: Sequence[PublishedFile]) -> str:
        """Write."""
        place = f"/projects/{digest}"
        self.fuse.around("project", lambda: self.projects.update({place: tuple(files)}))
        return place


class MemoryEvidence:
    """Evidence by digest."""

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self.held: dict[Digest, AuditRun | Verdict] = {}

    def put(self, evidence: AuditRun | Verdict) -> Digest:
        """Keep."""
        digest = digest_of(canonical(evidence))
        self.fuse.around("evidence", lambda: self.held.update({digest: evidence}))
        return digest


class MemoryDbt(ToolRunner):
    """Runs a dbt project whose models are one line each: `<source table> * <factor>`, or `view <text>`."""

    def __init__(self, warehouse: MemoryWarehouse, fuse: Fuse) -> None:
        self.warehouse = warehouse
        self.fuse = fuse
        self.commands: list[str] = []

    def version(self, tool: Tool) -> str:
        """Of nothing."""
        return f"{tool} 0"

    def stop(self) -> None:
        """Nothing runs longer than a call."""

    def run(self, call: ToolCall, *, on_line: Callable[[str], None] | None = None) -> ToolResult:
        """Parse, list, build or run."""
        del on_line
        words = list(call.arguments)
        if call.tool is Tool.AIRFLOW:
            return _parsed(Path(words[1]))
        verb = next(word for word in words if not word.startswith("-"))
        self.commands.append(verb)
        target = Path(words[words.index("--target-path") + 1])
        suffix = call.environment["SLIPWAY_SCHEMA_SUFFIX"]
        if verb == "parse":
            (target / "manifest.json").write_text(json.dumps(_manifest(call.folder)), encoding="utf-8")
            return _ended()
        names = list(
            itertools.takewhile(lambda word: not word.startswith("-"), words[words.index("--select") + 1 :])
        )
        if verb == "ls":
            schema = "MARTS" + (suffix if (call.folder / "dbt_project.yml").read_text() == "apart" else "")
            return _ended("\n".join(json.dumps({"name": name, "schema": schema}) for name in names))
        results = [self._build(call.folder, name, suffix) for name in names]
        (target / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
        return _ended(code=int(any(result["status"] == "error" for result in results)))

    def _build(self, project: Path, name: str, suffix: str) -> dict[str, str]:
        code = next(project.glob(f"models/**/{name}.sql")).read_text().split()
        result = {"unique_id": f"model.finedge.{name}", "status": "success", "message": "SUCCESS 1"}
        if code[0] == "broken":
            return result | {"status": "error", "message": "invalid identifier"}
        target = Table(Schema(Table.of(DATABASE, "MARTS", "X").database, f"MARTS{suffix}"), name.upper())
        if code[0] == "view":
            self.fuse.around(f"dbt view {name}", lambda: self.warehouse.views.update({str(target): code[1]}))
            return result
        source = self.warehouse.tables[f"{DATABASE}.RAW.{code[0]}"].rows
        rows = {key: str(amount * int(code[2])) for key, amount in source.items()}
        self.fuse.around(f"dbt build {name}", lambda: self._store(target, rows))
        return result

    def _store(self, target: Table, rows: dict[int, str]) -> None:
        self.warehouse.add(target, rows)


def _ended(output: str = "", code: int = 0) -> ToolResult:
    return ToolResult(exit_code=code, output=output, errors="", seconds=0.0)


def _parsed(folder: Path) -> ToolResult:
    broken = any(b"broken" in path.read_bytes() for path in folder.rglob("*.py"))
    dags = [] if broken else sorted(path.stem for path in folder.glob("*.py"))
    return _ended("hello\nparsed: " + json.dumps({"dags": dags, "errors": ["SyntaxError"] if broken else []}))


def _manifest(project: Path) -> dict[str, Any]:
    """What dbt says of a project: a table, or a view, of each model."""
    nodes = {}
    for path in sorted(project.glob("models/**/*.sql")):
        name, kind = path.stem, "view" if path.read_text().startswith("view") else "table"
        nodes[f"model.finedge.{name}"] = {
            "unique_id": f"model.finedge.{name}",
            "resource_type": "model",
            "name": name,
            "package_name": "finedge",
            "original_file_path": path.relative_to(project).as_posix(),
            "relation_name": f"{DATABASE}.MARTS.{name}",
            "config": {"materialized": kind},
        }
    version = "https://schemas.getdbt.com/dbt/manifest/v12.json"
    metadata = {"dbt_schema_version": version, "project_name": "finedge"}
    return {"metadata": metadata, "nodes": nodes, "sources": {}, "macros": {}, "exposures": {}}
