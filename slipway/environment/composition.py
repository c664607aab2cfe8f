"""The composition: every artifact of an environment document, as one workspace that engines run on.

A deployment replaces its own entries only, and the engines always see the whole. So shipping one pipeline
does not ship another's merged but unapproved change, and taking one back leaves the others.
"""

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from slipway.attest import digest_of
from slipway.attest.bundle import BundledFile, artifact_key, unpack
from slipway.model.environment_document import Entry
from slipway.model.errors import DependencyError
from slipway.model.parts import CONTROL, OWN_COPIES, PartId
from slipway.ports.objects import ObjectAbsent, ObjectStore

_READERS: Final = 8


class ArtifactDamaged(DependencyError):  # noqa: N818 - it says what is the case
    """An artifact is missing, or its bytes are not those of its digest."""


@dataclass(frozen=True, kw_only=True)
class Compositions:
    """Lays compositions out, each once, in folders named after their content.

    Attributes:
        artifacts: the artifact store.
        folder: where; a cache that may be deleted.
    """

    artifacts: ObjectStore
    folder: Path

    def of(self, entries: Iterable[Entry]) -> Path:
        """Lay a workspace out.

        Args:
            entries: of one document.

        Returns:
            Its folder: the same entries have the same one.

        Raises:
            ArtifactDamaged: an artifact is missing or was changed.
        """
        return self._laid_out(entries) / _WORKSPACE

    def paths(self, entries: Iterable[Entry]) -> Mapping[PartId, tuple[str, ...]]:
        """Tell which files of the workspace are whose, in the order of their bundles.

        Args:
            entries: of one document.

        Raises:
            ArtifactDamaged: an artifact is missing or was changed.
        """
        listed = json.loads((self._laid_out(entries) / _PATHS).read_text(encoding="utf-8"))
        return {PartId.parse(part): tuple(paths) for part, paths in listed.items()}

    def _laid_out(self, entries: Iterable[Entry]) -> Path:
        ordered = sorted((each for each in entries if each.part != CONTROL), key=lambda entry: entry.part)
        place = self.folder / composition_digest(ordered)[:32]
        if not (place / _PATHS).exists():
            with ThreadPoolExecutor(_READERS) as pool:
                read = pool.map(lambda entry: read_artifact(self.artifacts, entry), ordered)
                parts = list(zip(ordered, read, strict=True))
            _write(place, merged(parts))
            listed = {str(entry.part): [file.path for file in files] for entry, files in parts}
            replace_file(place / _PATHS, json.dumps(listed))  # last: where it is, everything is
        return place


_PATHS: Final = "paths.json"
_WORKSPACE: Final = "workspace"


def composition_digest(entries: Iterable[Entry]) -> str:
    """Name what entries compose to: parts and artifacts, whatever release brought them."""
    text = "\n".join(
        f"{entry.part} {entry.artifact}" for entry in sorted(entries, key=lambda each: each.part)
    )
    return sha256(text.encode()).hexdigest()


def read_artifact(artifacts: ObjectStore, entry: Entry) -> tuple[BundledFile, ...]:
    """Read an artifact's files, and refuse bytes that are not those of its digest.

    Raises:
        ArtifactDamaged: it is missing or was changed.
    """
    try:
        content = artifacts.read(artifact_key(entry.artifact)).content
    except ObjectAbsent as error:
        raise _damaged(entry, "is not in the artifact store") from error
    if digest_of(content) != entry.artifact:
        raise _damaged(entry, f"has the bytes of {digest_of(content)}: somebody has changed it")
    return unpack(content)


def merged(parts: Iterable[tuple[Entry, tuple[BundledFile, ...]]]) -> Mapping[str, BundledFile]:
    """Put the files of all parts into one workspace.

    Copies of shared code differ between parts of different releases; each part runs with its own, so what the
    composition shows of them decides nothing. Any other path belongs to one part.
    """
    files: dict[str, BundledFile] = {}
    owners: dict[str, Entry] = {}
    for entry, contents in parts:
        for file in contents:
            owner = owners.setdefault(file.path, entry)
            shared = {owner.part.kind, entry.part.kind} <= OWN_COPIES
            if owner != entry and not shared and files[file.path] != file:
                raise ArtifactDamaged(
                    f"{file.path} is in {owner.part} and, with another content, in {entry.part}",
                    remedy="move the file to one of them, and release both together",
                )
            files.setdefault(file.path, file)
    return files


def _write(place: Path, files: Mapping[str, BundledFile]) -> None:
    for file in files.values():
        target = place / _WORKSPACE / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        target.chmod(0o755 if file.executable else 0o644)


def replace_file(path: Path, text: str) -> None:
    """Write a file as a whole or not at all: another process may read it at any moment."""
    with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as written:
        written.write(text)
    Path(written.name).replace(path)


def _damaged(entry: Entry, how: str) -> ArtifactDamaged:
    return ArtifactDamaged(
        f"artifact {entry.artifact} of {entry.part} {how}",
        remedy="restore the object's first version, or build its commit again: the digest will be the same",
    )
