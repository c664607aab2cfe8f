"""DynamoDB through the front: AWS's engine for data, one database an account, and what the engine lacks."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.conftest import Cloud

ROUNDS = 12
RACERS = 12


@pytest.fixture
def table(cloud: Cloud, unique: str) -> tuple[Any, str]:
    """A client in dev and a table it made."""
    client = cloud.client("dynamodb", cloud.session_in("dev"))
    create(client, unique)
    return client, unique


def create(client: Any, name: str, **more: Any) -> dict[str, Any]:
    """Create a table and return its description."""
    description: dict[str, Any] = client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )["TableDescription"]
    return description


def test_two_sessions_of_one_role_see_one_table(cloud: Cloud, table: tuple[Any, str]) -> None:
    """A database belongs to the account, not to a credential."""
    first, name = table
    first.put_item(TableName=name, Item={"id": {"S": "a"}, "n": {"N": "1"}})
    second = cloud.client("dynamodb", cloud.session_in("dev", "another"))
    assert second.get_item(TableName=name, Key={"id": {"S": "a"}})["Item"]["n"] == {"N": "1"}


def test_the_engineer_s_user_and_a_session_share_the_audit_account(cloud: Cloud, unique: str) -> None:
    """User keys and role sessions of one account see the same tables."""
    create(cloud.client("dynamodb", cloud.engineer()), unique)
    session = cloud.client("dynamodb", cloud.session_in("shared"))
    assert session.describe_table(TableName=unique)["Table"]["TableStatus"] == "ACTIVE"


def test_two_accounts_do_not_share_a_table(cloud: Cloud, table: tuple[Any, str]) -> None:
    """dev's tables do not exist for prod."""
    _, name = table
    prod = cloud.client("dynamodb", cloud.session_in("prod"))
    with pytest.raises(prod.exceptions.ResourceNotFoundException):
        prod.describe_table(TableName=name)


def test_two_regions_do_not_share_a_table(cloud: Cloud, table: tuple[Any, str]) -> None:
    """A table exists in one region."""
    _, name = table
    elsewhere = cloud.client("dynamodb", cloud.session_in("dev"), region="eu-west-1")
    assert name not in elsewhere.list_tables()["TableNames"]


def test_arns_carry_account_and_region(cloud: Cloud, unique: str) -> None:
    """Never `ddblocal` and zeros: policies and outputs are built from ARNs."""
    client = cloud.client("dynamodb", cloud.session_in("prod"), region="eu-west-1")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    made = create(client, unique, StreamSpecification=stream)
    expected = f"arn:aws:dynamodb:eu-west-1:444455556666:table/{unique}"
    assert made["TableArn"] == expected
    assert made["LatestStreamArn"].startswith(f"{expected}/stream/")
    assert client.describe_table(TableName=expected)["Table"]["TableArn"] == expected
    assert client.delete_table(TableName=unique)["TableDescription"]["TableArn"] == expected


def test_a_stream_is_read_by_its_arn(cloud: Cloud, unique: str) -> None:
    """The stream's ARN is translated on the way in and out."""
    credentials = cloud.session_in("dev")
    client = cloud.client("dynamodb", credentials)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    arn = create(client, unique, StreamSpecification=stream)["LatestStreamArn"]
    client.put_item(TableName=unique, Item={"id": {"S": "a"}})
    streams = cloud.client("dynamodbstreams", credentials)
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    (record,) = streams.get_records(ShardIterator=iterator)["Records"]
    assert record["dynamodb"]["Keys"] == {"id": {"S": "a"}}
    assert record["awsRegion"] == "us-east-1"


def test_an_item_keeps_any_arn_it_holds(table: tuple[Any, str]) -> None:
    """The ledger stores ARNs of tables as data: they are not names to translate."""
    client, name = table
    for text in (
        "arn:aws:dynamodb:us-east-1:444455556666:table/x",
        "arn:aws:dynamodb:ddblocal:000000000000:table/x",
    ):
        client.put_item(TableName=name, Item={"id": {"S": text}})
        assert client.get_item(TableName=name, Key={"id": {"S": text}})["Item"] == {"id": {"S": text}}


def test_a_table_of_another_account_is_refused_by_arn(table: tuple[Any, str]) -> None:
    """DynamoDB Local reads a foreign ARN as a table of its own: it would be the wrong data."""
    client, name = table
    foreign = f"arn:aws:dynamodb:us-east-1:444455556666:table/{name}"
    attempts: list[Callable[[], Any]] = [
        lambda: client.describe_table(TableName=foreign),
        lambda: client.get_item(TableName=foreign, Key={"id": {"S": "a"}}),
        lambda: client.batch_get_item(RequestItems={foreign: {"Keys": [{"id": {"S": "a"}}]}}),
        lambda: client.transact_write_items(
            TransactItems=[{"Put": {"TableName": foreign, "Item": {"id": {"S": "a"}}}}]
        ),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError, match=r"AccessDenied.*across accounts"):
            attempt()


def test_a_conditional_put_has_one_winner(cloud: Cloud, table: tuple[Any, str]) -> None:
    """Leases and ledger heads stand on this; moto's own DynamoDB let two win."""
    _, name = table
    clients = [cloud.client("dynamodb", cloud.session_in("dev", f"racer-{n}")) for n in range(RACERS)]
    with ThreadPoolExecutor(RACERS) as pool:
        for round_ in range(ROUNDS):
            outcomes = list(pool.map(_racer(name, f"key-{round_}", threading.Barrier(RACERS)), clients))
            assert sorted(outcomes) == ["ConditionalCheckFailedException"] * (RACERS - 1) + ["won"]


