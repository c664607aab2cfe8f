"""The option that names a workspace, which several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from slipway.catalog import NoWorkspaceError
from slipway.catalog.files import SETTINGS, find_root

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help=f"The folder with {SETTINGS}. Without it: the nearest one from here upwards.",
        show_default=False,
    ),
]


def workspace_root(named: Path | None) -> Path:
    """Find the workspace.

    Args:
        named: the folder on the command line; whether it is a workspace is the reader's to say.

    Raises:
        NoWorkspaceError: none was named, and there is none around.
    """
    if named is not None:
        return named
    found = find_root(Path.cwd())
    if found is None:
        raise NoWorkspaceError(
            f"no workspace here: neither {Path.cwd()} nor a folder above has a {SETTINGS}",
            remedy="go to a workspace, or name one with --workspace DIR",
        )
    return found
