"""Evidence: written once under its digest, locked, and checked against that digest whenever it is read."""

from datetime import datetime, timedelta
from typing import Final, assert_never

from pydantic import TypeAdapter

from slipway.attest import canonical, digest_of
from slipway.attest.canonical import check_digest, read_value
from slipway.model.adoption import AdoptionProof, OwnershipChange
from slipway.model.digest import Digest, hex_of, short
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId
from slipway.model.evidence import (
    Admission,
    Approval,
    AuditRun,
    CheckRun,
    CheckShard,
    Evidence,
    Revocation,
    Verdict,
)
from slipway.ports.clock import Clock
from slipway.ports.objects import ObjectAbsent, ObjectStore

REHEARSED_DAYS: Final = 90
"""How long evidence of dev and staging is locked; all other evidence is by the bucket's rule."""

_READER: Final[TypeAdapter[Evidence]] = TypeAdapter(Evidence)


class EvidenceMissing(SlipwayError):  # noqa: N818 - it says what is the case
    """A digest that names no document of the store."""


class EvidenceStore:
    """Documents by digest. Approvals lie elsewhere; a gate that counts one keeps it here too.

    Args:
        objects: the evidence bucket; a lock with a date is of the mode GOVERNANCE there.
        clock: tells how long to lock.
    """

    def __init__(self, objects: ObjectStore, clock: Clock) -> None:
        self._objects = objects
        self._clock = clock

    def put(self, evidence: Evidence) -> Digest:
        """Keep a document; the same document again is no error.

        Returns:
            Its digest, for events to refer to.
        """
        content = canonical(evidence)
        digest = digest_of(content)
        self._objects.create(_key(digest), content, retain_until=self._until(evidence))
        return digest

    def get(self, digest: Digest) -> Evidence:
        """Read a document.

        Raises:
            EvidenceMissing: there is none.
            DigestMismatch: its bytes are others than those of that digest.
        """
        return read_value(self._content(digest), _READER, name="evidence", digest=digest)

    def check(self, digest: Digest) -> None:
        """Prove that a document is there as it was written, whatever version of slipway wrote it.

        Raises:
            EvidenceMissing: there is none.
            DigestMismatch: its bytes are others than those of that digest.
        """
        check_digest(self._content(digest), digest, name="evidence")

    def _content(self, digest: Digest) -> bytes:
        try:
            return self._objects.read(_key(digest)).content
        except ObjectAbsent as absent:
            raise EvidenceMissing(
                f"the evidence {short(digest)} is missing",
                remedy="restore its first version (Object Lock keeps it), and find out who deleted it",
            ) from absent

    def _until(self, evidence: Evidence) -> datetime | None:
        """None leaves it to the bucket's rule, which is prod's."""
        environment = _environment_of(evidence)
        if environment in (None, Environment.PROD):
            return None
        return self._clock.now() + timedelta(days=REHEARSED_DAYS)


def _environment_of(evidence: Evidence) -> Environment | None:
    match evidence:
        case CheckRun() | CheckShard():
            return None
        case Approval() | Revocation() | Admission() | Verdict():
            return evidence.environment
        case AdoptionProof() | OwnershipChange():
            return evidence.stack.environment
        case AuditRun():
            return environment_of(evidence.deployment)
        case _:
            assert_never(evidence)


def environment_of(deployment: DeploymentId) -> Environment:
    """Return the environment that a deployment's id begins with."""
    return Environment(deployment.partition("-")[0])


def _key(digest: Digest) -> str:
    return f"evidence/{hex_of(digest)}.json"
