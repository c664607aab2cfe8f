"""What AWS refuses stays refused, what a program may force is forced, and what is not carried is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from slipway_sandbox.provider.aws import AWS_TYPES
from slipway_sandbox.provider.contract import PartialFault, ProviderFault
from tests.provider_aws.case import Bed
from tests.provider_aws.cases_iam import allow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slipway_sandbox.provider.contract import Properties, Session

BUCKET, TABLE, KEY = "aws:s3/bucket:Bucket", "aws:dynamodb/table:Table", "aws:kms/key:Key"
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
TRUST = '{"Version":"2012-10-17","Statement":[]}'


@pytest.fixture
def bed(session: Session) -> Iterator[Bed]:
    """Ground that is cleared at the end."""
    ground = Bed(session)
    yield ground
    ground.clear()


def delete(session: Session, token: str, id_: str, **inputs: Any) -> None:
    """Delete a resource as the engine asks for it."""
    AWS_TYPES[token].delete(session, id_, inputs)


def test_a_bucket_with_objects_refuses_unless_forced(session: Session) -> None:
    """Also under versioning, where a deleted object leaves versions and a marker behind."""
    s3, bucket = session.client("s3"), AWS_TYPES[BUCKET]
    id_ = bucket.create(session, "full", {"bucket": "full", "versioning": {"enabled": True}}).id
    for body in (b"one", b"two"):
        s3.put_object(Bucket=id_, Key="k", Body=body)
    s3.delete_object(Bucket=id_, Key="k")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        delete(session, BUCKET, id_, bucket=id_)
    delete(session, BUCKET, id_, bucket=id_, forceDestroy=True)
    assert bucket.read(session, id_, {"bucket": id_}) is None


def test_a_protected_table_refuses(session: Session) -> None:
    """In AWS's words; switched off, it goes."""
    table = AWS_TYPES[TABLE]
    inputs: Properties = {
        "name": "protected",
        "hashKey": "id",
        "attributes": [{"name": "id", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "deletionProtectionEnabled": True,
    }
    id_ = table.create(session, "protected", inputs).id
    with pytest.raises(ClientError, match=r"[Dd]eletion protection"):
        table.delete(session, id_, inputs)
    table.update(session, id_, inputs, {**inputs, "deletionProtectionEnabled": False})
    table.delete(session, id_, inputs)
    assert table.read(session, id_, inputs) is None


def test_a_table_is_encrypted_with_its_key(bed: Bed) -> None:
    """The key that the program names comes back."""
    key = bed.make(KEY).outputs["arn"]
    table = bed.make(
        TABLE,
        name="encrypted",
        hashKey="id",
        attributes=[{"name": "id", "type": "S"}],
        billingMode="PAY_PER_REQUEST",
        serverSideEncryption={"enabled": True, "kmsKeyArn": key},
    )
    assert table.outputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}


def test_a_deleted_key_waits(session: Session) -> None:
    """It is gone for Pulumi, and can still be saved for the days that the program gave."""
    id_ = AWS_TYPES[KEY].create(session, "key", {"deletionWindowInDays": 7}).id
    delete(session, KEY, id_, deletionWindowInDays=7)
    assert AWS_TYPES[KEY].read(session, id_, {}) is None
    key = session.client("kms").describe_key(KeyId=id_)["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
    delete(session, KEY, id_)


def test_a_role_with_foreign_policies_refuses_unless_forced(bed: Bed, session: Session) -> None:
    """As with AWS: what others attached is not the program's to take away."""
    policy = bed.make(POLICY, name="foreign", policy=allow("s3:Get")).id
    role = AWS_TYPES[ROLE].create(session, "r", {"name": "attached", "assumeRolePolicy": TRUST}).id
    session.client("iam").attach_role_policy(RoleName=role, PolicyArn=policy)
    with pytest.raises(ClientError, match="DeleteConflict"):
        delete(session, ROLE, role)
    delete(session, ROLE, role, forceDetachPolicies=True)
    assert AWS_TYPES[ROLE].read(session, role, {}) is None


def test_an_input_that_is_not_carried_is_named(session: Session) -> None:
    """Rather than to pretend."""
    inputs = {"name": "far", "hashKey": "id", "attributes": [], "replicas": [{"regionName": "eu-west-1"}]}
    with pytest.raises(ProviderFault, match="does not carry replicas to AWS"):
        AWS_TYPES[TABLE].create(session, "far", inputs)


def test_a_half_made_bucket_is_kept(session: Session) -> None:
    """The bucket exists when its logging is refused: the engine must know its id."""
    inputs = {"bucket": "half", "logging": {"targetBucket": "nowhere"}}
    with pytest.raises(PartialFault) as fault:
        AWS_TYPES[BUCKET].create(session, "half", inputs)
    assert fault.value.id == "half"
    delete(session, BUCKET, "half", bucket="half")


def test_an_import_names_its_region(session: Session) -> None:
    """As pulumi-aws 7 writes it: id@region."""
    queue = AWS_TYPES["aws:cloudwatch/logGroup:LogGroup"]
    queue.create(session, "g", {"name": "/afar", "region": "eu-west-1"})
    assert queue.read(session, "/afar", {}) is None
    state = queue.read(session, "/afar@eu-west-1", {})
    assert state is not None
    assert (state.id, state.outputs["arn"]) == (
        "/afar",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/afar",
    )
    queue.delete(session, "/afar", {"region": "eu-west-1"})


INLINE = {
    "bucket": "inline",
    "versioning": {"enabled": True},
    "serverSideEncryptionConfiguration": {
        "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": True}
    },
    "lifecycleRules": [
        {
            "id": "old",
            "enabled": True,
            "prefix": "tmp/",
            "tags": {"kind": "scratch"},
            "expiration": {"days": 5},
            "noncurrentVersionExpiration": {"days": 9},
        }
    ],
    "website": {"indexDocument": "index.html", "errorDocument": "error.html"},
    "corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}],
}


def test_inline_properties_of_a_bucket_come_back(bed: Bed) -> None:
    """In their own, flatter shape."""
    outputs = bed.make(BUCKET, **INLINE).outputs
    assert outputs["websiteEndpoint"] == "inline.s3-website-us-east-1.amazonaws.com"
    for name, value in INLINE.items():
        assert _without_empty(outputs[name]) == _without_empty(value), name


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_empty(inner) for key, inner in value.items() if inner not in (False, None, [], 0)
        }
    return [_without_empty(inner) for inner in value] if isinstance(value, list) else value


