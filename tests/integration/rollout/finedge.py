"""FinEdge's workspace as artifacts, from this repository's HEAD, with changes to some of its files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from slipway.adapters.git import GitRevisions
from slipway.attest import digest_of
from slipway.attest.bundle import BundledFile, artifact_key, pack, unpack
from slipway.model.environment import Environment
from slipway.model.environment_document import Entry, EnvironmentDocument
from slipway.model.parts import Artifact, PartId
from slipway.model.release import Manifest, Release
from slipway.ports.objects import ObjectStore
from slipway.release.bundles import Bundle, every_bundle
from slipway.release.committed import read_commit

WORKSPACE = Path(__file__).parents[3] / "examples" / "finedge"


@cache
def bundles() -> tuple[Bundle, ...]:
    """Every part of HEAD."""
    revisions = GitRevisions(WORKSPACE)
    return every_bundle(read_commit(revisions, revisions.resolve("HEAD")))


def first_document(artifacts: ObjectStore, environment: Environment) -> EnvironmentDocument:
    """Put every artifact into the store, and say that all of it runs."""
    for bundle in bundles():
        artifacts.create(artifact_key(bundle.artifact.digest), bundle.content)
    entries = (
        Entry(part=each.artifact.part, artifact=each.artifact.digest, release=None, commit="HEAD")
        for each in bundles()
    )
    return EnvironmentDocument(
        environment=environment,
        version=1,
        entries=tuple(sorted(entries, key=lambda entry: entry.part)),
        deployment="bootstrap",
    )


def release(artifacts: ObjectStore, changes: Mapping[str, Mapping[str, tuple[str, str]]]) -> Release:
    """A release that changes files: part -> path -> (text, what takes its place)."""
    built = tuple(_changed(artifacts, PartId.parse(part), files) for part, files in sorted(changes.items()))
    manifest = Manifest(
        workspace="finedge",
        repository="finedge/finedge-pipelines",
        commit="c" * 40,
        tree="t" * 40,
        base="b" * 40,
        artifacts=built,
        pull_requests=(),
        checks=(),
        evidence=(),
        slipway="0",
    )
    return Release(digest=digest_of(manifest.model_dump_json().encode()), manifest=manifest)


def _changed(artifacts: ObjectStore, part: PartId, files: Mapping[str, tuple[str, str]]) -> Artifact:
    content = next(each.content for each in bundles() if each.artifact.part == part)
    changed = pack(_replaced(file, files) for file in unpack(content))
    assert changed != content
    digest = digest_of(changed)
    artifacts.create(artifact_key(digest), changed)
    return Artifact(part=part, digest=digest, size=len(changed))


def _replaced(file: BundledFile, files: Mapping[str, tuple[str, str]]) -> BundledFile:
    if file.path not in files:
        return file
    old, new = files[file.path]
    text = file.content.decode()
    assert old in text, f"{file.path} does not say {old!r}"
    return BundledFile(path=file.path, content=text.replace(old, new).encode(), executable=file.executable)
