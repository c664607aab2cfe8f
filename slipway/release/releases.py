"""The artifact bucket: artifacts and signed manifests by digest, written once, verified on every read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slipway.attest import (
    STATEMENT_PAYLOAD,
    KeyId,
    PublicKey,
    digest_of,
    digest_of_document,
    seal,
    verify,
)
from slipway.attest.bundle import artifact_key
from slipway.attest.faults import AttestationRefused, DigestMismatch
from slipway.attest.release_statement import RELEASES, open_release, release_key, release_statement
from slipway.model.digest import Digest, short
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.parts import Artifact
from slipway.model.release import Manifest, Release
from slipway.ports.objects import ObjectAbsent, ObjectStore, ObjectTaken
from slipway.ports.signer import Signer
from slipway.release.bundles import Bundle

_NAME: Final = re.compile(r"(?:sha256:)?([0-9a-f]{8,64})")

UNSIGNED: Final = "unsigned/"
"""Where a manifest waits for its signature."""


class ReleaseUnknown(UsageError):  # noqa: N818 - it says what is the case
    """A name that is no release's, or several releases'."""


class ReleaseUnsigned(AttestationRefused):
    """A release that was built, and that nobody has signed."""


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
            ReleaseUnsigned: it was built, and nobody has signed it.
        """
        if not digests_of(name, self._objects, RELEASES) and digests_of(name, self._objects, UNSIGNED):
            raise ReleaseUnsigned(
                f"release {name} is built and not signed: nothing believes it yet",
                remedy=f"slipway release sign {name}, by whoever may sign",
            )
        return the_one(name, self._objects, RELEASES)

    def read(self, digest: Digest) -> Release:
        """Read a release whose signature is believed.

        Raises:
            ReleaseUnknown: there is none.
            AttestationRefused: it was not signed by a pinned key, or was changed; the form says which.
        """
        try:
            stored = self._objects.read(release_key(digest))
        except ObjectAbsent as error:
            raise _not_one(digest, []) from error
        release = open_release(stored.content, subject=f"release {short(digest)}", keys=self._keys)
        if release.digest != digest:
            raise DigestMismatch(
                f"release {short(digest)} holds the manifest of release {short(release.digest)}",
                remedy="restore the object's first version, and find out who wrote the later one",
            )
        return release

    def signers(self, digest: Digest) -> tuple[KeyId, ...]:
        """Name the pinned keys that have signed a release, sorted.

        Raises:
            AttestationRefused: none has.
        """
        content = self._objects.read(release_key(digest)).content
        subject = f"release {short(digest)}"
        return verify(content, subject=subject, payload_type=STATEMENT_PAYLOAD, keys=self._keys).signers

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
        new = self.sign(manifest, signer)
        return Added(release=self.read(digest_of_document(manifest)), artifacts=written, manifest=new)

    def sign(self, manifest: Manifest, signer: Signer) -> bool:
        """Write a manifest with a signature; say whether it was new."""
        key = release_key(digest_of_document(manifest))
        if self._objects.keys(key):
            return False
        try:
            return self._objects.create(key, _signed(manifest, signer))
        except ObjectTaken:  # somebody else signed it first: no two signatures are equal
            return False

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


def digests_of(name: str, objects: ObjectStore, folder: str) -> list[str]:
    """List the digests in a folder that begin as a name does, as hexadecimal digits.

    Raises:
        ReleaseUnknown: the name is no beginning of a digest.
    """
    matched = _NAME.fullmatch(name)
    if matched is None:
        raise ReleaseUnknown(
            f"{name!r} is no release",
            remedy="write at least eight hexadecimal digits of its digest, as slipway build printed it",
        )
    keys = objects.keys(f"{folder}{matched[1]}")
    return [key.removeprefix(folder).removesuffix(".json") for key in keys]


def the_one(name: str, objects: ObjectStore, folder: str) -> Digest:
    """Find the only digest in a folder that begins as a name does.

    Raises:
        ReleaseUnknown: there is none, or there are several.
    """
    found = digests_of(name, objects, folder)
    if len(found) != 1:
        raise _not_one(name, found)
    return Digest(f"sha256:{found[0]}")


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


def _signed(manifest: Manifest, signer: Signer) -> bytes:
    return seal(release_statement(manifest).payload(), STATEMENT_PAYLOAD, signer)


def _not_one(name: str, found: Sequence[str]) -> ReleaseUnknown:
    if not found:
        return ReleaseUnknown(
            f"there is no release {name}", remedy="name one that slipway build printed; an id is never reused"
        )
    shown = ", ".join(each[:12] for each in found[:5])
    return ReleaseUnknown(
        f"{name} is the beginning of {len(found)} releases: {shown}", remedy="write more of its digits"
    )
