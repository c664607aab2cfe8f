"""Terraform states in S3: the right object, unlocked, and the revision that was written last."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from slipway.adapters.aws.terraform_state import S3State, S3StatePlace
from slipway.cli.main import main
from slipway.model.errors import ExitCode
from slipway.ports.terraform_state import StateAbsent, StateLocked, StateStoreError, StateUnsettled
from tests.doubles.terraform_states import a_resource, a_state
from tests.integration.aws.tables import make_table

pytestmark = pytest.mark.integration
KEY = "data/terraform.tfstate"
CONTENT = b'{"version": 4}'


@pytest.fixture
def aws_clients(aws: Callable[[str], Any]) -> tuple[Any, Any]:
    """Clients of S3 and DynamoDB."""
    return aws("s3"), aws("dynamodb")


@pytest.fixture
def table(aws: Callable[[str], Any], bucket: str) -> str:
    """A table of locks, as the backend wants it; one a bucket."""
    return make_table(aws("dynamodb"), f"locks-{bucket}", "LockID", None)


def test_an_object_is_read_with_its_version(aws_clients: tuple[Any, Any], bucket: str) -> None:
    """A proposal names the revision that it is about."""
    written = aws_clients[0].put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    read = S3State(*aws_clients, S3StatePlace(bucket=bucket, key=KEY)).read()
    assert (read.content, read.source) == (CONTENT, f"s3://{bucket}/{KEY}")
    assert read.version == written["VersionId"]


@pytest.mark.parametrize(
    ("prefix", "key"), [("env:", f"env:/prod/{KEY}"), ("teams/data", f"teams/data/prod/{KEY}")]
)
def test_a_workspace_has_an_object_of_its_own(
    aws_clients: tuple[Any, Any], bucket: str, prefix: str, key: str
) -> None:
    """The default one's is never read for it."""
    aws_clients[0].put_object(Bucket=bucket, Key=KEY, Body=b"the default one")
    place = S3StatePlace(bucket=bucket, key=KEY, workspace="prod", prefix=prefix)
    with pytest.raises(StateAbsent, match=f"there is no state s3://{bucket}/{key}"):
        S3State(*aws_clients, place).read()
    aws_clients[0].put_object(Bucket=bucket, Key=key, Body=CONTENT)
    assert S3State(*aws_clients, place).read().content == CONTENT


def test_a_lock_object_is_respected(aws_clients: tuple[Any, Any], bucket: str) -> None:
    """`use_lockfile`."""
    aws_clients[0].put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    lock = json.dumps({"ID": "7f3c", "Who": "ana@laptop"}).encode()
    aws_clients[0].put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=lock)
    with pytest.raises(StateLocked, match=f"s3://{bucket}/{KEY} is locked by ana@laptop"):
        S3State(*aws_clients, S3StatePlace(bucket=bucket, key=KEY)).read()


def test_a_lock_in_the_table_is_respected(aws_clients: tuple[Any, Any], bucket: str, table: str) -> None:
    """`dynamodb_table`."""
    s3, dynamodb = aws_clients
    s3.put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    place = S3StatePlace(bucket=bucket, key=KEY, table=table)
    assert S3State(s3, dynamodb, place).read().content == CONTENT
    info = json.dumps({"ID": "7f3c", "Who": "ana@laptop", "Created": "2026-03-02"})
    dynamodb.put_item(TableName=table, Item={"LockID": {"S": f"{bucket}/{KEY}"}, "Info": {"S": info}})
    with pytest.raises(StateLocked, match="is locked by ana@laptop since 2026-03-02"):
        S3State(s3, dynamodb, place).read()


def test_the_digest_decides_which_revision_is_the_last(
    aws_clients: tuple[Any, Any], bucket: str, table: str
) -> None:
    """An object that is older than what was written last would have layers adopted that are gone."""
    s3, dynamodb = aws_clients
    s3.put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    place = S3StatePlace(bucket=bucket, key=KEY, table=table)
    item = {"LockID": {"S": f"{bucket}/{KEY}-md5"}}
    right = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    dynamodb.put_item(TableName=table, Item={**item, "Digest": {"S": right}})
    assert S3State(s3, dynamodb, place).read().content == CONTENT
    dynamodb.put_item(TableName=table, Item={**item, "Digest": {"S": "0" * 32}})
    with pytest.raises(StateUnsettled, match=f"its MD5 is {right}, the table {table} says {'0' * 32}"):
        S3State(s3, dynamodb, place).read()


def test_a_bucket_and_a_table_that_are_not_there(aws_clients: tuple[Any, Any], bucket: str) -> None:
    """Each is named."""
    with pytest.raises(StateStoreError, match=r"s3://no-such-bucket-1/x\.tflock: AWS answers NoSuchBucket"):
        S3State(*aws_clients, S3StatePlace(bucket="no-such-bucket-1", key="x")).read()
    aws_clients[0].put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    with pytest.raises(StateStoreError, match="in the table nowhere: AWS answers ResourceNotFound"):
        S3State(*aws_clients, S3StatePlace(bucket=bucket, key=KEY, table="nowhere")).read()


def test_the_command_reads_a_workspace_of_a_bucket(
    aws_clients: tuple[Any, Any], bucket: str, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the words of the backend's configuration; a lock that is held ends it with 3."""
    s3, dynamodb = aws_clients
    s3.put_object(Bucket=bucket, Key=f"env:/prod/{KEY}", Body=a_state(a_resource()))
    words = ["adopt", "inventory", f"s3://{bucket}/{KEY}", "--workspace", "prod", "--dynamodb-table", table]
    assert main([*words, "--format", "json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert [each["source"] for each in told["states"]] == [f"s3://{bucket}/env:/prod/{KEY}"]
    assert [each["address"] for each in told["instances"]] == ["aws_s3_bucket.lake"]
    lock = {"LockID": {"S": f"{bucket}/env:/prod/{KEY}"}, "Info": {"S": '{"Who": "ana@laptop"}'}}
    dynamodb.put_item(TableName=table, Item=lock)
    assert main(words) == ExitCode.ENVIRONMENT
    assert "is locked by ana@laptop" in capsys.readouterr().err