def test_a_transaction_on_one_item_has_one_winner(table: tuple[Any, str]) -> None:
    """moto's own DynamoDB answered such races with HTTP 500."""
    client, name = table
    barrier = threading.Barrier(RACERS)

    def attempt(_: int) -> str:
        put = {
            "TableName": name,
            "Item": {"id": {"S": "t"}},
            "ConditionExpression": "attribute_not_exists(id)",
        }
        barrier.wait()
        try:
            client.transact_write_items(TransactItems=[{"Put": put}])
        except client.exceptions.TransactionCanceledException:
            return "cancelled"
        return "won"

    with ThreadPoolExecutor(RACERS) as pool:
        assert sorted(pool.map(attempt, range(RACERS))) == ["cancelled"] * (RACERS - 1) + ["won"]


def test_tags_are_kept_with_the_table(cloud: Cloud, unique: str) -> None:
    """Made, changed, removed, and gone with the table."""
    client = cloud.client("dynamodb", cloud.session_in("dev"))
    arn = create(client, unique, Tags=[{"Key": "Owner", "Value": "platform"}])["TableArn"]
    client.tag_resource(
        ResourceArn=arn, Tags=[{"Key": "Owner", "Value": "risk"}, {"Key": "New", "Value": ""}]
    )
    assert _tags(client, arn) == {"Owner": "risk", "New": ""}
    client.untag_resource(ResourceArn=arn, TagKeys=["Owner", "Absent"])
    assert _tags(client, arn) == {"New": ""}
    client.delete_table(TableName=unique)
    create(client, unique)
    assert _tags(client, arn) == {}


def test_tags_of_a_missing_table_are_not_found(cloud: Cloud) -> None:
    """Drift detection relies on it: a deleted table has no tags, it is not there."""
    client = cloud.client("dynamodb", cloud.session_in("dev"))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.list_tags_of_resource(ResourceArn="arn:aws:dynamodb:us-east-1:222233334444:table/absent")


def test_reserved_and_too_many_tags_are_refused(table: tuple[Any, str]) -> None:
    """AWS's limits hold, and a refused change changes nothing."""
    client, name = table
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    with pytest.raises(ClientError, match="reserved: aws:mine"):
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": "aws:mine", "Value": "x"}])
    with pytest.raises(client.exceptions.LimitExceededException):
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": f"k{n}", "Value": "x"} for n in range(51)])
    assert _tags(client, arn) == {}


def test_point_in_time_recovery_is_switched_on_and_off(table: tuple[Any, str]) -> None:
    """DynamoDB Local does not know it at all."""
    client, name = table
    assert _recovery(client, name) == "DISABLED"
    client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    )
    described = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = described["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert recovery["RecoveryPeriodInDays"] == 7
    assert recovery["EarliestRestorableDateTime"] <= recovery["LatestRestorableDateTime"]
    off = {"PointInTimeRecoveryEnabled": False}
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=off)
    assert _recovery(client, name) == "DISABLED"


def test_deletion_protection_refuses_until_it_is_lifted(cloud: Cloud, unique: str) -> None:
    """What the platform's durable tables rely on."""
    client = cloud.client("dynamodb", cloud.session_in("dev"))
    create(client, unique, DeletionProtectionEnabled=True)
    with pytest.raises(ClientError, match="protected against deletion"):
        client.delete_table(TableName=unique)
    client.update_table(TableName=unique, DeletionProtectionEnabled=False)
    client.delete_table(TableName=unique)
    assert unique not in client.list_tables()["TableNames"]


def test_time_to_live_is_kept(table: tuple[Any, str]) -> None:
    """The engine's own feature, reached through the front."""
    client, name = table
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    described = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_encryption_and_class_are_described(cloud: Cloud, unique: str) -> None:
    """The engine forgets these settings; a preview would see drift for ever."""
    client = cloud.client("dynamodb", cloud.session_in("dev"))
    key = "arn:aws:kms:us-east-1:222233334444:key/11111111-2222-3333-4444-555555555555"
    create(client, unique, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key})
    assert client.describe_table(TableName=unique)["Table"]["SSEDescription"]["KMSMasterKeyArn"] == key
    updated = client.update_table(TableName=unique, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert updated["TableDescription"]["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    client.update_table(TableName=unique, SSESpecification={"Enabled": False})
    assert "SSEDescription" not in client.describe_table(TableName=unique)["Table"]


def test_what_the_engine_lacks_is_refused_by_name(table: tuple[Any, str]) -> None:
    """The operation that is missing is in the message."""
    client, name = table
    with pytest.raises(ClientError, match="does not support dynamodb CreateBackup"):
        client.create_backup(TableName=name, BackupName="before-release")
    replica = [{"Create": {"RegionName": "eu-west-1"}}]
    with pytest.raises(ClientError, match="does not support dynamodb ReplicaUpdates"):
        client.update_table(TableName=name, ReplicaUpdates=replica)


def _racer(table: str, key: str, barrier: threading.Barrier) -> Callable[[Any], str]:
    def attempt(client: Any) -> str:
        barrier.wait()
        try:
            client.put_item(
                TableName=table, Item={"id": {"S": key}}, ConditionExpression="attribute_not_exists(id)"
            )
        except ClientError as refusal:
            return str(refusal.response["Error"]["Code"])
        return "won"

    return attempt


def _tags(client: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in client.list_tags_of_resource(ResourceArn=arn)["Tags"]}


def _recovery(client: Any, table: str) -> str:
    described = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return str(described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"])
