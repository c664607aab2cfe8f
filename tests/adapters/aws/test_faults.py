"""What AWS answers, or does not, becomes the port's error: with its subject and a remedy that fits."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from slipway.adapters.aws import (
    DynamoDocuments,
    DynamoJournal,
    DynamoLeases,
    DynamoLedger,
    KmsSigner,
    LedgerPlace,
    S3ObjectStore,
    StsIdentity,
)
from slipway.adapters.aws.faults import asking
from slipway.model.environment import Environment
from slipway.model.errors import DependencyError, ExitCode
from slipway.model.events import DeploymentId
from slipway.ports.documents import DocumentStoreError
from slipway.ports.identity import IdentityUnknown
from slipway.ports.journal import JournalStoreError
from slipway.ports.leases import LeaseStoreError
from slipway.ports.ledger import LedgerStoreError
from slipway.ports.objects import ObjectStoreError, ObjectTaken
from slipway.ports.signer import SigningFailed
from tests.doubles.deployments import opened

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEPLOYMENT = DeploymentId("dev-0123456789ab-1")


def _client(service: str) -> Any:
    return boto3.client(
        service, region_name="us-east-1", aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
    )


@pytest.fixture
def s3() -> Iterator[tuple[Any, Stubber]]:
    """A client whose answers the test writes; all of them are to be asked for."""
    client = _client("s3")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("AccessDenied", "aws sts get-caller-identity"),
        ("403", "aws sts get-caller-identity"),
        ("ExpiredToken", "log in"),
        ("NoSuchBucket", "pulumi up -s shared"),
        ("SlowDown", "run the command again"),
    ],
)
def test_a_code_leads_to_its_remedy(s3: tuple[Any, Stubber], code: str, remedy: str) -> None:
    """A person without the right gets other advice than one whose login is over."""
    client, stub = s3
    stub.add_client_error("get_object", code, "said AWS")
    with pytest.raises(ObjectStoreError) as failed:
        S3ObjectStore(client, "evidence").read("e")
    assert failed.value.message == f"s3://evidence/e: AWS answers {code}: said AWS"
    assert remedy in failed.value.remedy
    assert failed.value.exit_code is ExitCode.ENVIRONMENT


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_silence_is_a_failed_dependency(error: Exception) -> None:
    """On one line, with where to look."""
    with pytest.raises(LeaseStoreError) as failed, asking(LeaseStoreError, "the lease of prod/settlements"):
        raise error
    assert failed.value.message.startswith("the lease of prod/settlements: AWS does not answer: ")
    assert "127.0.0.1:1" in failed.value.message
    assert "AWS_ENDPOINT_URL" in failed.value.remedy


def test_a_write_that_meets_another_is_tried_again(s3: tuple[Any, Stubber]) -> None:
    """409: the other one may fail yet; the key is free, and ours wins."""
    client, stub = s3
    stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    stub.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    stub.add_response("put_object", {"ETag": '"1"'})
    assert S3ObjectStore(client, "evidence").create("e", b"x") is True


def test_writes_that_meet_others_all_the_time_end(s3: tuple[Any, Stubber]) -> None:
    """Five times, then a person decides."""
    client, stub = s3
    for _ in range(5):
        stub.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
        stub.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    with pytest.raises(ObjectStoreError, match="others write it all the time"):
        S3ObjectStore(client, "evidence").create("e", b"x")


def test_a_pointer_that_is_gone_was_moved(s3: tuple[Any, Stubber]) -> None:
    """If-Match on nothing: 404 from S3 is no failure of S3."""
    client, stub = s3
    stub.add_client_error("put_object", "NoSuchKey", http_status_code=404)
    stub.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    with pytest.raises(ObjectTaken, match="written by somebody else since it was read"):
        S3ObjectStore(client, "dags").replace("current", b"x", version='"1"')


def _leases(client: Any) -> object:
    return DynamoLeases(client, "leases").acquire(
        "prod/x", holder="h", now=NOON, lasting=timedelta(minutes=1)
    )


def _ledger(client: Any) -> DynamoLedger:
    place = LedgerPlace(entries="ledger", index="ledger-index")
    return DynamoLedger(client, place, S3ObjectStore(_client("s3"), "evidence"))


@pytest.mark.parametrize(
    ("service", "operation", "call", "kind"),
    [
        ("dynamodb", "update_item", _leases, LeaseStoreError),
        ("dynamodb", "query", lambda c: DynamoDocuments(c, "d").newest(Environment.DEV), DocumentStoreError),
        ("dynamodb", "query", lambda c: DynamoJournal(c, "j").open(Environment.DEV), JournalStoreError),
        ("dynamodb", "get_item", lambda c: DynamoJournal(c, "j").deployment(DEPLOYMENT), JournalStoreError),
        ("dynamodb", "put_item", lambda c: DynamoJournal(c, "j").save(opened()), JournalStoreError),
        ("dynamodb", "query", lambda c: _ledger(c).last("prod"), LedgerStoreError),
        ("dynamodb", "query", lambda c: _ledger(c).about("prod"), LedgerStoreError),
        ("dynamodb", "query", lambda c: _ledger(c).chains(), LedgerStoreError),
        ("kms", "sign", lambda c: KmsSigner(c, "alias/k").sign(b"m"), SigningFailed),
        ("kms", "get_public_key", lambda c: KmsSigner(c, "alias/k").public_key(), SigningFailed),
        ("sts", "get_caller_identity", lambda c: StsIdentity(c).caller(), IdentityUnknown),
        ("s3", "list_objects_v2", lambda c: S3ObjectStore(c, "b").keys(""), ObjectStoreError),
        ("s3", "list_object_versions", lambda c: S3ObjectStore(c, "b").originals(""), ObjectStoreError),
    ],
)
def test_no_exception_of_botocore_leaves(
    service: str, operation: str, call: Callable[[Any], object], kind: type[DependencyError]
) -> None:
    """Whatever is asked for: the port says which error there is."""
    client = _client(service)
    with Stubber(client) as stub:
        stub.add_client_error(operation, "ThrottlingException", "slower")
        with pytest.raises(kind, match="AWS answers ThrottlingException: slower"):
            call(client)
