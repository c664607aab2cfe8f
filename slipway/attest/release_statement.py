"""Signed manifests: how a release is written down for signing, and read by whoever has the pinned keys."""

from collections.abc import Sequence
from typing import Final

from slipway.attest.canonical import digest_of_document
from slipway.attest.faults import AttestationRefused
from slipway.attest.keys import PublicKey
from slipway.attest.statement import PredicateType, Statement, Subject, open_statement
from slipway.model.digest import Digest, hex_of
from slipway.model.release import Manifest, Release

RELEASES: Final = "releases/"
"""Where signed manifests are kept in the artifact store."""


def release_key(release: Digest) -> str:
    """Where a signed manifest is kept in the artifact store, and in copies of it."""
    return f"{RELEASES}{hex_of(release)}.json"


def release_statement(manifest: Manifest) -> Statement:
    """Say what a release is: its subjects are its artifacts and the manifest itself."""
    subjects = [Subject.of("manifest", digest_of_document(manifest))]
    subjects += [Subject.of(str(artifact.part), artifact.digest) for artifact in manifest.artifacts]
    return Statement.of(PredicateType.RELEASE, manifest, subjects)


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
    if statement != release_statement(manifest):
        raise AttestationRefused(
            f"{subject} is signed, but not as slipway signs releases: its subjects are not its artifacts",
            remedy="build it again, and find out who signed this",
        )
    return Release(digest=digest, manifest=manifest)
