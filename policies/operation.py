"""Reads what an operation is judged from: files of the workspace, of the dossier, and the pinned keys.

The only module of `policies` that opens what a rule needs beside resources; nothing of it decides anything.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum, auto, unique
from pathlib import Path
from typing import Final

from policies.rules.rule import Operation
from slipway.attest.bundle import BundledFile
from slipway.attest.canonical import read_document
from slipway.attest.pinned import read_pinned
from slipway.attest.program import LISTING, ProgramListing, read_program
from slipway.model.errors import DefinitionError

KEYS: Final = "keys"
"""The folder of pinned public keys, beside the policies."""

_DRY_RUN: Final = "PULUMI_DRY_RUN"


@unique
class Moment(Enum):
    """What the engine is about to do with a stack."""

    PREVIEW = auto()
    UPDATE = auto()


def moment_of(environ: Mapping[str, str]) -> Moment:
    """Tell by what the engine says to a pack's process; where it does not say `preview`, it may update.

    `pulumi policy analyze` says nothing either: it is given `analysis.json` of the pack as configuration.
    """
    return Moment.PREVIEW if environ.get(_DRY_RUN) == "true" else Moment.UPDATE


def read_operation(
    urn: str, *, platform: Path, workspace: str | None, dossier: str, program: str
) -> Operation:
    """Read what an operation is judged from.

    Args:
        urn: of the stack.
        platform: the folder that has the policies and the pinned keys.
        workspace: what the stack's settings name; only a whole path is the program's folder here too.
        dossier: its folder; empty for none.
        program: the folder of the program that runs; empty for none.

    Raises:
        DefinitionError: there is no such dossier or program, or a pinned key is none.
    """
    named = None if workspace is None or not Path(workspace).is_absolute() else Path(workspace)
    return Operation(
        urn=urn,
        workspace=None if named is None else WorkspaceFolder(named),
        links=() if named is None else tuple(_links(named)),
        dossier=_dossier(Path(dossier)) if dossier else None,
        allowed=_allowed(platform / LISTING),
        program=_program(Path(program)) if program else None,
        keys=read_pinned({str(path): path.read_bytes() for path in (platform / KEYS).glob("*.pem")}),
        now=datetime.now(UTC),
    )


class WorkspaceFolder(Mapping[str, BundledFile]):
    """The files of a folder by their paths below it, each read when it is asked for.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def __getitem__(self, path: str) -> BundledFile:
        file = self._root / path
        if not file.is_file():
            raise KeyError(path)
        return BundledFile(path=path, content=file.read_bytes(), executable=os.access(file, os.X_OK))

    def __iter__(self) -> Iterator[str]:
        files = (path for path in self._root.rglob("*") if path.is_file())
        return (path.relative_to(self._root).as_posix() for path in files)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _links(root: Path) -> Iterator[str]:
    """Name every link below a folder: what it leads to the program may read, and no walk of files shows."""
    for below, folders, files in os.walk(root):
        for path in (Path(below) / name for name in (*folders, *files)):
            if path.is_symlink():
                yield path.relative_to(root).as_posix()


def _allowed(listing: Path) -> ProgramListing | None:
    return read_document(listing.read_bytes(), ProgramListing) if listing.is_file() else None


def _program(folder: Path) -> ProgramListing:
    if not folder.is_dir():
        raise DefinitionError(f"there is no program {folder}", remedy="name its folder by a whole path")
    return read_program(folder)


def _dossier(folder: Path) -> Mapping[str, bytes]:
    if not folder.is_dir():
        raise DefinitionError(
            f"there is no dossier {folder}",
            remedy="name the folder that slipway deploy wrote, by a whole path",
        )
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
