"""Tampering of every kind is found, and named as what it is."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slipway.attest import canonical, digest_of, entry_content
from slipway.audit import Ledger
from slipway.audit.verify import ChainUnknown
from slipway.model.events import EventKind
from tests.audit.conftest import Books
from tests.doubles.audited import DEPLOYMENT, NOON, event
from tests.doubles.local_signer import LocalSigner


def test_what_nobody_touched_is_whole(books: Books) -> None:
    """Two chains, six entries, one document, one checkpoint."""
    found = books.check()
    assert found.discrepancies == ()
    assert (found.chains, found.entries, found.evidence, found.checkpoints) == (2, 6, 1, 1)


def test_one_chain_can_be_asked_for(books: Books) -> None:
    """A deployment's is compared with its announcement and the checkpoints too."""
    found = books.check(DEPLOYMENT)
    assert (found.discrepancies, found.chains, found.entries) == ((), 1, 4)
    with pytest.raises(ChainUnknown) as unknown:
        books.check("prod-0-0")
    assert unknown.value.message == "the ledger has no chain prod-0-0"
    assert "slipway audit trace" in unknown.value.remedy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_changed_byte_of_the_table_is_found(books: Books, data: st.DataObject) -> None:
    """Whichever byte of whichever event: blanks too."""
    place = data.draw(st.sampled_from(sorted(books.ledger.stored)))
    entry = books.ledger.stored[place]
    changed = bytearray(entry.event)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    books.ledger.stored[place] = replace(entry, event=bytes(changed))
    assert books.faults() == [("changed", f"{place[0]} {place[1]}")]
    books.ledger.stored[place] = entry


def test_the_message_says_what_to_believe(books: Books) -> None:
    """The lock holds what happened."""
    entry = books.ledger.stored[DEPLOYMENT, 1]
    books.ledger.stored[DEPLOYMENT, 1] = replace(entry, digest=digest_of(b"other"))
    (found,) = books.check().discrepancies
    assert found.message == (
        f"entry 1 of the ledger's chain {DEPLOYMENT} was changed in the table after it was written"
    )
    assert found.remedy.startswith("the locked copy is what happened")


def test_an_entry_written_anew_with_everything_after_it_is_found(books: Books) -> None:
    """A forger who recomputes the table's chain cannot recompute the locked copies."""
    forger = Ledger(books.ledger)
    for place in [place for place in books.ledger.stored if place[0] == DEPLOYMENT and place[1] > 0]:
        del books.ledger.stored[place]
    locked = dict(books.ledger.locked)
    for kind in (EventKind.STAGE_DONE, EventKind.VERDICT, EventKind.DEPLOYMENT_SEALED):
        forger.record(DEPLOYMENT, event(kind, message="all is well"))
    books.ledger.locked = locked
    assert books.faults() == [("changed", f"{DEPLOYMENT} {number}") for number in (1, 2, 3)]


def test_a_deleted_entry_is_found(books: Books) -> None:
    """In the table alone, and everywhere."""
    del books.ledger.stored[DEPLOYMENT, 1]
    assert books.faults() == [("missing-entry", f"{DEPLOYMENT} 1")]
    del books.ledger.locked[DEPLOYMENT, 1]
    assert books.faults() == [("missing-entry", f"{DEPLOYMENT} 1")]


def test_an_entry_that_the_ledger_did_not_write_is_found(books: Books) -> None:
    """It has no locked copy, and the seal does not count it."""
    last = books.ledger.last("prod")
    assert last is not None
    content = entry_content(chain="prod", sequence=2, previous=last.digest, event=canonical(event()))
    forged = replace(
        last, sequence=2, previous=last.digest, digest=digest_of(content), event=canonical(event())
    )
    books.ledger.stored["prod", 2] = forged
    assert books.faults() == [("not-locked", "prod 2")]


def test_a_cut_chain_is_found_by_its_seal(books: Books) -> None:
    """The last two entries are gone, everywhere."""
    for number in (2, 3):
        del books.ledger.stored[DEPLOYMENT, number]
        del books.ledger.locked[DEPLOYMENT, number]
    assert books.faults() == books.faults(DEPLOYMENT) == [("broken-seal", DEPLOYMENT)]
    (found,) = books.check().discrepancies
    assert "was sealed with 4 entries" in found.message
    assert "it has 2 and ends otherwise" in found.message


def test_an_entry_after_the_seal_is_found(books: Books) -> None:
    """A deployment that has ended writes nothing any more."""
    Ledger(books.ledger).record(DEPLOYMENT, event(subject="afterthought"))
    assert books.faults() == [("broken-seal", DEPLOYMENT)]


