"""Who has to review which files, written for people, programs and pull requests."""

import json
from collections.abc import Iterator, Sequence
from typing import assert_never

from slipway.catalog.owners import CODEOWNERS, OwnedPath, code_owners, owned_paths
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.workspace import Workspace


def render_owners(workspace: Workspace, style: Format) -> str:
    """Write who owns which files.

    Args:
        workspace: the catalog and the team.
        style: how to write it; as text it is the file itself.

    Returns:
        The text of the result.

    Raises:
        OrganizationMissing: slipway.yaml does not name the organization on GitHub.
    """
    owned = owned_paths(workspace)
    text = code_owners(workspace)
    match style:
        case Format.TEXT:
            return text.rstrip("\n")
        case Format.JSON:
            return json.dumps({"path": CODEOWNERS, "content": text, "owned": _plain(owned)}, indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(owned))
        case _:
            assert_never(style)


def _plain(owned: Sequence[OwnedPath]) -> list[dict[str, str | list[str]]]:
    return [{"path": str(each.path), "teams": list(each.teams)} for each in owned]


def _markdown(owned: Sequence[OwnedPath]) -> Iterator[str]:
    yield "| path | teams |"
    yield "|---|---|"
    for each in owned:
        yield f"| {markdown_cell(str(each.path))} | {', '.join(each.teams)} |"
