"""Ledger, evidence and checkpoints on AWS, as an auditor reads them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from slipway.adapters.aws import DynamoLedger, LedgerPlace, S3ObjectStore
from slipway.adapters.system_clock import SystemClock
from slipway.audit import EvidenceStore, Ledger
from slipway.audit.checkpoints import Checkpoints
from slipway.audit.trace import Attested, trace
from slipway.audit.verify import Verification, Verifier
from slipway.model.digest import Digest, hex_of
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId, EventKind
from tests.doubles.audited import DEPLOYMENT, NOON, TABLE, event, verdict
from tests.doubles.local_signer import LocalSigner

pytestmark = pytest.mark.integration


class Books:
    """The records of one finished deployment to prod, with a checkpoint."""

    def __init__(self, ledger: DynamoLedger, objects: S3ObjectStore) -> None:
        self.ledger, self.objects, self.signer = ledger, objects, LocalSigner()
        self.evidence = EvidenceStore(objects, SystemClock())
        self.verdict = self.evidence.put(verdict())
        self._deploy()
        self.checkpoints = Checkpoints(objects, [self.signer.pinned])
        self.checkpoints.add(ledger, self.signer, NOON)

    def _deploy(self) -> None:
        ledger = Ledger(self.ledger)
        ledger.open_deployment(event(EventKind.DEPLOYMENT_OPENED, subject=DEPLOYMENT))
        ledger.record(DEPLOYMENT, event(subject="swap", datasets=(TABLE,), evidence=(self.verdict,)))
        ledger.seal_deployment(event(EventKind.DEPLOYMENT_SEALED, subject=DEPLOYMENT))

    def check(self) -> Verification:
        """Verify everything."""
        return Verifier(self.ledger, self.evidence, self.checkpoints).verify()

    def faults(self) -> list[str]:
        """What a verification finds."""
        return [f"{each.fault} {each.subject}" for each in self.check().discrepancies]


@pytest.fixture
def books(ledger: DynamoLedger, objects: S3ObjectStore) -> Books:
    """Records that nobody has touched."""
    return Books(ledger, objects)


def test_untouched_records_are_whole(books: Books, aws: Callable[[str], Any], bucket: str) -> None:
    """And everything in the bucket is under a lock, checkpoint and ledger too."""
    found = books.check()
    assert found.discrepancies == ()
    assert (found.chains, found.entries, found.evidence, found.checkpoints) == (2, 5, 1, 1)
    keys = books.objects.keys("")
    assert {key.partition("/")[0] for key in keys} == {"checkpoints", "evidence", "ledger"}
    heads = [aws("s3").head_object(Bucket=bucket, Key=key) for key in keys]
    assert {head["ObjectLockMode"] for head in heads} == {"GOVERNANCE"}


def test_what_is_done_to_the_table_is_found(
    books: Books, aws: Callable[[str], Any], place: LedgerPlace
) -> None:
    """Somebody with all rights on DynamoDB edits one entry and deletes another."""
    dynamodb = aws("dynamodb")
    swap = {"chain": {"S": DEPLOYMENT}, "sequence": {"N": "1"}}
    item = dynamodb.get_item(TableName=place.entries, Key=swap)["Item"]
    item["event"]["S"] = item["event"]["S"].replace("success", "failure")
    dynamodb.put_item(TableName=place.entries, Item=item)
    dynamodb.delete_item(TableName=place.entries, Key={"chain": {"S": "prod"}, "sequence": {"N": "0"}})
    assert books.faults() == ["missing-entry prod 0", f"changed {DEPLOYMENT} 1"]


def test_what_is_done_to_the_bucket_is_found(books: Books, aws: Callable[[str], Any], bucket: str) -> None:
    """An edited document is found; a copy that is overwritten or hidden is seen through."""
    s3 = aws("s3")
    document = f"evidence/{hex_of(books.verdict)}.json"
    s3.put_object(Bucket=bucket, Key=document, Body=b"{}")
    s3.put_object(Bucket=bucket, Key=f"ledger/{DEPLOYMENT}/000000001.json", Body=b"{}")
    s3.delete_object(Bucket=bucket, Key="ledger/prod/000000000.json")
    assert books.faults() == [f"evidence-changed {books.verdict}"]
    s3.delete_object(Bucket=bucket, Key=document)
    assert books.faults() == [f"evidence-missing {books.verdict}"]


def _no_manifest(release: Digest) -> Attested:
    raise SlipwayError(f"there is no release {release}", remedy="none")


def _append(store: DynamoLedger, releases: range, *, wrote: tuple[str, ...]) -> None:
    """Three entries a release, in a chain of its own."""
    for number in releases:
        own = partial(
            event,
            deployment=DeploymentId(f"prod-{number}"),
            release=f"sha256:{number:064x}",
            at=NOON + timedelta(minutes=number),
        )
        for stage, datasets in (("clone", ()), ("swap", wrote), ("verdict", ())):
            Ledger(store).record(f"prod-{number}", own(subject=stage, datasets=datasets))


def test_a_trace_costs_what_its_answer_costs(
    aws: Callable[[str], Any], place: LedgerPlace, bucket: str, objects: S3ObjectStore
) -> None:
    """It asks the index and scans nothing: a ledger of five times as many entries is asked no more often."""
    dynamodb, asked = aws("dynamodb"), []
    store = DynamoLedger(dynamodb, place, S3ObjectStore(aws("s3"), bucket, prefix="ledger/"))
    dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name))
    evidence = EvidenceStore(objects, SystemClock())
    follow = partial(trace, TABLE, store=store, evidence=evidence, manifest_of=_no_manifest, newest=2)
    _append(store, range(3), wrote=(TABLE,))
    asked.clear()
    before = follow()
    requests = sorted(asked)
    _append(store, range(100, 112), wrote=("snowflake://FINEDGE.MARTS.RISK",))
    asked.clear()
    assert follow() == before
    assert sorted(asked) == requests
    assert set(requests) == {"Query", "BatchGetItem"}
    assert [release.release[-1] for release in before.releases] == ["2", "1"]
    assert (before.earlier, [len(release.told) for release in before.releases]) == (1, [3, 3])
