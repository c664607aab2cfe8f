"""The artifact bucket: written once, found by a beginning, and not believed once a byte was changed."""

import base64
import json

import pytest

from slipway.attest import PredicateType, Statement, Subject, digest_of, digest_of_document, seal
from slipway.attest.bundle import artifact_key
from slipway.attest.faults import AttestationRefused, BadSignature, DigestMismatch, UnknownKey
from slipway.attest.release_statement import open_release
from slipway.model.digest import Digest
from slipway.model.errors import ExitCode
from slipway.model.parts import Artifact, PartId
from slipway.ports.objects import ObjectStoreError, ObjectTaken
from slipway.release.bundles import Bundle
from slipway.release.releases import ArtifactMissing, Releases, ReleaseUnknown
from tests.doubles.local_signer import LocalSigner
from tests.doubles.records import MemoryObjects
from tests.doubles.releases import manifest

SIGNER = LocalSigner()
BUNDLE = Bundle(
    artifact=Artifact(part=PartId.parse("settlements/dbt"), digest=digest_of(b"bundle"), size=6),
    content=b"bundle",
)
MANIFEST = manifest()
DIGEST = digest_of_document(MANIFEST)
KEY = f"releases/{DIGEST[7:]}.json"


@pytest.fixture
def objects() -> MemoryObjects:
    """A bucket with the release in it."""
    bucket = MemoryObjects()
    Releases(bucket, [SIGNER.pinned]).add(MANIFEST, [BUNDLE], SIGNER)
    return bucket


def _releases(objects: MemoryObjects) -> Releases:
    return Releases(objects, [SIGNER.pinned])


def test_a_release_is_read_as_it_was_written(objects: MemoryObjects) -> None:
    """Artifacts first: a manifest never names what is not there."""
    assert objects.writes == [artifact_key(BUNDLE.artifact.digest), KEY]
    release = _releases(objects).read(DIGEST)
    assert (release.digest, release.manifest) == (DIGEST, MANIFEST)
    assert _releases(objects).artifact(BUNDLE.artifact) == b"bundle"


def test_the_same_build_again_writes_nothing(objects: MemoryObjects) -> None:
    """Although no two signatures are equal: what is there is verified and kept."""
    before = dict(objects.stored)
    added = _releases(objects).add(MANIFEST, [BUNDLE], SIGNER)
    assert (added.artifacts, added.manifest, added.release.digest) == ((), False, DIGEST)
    assert objects.stored == before


def test_a_build_that_was_killed_is_completed(objects: MemoryObjects) -> None:
    """Its artifacts are there, its manifest is not."""
    del objects.stored[KEY]
    added = _releases(objects).add(MANIFEST, [BUNDLE], SIGNER)
    assert (added.artifacts, added.manifest) == ((), True)


def test_two_builds_at_once_leave_one_manifest(objects: MemoryObjects) -> None:
    """The other one's signature is as good as ours."""
    theirs = objects.stored.pop(KEY)

    class Overtaken(MemoryObjects):
        def create(self, key: str, content: bytes, **_: object) -> bool:
            if key == KEY:
                self.stored[key] = theirs
            return super().create(key, content)

    racing = Overtaken()
    added = _releases(racing).add(MANIFEST, [BUNDLE], SIGNER)
    assert (added.manifest, added.release.manifest, racing.stored[KEY]) == (False, MANIFEST, theirs)


@pytest.mark.parametrize("name", [DIGEST, DIGEST[7:], DIGEST[7:15], DIGEST[:20]])
def test_a_release_is_found_by_its_digest_or_the_beginning(objects: MemoryObjects, name: str) -> None:
    """People copy twelve digits."""
    assert _releases(objects).find(name) == DIGEST


@pytest.mark.parametrize("name", ["", "main", DIGEST[7:14], DIGEST[7:] + "0", "SHA256:" + "a" * 64, "../x"])
def test_what_is_no_release_is_a_usage_error(objects: MemoryObjects, name: str) -> None:
    """Seven digits are too few: two releases of a year would share them."""
    with pytest.raises(ReleaseUnknown, match="is no release") as refused:
        _releases(objects).find(name)
    assert refused.value.exit_code is ExitCode.USAGE
    assert "eight" in refused.value.remedy


def test_an_unknown_release_is_named(objects: MemoryObjects) -> None:
    """By what was asked for, also when it is a whole digest."""
    with pytest.raises(ReleaseUnknown, match="there is no release 0000000000"):
        _releases(objects).find("0" * 10)
    with pytest.raises(ReleaseUnknown, match="there is no release sha256:0000"):
        _releases(objects).read(Digest("sha256:" + "0" * 64))


