"""Buckets and tables: what makes them hard to lose is always there."""

import json

from components.audit_store import AuditStore, AuditStoreArgs
from components.durable_table import DurableTable, DurableTableArgs, KeyType, RangeKey
from components.key_policy import signing_policy
from components.private_bucket import (
    ObjectLock,
    PrivateBucket,
    PrivateBucketArgs,
    Reader,
    bucket_policy,
)
from components.signing_key import SigningKey, SigningKeyArgs
from slipway.model.retention import LockMode
from tests.doubles.entries import PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

KEY = "arn:aws:kms:us-east-1:222233334444:key/k"
LOCK = ObjectLock(mode=LockMode.COMPLIANCE, years=7)


def _bucket(lock: ObjectLock | None) -> Recording:
    args = PrivateBucketArgs(bucket="finedge-dev-x", key_arn=KEY, tags=PLATFORM_TAGS, lock=lock)
    return record(lambda: PrivateBucket("x", args))


def test_a_private_bucket_has_exactly_its_protections() -> None:
    """Versioned, encrypted with the key, closed to the public, TLS only; no lock unless asked for."""
    made = _bucket(None)
    assert made.counts() == {
        "aws:s3/bucket:Bucket": 1,
        "aws:s3/bucketPolicy:BucketPolicy": 1,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
        "aws:s3/bucketVersioning:BucketVersioning": 1,
        "slipway:storage:PrivateBucket": 1,
    }
    block = made.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert {key: value for key, value in block.items() if key != "bucket"} == {
        "blockPublicAcls": True,
        "blockPublicPolicy": True,
        "ignorePublicAcls": True,
        "restrictPublicBuckets": True,
    }
    encryption = made.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ).inputs["rules"][0]
    assert encryption["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": KEY,
    }
    assert made.one("aws:s3/bucketVersioning:BucketVersioning").inputs["versioningConfiguration"] == {
        "status": "Enabled"
    }


def test_a_locked_bucket_is_born_locked() -> None:
    """Object Lock can only be chosen when the bucket is made: the flag and the rule belong together."""
    made = _bucket(LOCK)
    assert made.one("aws:s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    rule = made.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs["rule"]
    assert rule == {"defaultRetention": {"mode": "COMPLIANCE", "years": 7}}


def test_readers_of_other_accounts_are_named_one_by_one() -> None:
    """The whole of another account would be everybody in it."""
    reader = Reader(name="dev", role_arn="arn:aws:iam::222233334444:role/slipway-dev-deploy")
    tls, read = json.loads(bucket_policy("arn:aws:s3:::b", [reader]))["Statement"]
    assert (tls["Sid"], read["Sid"]) == ("TlsOnly", "ReadDev")
    assert read["Action"] == ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]
    assert read["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::222233334444:role/slipway-dev-deploy"}
    }


def test_a_durable_table_survives_mistakes() -> None:
    """Deletion protection, point-in-time recovery and the key are not options."""
    args = DurableTableArgs(
        table="t",
        hash_key="chain",
        range_key=RangeKey(name="sequence", type=KeyType.NUMBER),
        key_arn=KEY,
        tags=PLATFORM_TAGS,
    )
    inputs = record(lambda: DurableTable("t", args)).one("aws:dynamodb/table:Table").inputs
    assert inputs["deletionProtectionEnabled"] is True
    assert inputs["pointInTimeRecovery"] == {"enabled": True}
    assert inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    assert inputs["attributes"] == [{"name": "chain", "type": "S"}, {"name": "sequence", "type": "N"}]


def test_a_table_without_a_range_key_declares_one_attribute() -> None:
    """DynamoDB refuses an attribute that no key uses."""
    args = DurableTableArgs(table="t", hash_key="target", key_arn=KEY, tags=PLATFORM_TAGS)
    inputs = record(lambda: DurableTable("t", args)).one("aws:dynamodb/table:Table").inputs
    assert inputs["attributes"] == [{"name": "target", "type": "S"}]
    assert "rangeKey" not in inputs


def test_the_audit_store_is_a_locked_bucket_and_a_ledger_with_its_index() -> None:
    """The evidence bucket without a lock would be a bucket that somebody can empty."""
    args = AuditStoreArgs(
        bucket="e",
        table="ledger",
        index="ledger-index",
        lock=LOCK,
        key_arn=KEY,
        approver_role_arn="arn:aws:iam::111122223333:role/slipway-shared-approve",
        tags=PLATFORM_TAGS,
    )
    made = record(lambda: AuditStore("audit", args))
    assert len(made.of("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")) == 1
    tables = {each.name: each.inputs for each in made.of("aws:dynamodb/table:Table")}
    assert {name: (table["hashKey"], table["rangeKey"]) for name, table in tables.items()} == {
        "audit-ledger": ("chain", "sequence"),
        "audit-ledger-index": ("subject", "position"),
    }
    policy = json.loads(made.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"])
    told = [statement["Sid"] for statement in policy["Statement"]]
    assert told == ["TlsOnly", "OwnApprovalsOnly", "ApprovalsByApprovers"]


def test_the_signing_key_signs_and_does_nothing_else() -> None:
    """A key that encrypts could not sign, and one that rotates would leave its verifiers behind."""
    policy = signing_policy("111122223333", ["arn:aws:iam::111122223333:role/slipway-shared-sign"])
    args = SigningKeyArgs(purpose="p", alias="alias/signing", policy=policy, tags=PLATFORM_TAGS)
    inputs = record(lambda: SigningKey("signing", args)).one("aws:kms/key:Key").inputs
    assert (inputs["customerMasterKeySpec"], inputs["keyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    assert "enableKeyRotation" not in inputs
    told = [each["Sid"] for each in json.loads(inputs["policy"])["Statement"]]
    assert told == ["Administer", "Sign", "KeepKey"]
