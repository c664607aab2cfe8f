"""`dbt-parse`: dbt understands the project at head, and a release can publish what it makes.

Both revisions are parsed in one folder, first base and then head: dbt's cache of the first parse leaves only
changed files to the second. Both are parsed for the clone's database; the state that a build defers to is
base's manifest with the environment's database put in, so that what did not change is read there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from slipway.catalog.dbt_database import logical_database
from slipway.catalog.dbt_folders import DBT_PROJECT, dbt_folder
from slipway.checks.context import CheckContext, Tell
from slipway.checks.dbt_commands import NOWHERE, Dbt
from slipway.checks.dbt_failures import finding_of
from slipway.checks.dbt_relations import relations_moved
from slipway.checks.export import export
from slipway.checks.names import CheckName
from slipway.checks.outcomes import judged, problem
from slipway.checks.snowflake_access import SnowflakeAccess
from slipway.lineage.extract.dbt import DbtProject, read_manifest
from slipway.lineage.graph import Graph, Node
from slipway.model.evidence import CheckOutcome, Finding, Severity
from slipway.ports.revisions import FileAt, Revisions
from slipway.ports.tools import Tool

PROFILES: Final = "profiles.yml"

_MANIFEST: Final = "manifest.json"

_BUILT: Final = frozenset({".sql", ".py", ".csv"})
_UNBUILT: Final = ("tests/", "analyses/")


@dataclass(frozen=True, kw_only=True)
class ParsedProject:
    """The project at both revisions.

    Attributes:
        folder: relative to the workspace, with a slash at its end; empty for the workspace's root.
        dbt: runs commands on the project at head.
        base: what dbt understood at base; None when there was no project, or one it could not read.
        head: what dbt understands at head; None when it cannot read it.
        state: folder with the manifest that a build compares with and defers to; None without a base.
    """

    folder: str
    dbt: Dbt
    base: DbtProject | None
    head: DbtProject | None
    state: Path | None

    def defer_to_target(self, environment: str) -> None:
        """Have what is not built read in the target database too, instead of in the environment.

        Args:
            environment: the environment's database.
        """
        if self.state is not None:
            _redirect(self.state / _MANIFEST, environment, self.dbt.database)

    @property
    def graph(self) -> Graph:
        """What follows from what, at either revision: an edge that the change removes counts still."""
        graphs = (project.graph for project in (self.base, self.head) if project is not None)
        return next(graphs, Graph.of([])) | next(graphs, Graph.of([]))

    def changed(self, paths: frozenset[str]) -> frozenset[Node]:
        """What changed files make or describe; all of it when the project's own settings changed."""
        projects = [project for project in (self.base, self.head) if project is not None]
        if paths & {DBT_PROJECT, PROFILES, "packages.yml", "dependencies.yml"}:
            return frozenset(node for project in projects for node in project.relations)
        return frozenset(node for project in projects for node in project.changed_by(paths))

    def unexplained(self, paths: frozenset[str]) -> frozenset[str]:
        """Changed files that should make something, and of which neither revision tells what."""
        built = (
            path for path in paths if PurePosixPath(path).suffix in _BUILT and not path.startswith(_UNBUILT)
        )
        return frozenset(path for path in built if not self.changed(frozenset({path})))


def parse(
    context: CheckContext, revisions: Revisions, access: SnowflakeAccess | None, tell: Tell
) -> tuple[CheckOutcome, ParsedProject]:
    """Parse base and head.

    Args:
        context: what every check is given; its catalog can be read.
        revisions: where the files of base come from.
        access: the way to Snowflake, whose names both are parsed for; None: the catalog's names are used.
        tell: told how far it is.

    Returns:
        The outcome of the check, and the project.
    """
    return _Parse(context, revisions, access, tell).done()


class _Parse:
    def __init__(
        self, context: CheckContext, revisions: Revisions, access: SnowflakeAccess | None, tell: Tell
    ) -> None:
        if context.workspace is None:
            raise AssertionError("selected without a catalog")
        self._context = context
        self._workspace = context.workspace
        self._revisions = revisions
        self._tell = tell
        folder = dbt_folder(context.change.after)
        self._folder = "" if folder == "." else f"{folder}/"
        logical = logical_database(context.workspace)
        clone = access.clone_of(logical, context.change.head.tree) if access is not None else None
        self._environments = clone.source.name if clone is not None else logical
        self._databases = {clone.target.name: logical} if clone is not None else {}
        self._dbt = Dbt(
            tools=context.tools,
            project=context.scratch / "dbt" / "project",
            target=context.scratch / "dbt" / "target",
            home=context.home("dbt/home"),
            database=clone.target.name if clone is not None else logical,
            connection=access.connection if access is not None else NOWHERE,
        )

    def done(self) -> tuple[CheckOutcome, ParsedProject]:
        """Parse, and judge what was understood."""
        base_files, head_files = (
            self._files(tree) for tree in (self._context.change.before, self._context.change.after)
        )
        base, notes = self._base(base_files)
        state = self._state() if base is not None else None
        export(self._revisions, head_files, self._dbt.project, there=base_files)
        self._tell("parsing the change")
        run = self._dbt.parse(self._tell)
        head = self._read() if not run.exit_code else None
        if head is None:
            notes = [*notes, finding_of(run.fatal, self._folder, head_files, self._text)]
        elif base is not None:
            notes = [*notes, *relations_moved(self._workspace, base, head, self._folder)]
        outcome = judged(
            CheckName.DBT_PARSE,
            tool=self._context.named(Tool.DBT),
            subjects=(f"{self._folder}{DBT_PROJECT}",),
            findings=notes,
        )
        parsed = ParsedProject(folder=self._folder, dbt=self._dbt, base=base, head=head, state=state)
        return outcome, parsed

    def _files(self, tree: Mapping[str, FileAt]) -> dict[str, FileAt]:
        prefix = self._folder
        return {path.removeprefix(prefix): file for path, file in tree.items() if path.startswith(prefix)}

    def _base(self, files: Mapping[str, FileAt]) -> tuple[DbtProject | None, list[Finding]]:
        export(self._revisions, files, self._dbt.project)
        if DBT_PROJECT not in files:
            return None, []
        self._tell("parsing what it is compared with")
        run = self._dbt.parse(self._tell)
        if not run.exit_code:
            return self._read(), []
        message = f"the project at base cannot be parsed, so everything counts as changed: {run.fatal[:300]}"
        remedy = "rebase on a commit that dbt can read"
        return None, [problem("dbt-base", "", message, remedy=remedy, severity=Severity.WARNING)]

    def _read(self) -> DbtProject:
        return read_manifest(self._dbt.manifest.read_bytes(), self._databases)

    def _state(self) -> Path:
        """Keep base's manifest, as one of the environment: deferred references lead there."""
        folder = self._context.scratch / "dbt" / "state"
        folder.mkdir()
        (folder / _MANIFEST).write_bytes(self._dbt.manifest.read_bytes())
        _redirect(folder / _MANIFEST, self._dbt.database, self._environments)
        return folder

    def _text(self, path: str) -> str:
        return self._context.read(self._folder + path)


def _redirect(manifest: Path, old: str, new: str) -> None:
    document = json.loads(manifest.read_bytes())
    for node in document["nodes"].values():
        if node.get("database") == old:
            node["database"] = new
            node["relation_name"] = _moved(node, old, new)
    manifest.write_text(json.dumps(document), encoding="utf-8")


def _moved(node: Mapping[str, object], old: str, new: str) -> object:
    name = node.get("relation_name")
    return name.replace(old, new, 1) if isinstance(name, str) else name
