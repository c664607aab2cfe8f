"""Who has to review which files, as GitHub reads it: the CODEOWNERS file that follows from the catalog.

GitHub takes the last line that matches a path, so control files come last: no part's path takes them away.
Code that no pipeline names (shared macros, libraries of DAG files) has no owner: any review lets it in.
Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Final

from slipway.catalog.files import SETTINGS, FileSource, PathState
from slipway.catalog.findings import Finding, RuleId
from slipway.model.errors import DefinitionError
from slipway.model.pipeline import Pipeline
from slipway.model.team import CONTROL_OWNERS, Role
from slipway.model.workspace import Workspace

CODEOWNERS: Final = ".github/CODEOWNERS"
"""Where GitHub looks first."""

WRITE_OWNERS: Final = "slipway catalog owners --write"
"""The command that writes the file."""

_HEAD: Final = f"""\
# Written from the catalog by `{WRITE_OWNERS}`; `slipway catalog lint` finds a stale line.
# Of each line one team's approval is needed, and the last line that matches a file counts alone.
# Code that no pipeline names as its part has no owner: it needs a review by anybody who writes here.

"""
_CONTROLS: Final = "\n# What decides who may do what belongs to those with the role control-owner.\n"
_NO_CONTROLS: Final = "\n# Nobody has the role control-owner: what decides who may do what has no owner.\n"


class OrganizationMissing(DefinitionError):  # noqa: N818 - it says what is the case
    """A workspace that does not say in which organization its teams are."""


@dataclass(frozen=True, kw_only=True)
class OwnedPath:
    """A file or folder, and the teams of which one has to approve its changes.

    Attributes:
        path: relative to the workspace's root.
        teams: sorted; without the organization.
    """

    path: PurePosixPath
    teams: tuple[str, ...]


def owned_paths(workspace: Workspace) -> tuple[OwnedPath, ...]:
    """Say whose each file is that the catalog knows, in the order of CODEOWNERS: what counts more is later.

    Args:
        workspace: the catalog and the team.

    Returns:
        The pipelines' files, a folder before what is in it; then control files, where somebody has the role.
    """
    return (*_pipelines(workspace), *_controls(workspace))


def code_owners(workspace: Workspace) -> str:
    """Write the CODEOWNERS file.

    Args:
        workspace: the catalog and the team.

    Returns:
        Its text.

    Raises:
        OrganizationMissing: slipway.yaml does not name the organization on GitHub.
    """
    if workspace.github is None:
        raise OrganizationMissing(
            f"{SETTINGS} does not say in which GitHub organization the teams are",
            remedy=f"write github: ORGANIZATION into {SETTINGS}",
        )
    pipelines, controls = _pipelines(workspace), _controls(workspace)
    written = [*_lines(pipelines, workspace.github), _CONTROLS if controls else _NO_CONTROLS]
    return "".join([_HEAD, *written, *_lines(controls, workspace.github)])


def find_stale(workspace: Workspace, files: FileSource) -> Iterator[Finding]:
    """Compare the workspace's CODEOWNERS file with what the catalog says.

    Args:
        workspace: it has no other finding.
        files: its files.

    Yields:
        What is wrong with the file, or with a team that it would have to name.
    """
    for pipeline in workspace.pipelines:
        team = workspace.team.team(pipeline.owner)
        if team is not None and not workspace.team.writes_code(team):
            message = f"nobody of {team.name!r} writes code, so GitHub takes none of them for a code owner"
            remedy = "name a team with a data engineer or a platform engineer"
            yield Finding(str(pipeline.path), 1, 1, RuleId.CODE_OWNERS, "owner", message, remedy)
    try:
        wanted = code_owners(workspace)
    except OrganizationMissing as error:
        yield Finding(SETTINGS, 1, 1, RuleId.CODE_OWNERS, "github", error.message, error.remedy)
        return
    yield from _differences(wanted, files)


def _pipelines(workspace: Workspace) -> tuple[OwnedPath, ...]:
    teams: dict[PurePosixPath, set[str]] = {}
    for pipeline in workspace.pipelines:
        for path in _paths(pipeline):
            teams.setdefault(path, set()).add(pipeline.owner)
    return tuple(OwnedPath(path=path, teams=tuple(sorted(teams[path]))) for path in sorted(teams))


def _paths(pipeline: Pipeline) -> Iterator[PurePosixPath]:
    yield from (part.path for part in pipeline.parts)
    yield from (output.contract for output in pipeline.outputs if output.contract is not None)


def _controls(workspace: Workspace) -> tuple[OwnedPath, ...]:
    if not workspace.team.holders(Role.CONTROL_OWNER):
        return ()
    paths = (PurePosixPath(CODEOWNERS).parent, PurePosixPath(SETTINGS), workspace.team_path)
    return tuple(OwnedPath(path=path, teams=(CONTROL_OWNERS,)) for path in paths)


def _lines(owned: tuple[OwnedPath, ...], organization: str) -> Iterator[str]:
    for each in owned:
        teams = " ".join(f"@{organization}/{team}" for team in each.teams)
        yield f"/{str(each.path).translate(_ESCAPED)} {teams}\n"


_ESCAPED: Final[Mapping[int, str]] = str.maketrans({" ": "\\ "})
"""A blank ends a pattern; no other sign that a path may hold means anything there."""


def _differences(wanted: str, files: FileSource) -> Iterator[Finding]:
    if files.state(CODEOWNERS) is PathState.MISSING:
        message = "the file is missing: no team is asked to review what it owns"
        yield _stale(1, message)
        return
    found = files.read(CODEOWNERS)
    if isinstance(found, Finding):
        yield found
        return
    pairs = zip_longest(found.decode("utf-8", errors="replace").splitlines(), wanted.splitlines())
    for number, (is_, should) in enumerate(pairs, start=1):
        if is_ != should:
            shown = "the end" if should is None else repr(should)
            yield _stale(number, f"the file is not what follows from the catalog: here should be {shown}")
            return


def _stale(line: int, message: str) -> Finding:
    remedy = f"run {WRITE_OWNERS} and commit the file"
    return Finding(CODEOWNERS, line, 1, RuleId.CODE_OWNERS, "", message, remedy)
