"""A Pulumi project on another workspace: the same program and stack settings, other pipelines.

The engine reads the workspace's folder from the stack's settings. So a project is laid out in a folder of its
own, with links to every entry of the platform's project and a copy of one stack file that names the other
workspace; the platform's own files are never written to.
"""

import shutil
from pathlib import Path
from typing import Any, Final

import yaml

from slipway.ports.stack_engine import Program, StackEngineError

_WORKSPACE: Final = "slipway:workspace"
_ASSUMED: Final = "aws:assumeRoles"
_OPERATOR: Final = "slipway:operatorRole"
"""To whom keys are open, where the engine's own credentials do the work: `stacks.settings` reads it."""


def lay_out(platform: Path, program: Program, folder: Path, *, as_itself: bool = False) -> None:
    """Write the project.

    Args:
        platform: the folder with Pulumi.yaml and the stack files.
        program: which stack, and which workspace.
        folder: an empty folder.
        as_itself: whether the engine's own credentials do the work, and not the role of the stack file.

    Raises:
        StackEngineError: the platform has no file of that stack.
    """
    own = f"Pulumi.{program.stack}.yaml"
    if not (platform / own).is_file():
        raise StackEngineError(
            f"{platform} has no {own}", remedy="run this in the platform's checkout, or set PULUMI_OPTION_CWD"
        )
    for entry in platform.iterdir():
        if entry.name not in {own, ".git", ".slipway"}:
            (folder / entry.name).symlink_to(entry)
    document = _on_workspace(_read(platform / own), program.workspace)
    if as_itself:
        document["config"] = _assuming_nobody(document["config"])
    (folder / own).write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def keep_settings(platform: Path, program: Program, folder: Path) -> None:
    """Take over what the engine wrote into the stack file: the encrypted key of its secrets, first used.

    Args:
        platform: the platform's project.
        program: which stack.
        folder: the project that was laid out.
    """
    own = f"Pulumi.{program.stack}.yaml"
    written, kept = _read(folder / own), _read(platform / own)
    news = {key: written[key] for key in ("encryptedkey", "encryptionsalt") if key in written}
    if news != {key: kept.get(key) for key in news}:
        (folder / "kept.yaml").write_text(yaml.safe_dump(kept | news, sort_keys=False), encoding="utf-8")
        shutil.move(folder / "kept.yaml", platform / own)


def _on_workspace(document: dict[str, Any], workspace: Path) -> dict[str, Any]:
    return {**document, "config": {**document.get("config", {}), _WORKSPACE: str(workspace)}}


def _assuming_nobody(configuration: dict[str, Any]) -> dict[str, Any]:
    """The same for the program, to which the role says whom keys are open to; the provider assumes nobody."""
    rest = {key: value for key, value in configuration.items() if key != _ASSUMED}
    (role,) = configuration[_ASSUMED]
    return {**rest, _OPERATOR: role["roleArn"]}


def _read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document if isinstance(document, dict) else {}
