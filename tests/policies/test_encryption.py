"""Encryption: what is stored or waits, under which keys, and how often those are made anew."""

from typing import Any

import pytest
from pydantic import ValidationError

from policies.rules.encryption import (
    BUCKET_ENCRYPTION,
    BUCKET_ENCRYPTION_KEY,
    KEY_ROTATION,
    QUEUE_ENCRYPTION,
    TABLE_ENCRYPTION_KEY,
    TOPIC_ENCRYPTION,
    RotationLimits,
)
from tests.policies.judged import judged, judged_graph, node_of

BUCKET = "aws:s3/bucket:Bucket"
ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
TABLE = "aws:dynamodb/table:Table"
TOPIC = "aws:sns/topic:Topic"
QUEUE = "aws:sqs/queue:Queue"
KEY = "aws:kms/key:Key"
ARN = "arn:aws:kms:us-east-1:111122223333:key/1"


def _rules(**default: Any) -> dict[str, Any]:
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


def test_a_bucket_without_encryption() -> None:
    """S3 would encrypt it, with a key that nobody here decides about."""
    bucket = node_of(BUCKET, {"bucket": "finedge-lake"})
    told = f"{BUCKET} 'lake' has no encryption configuration: S3 encrypts it with a key of its own"
    assert judged_graph(BUCKET_ENCRYPTION, [bucket]) == [(bucket.resource.urn, told)]


@pytest.mark.parametrize("suffix", ["", "V2"])
def test_a_bucket_with_encryption(suffix: str) -> None:
    """Under either token of the SDK."""
    bucket = node_of(BUCKET, {})
    type_ = "aws:s3/bucketServerSideEncryptionConfiguration{0}:BucketServerSideEncryptionConfiguration{0}"
    assert (
        judged_graph(
            BUCKET_ENCRYPTION, [bucket, node_of(type_.format(suffix), {}, bucket=bucket.resource.urn)]
        )
        == []
    )


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_a_key_of_the_account(algorithm: str) -> None:
    """Both ways in which S3 uses KMS."""
    rules = _rules(sseAlgorithm=algorithm, kmsMasterKeyId=ARN)
    assert judged(BUCKET_ENCRYPTION_KEY, ENCRYPTION, rules) == []


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({}, "has no rule"),
        ({"rules": []}, "has no rule"),
        ({"rules": [{"bucketKeyEnabled": True}]}, "encrypts with AES256"),
        (_rules(sseAlgorithm="AES256", kmsMasterKeyId=ARN), "encrypts with AES256"),
        (_rules(kmsMasterKeyId=ARN), "encrypts with AES256"),
        (_rules(sseAlgorithm="aws:kms"), "encrypts with the key that AWS manages"),
        (_rules(sseAlgorithm="aws:kms", kmsMasterKeyId=""), "encrypts with the key that AWS manages"),
        (_rules(sseAlgorithm="aws:kms", kmsMasterKeyId="alias/aws/s3"), "with the key that AWS manages"),
    ],
)
def test_no_key_of_the_account(properties: dict[str, Any], wrong: str) -> None:
    """What lacks is S3's default, and never a key of the account."""
    (message,) = judged(BUCKET_ENCRYPTION_KEY, ENCRYPTION, properties)
    assert message.startswith(f"{ENCRYPTION} 'lake' ")
    assert wrong in message


def test_an_alias_of_the_account_is_its_own() -> None:
    """Only what is below `alias/aws/` is managed by AWS."""
    rules = _rules(sseAlgorithm="aws:kms", kmsMasterKeyId="alias/slipway-dev-data")
    assert judged(BUCKET_ENCRYPTION_KEY, ENCRYPTION, rules) == []


