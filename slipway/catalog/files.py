"""The files of a workspace: which there are, what keeps one from being read. No link is followed outside."""

import os
from collections.abc import Iterator
from enum import Enum, StrEnum, auto, unique
from pathlib import Path
from typing import Final, Protocol

from slipway.catalog.findings import Finding, RuleId

SETTINGS: Final = "slipway.yaml"
"""The file that makes a folder a workspace."""

_MAX_BYTES: Final = 1024 * 1024  # the largest real one, a team.yaml of 500 people, has 100 KiB


@unique
class PathState(Enum):
    """What a path of the workspace leads to."""

    PRESENT = auto()
    MISSING = auto()
    OUTSIDE = auto()


@unique
class FileKind(StrEnum):
    """What can be read."""

    FOLDER = "folder"
    FILE = "file"


class FileSource(Protocol):
    """Where a workspace's files are read. Paths are relative to its root, with '/' between names."""

    def state(self, path: str) -> PathState:
        """Say what a path leads to, links followed."""
        ...

    def kind(self, path: str) -> FileKind | None:
        """Tell folders from files; None for what holds no content of its own, such as a pipe."""
        ...

    def read(self, path: str) -> bytes | Finding:
        """Read a file; a finding says what keeps it from being read."""
        ...

    def catalog_files(self, folder: str) -> Iterator[str | Finding]:
        """List the pipelines' files, sorted; what looks like one and would not be read is a finding."""
        ...


class WorkspaceFiles(FileSource):
    """Reads the workspace's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)

    def state(self, path: str) -> PathState:
        """Say what a path leads to, links followed.

        Args:
            path: relative to the root.

        Returns:
            Whether something is there, and whether it is in the workspace.
        """
        real = os.path.realpath(self.root / path)
        if real != self._real_root and not real.startswith(self._real_root + os.sep):
            return PathState.OUTSIDE
        try:
            Path(real).stat()
        except OSError:  # also where a folder above may not be searched: to this command nothing is there
            return PathState.MISSING
        return PathState.PRESENT

    def kind(self, path: str) -> FileKind | None:
        """Tell folders from files.

        Args:
            path: relative to the root; it is there.

        Returns:
            What it is; None for what holds no content of its own, such as a pipe.
        """
        if (self.root / path).is_dir():
            return FileKind.FOLDER
        return FileKind.FILE if (self.root / path).is_file() else None

    def read(self, path: str) -> bytes | Finding:
        """Read a file.

        Args:
            path: relative to the root.

        Returns:
            Its bytes, or what keeps it from being read.
        """
        state = self.state(path)
        if state is PathState.OUTSIDE:
            message, remedy = "the file is a link that leads out of the workspace", "put the file itself here"
            return _finding(path, RuleId.FILE_OUTSIDE, message, remedy)
        # Opening a named pipe would wait for a writer for ever.
        if state is PathState.PRESENT and self.kind(path) is not FileKind.FILE:
            return _finding(path, RuleId.FILE_UNREADABLE, "this is no plain file", "put a plain file there")
        try:
            with (self.root / path).open("rb") as stream:
                content = stream.read(_MAX_BYTES + 1)
        except OSError as error:
            return _unreadable(path, "file", error)
        if len(content) > _MAX_BYTES:
            message = f"the file is larger than {_MAX_BYTES // 1024} KiB"
            remedy = "look what is in it: people write these files, and a few KiB hold a pipeline"
            return _finding(path, RuleId.FILE_TOO_LARGE, message, remedy)
        return content

    def catalog_files(self, folder: str) -> Iterator[str | Finding]:
        """List the pipelines' files; what looks like one and would not be read is a finding.

        Args:
            folder: the catalogue, relative to the root.

        Yields:
            The paths, sorted, and findings about misplaced files.
        """
        closed: list[OSError] = []
        for below, folders, names in os.walk(self.root / folder, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = (Path(below) / name).relative_to(self.root).as_posix()
                suffix = Path(name).suffix.lower()
                if suffix not in {".yaml", ".yml"} or name.startswith("."):
                    continue
                yield misplaced(path, folder) or path
        for error in closed:
            path = Path(error.filename).relative_to(self.root).as_posix()
            yield _unreadable(path, "folder", error)


def misplaced(path: str, folder: str) -> Finding | None:
    """Say why a file that looks like a pipeline's is not read, if so.

    Args:
        path: of a YAML file below the catalogue.
        folder: the catalogue.
    """
    name = Path(path).name
    right = f"{folder}/{Path(name).stem}.yaml"
    if path == right:
        return None
    message = f"pipelines' files end in .yaml and lie in {folder}/ itself; this one is not read"
    return _finding(path, RuleId.FILE_MISPLACED, message, f"move it to {right}, or out of {folder}/")


def _unreadable(path: str, kind: str, error: OSError) -> Finding:
    reason = (error.strerror or type(error).__name__).lower()
    return _finding(path, RuleId.FILE_UNREADABLE, f"the {kind} cannot be read: {reason}", _remedy_of(error))


def _remedy_of(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "create the file, or correct the path that names it"
        case PermissionError():
            return "give yourself the right to read it"
        case _:
            return "put a plain file there"


def _finding(path: str, rule: RuleId, message: str, remedy: str) -> Finding:
    return Finding(path, 1, 1, rule, "", message, remedy)


def find_root(start: Path) -> Path | None:
    """Find the workspace that a folder belongs to.

    Args:
        start: the folder to begin at.

    Returns:
        The nearest folder with a slipway.yaml, from `start` upwards; None when there is none.
    """
    start = start.absolute()
    return next((folder for folder in (start, *start.parents) if (folder / SETTINGS).exists()), None)
