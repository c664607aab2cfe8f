"""An environment in memory: objects, documents, a stack, Airflow, and dbt on a warehouse in memory."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from slipway.attest import canonical, digest_of
from slipway.model.digest import Digest
from slipway.model.effects import Operation
from slipway.model.environment import StackName
from slipway.model.environment_document import EnvironmentDocument
from slipway.model.evidence import AuditRun, Verdict
from slipway.model.snowflake_objects import Schema, Table
from slipway.ports.clock import Clock
from slipway.ports.stack_engine import (
    Program,
    ResourceChange,
    StackEngine,
    StackLocked,
    StackVersion,
    StackVersions,
    UpdateRefused,
)
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolRunner, ToolTimedOut
from slipway.rollout.stack_updates import StackUpdates
from tests.doubles.deployments import Fuse, ManualClock
from tests.doubles.memory_warehouse import MemoryWarehouse
from tests.doubles.records import MemoryDocuments

DATABASE: Final = "FINEDGE_DEV"
POLICIES: Final = f"sha256:{'a' * 64}"
_URN: Final = "urn:pulumi:dev::slipway::slipway:pipeline:BatchPipeline$aws:iam/role:Role"
_BUCKET: Final = _URN.replace("aws:iam/role:Role", "aws:s3/bucket:Bucket")
_HOLDS: Final = "-data"
"""What a bucket's name ends with."""


