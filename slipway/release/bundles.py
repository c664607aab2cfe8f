"""The parts that differ between two commits, bundled: what a release ships.

Content comes from git's objects only, never from the folder, so that a build does not depend on who runs it.
Only what differs is read and packed: a part whose files have the same ids at both commits is the same bundle.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from slipway.attest import digest_of
from slipway.attest.bundle import BundledFile, pack
from slipway.model.parts import Artifact, PartId
from slipway.ports.revisions import FileAt
from slipway.release.committed import Committed
from slipway.release.ownership import Ownership, assign


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """An artifact with its bytes."""

    artifact: Artifact
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a release between two commits ships.

    Attributes:
        bundles: of parts that are new or differ, sorted by part.
        removed: parts that only the earlier commit has, sorted.
        upon: what the parts of both were at the earlier commit, as far as they were there.
        ownership: where every file of the later commit went.
    """

    bundles: tuple[Bundle, ...]
    removed: tuple[PartId, ...]
    upon: tuple[Artifact, ...]
    ownership: Ownership


def every_bundle(committed: Committed) -> tuple[Bundle, ...]:
    """Bundle every part of a commit: what the first document of an environment is made of."""
    owned = assign(committed)
    return tuple(bundle(committed, part, paths) for part, paths in owned.parts.items())


def difference(base: Committed | None, commit: Committed) -> Difference:
    """Bundle what differs between two commits.

    Args:
        base: the earlier one; None when it has no workspace yet.
        commit: the later one.
    """
    before = _files_by_part(base, assign(base)) if base is not None else {}
    ownership = assign(commit)
    after = _files_by_part(commit, ownership)
    changed = [part for part in after if after[part] != before.get(part)]
    removed = tuple(part for part in before if part not in after)
    return Difference(
        bundles=tuple(bundle(commit, part, ownership.parts[part]) for part in changed),
        removed=removed,
        upon=_upon(base, before, {*changed, *removed}),
        ownership=ownership,
    )


def _upon(
    base: Committed | None, before: Mapping[PartId, Mapping[str, FileAt]], parts: Collection[PartId]
) -> tuple[Artifact, ...]:
    if base is None:
        return ()
    there = sorted(part for part in parts if part in before)
    return tuple(bundle(base, part, tuple(before[part])).artifact for part in there)


def bundle(committed: Committed, part: PartId, paths: tuple[str, ...]) -> Bundle:
    """Bundle one part: the same files give the same bytes, on every machine."""
    contents = committed.read(paths)
    content = pack(
        BundledFile(path=path, content=contents[path], executable=committed.files[path].executable)
        for path in paths
    )
    artifact = Artifact(part=part, digest=digest_of(content), size=len(content))
    return Bundle(artifact=artifact, content=content)


def _files_by_part(committed: Committed, ownership: Ownership) -> dict[PartId, Mapping[str, FileAt]]:
    return {part: {path: committed.files[path] for path in paths} for part, paths in ownership.parts.items()}
