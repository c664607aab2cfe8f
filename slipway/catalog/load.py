"""From a folder to a workspace: read every file, apply every rule, and only then build the model."""

from dataclasses import dataclass
from pathlib import Path

from slipway.catalog.building import build_workspace
from slipway.catalog.files import SETTINGS, FileSource, PathState, WorkspaceFiles
from slipway.catalog.findings import CatalogErrors, Finding, RuleId
from slipway.catalog.owners import find_stale
from slipway.catalog.reading import Files, read_files
from slipway.catalog.rules import NEEDS_EVERY_PIPELINE, check
from slipway.model.errors import UsageError
from slipway.model.workspace import Workspace


class NoWorkspaceError(UsageError):
    """A folder without slipway.yaml."""


@dataclass(frozen=True, kw_only=True)
class Lint:
    """What a look at a whole workspace gave.

    Attributes:
        workspace: the model; None when there are findings.
        findings: everything that is wrong, sorted by place.
        unchecked: rules that were left out because a file could not be read.
    """

    workspace: Workspace | None
    findings: tuple[Finding, ...] = ()
    unchecked: tuple[RuleId, ...] = ()


def load_workspace(root: Path) -> Workspace:
    """Read a workspace that must be right.

    Args:
        root: the folder that holds slipway.yaml.

    Returns:
        The workspace.

    Raises:
        NoWorkspaceError: the folder has no slipway.yaml.
        CatalogErrors: something in it is wrong; it carries every finding.
    """
    return load_from(WorkspaceFiles(root), root)


def load_from(files: FileSource, root: Path) -> Workspace:
    """Read a workspace that must be right, wherever its files are.

    Args:
        files: where they are.
        root: what messages call the workspace.

    Returns:
        The workspace.

    Raises:
        NoWorkspaceError: there is no slipway.yaml.
        CatalogErrors: something in it is wrong; it carries every finding.
    """
    lint = _lint(files, root)
    if lint.workspace is None:
        raise CatalogErrors(root, lint.findings)
    return lint.workspace


def lint_workspace(root: Path) -> Lint:
    """Read a workspace that may be wrong, and the CODEOWNERS file that follows from a right one.

    The file is the repository's: an environment runs without it, and `load_workspace` does not ask for it.

    Args:
        root: the folder that holds slipway.yaml.

    Returns:
        The workspace, or everything that is wrong with it.

    Raises:
        NoWorkspaceError: the folder has no slipway.yaml.
    """
    files = WorkspaceFiles(root)
    lint = _lint(files, root)
    if lint.workspace is None:
        return lint
    stale = tuple(sorted(find_stale(lint.workspace, files)))
    return Lint(workspace=None, findings=stale) if stale else lint


def _lint(folder: FileSource, root: Path) -> Lint:
    if folder.state(SETTINGS) is PathState.MISSING:
        raise NoWorkspaceError(
            f"{root} is no workspace: it has no {SETTINGS}",
            remedy=f"go to a folder below one with a {SETTINGS}, or name it with --workspace DIR",
        )
    files = read_files(folder)
    findings = list(files.findings)
    if files.draft is not None:
        findings += check(files.draft, complete=files.complete)
    if findings:
        unchecked = () if files.complete else tuple(sorted(NEEDS_EVERY_PIPELINE))
        return Lint(workspace=None, findings=tuple(sorted(findings)), unchecked=unchecked)
    return Lint(workspace=_build(root, files))


def _build(root: Path, files: Files) -> Workspace:
    settings = files.settings.document
    team = files.team.document if files.team is not None else None
    if settings is None or team is None:  # a file that is no document has findings
        raise AssertionError(root)
    documents = [(file.path, file.document) for file in files.pipelines if file.document is not None]
    return build_workspace(root, settings, team, documents)
