"""The files of a workspace that is no folder: a commit's, or what an environment's artifacts hold."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from slipway.catalog.files import FileKind, FileSource, PathState, misplaced
from slipway.catalog.findings import Finding, RuleId

_YAML: Final = frozenset({".yaml", ".yml"})


class HeldFiles(FileSource):
    """Files by their path.

    Args:
        paths: of every file of the workspace.
        contents: of those that the catalogue reads: every YAML file.
    """

    def __init__(self, paths: frozenset[str], contents: Mapping[str, bytes]) -> None:
        self._paths = paths
        self._contents = contents
        self._folders = frozenset(str(folder) for path in paths for folder in PurePosixPath(path).parents)

    def state(self, path: str) -> PathState:
        """Say whether something is there: there are no links among them."""
        present = path in self._paths or path in self._folders
        return PathState.PRESENT if present else PathState.MISSING

    def kind(self, path: str) -> FileKind | None:
        """Tell folders from files."""
        return FileKind.FILE if path in self._paths else FileKind.FOLDER

    def read(self, path: str) -> bytes | Finding:
        """Read a file."""
        if path in self._contents:
            return self._contents[path]
        message, remedy = "this is no YAML file", "name a file that ends in .yaml"
        return Finding(path, 1, 1, RuleId.FILE_UNREADABLE, "", message, remedy)

    def catalog_files(self, folder: str) -> Iterator[str | Finding]:
        """List the pipelines' files as a folder's are listed: no hidden ones."""
        for path in sorted(self._paths):
            below = PurePosixPath(path)
            if not below.is_relative_to(folder) or below.suffix.lower() not in _YAML:
                continue
            if not any(name.startswith(".") for name in below.relative_to(folder).parts):
                yield misplaced(path, folder) or path