def test_a_missing_chain_is_found(books: Books) -> None:
    """All of a deployment is gone: its environment's chain still says that it was opened and sealed."""
    for place in [place for place in books.ledger.stored if place[0] == DEPLOYMENT]:
        del books.ledger.stored[place]
        del books.ledger.locked[place]
    assert books.faults() == books.faults(DEPLOYMENT)
    assert books.faults() == [("missing-chain", DEPLOYMENT), ("broken-seal", DEPLOYMENT)]


def test_an_environments_chain_that_was_cut_is_found_by_the_checkpoint(books: Books) -> None:
    """Nothing but the signed head knows of it; the deployment that it announced is a stranger then."""
    for number in (0, 1):
        del books.ledger.stored["prod", number]
        del books.ledger.locked["prod", number]
    assert books.faults() == [("unannounced", DEPLOYMENT), ("missing-chain", "prod")]


def test_the_last_entry_of_a_shared_chain_is_covered_too(books: Books) -> None:
    """From the checkpoint on: a seal's news cannot be taken back."""
    del books.ledger.stored["prod", 1]
    del books.ledger.locked["prod", 1]
    assert books.faults() == [("cut", "prod")]
    (found,) = books.check().discrepancies
    assert f"had 2 entries at {NOON.isoformat()}" in found.message


def test_a_deployment_that_goes_on_is_covered_by_the_checkpoint(books: Books) -> None:
    """It has no seal yet."""
    books.deploy("prod-0123456789ab-2", sealed=False)
    books.checkpoints.add(books.ledger, books.signer, NOON)
    assert books.faults() == []
    del books.ledger.stored["prod-0123456789ab-2", 2]
    del books.ledger.locked["prod-0123456789ab-2", 2]
    assert books.faults() == [("cut", "prod-0123456789ab-2")]


def test_an_edited_document_is_found(books: Books) -> None:
    """By its digest; so is one that is gone."""
    (key,) = books.objects.keys("evidence/")
    digest = f"sha256:{key.removeprefix('evidence/').removesuffix('.json')}"
    whole = books.objects.stored[key]
    books.objects.stored[key] = whole.replace(b"healthy", b"failed!")
    assert books.faults() == [("evidence-changed", digest)]
    del books.objects.stored[key]
    assert books.faults() == [("evidence-missing", digest)]


def test_a_forged_checkpoint_is_found(books: Books) -> None:
    """Changed, signed by a stranger, or left out."""
    stored = dict(books.objects.stored)
    books.checkpoints.add(books.ledger, books.signer, NOON)
    (first, second) = books.objects.keys("checkpoints/")
    books.objects.stored[first] = books.objects.stored[first].replace(b"a", b"b", 1)
    assert books.faults() == [("checkpoint", "checkpoints")]
    del books.objects.stored[first]
    assert books.faults() == [("checkpoint", "checkpoints")]
    assert "checkpoint 0 of the ledger is missing" in books.check().discrepancies[0].message
    books.objects.stored = stored
    stranger = LocalSigner()
    books.checkpoints.add(books.ledger, stranger, NOON)
    assert second in books.objects.stored
    (found,) = books.check().discrepancies
    assert "which is no trusted key" in found.message


def test_a_checkpoint_that_does_not_follow_is_found(books: Books) -> None:
    """A second row of checkpoints, properly signed, cannot take the place of the first."""
    other = Books(signer=books.signer, ledger=books.ledger)
    other.checkpoints.add(books.ledger, books.signer, NOON)
    other.checkpoints.add(books.ledger, books.signer, NOON.replace(hour=13))
    books.checkpoints.add(books.ledger, books.signer, NOON)
    (first, _) = books.objects.keys("checkpoints/")
    whole = json.loads(books.objects.stored[first])
    assert whole["payloadType"] == "application/vnd.in-toto+json"
    books.objects.stored[first] = other.objects.stored[sorted(other.objects.stored)[1]]
    (found,) = books.check().discrepancies
    assert found.fault == "checkpoint"
    assert "does not follow checkpoint -1" in found.message


def test_an_entry_in_another_place_is_found(books: Books) -> None:
    """Copied from another chain, locked copy and all."""
    books.deploy("prod-0123456789ab-2")
    books.ledger.locked[DEPLOYMENT, 1] = books.ledger.locked["prod-0123456789ab-2", 1]
    assert books.faults() == [
        ("changed", f"{DEPLOYMENT} 1"),
        ("broken-link", f"{DEPLOYMENT} 1"),
        ("broken-link", f"{DEPLOYMENT} 2"),
    ]
