"""Evidence: by the digest of its bytes, locked, and refused when they are others."""

from datetime import timedelta

import pytest

from slipway.attest import canonical, digest_of
from slipway.attest.faults import DigestMismatch, NotCanonical
from slipway.audit import EvidenceStore
from slipway.audit.evidence import EvidenceMissing
from slipway.model.digest import hex_of
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.evidence import AuditRun, CheckRun, Evidence
from tests.doubles.audited import NOON, RELEASE, approval, verdict
from tests.doubles.deployments import ManualClock
from tests.doubles.records import MemoryObjects

CHECKS = CheckRun(tree="t", commit="c", base="b", impact=(), outcomes=(), began=NOON, ended=NOON)


def _store(objects: MemoryObjects) -> EvidenceStore:
    return EvidenceStore(objects, ManualClock(NOON))


@pytest.mark.parametrize(
    "evidence", [CHECKS, approval(), verdict(), AuditRun(deployment=DeploymentId("dev-1-1"), audits=())]
)
def test_evidence_is_read_by_the_digest_of_its_bytes(evidence: Evidence) -> None:
    """Each kind comes back as what it was; the same document again is the same evidence."""
    objects = MemoryObjects()
    store = _store(objects)
    digest = store.put(evidence)
    assert digest == store.put(evidence) == digest_of(canonical(evidence))
    assert store.get(digest) == evidence
    assert objects.keys("") == (f"evidence/{hex_of(digest)}.json",)


def test_prods_evidence_is_locked_by_the_buckets_rule_and_devs_for_a_while() -> None:
    """Seven years of every rehearsal would be paid for and asked for by nobody."""
    objects = MemoryObjects()
    store = _store(objects)
    store.put(verdict())
    store.put(CHECKS)
    assert objects.locks == {}
    store.put(verdict(environment=Environment.DEV))
    store.put(AuditRun(deployment=DeploymentId("staging-1-1"), audits=()))
    assert set(objects.locks.values()) == {NOON + timedelta(days=90)}
    assert len(objects.locks) == 2


def test_a_changed_document_is_refused() -> None:
    """By its digest, with the way back."""
    objects = MemoryObjects()
    digest = _store(objects).put(verdict())
    (key,) = objects.keys("")
    objects.stored[key] = objects.stored[key].replace(b"healthy", b"failed")
    with pytest.raises(DigestMismatch) as refused:
        _store(objects).get(digest)
    assert refused.value.message.startswith(f"the evidence {hex_of(digest)[:12]} was changed")
    assert "first version" in refused.value.remedy


def test_missing_evidence_is_named() -> None:
    """A digest that an event refers to has to be there."""
    with pytest.raises(EvidenceMissing, match=f"the evidence {hex_of(RELEASE)[:12]} is missing"):
        _store(MemoryObjects()).get(RELEASE)


def test_what_is_no_evidence_is_not_read_as_some() -> None:
    """The right digest of the wrong kind of document."""
    objects = MemoryObjects()
    content = b'{"kind":"rumour"}'
    objects.create(f"evidence/{hex_of(digest_of(content))}.json", content)
    with pytest.raises(NotCanonical, match="these bytes are no evidence"):
        _store(objects).get(digest_of(content))
