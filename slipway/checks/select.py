"""What a change needs: from changed files to parts, to what they can touch, to checks. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from slipway.catalog.dbt_folders import dbt_folders
from slipway.catalog.files import SETTINGS
from slipway.checks.context import ChangedWorkspace, CheckContext
from slipway.checks.dbt_parse import ParsedProject
from slipway.checks.file_checks import FILE_CHECKS
from slipway.checks.names import CheckName
from slipway.lineage.extract import catalog
from slipway.lineage.graph import Graph, Node
from slipway.lineage.impact import Impact, walk
from slipway.model.parts import ENTRY_FOUNDATION, OWN_COPIES, PartId
from slipway.model.pipeline import PartKind
from slipway.model.workspace import Workspace


def checks_for(context: ChangedWorkspace) -> tuple[CheckName, ...]:
    """Choose the checks that a change needs, in the order of reports. What is left out has no subject."""
    change = context.change
    dbt = any(change.below(folder) for folder in dbt_folders({**change.before, **change.after}))
    needed = {
        **{name: bool(check.targets(context)) for name, check in FILE_CHECKS.items()},
        CheckName.DBT_PARSE: dbt,
        CheckName.DBT_UNIT_TESTS: dbt,
        CheckName.DBT_BUILD: dbt,
    }
    return tuple(name for name in CheckName if needed[name])


def impact_of(context: CheckContext, parsed: ParsedProject | None) -> Impact:
    """Find what a change can touch, by both revisions' catalogs and by dbt where it was asked."""
    change = context.change
    known = parsed.graph if parsed is not None else Graph.of([])
    workspaces = [each for each in (context.before, context.workspace) if each is not None]
    graph = known
    for workspace in workspaces:
        graph |= catalog.extract(workspace, known)
    parts = {part for workspace in workspaces for part in parts_of(workspace, change.paths)}
    nodes: set[Node] = {catalog.part_node(part) for part in parts}
    if parsed is not None:
        prefix = parsed.folder
        inside = frozenset(p.removeprefix(prefix) for p in change.paths if p.startswith(prefix))
        unexplained = [prefix + path for path in parsed.unexplained(inside)]
        nodes |= parsed.changed(inside)
        nodes |= {node for each in workspaces for node in _outputs_of(each, parts_of(each, unexplained))}
    return walk(graph, nodes)


def _outputs_of(workspace: Workspace, parts: frozenset[PartId]) -> Iterator[Node]:
    """Everything that the parts' pipelines produce: what nobody explains counts."""
    names = {part.pipeline for part in parts}
    for pipeline in workspace.pipelines:
        if pipeline.name in names:
            yield from map(catalog.dataset_node, pipeline.output_datasets)


def parts_of(workspace: Workspace, paths: Iterable[str]) -> frozenset[PartId]:
    """Find the parts that files belong to.

    Args:
        workspace: the catalog that says which part is where.
        paths: relative to the workspace.

    Returns:
        Of a file that several parts share, all of them; files that no part ships have none.
    """
    own = _own_paths(workspace)
    return frozenset(part for path in paths for part in _parts_of(path, own, workspace))


def _own_paths(workspace: Workspace) -> Mapping[str, list[PartId]]:
    found: dict[str, list[PartId]] = {}
    for pipeline in workspace.pipelines:
        for part in pipeline.parts:
            found.setdefault(str(part.path), []).append(PartId(pipeline.name, part.kind))
        for output in pipeline.outputs:
            if output.contract is not None:
                entry = PartId(pipeline.name, PartKind.ENTRY)
                found.setdefault(str(output.contract), []).append(entry)
    return found


def _parts_of(path: str, own: Mapping[str, list[PartId]], workspace: Workspace) -> Iterator[PartId]:
    inner = next((root for root in _upwards(path) if root in own), None)
    if inner is not None:
        yield from own[inner]
        return
    top = PurePosixPath(path).parts[0]
    for root, parts in own.items():
        if PurePosixPath(root).parts[0] == top and top != path:
            yield from (part for part in parts if part.kind in OWN_COPIES or part.kind is PartKind.DBT)
    if path in {SETTINGS, str(workspace.team_path)}:
        yield ENTRY_FOUNDATION


def _upwards(path: str) -> Iterator[str]:
    yield path
    yield from map(str, PurePosixPath(path).parents)
