"""The artifact bucket: artifacts and signed manifests by digest, written once, verified on every read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slipway.attest import (
    STATEMENT_PAYLOAD,
    PredicateType,
    PublicKey,
    Statement,
    Subject,
    digest_of,
    digest_of_document,
    open_statement,
    seal,
)
from slipway.attest.faults import AttestationRefused, DigestMismatch
from slipway.environment.composition import artifact_key
from slipway.model.digest import Digest, hex_of, short
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.parts import Artifact
from slipway.model.release import Manifest, Release
from slipway.ports.objects import ObjectAbsent, ObjectStore, ObjectTaken
from slipway.ports.signer import Signer
from slipway.release.bundles import Bundle

_NAME: Final = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")
_RELEASES: Final = "releases/"


class ReleaseUnknown(UsageError):  # noqa: N818 - it says what is the case
    """A name that is no release's, or several releases'."""


class ArtifactMissing(SlipwayError):  # noqa: N818 - same
    """A manifest names an artifact that the bucket does not have."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What putting a release into the bucket wrote.

    Attributes:
        release: it, as it is in the bucket now.
        artifacts: those that were not there before.
        manifest: whether the manifest was not there before.
    """

    release: Release
    artifacts: tuple[Artifact, ...]
    manifest: bool


class Releases:
    """Every release of the workspace.

    Args:
        objects: the artifact bucket.
        keys: the pinned public keys of who may sign releases.
    """

    def __init__(self, objects: ObjectStore, keys: Sequence[PublicKey]) -> None:
        self._objects = objects
        self._keys = tuple(keys)

    def find(self, name: str) -> Digest:
        """Find a release by its digest or the beginning of it.

        Args:
            name: at least eight hexadecimal digits, with or without `sha256:`.

        Raises:
            ReleaseUnknown: there is none, there are several, or it is no such text.
        """
        matched = _NAME.fullmatch(name)
        if matched is None:
            raise ReleaseUnknown(
                f"{name!r} is no release",
                remedy="write at least eight hexadecimal digits of its digest, as slipway build printed it",
            )
        keys = self._objects.keys(f"{_RELEASES}{matched[1]}")
        found = [key.removeprefix(_RELEASES).removesuffix(".json") for key in keys]
        if len(found) != 1:
            raise _not_one(name, found)
        return Digest(f"sha256:{found[0]}")

    def read(self, digest: Digest) -> Release:
        """Read a release whose signature is believed.

        Raises:
            ReleaseUnknown: there is none.
            AttestationRefused: it was not signed by a pinned key, or was changed; the form says which.
        """
        try:
            stored = self._objects.read(_manifest_key(digest))
        except ObjectAbsent as error:
            raise _not_one(digest, []) from error
        release = open_release(stored.content, subject=f"release {short(digest)}", keys=self._keys)
        if release.digest != digest:
            raise DigestMismatch(
                f"release {short(digest)} holds the manifest of release {short(release.digest)}",
                remedy="restore the object's first version, and find out who wrote the later one",
            )
        return release

    def artifact(self, artifact: Artifact) -> bytes:
        """Read an artifact whose bytes are those of its digest.

        Raises:
            ArtifactMissing: the bucket does not have it.
            DigestMismatch: its bytes were changed.
        """
        return self.content(artifact.digest, subject=f"artifact {artifact.part}")

    def content(self, digest: Digest, *, subject: str) -> bytes:
        """Read an artifact by its digest alone, as an environment document names it.

        Args:
            digest: of the bundle.
            subject: what it is, for errors.

        Raises:
            ArtifactMissing: the bucket does not have it.
            DigestMismatch: its bytes were changed.
        """
        try:
            content = self._objects.read(artifact_key(digest)).content
        except ObjectAbsent as error:
            raise ArtifactMissing(
                f"{subject} ({short(digest)}) is not in the artifact bucket",
                remedy="run slipway build at the release's commit again: it writes what is missing",
            ) from error
        refuse_changed(content, digest, subject=subject)
        return content

    def add(self, manifest: Manifest, bundles: Sequence[Bundle], signer: Signer) -> Added:
        """Write a release; what is there already is verified and left as it is.

        Args:
            manifest: what it is.
            bundles: its artifacts.
            signer: signs it.

        Raises:
            AttestationRefused: something else is where it belongs.
        """
        written = tuple(bundle.artifact for bundle in bundles if self.put(bundle))
        digest = digest_of_document(manifest)
        new = not self._objects.keys(_manifest_key(digest))
        if new:
            try:
                self._objects.create(_manifest_key(digest), _signed(manifest, signer))
            except (
                ObjectTaken
            ):  # another build of the same commit signed it first: no two signatures are equal
                new = False
        return Added(release=self.read(digest), artifacts=written, manifest=new)

    def put(self, bundle: Bundle) -> bool:
        """Write an artifact once; say whether it was new.

        Raises:
            DigestMismatch: other bytes are at its place.
        """
        try:
            return self._objects.create(artifact_key(bundle.artifact.digest), bundle.content)
        except ObjectTaken:
            self.artifact(bundle.artifact)  # says by name what is wrong with the bytes that are there
            raise


def refuse_changed(content: bytes, digest: Digest, *, subject: str) -> None:
    """Refuse bytes that are not those of their digest.

    Raises:
        DigestMismatch: they were changed.
    """
    if (found := digest_of(content)) != digest:
        raise DigestMismatch(
            f"{subject} ({short(digest)}) was changed: its bytes have the digest {short(found)}",
            remedy="restore the object's first version, and find out who wrote the later one",
        )


def open_release(content: bytes, *, subject: str, keys: Sequence[PublicKey]) -> Release:
    """Read a signed manifest.

    Args:
        content: the stored envelope.
        subject: what it is, for errors.
        keys: the pinned public keys.

    Raises:
        AttestationRefused: it is not believed; the form says why.
    """
    statement = open_statement(content, subject=subject, predicate_type=PredicateType.RELEASE, keys=keys)
    manifest = statement.says(Manifest)
    digest = digest_of_document(manifest)
    if statement != _statement(manifest):
        raise AttestationRefused(
            f"{subject} is signed, but not as slipway signs releases: its subjects are not its artifacts",
            remedy="build it again, and find out who signed this",
        )
    return Release(digest=digest, manifest=manifest)


def _signed(manifest: Manifest, signer: Signer) -> bytes:
    return seal(_statement(manifest).payload(), STATEMENT_PAYLOAD, signer)


def _statement(manifest: Manifest) -> Statement:
    subjects = [Subject.of("manifest", digest_of_document(manifest))]
    subjects += [Subject.of(str(artifact.part), artifact.digest) for artifact in manifest.artifacts]
    return Statement.of(PredicateType.RELEASE, manifest, subjects)


def _manifest_key(digest: Digest) -> str:
    return f"{_RELEASES}{hex_of(digest)}.json"


def _not_one(name: str, found: Sequence[str]) -> ReleaseUnknown:
    if not found:
        return ReleaseUnknown(
            f"there is no release {name}", remedy="name one that slipway build printed; an id is never reused"
        )
    shown = ", ".join(each[:12] for each in found[:5])
    return ReleaseUnknown(
        f"{name} is the beginning of {len(found)} releases: {shown}", remedy="write more of its digits"
    )