def test_a_lifecycle_rule_may_have_no_filter(bed: Bed) -> None:
    """It is then about every object."""
    bucket = bed.make(BUCKET, bucket="unfiltered").id
    rule = {"id": "all", "status": "Enabled", "expiration": {"days": 5}}
    token = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    rules = bed.make(token, bucket=bucket, rules=[rule]).outputs["rules"]
    assert [found["expiration"]["days"] for found in rules] == [5]


def test_an_alarm_on_an_expression(bed: Bed) -> None:
    """Queries are parted in the API; they come back as they were given."""
    metric = {"metricName": "Age", "namespace": "Slipway", "period": 60, "stat": "Maximum"}
    queries: list[Properties] = [
        {"id": "late", "expression": "FILL(m1, 1)", "label": "late", "returnData": True},
        {"id": "m1", "metric": {**metric, "dimensions": {"Pipeline": "settlements"}}},
    ]
    token = "aws:cloudwatch/metricAlarm:MetricAlarm"
    comparison = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "threshold": 0.5}
    outputs = bed.make(token, name="expression", metricQueries=queries, **comparison).outputs
    found = {query["id"]: query for query in outputs["metricQueries"]}
    assert found["m1"]["metric"] == {**metric, "dimensions": {"Pipeline": "settlements"}}
    assert found["late"]["expression"] == "FILL(m1, 1)"
