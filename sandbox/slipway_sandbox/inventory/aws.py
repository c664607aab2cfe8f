"""What exists in an AWS account: one row a kind, asked with the account's own access role."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from slipway_sandbox.inventory.model import Item, Kind, Source
from slipway_sandbox.world import ACCESS_ROLE, World

_AT_ONCE = Config(retries={"total_max_attempts": 1}, inject_host_prefix=False)
"""A server of this machine that does not answer will not answer a second later either; MWAA's client would
ask for a name below this machine's, which leads nowhere."""

Client = Any
Entry = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """How one kind is listed.

    Attributes:
        name: what people call it.
        service: boto3's name of the service.
        operation: the operation that lists, paginated where boto3 can.
        key: the member of the answer that holds the entries.
        item: an entry's name and detail; nothing for entries that AWS itself puts there.
        arguments: of the operation.
    """

    name: str
    service: str
    operation: str
    key: str
    item: Callable[[Client, Any], Item | None]
    arguments: tuple[tuple[str, Any], ...] = ()


def _named(member: str) -> Callable[[Client, Entry], Item]:
    return lambda _, entry: Item(name=str(entry[member]))


def _last_part(member: str) -> Callable[[Client, Entry], Item]:
    return lambda _, entry: Item(name=str(entry[member]).rpartition(":")[2])


def _bucket(client: Client, entry: Entry) -> Item:
    name = entry["Name"]
    versioned = client.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
    details = [*(["versioned"] if versioned else []), *_lock(client, name)]
    return Item(name=name, detail=", ".join(details))


def _lock(client: Client, bucket: str) -> Iterable[str]:
    try:
        configuration = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ObjectLockConfigurationNotFoundError":
            raise
        return
    retention = configuration.get("Rule", {}).get("DefaultRetention", {})
    period = " ".join(
        f"{retention[unit]} {unit.lower()}" for unit in ("Years", "Days") if retention.get(unit)
    )
    yield " ".join(filter(None, ["object lock", retention.get("Mode", ""), period]))


def _table(client: Client, name: str) -> Item:
    protected = client.describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled")
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovered = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    details = (["protected"] if protected else []) + (["point-in-time recovery"] if recovered else [])
    return Item(name=name, detail=", ".join(details))


def _alias(client: Client, entry: Entry) -> Item | None:
    if entry["AliasName"].startswith("alias/aws/") or "TargetKeyId" not in entry:
        return None
    key = client.describe_key(KeyId=entry["TargetKeyId"])["KeyMetadata"]
    return Item(name=entry["AliasName"], detail=f"{key['KeySpec']}, {key['KeyUsage']}")


def _key(client: Client, entry: Entry) -> Item | None:
    key = client.describe_key(KeyId=entry["KeyId"])["KeyMetadata"]
    return None if key["KeyManager"] == "AWS" else Item(name=key["KeyId"], detail=key["KeyState"])


def _log_group(_: Client, entry: Entry) -> Item:
    days = entry.get("retentionInDays")
    return Item(name=entry["logGroupName"], detail=f"{days} days" if days else "kept for ever")


def _vpc(_: Client, entry: Entry) -> Item | None:
    return None if entry["IsDefault"] else Item(name=entry["VpcId"], detail=entry["CidrBlock"])


LISTINGS = (
    Listing(name="S3 buckets", service="s3", operation="list_buckets", key="Buckets", item=_bucket),
    Listing(
        name="DynamoDB tables", service="dynamodb", operation="list_tables", key="TableNames", item=_table
    ),
    Listing(name="KMS keys", service="kms", operation="list_keys", key="Keys", item=_key),
    Listing(name="KMS aliases", service="kms", operation="list_aliases", key="Aliases", item=_alias),
    Listing(name="IAM roles", service="iam", operation="list_roles", key="Roles", item=_named("RoleName")),
    Listing(
        name="IAM policies",
        service="iam",
        operation="list_policies",
        key="Policies",
        item=_named("PolicyName"),
        arguments=(("Scope", "Local"),),
    ),
    Listing(name="IAM users", service="iam", operation="list_users", key="Users", item=_named("UserName")),
    Listing(
        name="log groups", service="logs", operation="describe_log_groups", key="logGroups", item=_log_group
    ),
    Listing(
        name="metric alarms",
        service="cloudwatch",
        operation="describe_alarms",
        key="MetricAlarms",
        item=_named("AlarmName"),
    ),
    Listing(
        name="SNS topics", service="sns", operation="list_topics", key="Topics", item=_last_part("TopicArn")
    ),
    Listing(
        name="SQS queues",
        service="sqs",
        operation="list_queues",
        key="QueueUrls",
        item=lambda _, url: Item(name=url.rpartition("/")[2]),
    ),
    Listing(
        name="secrets",
        service="secretsmanager",
        operation="list_secrets",
        key="SecretList",
        item=_named("Name"),
    ),
    Listing(
        name="SSM parameters",
        service="ssm",
        operation="describe_parameters",
        key="Parameters",
        item=_named("Name"),
    ),
    Listing(name="event rules", service="events", operation="list_rules", key="Rules", item=_named("Name")),
    Listing(name="trails", service="cloudtrail", operation="list_trails", key="Trails", item=_named("Name")),
    Listing(
        name="Lambda functions",
        service="lambda",
        operation="list_functions",
        key="Functions",
        item=_named("FunctionName"),
    ),
    Listing(
        name="Airflow environments",
        service="mwaa",
        operation="list_environments",
        key="Environments",
        item=lambda _, name: Item(name=name),
    ),
    Listing(name="VPCs", service="ec2", operation="describe_vpcs", key="Vpcs", item=_vpc),
)
"""Every kind that is listed, in the order of the list."""


def survey_account(world: World, account: str) -> list[Kind]:
    """The kinds of which the account has at least one object."""
    session = _session(world, account)
    clients = {service: session.client(service) for service in {listing.service for listing in LISTINGS}}
    kinds = [_survey(clients[listing.service], listing) for listing in LISTINGS]
    return [kind for kind in kinds if kind.items]


def _session(world: World, account: str) -> boto3.Session:
    engineer = boto3.Session(
        aws_access_key_id=world.access_key_id,
        aws_secret_access_key=world.secret_access_key,
        region_name=world.region,
    )
    arn = f"arn:aws:iam::{account}:role/{ACCESS_ROLE}"
    sts = engineer.client("sts", endpoint_url=world.aws, config=_AT_ONCE)
    issued = sts.assume_role(RoleArn=arn, RoleSessionName="inventory")["Credentials"]
    return _Session(
        endpoint=world.aws,
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
        region_name=world.region,
    )


class _Session(boto3.Session):  # type: ignore[misc] # boto3 carries no types
    """A session whose clients ask the front, whatever the environment says."""

    def __init__(self, *, endpoint: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._endpoint = endpoint

    def client(self, service_name: str, **settings: Any) -> Client:
        return super().client(service_name, endpoint_url=self._endpoint, config=_AT_ONCE, **settings)


def _survey(client: Client, listing: Listing) -> Kind:
    items = (listing.item(client, entry) for entry in _entries(client, listing))
    kept = sorted((item for item in items if item is not None), key=lambda item: item.name)
    return Kind(name=listing.name, source=Source.AWS, items=tuple(kept))


def _entries(client: Client, listing: Listing) -> Iterable[Any]:
    arguments = dict(listing.arguments)
    if not client.can_paginate(listing.operation):
        yield from getattr(client, listing.operation)(**arguments).get(listing.key, [])
        return
    for page in client.get_paginator(listing.operation).paginate(**arguments):
        yield from page.get(listing.key, [])
