"""One front for the tests of a worker; every test works on tables, buckets and keys of its own."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slipway.adapters.aws import (
    DynamoDocuments,
    DynamoJournal,
    DynamoLeases,
    DynamoLedger,
    LedgerPlace,
    S3ObjectStore,
    client,
)
from tests.integration.aws.front import Front, running_front
from tests.integration.aws.tables import make_table

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A front with nothing in it but the engineer and the accounts."""
    with running_front(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture
def aws(front: Front, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Clients as production makes them, of the engineer in the audit account."""
    for name, value in front.environment.items():
        monkeypatch.setenv(name, value)
    session = front.session()
    return lambda service: client(session, service)


def _table(dynamodb: Any, role: str, hash_key: str, range_key: tuple[str, str] | None) -> str:
    return make_table(dynamodb, f"{role}-{next(_numbers)}", hash_key, range_key)


@pytest.fixture
def leases(aws: Callable[[str], Any]) -> DynamoLeases:
    """A table of leases."""
    dynamodb = aws("dynamodb")
    return DynamoLeases(dynamodb, _table(dynamodb, "leases", "target", None))


@pytest.fixture
def documents(aws: Callable[[str], Any]) -> DynamoDocuments:
    """A table of environment documents."""
    dynamodb = aws("dynamodb")
    return DynamoDocuments(dynamodb, _table(dynamodb, "documents", "environment", ("version", "N")))


@pytest.fixture
def journal(aws: Callable[[str], Any]) -> DynamoJournal:
    """A table of journals."""
    dynamodb = aws("dynamodb")
    return DynamoJournal(dynamodb, _table(dynamodb, "journal", "deployment", ("stage", "S")))


@pytest.fixture
def bucket(aws: Callable[[str], Any]) -> str:
    """A bucket with Object Lock, a day by default."""
    name = f"evidence-{next(_numbers)}"
    s3 = aws("s3")
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket=name,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    )
    return name


@pytest.fixture
def objects(aws: Callable[[str], Any], bucket: str) -> S3ObjectStore:
    """That bucket as a store."""
    return S3ObjectStore(aws("s3"), bucket)


@pytest.fixture
def place(aws: Callable[[str], Any]) -> LedgerPlace:
    """The ledger's tables."""
    dynamodb = aws("dynamodb")
    return LedgerPlace(
        entries=_table(dynamodb, "ledger", "chain", ("sequence", "N")),
        index=_table(dynamodb, "ledger-index", "subject", ("position", "S")),
    )


@pytest.fixture
def ledger(aws: Callable[[str], Any], place: LedgerPlace, bucket: str) -> DynamoLedger:
    """The ledger."""
    return DynamoLedger(aws("dynamodb"), place, S3ObjectStore(aws("s3"), bucket, prefix="ledger/"))
