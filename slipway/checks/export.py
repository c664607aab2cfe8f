"""Writes files of a commit to a folder of ours: tools read folders, and a person's may have more in it."""

from collections.abc import Mapping
from pathlib import Path

from slipway.ports.revisions import FileAt, Revisions

_RUNNABLE, _PLAIN = 0o755, 0o644


def export(
    revisions: Revisions,
    files: Mapping[str, FileAt],
    folder: Path,
    *,
    there: Mapping[str, FileAt] | None = None,
) -> None:
    """Make a folder hold exactly these files.

    Args:
        revisions: where contents come from.
        files: what it is to hold, by path.
        folder: made when it is missing.
        there: what an earlier export put there: only what differs is written, so that a tool's cache of the
            rest stays good.
    """
    old = there or {}
    for path in old.keys() - files.keys():
        (folder / path).unlink()
    wanted = {path: file for path, file in files.items() if old.get(path) != file}
    contents = revisions.read(tuple(file.blob for file in wanted.values()))
    folder.mkdir(parents=True, exist_ok=True)
    for parent in {(folder / path).parent for path in wanted}:
        parent.mkdir(parents=True, exist_ok=True)
    for path, file in wanted.items():
        target = folder / path
        target.write_bytes(contents[file.blob])
        target.chmod(_RUNNABLE if file.executable else _PLAIN)
