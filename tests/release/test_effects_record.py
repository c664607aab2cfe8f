"""Effects as they were explained: what an approver is shown is what the digest names."""

import pytest

from slipway.attest import digest_of_document
from slipway.attest.faults import DigestMismatch
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.release.effects_record import EffectsRecord, EffectsUnknown
from tests.doubles.records import MemoryObjects
from tests.doubles.releases import EFFECTS, release

RELEASE = release().digest


def test_what_was_explained_is_read_by_its_digest() -> None:
    """Explaining twice writes once."""
    objects = MemoryObjects()
    record = EffectsRecord(objects)
    digest = record.keep(RELEASE, Environment.PROD, EFFECTS)
    assert record.keep(RELEASE, Environment.PROD, EFFECTS) == digest == digest_of_document(EFFECTS)
    assert len(objects.writes) == 1
    assert record.read(RELEASE, Environment.PROD, digest) == EFFECTS
    assert record.known(RELEASE, Environment.PROD) == [digest]
    assert record.known(RELEASE, Environment.DEV) == []


def test_a_digest_that_nobody_has_explained_names_the_command() -> None:
    """Nor one that was explained for another environment."""
    record = EffectsRecord(MemoryObjects())
    digest = record.keep(RELEASE, Environment.DEV, EFFECTS)
    for asked in (digest, Digest("sha256:" + "0" * 64)):
        with pytest.raises(EffectsUnknown, match="was never explained in prod") as refused:
            record.read(RELEASE, Environment.PROD, asked)
        assert f"slipway deploy {RELEASE[7:19]} -s prod --explain" in refused.value.remedy


def test_effects_that_were_changed_are_refused() -> None:
    """Somebody would be shown less than they sign."""
    objects = MemoryObjects()
    record = EffectsRecord(objects)
    digest = record.keep(RELEASE, Environment.PROD, EFFECTS)
    (key,) = objects.stored
    objects.stored[key] = objects.stored[key].replace(b"pointer", b"restore")
    with pytest.raises(DigestMismatch, match="the Effects"):
        record.read(RELEASE, Environment.PROD, digest)
