"""Which program makes a stack real: its files by digest, without what each machine has of its own.

What the program imports from outside of its folder, such as Pulumi's SDK, is no part of it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from slipway.attest.canonical import canonical, digest_of
from slipway.attest.plain_folder import plain_files
from slipway.model.digest import DigestField
from slipway.model.errors import DefinitionError
from slipway.model.frozen import Frozen

LISTING: Final = "program.json"
"""The file beside the policies that says which program may run."""

PROGRAM_FOLDERS: Final = {"adopted": ".json", "components": ".py", "slipway": ".py", "stacks": ".py"}
"""The folders of the platform that hold what the program runs or declares, and how its files there end."""

_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_OWN_KEYS: Final = ("encryptedkey", "encryptionsalt")
"""What the engine writes into a stack file when it first encrypts a secret."""
_WORKSPACE: Final = "slipway:workspace"
"""The setting that names the composition's folder, which is another one for each deployment."""


class ProgramListing(Frozen):
    """The files of a program.

    Attributes:
        files: digest by path below the platform's folder; of a stack file that of what it says.
    """

    schema_version: Literal["slipway.program/v1"] = "slipway.program/v1"
    files: Mapping[str, DigestField]

    def of_stack(self, stack: str) -> Mapping[str, str]:
        """The files that one stack runs: the other stacks' settings are none of them."""
        own = f"Pulumi.{stack}.yaml"
        return {
            path: digest for path, digest in self.files.items() if path == own or not _is_stack_file(path)
        }


def listing_of(files: Mapping[str, bytes]) -> ProgramListing:
    """Say which program files are.

    Args:
        files: by path below the platform's folder, any others among them.

    Raises:
        DefinitionError: a stack file is no YAML mapping.
    """
    told = {path: files[path] for path in files if is_program(path)}
    return ProgramListing(
        files={
            path: digest_of(_said(path, content) if _is_stack_file(path) else content)
            for path, content in sorted(told.items())
        }
    )


def read_program(platform: Path) -> ProgramListing:
    """Say which program a folder has.

    Args:
        platform: the folder with Pulumi.yaml; its folders may be links to those of a checkout.

    Raises:
        DefinitionError: a stack file is no YAML mapping, or a folder has a link or a compiled module.
    """
    files = {path.name: path for path in platform.iterdir() if path.is_file()}
    for folder, ending in PROGRAM_FOLDERS.items():
        root = (platform / folder).resolve()
        inside = plain_files(root) if root.is_dir() else ()
        files |= {
            f"{folder}/{path.relative_to(root).as_posix()}": path for path in inside if path.suffix == ending
        }
    return listing_of({path: file.read_bytes() for path, file in files.items() if is_program(path)})


def is_program(path: str) -> bool:
    """Whether a file below the platform's folder belongs to the program.

    Modules beside `__main__.py` do: Python would import one in place of an installed package.
    """
    folder, slash, _ = path.partition("/")
    if slash:
        ending = PROGRAM_FOLDERS.get(folder)
        return ending is not None and path.endswith(ending)
    return path.endswith(".py") or (path.startswith("Pulumi.") and path.endswith(".yaml"))


def differing(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Name the files that are others, that lack and that are too many, sorted."""
    for path in sorted({*expected, *found}):
        if expected.get(path) != found.get(path):
            yield path


def _is_stack_file(path: str) -> bool:
    return path.startswith("Pulumi.") and path != "Pulumi.yaml"


def _said(path: str, content: bytes) -> bytes:
    try:
        document = yaml.load(content, Loader=_LOADER)  # noqa: S506 - text alone, in C where there is one
    except yaml.YAMLError as error:
        raise _unreadable(path) from error
    config = document.get("config", {}) if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise _unreadable(path)
    rest = {key: value for key, value in document.items() if key not in _OWN_KEYS}
    return canonical({**rest, "config": {key: config[key] for key in config if key != _WORKSPACE}})


def _unreadable(path: str) -> DefinitionError:
    return DefinitionError(f"{path} is no stack file", remedy="write it as Pulumi does: a YAML mapping")
