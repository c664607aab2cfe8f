"""Stamps: how a second run knows that a step is done.

A stamp names the digest of a step's inputs and the size of each file it made. It is written last, so an
interrupted step has none, and a file that was deleted or cut short makes the step run again.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def digest(parts: Iterable[str | Path]) -> str:
    """Return the SHA-256 of texts and file contents, in their order and with their boundaries."""
    whole = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        whole.update(len(content).to_bytes(8, "big"))
        whole.update(content)
    return whole.hexdigest()


def write_atomically(path: Path, text: str) -> None:
    """Put a file in place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text)
    aside.replace(path)


@dataclass(frozen=True)
class Stamp:
    """The record of one finished step.

    Attributes:
        path: the file it is kept in.
    """

    path: Path

    def matches(self, key: str) -> bool:
        """Tell whether the step was finished from these inputs and all that it made is still there."""
        try:
            record = json.loads(self.path.read_text())
            outputs: dict[str, int | None] = record["outputs"]
            same = record["key"] == key
            return same and all(_size(Path(made)) == size for made, size in outputs.items())
        except (OSError, ValueError, KeyError):
            return False  # no stamp, an unreadable one or a missing output: all mean that the step has to run

    def write(self, key: str, outputs: Iterable[Path]) -> None:
        """Record that the step is finished."""
        sizes = {str(made): _size(made) for made in outputs}
        write_atomically(self.path, json.dumps({"key": key, "outputs": sizes}, indent=1))


def _size(made: Path) -> int | None:
    """Return a file's size; None for a folder, which only has to exist."""
    status = made.stat()
    return None if made.is_dir() else status.st_size