class FusedDocuments(MemoryDocuments):
    """Environment documents that die where the fuse says."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self.fuse = fuse

    def add(self, document: EnvironmentDocument) -> None:
        """Write a new version."""
        self.fuse.around("document", lambda: super(FusedDocuments, self).add(document))


class MemoryStack(StackEngine, StackVersions):
    """Makes a resource of each catalog entry of a workspace, and a bucket of each that speaks of one.

    It has been made by hand, in two versions of its state. Each change leaves one, and each update's end.

    Attributes:
        states: every version of the state.
        locked: another update holds the lock.
        refused: what the program or a policy says, after the first change was made.
        refuses: catalog entries that a policy refuses, before anything is made.
        is_versioned: the backend keeps versions.
    """

    def __init__(self, fuse: Fuse, clock: Clock | None = None) -> None:
        self.fuse = fuse
        self.clock = clock or ManualClock()
        self.resources: dict[str, bytes] = {}
        self.programs: list[Program] = []
        self.states: list[StackVersion] = []
        self.locked = False
        self.refused = ""
        self.refuses: set[bytes] = set()
        self.is_versioned = True
        self.write()
        self.write()

    def write(self) -> str:
        """Write a version of the state; return its id."""
        number = len(self.states)
        self.states.append(StackVersion(id=f"v{number}", at=self.clock.now(), size=number))
        return self.states[-1].id

    def remove(self) -> None:
        """Remove the state, as `pulumi stack rm` does."""
        number = len(self.states)
        self.states.append(StackVersion(id=f"v{number}", at=self.clock.now(), size=0, removed=True))

    def newest(self, stack: StackName) -> str | None:  # noqa: ARG002 - there is one stack
        """The version that was written last."""
        return self.states[-1].id if self.states and self.is_versioned else None

    def versions(self, stack: StackName) -> tuple[StackVersion, ...]:
        """Every version; other stacks have none."""
        return () if stack is StackName.SHARED else tuple(self.states)

    @property
    def updates(self) -> StackUpdates:
        """Notes of its updates, which some policies judge."""
        return StackUpdates(versions=self, policies=lambda: POLICIES)

    def preview(self, program: Program) -> tuple[ResourceChange, ...]:
        """Compare."""
        wanted = self._wanted(program)
        changed = {n for n in wanted if self.resources.get(n) != wanted[n]} | (self.resources.keys() - wanted)
        return tuple(
            ResourceChange(urn=f"{_BUCKET if name.endswith(_HOLDS) else _URN}::{name}", operation=operation)
            for name in sorted(changed)
            for operation in (self._done(name, wanted),)
        )

    def _done(self, name: str, wanted: Mapping[str, bytes]) -> Operation:
        if name not in wanted:
            return Operation.DELETE
        return Operation.UPDATE if name in self.resources else Operation.CREATE

    def up(
        self, program: Program, *, on_change: Callable[[ResourceChange], None]
    ) -> tuple[ResourceChange, ...]:
        """Make them so, unless a test has it refused or locked."""
        if self.locked:
            raise StackLocked("stack dev is locked by another update", remedy="let it end")
        self.programs.append(program)
        if self.refuses & set(self._wanted(program).values()):
            raise UpdateRefused("a policy says no", remedy="correct the catalog entry")
        changes = self.preview(program)
        for change in changes:
            on_change(change)
            self.write()
        if self.refused:
            raise UpdateRefused(self.refused, remedy="correct the program")
        wanted = self._wanted(program)
        self.fuse.around("pulumi up", lambda: setattr(self, "resources", wanted))
        self.write()
        return changes

    def _wanted(self, program: Program) -> dict[str, bytes]:
        made = {path.stem: path.read_bytes() for path in (program.workspace / "catalog").glob("*.yaml")}
        return made | {f"{name}{_HOLDS}": b"" for name, text in made.items() if b"bucket" in text}


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
    """Runs a dbt project whose models are one line each: `<source table> * <factor>`, or `view <text>`.

    A word more names the column that a table has beside its key and its amounts, and that a view reads of the
    table whose name it begins with: dbt cannot make a view on a table that has no such column.

    A second line, `ref <model>`, names a model that has to be there: else dbt cannot read the project at all.
    """

    def __init__(self, warehouse: MemoryWarehouse, fuse: Fuse) -> None:
        self.warehouse = warehouse
        self.fuse = fuse
        self.commands: list[str] = []
        self.takes = timedelta()
        """How long it builds for."""

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
            return _parsed(map(Path, words[1:]))
        verb = next(word for word in words if not word.startswith("-"))
        self.commands.append(verb)
        target = Path(words[words.index("--target-path") + 1])
        suffix = call.environment["SLIPWAY_SCHEMA_SUFFIX"]
        if verb == "parse":
            if lacking := _lacking(call.folder):
                return _ended(f"depends on a node named '{lacking}' which was not found", code=2)
            (target / "manifest.json").write_text(json.dumps(_manifest(call.folder)), encoding="utf-8")
            return _ended()
        names = list(
            itertools.takewhile(lambda word: not word.startswith("-"), words[words.index("--select") + 1 :])
        )
        if verb == "ls":
            schema = "MARTS" + (suffix if (call.folder / "dbt_project.yml").read_text() == "apart" else "")
            return _ended("\n".join(json.dumps({"name": name, "schema": schema}) for name in names))
        if self.takes > call.limit:
            raise ToolTimedOut(f"{call.tool} took longer than it may and was ended", remedy="look")
        there = {path.stem for path in _models(call.folder)}
        results = [self._build(call.folder, name, suffix) for name in names if name in there]
        (target / "run_results.json").write_text(json.dumps({"results": results}), encoding="utf-8")
        return _ended(code=int(any(result["status"] == "error" for result in results)))

    def _build(self, project: Path, name: str, suffix: str) -> dict[str, str]:
        text = next(path for path in _models(project) if path.stem == name).read_text()
        code = text.splitlines()[0].split()
        result = {"unique_id": f"model.finedge.{name}", "status": "success", "message": "SUCCESS 1"}
        if code[0] == "broken":
            return result | {"status": "error", "message": "invalid identifier"}
        target = Table(Schema(Table.of(DATABASE, "MARTS", "X").database, f"MARTS{suffix}"), name.upper())
        if code[0] == "view":
            if code[2:] and self._label(target) != code[2]:
                return result | {"status": "error", "message": f"000904: invalid identifier '{code[2]}'"}
            self.fuse.around(f"dbt view {name}", lambda: self.warehouse.replace_view(str(target), code[1]))
            return result
        source = self.warehouse.tables[f"{DATABASE}.RAW.{code[0]}"].rows
        rows = {key: str(amount * int(code[2])) for key, amount in source.items()}
        self.fuse.around(f"dbt build {name}", lambda: self._store(target, rows, "".join(code[3:])))
        return result

    def _store(self, target: Table, rows: dict[int, str], label: str) -> None:
        self.warehouse.add(target, rows).label = label

    def _label(self, view: Table) -> str:
        behind = Table(view.schema, view.name.removesuffix("_MONTHLY"))
        return self.warehouse.tables[str(behind)].label


def _ended(output: str = "", code: int = 0) -> ToolResult:
    return ToolResult(exit_code=code, output=output, errors="", seconds=0.0)


def _parsed(folders: Iterable[Path]) -> ToolResult:
    lines = [f"parsed: {json.dumps(_dags(folder))}" for folder in folders]
    return _ended("\n".join(["hello", *lines]))


def _dags(folder: Path) -> dict[str, list[str]]:
    broken = any(b"broken" in path.read_bytes() for path in folder.rglob("*.py"))
    dags = [] if broken else sorted(path.stem for path in folder.glob("*.py"))
    return {"dags": dags, "errors": ["SyntaxError"] if broken else []}


def _models(project: Path) -> list[Path]:
    """The files of models, in whatever folders the project keeps them."""
    return sorted(path for path in project.rglob("*.sql") if path.relative_to(project).parts[0] != "macros")


def _lacking(project: Path) -> str:
    """A model that another one reads, and that is not there; empty where none is."""
    models = _models(project)
    lines = (line.split() for path in models for line in path.read_text().splitlines()[1:])
    named = {words[1] for words in lines if words[0] == "ref"}
    return min(named - {path.stem for path in models}, default="")


def _kind(code: str) -> str:
    """What a model leaves: that of which its first word speaks."""
    first = code.split(maxsplit=1)[0]
    return first if first in {"view", "ephemeral", "dynamic_table"} else "table"


def _manifest(project: Path) -> dict[str, Any]:
    """What dbt says of a project: a table, or a view, of each model."""
    nodes = {}
    for path in _models(project):
        name, kind = path.stem, _kind(path.read_text())
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