@pytest.mark.parametrize(
    ("encryption", "wrong"),
    [
        ({"enabled": True, "kmsKeyArn": ARN}, None),
        (None, "a key that AWS owns"),
        ({"kmsKeyArn": ARN}, "a key that AWS owns"),
        ({"enabled": False, "kmsKeyArn": ARN}, "a key that AWS owns"),
        ({"enabled": True}, "the key that AWS manages"),
        (
            {"enabled": True, "kmsKeyArn": "arn:aws:kms:us-east-1:1:alias/aws/dynamodb"},
            "the key that AWS manages",
        ),
    ],
)
def test_tables(encryption: Any, wrong: str | None) -> None:
    """DynamoDB encrypts everything; the question is who decides about the key."""
    messages = judged(TABLE_ENCRYPTION_KEY, TABLE, {"serverSideEncryption": encryption})
    told = f"{TABLE} 'lake' is encrypted with {wrong}; it should name one of the account"
    assert messages == ([told] if wrong else [])


def test_a_table_that_says_nothing() -> None:
    """A missing property is DynamoDB's default."""
    assert len(judged(TABLE_ENCRYPTION_KEY, TABLE, {})) == 1


@pytest.mark.parametrize(("properties", "found"), [({"kmsMasterKeyId": ARN}, 0), ({}, 1)])
def test_topics(properties: dict[str, Any], found: int) -> None:
    """SNS encrypts nothing by itself."""
    assert len(judged(TOPIC_ENCRYPTION, TOPIC, properties)) == found


@pytest.mark.parametrize(
    ("properties", "found"),
    [
        ({}, 0),
        ({"sqsManagedSseEnabled": True}, 0),
        ({"sqsManagedSseEnabled": False}, 1),
        ({"sqsManagedSseEnabled": False, "kmsMasterKeyId": ""}, 1),
        ({"sqsManagedSseEnabled": False, "kmsMasterKeyId": ARN}, 0),
        ({"kmsMasterKeyId": ARN}, 0),
    ],
)
def test_queues(properties: dict[str, Any], found: int) -> None:
    """SQS encrypts unless it is told not to."""
    assert len(judged(QUEUE_ENCRYPTION, QUEUE, properties)) == found


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({"enableKeyRotation": True}, None),
        ({"enableKeyRotation": True, "customerMasterKeySpec": "SYMMETRIC_DEFAULT"}, None),
        ({}, "does not rotate; it should every 365 days"),
        ({"enableKeyRotation": False}, "does not rotate; it should every 365 days"),
        ({"customerMasterKeySpec": "SYMMETRIC_DEFAULT"}, "does not rotate; it should every 365 days"),
        ({"customerMasterKeySpec": "ECC_NIST_P256"}, None),
        ({"customerMasterKeySpec": "HMAC_256"}, None),
        ({"customKeyStoreId": "cks-1"}, None),
        ({"enableKeyRotation": True, "rotationPeriodInDays": 365.0}, None),
        (
            {"enableKeyRotation": True, "rotationPeriodInDays": 366.0},
            "rotates every 366 days; it should every 365",
        ),
    ],
)
def test_keys_rotate_where_they_can(properties: dict[str, Any], wrong: str | None) -> None:
    """A signing key cannot, and a period that KMS is not told is a year."""
    messages = judged(KEY_ROTATION, KEY, properties)
    assert messages == ([f"{KEY} 'lake' {wrong}"] if wrong else [])


@pytest.mark.parametrize(("days", "found"), [(364, 1), (365, 0)])
def test_the_default_period_against_another_limit(days: int, found: int) -> None:
    """KMS takes a year where nobody says how long."""
    assert len(judged(KEY_ROTATION, KEY, {"enableKeyRotation": True}, days=days)) == found


@pytest.mark.parametrize("days", [89, 2561])
def test_a_limit_that_no_key_can_have(days: int) -> None:
    """KMS takes 90 to 2560 days."""
    with pytest.raises(ValidationError):
        RotationLimits(days=days)


@pytest.mark.parametrize("days", [90, 2560])
def test_the_outermost_limits(days: int) -> None:
    """Both ends can be had."""
    assert RotationLimits(days=days).days == days
