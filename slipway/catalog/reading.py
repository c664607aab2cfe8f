"""Every file of a workspace, read as far as it can be read."""

from dataclasses import dataclass
from typing import Generic

from slipway.catalog.documents import PipelineDocument, TeamDocument, WorkspaceDocument
from slipway.catalog.draft import Draft
from slipway.catalog.entries import WorkspaceEntry, read_pipeline, read_roster, read_workspace_entry
from slipway.catalog.files import SETTINGS, FileKind, FileSource, PathState
from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.parsing import DocumentT, parse_document
from slipway.catalog.tree import Tree, read_tree


@dataclass(frozen=True, kw_only=True)
class File(Generic[DocumentT]):
    """A file that was looked at.

    Attributes:
        path: relative to the workspace's root.
        tree: its fields; None when it is no YAML.
        document: its content; None when a field is wrong too.
        findings: what keeps it from being a document.
    """

    path: str
    tree: Tree | None = None
    document: DocumentT | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Files:
    """The files of a workspace.

    Attributes:
        settings: slipway.yaml.
        team: team.yaml; None when slipway.yaml names none that is there.
        pipelines: the catalogue, sorted by path.
        draft: what the rules look at; None when slipway.yaml is no YAML.
        complete: every pipeline's file is YAML, so that every dataset is known.
        findings: what is wrong with single files and fields, and with what slipway.yaml names.
    """

    settings: File[WorkspaceDocument]
    team: File[TeamDocument] | None = None
    pipelines: tuple[File[PipelineDocument], ...] = ()
    draft: Draft | None = None
    complete: bool = False
    findings: tuple[Finding, ...]


def read_files(folder: FileSource) -> Files:
    """Read a workspace.

    Args:
        folder: where it is; it has a slipway.yaml.

    Returns:
        Its files.
    """
    settings = _read(folder, SETTINGS, WorkspaceDocument)
    if settings.tree is None:
        return Files(settings=settings, findings=settings.findings)
    entry = read_workspace_entry(settings.tree)
    listed = _listed(folder, entry)
    pipelines = tuple(_read(folder, path, PipelineDocument) for path in listed or () if isinstance(path, str))
    team = _team(folder, entry)
    return Files(
        settings=settings,
        team=team,
        pipelines=pipelines,
        draft=_draft(folder, entry, team, pipelines),
        complete=listed is not None and _all_known(listed, pipelines),
        findings=(
            *settings.findings,
            *(item for item in listed or () if isinstance(item, Finding)),
            *(finding for file in pipelines for finding in file.findings),
            *(team.findings if team is not None else ()),
        ),
    )


def _read(folder: FileSource, path: str, model: type[DocumentT]) -> File[DocumentT]:
    content = folder.read(path)
    if isinstance(content, Finding):
        return File(path=path, findings=(content,))
    tree = read_tree(path, content)
    if isinstance(tree, list):
        return File(path=path, findings=tuple(tree))
    document = parse_document(model, tree)
    if isinstance(document, list):
        return File(path=path, tree=tree, findings=tuple(document))
    return File(path=path, tree=tree, document=document)


def _astray(folder: FileSource, tree: Tree, field: str, path: str, wanted: FileKind) -> Finding | None:
    """Say why what slipway.yaml names cannot be read, if so."""
    match folder.state(path):
        case PathState.MISSING:
            message, remedy = (
                f"the {wanted} {path} does not exist",
                f"create the {wanted}, or correct the path",
            )
            return tree.finding(RuleId.FILE_MISSING, (field,), message, remedy)
        case PathState.OUTSIDE:
            message, remedy = f"{path} is a link that leads out of the workspace", f"put the {wanted} there"
            return tree.finding(RuleId.FILE_OUTSIDE, (field,), message, remedy)
        case PathState.PRESENT if folder.kind(path) is not wanted:
            message, remedy = f"{path} is no {wanted}", f"name the {wanted}"
            return tree.finding(RuleId.FILE_UNREADABLE, (field,), message, remedy)
        case PathState.PRESENT:
            return None


def _all_known(listed: list[str | Finding], pipelines: tuple[File[PipelineDocument], ...]) -> bool:
    return len(pipelines) == len(listed) and all(file.tree is not None for file in pipelines)


def _listed(folder: FileSource, entry: WorkspaceEntry) -> list[str | Finding] | None:
    """List the catalogue; None when slipway.yaml names none."""
    if entry.catalog is None:
        return None
    astray = _astray(folder, entry.tree, "catalog", entry.catalog, FileKind.FOLDER)
    return [astray] if astray is not None else list(folder.catalog_files(entry.catalog))


def _team(folder: FileSource, entry: WorkspaceEntry) -> File[TeamDocument] | None:
    """Read the file of people; None when slipway.yaml names none."""
    if entry.team is None:
        return None
    astray = _astray(folder, entry.tree, "team", entry.team, FileKind.FILE)
    if astray is not None:
        return File(path=entry.team, findings=(astray,))
    return _read(folder, entry.team, TeamDocument)


def _draft(
    folder: FileSource,
    entry: WorkspaceEntry,
    team: File[TeamDocument] | None,
    files: tuple[File[PipelineDocument], ...],
) -> Draft:
    pipelines = [read_pipeline(file.tree) for file in files if file.tree is not None]
    paths = {path.value for pipeline in pipelines for path in (*pipeline.parts.values(), *pipeline.contracts)}
    return Draft(
        workspace=entry,
        roster=read_roster(team.tree) if team is not None and team.tree is not None else None,
        pipelines=pipelines,
        paths={path: folder.state(path) for path in paths},
    )
