"""The ledger on S3 and DynamoDB: one order whatever happens, an index, and a locked copy of each entry."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from slipway.adapters.aws import DynamoLedger, LedgerPlace, S3ObjectStore
from slipway.attest import digest_of
from slipway.audit import Ledger
from slipway.ports.ledger import EntryChanged, LedgerEntry, LedgerStoreError, SequenceTaken
from tests.doubles.audited import DEPLOYMENT, NOON, RELEASE, TABLE, event
from tests.doubles.records import MemoryLedger

pytestmark = pytest.mark.integration


def _entries(*subjects: str, chain: str = DEPLOYMENT) -> list[LedgerEntry]:
    """Entries as the ledger chains them."""
    ledger = Ledger(MemoryLedger())
    return [ledger.record(chain, event(subject=subject, datasets=(TABLE,))) for subject in subjects]


def test_what_was_appended_is_read(ledger: DynamoLedger) -> None:
    """A chain in order, its last entry, its name, and the locked bytes behind each digest."""
    entries = _entries("clone", "swap")
    for entry in entries:
        ledger.append(entry)
    assert ledger.entries(DEPLOYMENT) == tuple(entries)
    assert ledger.last(DEPLOYMENT) == entries[1]
    assert ledger.last("prod") is None
    assert ledger.chains() == (DEPLOYMENT,)
    assert {n: digest_of(copy) for n, copy in ledger.copies(DEPLOYMENT).items()} == {
        entry.sequence: entry.digest for entry in entries
    }


def test_many_writers_of_one_chain_leave_no_gap(ledger: DynamoLedger) -> None:
    """Each entry has a place of its own and names the one before."""
    with ThreadPoolExecutor(6) as many:
        list(many.map(lambda number: Ledger(ledger).record("prod", event(subject=str(number))), range(18)))
    entries = ledger.entries("prod")
    assert [entry.sequence for entry in entries] == list(range(18))
    assert [entry.previous for entry in entries[1:]] == [entry.digest for entry in entries[:-1]]
    assert {digest_of(copy) for copy in ledger.copies("prod").values()} == {e.digest for e in entries}


def test_the_same_entry_again_is_no_second_one(ledger: DynamoLedger) -> None:
    """The answer to the first attempt may have been lost."""
    (entry,) = _entries("swap")
    ledger.append(entry)
    ledger.append(entry)
    assert ledger.entries(DEPLOYMENT) == ledger.about("swap") == (entry,)


def test_another_entry_in_the_same_place_is_refused(ledger: DynamoLedger) -> None:
    """And it is found by no index."""
    (mine,), (yours,) = _entries("mine"), _entries("yours")
    ledger.append(mine)
    with pytest.raises(SequenceTaken, match=f"entry 0 of the ledger's chain {DEPLOYMENT} is somebody else's"):
        ledger.append(yours)
    assert ledger.entries(DEPLOYMENT) == (mine,)
    assert ledger.about("yours") == ()


def test_whoever_lost_a_place_is_found_in_the_next(ledger: DynamoLedger) -> None:
    """Two people tell of one release at once: the loser's first row stays in the index."""
    (mine,) = _entries("mine")
    ledger.append(mine)
    yours = event(subject="yours", datasets=(TABLE,), at=NOON + timedelta(seconds=1))
    with pytest.raises(SequenceTaken):
        ledger.append(Ledger(MemoryLedger()).record(DEPLOYMENT, yours))
    second = Ledger(ledger).record(DEPLOYMENT, yours)
    assert ledger.about(TABLE) == (mine, second)
    assert ledger.about("yours") == (second,)


class _Dying:
    """A client of DynamoDB whose process dies before it puts an item."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        if name == "put_item":
            raise KeyboardInterrupt
        return getattr(self._inner, name)


def test_who_comes_after_a_crash_completes_the_entry(
    aws: Callable[[str], Any], place: LedgerPlace, bucket: str, ledger: DynamoLedger
) -> None:
    """The locked copy decides: an entry that has one is in the ledger, though its writer died."""
    copies = S3ObjectStore(aws("s3"), bucket, prefix="ledger/")
    (begun,) = _entries("swap")
    with pytest.raises(KeyboardInterrupt):
        DynamoLedger(_Dying(aws("dynamodb")), place, copies).append(begun)
    assert ledger.entries(DEPLOYMENT) == ()
    assert Ledger(ledger).record(DEPLOYMENT, event(subject="resumed")).sequence == 1
    assert ledger.entries(DEPLOYMENT)[0] == begun
    assert ledger.about(TABLE) == (begun,)


def test_entries_are_found_by_what_they_are_about(ledger: DynamoLedger) -> None:
    """Subject, dataset, release and deployment, oldest first, more than one answer of DynamoDB holds."""
    entries = _entries(*[f"stage {number}" for number in range(120)])
    for entry in entries:
        ledger.append(entry)
    assert ledger.about(TABLE) == ledger.about(RELEASE) == ledger.about(DEPLOYMENT) == tuple(entries)
    assert ledger.about("stage 7") == (entries[7],)
    assert ledger.about("snowflake://FINEDGE.MARTS.RISK") == ()


def test_a_copy_cannot_be_taken_away(aws: Callable[[str], Any], bucket: str, ledger: DynamoLedger) -> None:
    """Object Lock keeps it; what hides it is seen through."""
    (entry,) = _entries("swap")
    ledger.append(entry)
    s3 = aws("s3")
    (version,) = s3.list_object_versions(Bucket=bucket)["Versions"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    s3.delete_object(Bucket=bucket, Key=version["Key"])
    assert digest_of(ledger.copies(DEPLOYMENT)[0]) == entry.digest


def test_a_table_that_was_changed_is_not_written_over(
    aws: Callable[[str], Any], place: LedgerPlace, ledger: DynamoLedger
) -> None:
    """It is evidence too."""
    (entry,) = _entries("swap")
    ledger.append(entry)
    aws("dynamodb").update_item(
        TableName=place.entries,
        Key={"chain": {"S": DEPLOYMENT}, "sequence": {"N": "0"}},
        UpdateExpression="SET digest = :other",
        ExpressionAttributeValues={":other": {"S": digest_of(b"forged")}},
    )
    with pytest.raises(
        LedgerStoreError, match="is another one in the table than in its locked copy"
    ) as found:
        ledger.append(entry)
    assert "slipway audit verify" in found.value.remedy


def test_an_entry_that_was_edited_in_the_table_is_refused_by_name(
    aws: Callable[[str], Any], place: LedgerPlace, ledger: DynamoLedger
) -> None:
    """Whoever asks what happened; its locked copy, the chain's newest, is as it was."""
    first, last = _entries("clone", "swap")
    for entry in (first, last):
        ledger.append(entry)
    aws("dynamodb").update_item(
        TableName=place.entries,
        Key={"chain": {"S": DEPLOYMENT}, "sequence": {"N": "1"}},
        UpdateExpression="SET event = :other",
        ExpressionAttributeValues={":other": {"S": last.event.decode().replace("swap", "view")}},
    )
    for ask in (lambda: ledger.last(DEPLOYMENT), lambda: ledger.about(TABLE)):
        with pytest.raises(EntryChanged, match=f"entry 1 of the ledger's chain {DEPLOYMENT} was changed"):
            ask()
    heads = ledger.heads(DEPLOYMENT[:-1])
    assert {chain: digest_of(copy) for chain, copy in heads.items()} == {DEPLOYMENT: last.digest}
    assert ledger.heads("prod-x") == {}