def test_an_ambiguous_beginning_names_the_releases(objects: MemoryObjects) -> None:
    """And asks for more digits instead of choosing."""
    twin = DIGEST[7:20] + "0" * 51
    objects.stored[f"releases/{twin}.json"] = b""
    with pytest.raises(ReleaseUnknown) as refused:
        _releases(objects).find(DIGEST[7:15])
    assert refused.value.message == (
        f"{DIGEST[7:15]} is the beginning of 2 releases: {', '.join(sorted([twin[:12], DIGEST[7:19]]))}"
    )
    assert refused.value.remedy == "write more of its digits"


def test_a_changed_manifest_is_refused_by_name(objects: MemoryObjects) -> None:
    """One character of the payload, in an envelope that is otherwise well."""
    envelope = json.loads(objects.stored[KEY])
    payload = base64.b64decode(envelope["payload"]).replace(b"finedge/data", b"finedge/dats")
    envelope["payload"] = base64.b64encode(payload).decode()
    objects.stored[KEY] = json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()
    with pytest.raises(BadSignature, match=f"release {DIGEST[7:19]} was changed after it was signed"):
        _releases(objects).read(DIGEST)


def test_another_releases_manifest_in_its_place_is_refused(objects: MemoryObjects) -> None:
    """It is signed well, and not what the name promises."""
    other = manifest(slipway="0.2.0")
    _releases(objects).add(other, [BUNDLE], SIGNER)
    objects.stored[KEY] = objects.stored[f"releases/{digest_of_document(other)[7:]}.json"]
    with pytest.raises(DigestMismatch, match=f"release {DIGEST[7:19]} holds the manifest of release"):
        _releases(objects).read(DIGEST)


def test_a_key_that_is_not_pinned_signs_nothing(objects: MemoryObjects) -> None:
    """Whatever key comes with the manifest: only what was pinned before counts."""
    with pytest.raises(UnknownKey, match=f"release {DIGEST[7:19]} is signed by"):
        Releases(objects, [LocalSigner().pinned]).read(DIGEST)


def test_a_statement_with_other_subjects_is_refused() -> None:
    """Tools that read in-toto subjects would believe that something else was released."""
    statement = Statement.of(PredicateType.RELEASE, MANIFEST, [Subject.of("x", digest_of(b"other"))])
    envelope = seal(statement.payload(), "application/vnd.in-toto+json", SIGNER)
    with pytest.raises(AttestationRefused, match="its subjects are not its artifacts"):
        open_release(envelope, subject="a file", keys=[SIGNER.pinned])


def test_a_changed_artifact_is_refused_by_name(objects: MemoryObjects) -> None:
    """When it is read, and when it is built again: nothing is written over it."""
    objects.stored[artifact_key(BUNDLE.artifact.digest)] = b"bundlf"
    with pytest.raises(DigestMismatch, match=r"artifact settlements/dbt \([0-9a-f]{12}\) was changed"):
        _releases(objects).artifact(BUNDLE.artifact)
    with pytest.raises(DigestMismatch, match="artifact settlements/dbt"):
        _releases(objects).put(BUNDLE)


def test_a_missing_artifact_is_named_with_what_brings_it_back(objects: MemoryObjects) -> None:
    """The build is reproducible, so it can be made again."""
    del objects.stored[artifact_key(BUNDLE.artifact.digest)]
    with pytest.raises(ArtifactMissing, match="artifact settlements/dbt") as refused:
        _releases(objects).artifact(BUNDLE.artifact)
    assert "slipway build" in refused.value.remedy


def test_a_bucket_that_does_not_answer_is_the_environments_failure(objects: MemoryObjects) -> None:
    """Not "there is no such release"."""
    objects.reachable = False
    for ask in (lambda: _releases(objects).find(DIGEST), lambda: _releases(objects).read(DIGEST)):
        with pytest.raises(ObjectStoreError) as refused:
            ask()
        assert refused.value.exit_code is ExitCode.ENVIRONMENT


def test_a_race_for_an_artifact_whose_bytes_are_right_is_still_an_error() -> None:
    """`create` says so only when the bytes differ, so there is nothing to make of it."""

    class Odd(MemoryObjects):
        def create(self, key: str, content: bytes, **_: object) -> bool:  # noqa: ARG002
            raise ObjectTaken(f"{key} has other content", remedy="read it")

    odd = Odd()
    odd.stored[artifact_key(BUNDLE.artifact.digest)] = BUNDLE.content
    with pytest.raises(ObjectTaken):
        _releases(odd).put(BUNDLE)
