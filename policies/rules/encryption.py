"""What is stored or waits is encrypted, under keys whose use the account itself decides and records."""

from collections.abc import Iterator
from typing import Final

from pydantic import Field

from policies.rules.links import BUCKETS, is_bare, s3_types
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Resource, Rule, Violation, every
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_ENCRYPTIONS: Final = s3_types("BucketServerSideEncryptionConfiguration")
_BY_KMS: Final = ("aws:kms", "aws:kms:dsse")
_AWS_OWN: Final = "alias/aws/"
_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
_DEFAULT_PERIOD_DAYS: Final = 365


class RotationLimits(Frozen):
    """How often a key's material is made anew.

    Attributes:
        days: at the latest after so many; KMS itself takes 90 to 2560.
    """

    days: int = Field(default=365, ge=90, le=2560)


def _is_customers(key: str | None) -> bool:
    """Whether a key is somebody's own: AWS decides who uses those that it manages itself."""
    return bool(key) and _AWS_OWN not in str(key)


def _unencrypted_bucket(graph: Graph, bucket: Node, _: NoLimits) -> Iterator[Violation]:
    if is_bare(graph, bucket, *_ENCRYPTIONS):
        message = (
            f"{bucket.resource.told} has no encryption configuration: S3 encrypts it with a key of its own"
        )
        yield Violation(urn=bucket.resource.urn, message=message)


BUCKET_ENCRYPTION: Final = GraphRule(
    id="bucket-encryption",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5", "SOX ITGC"),
    rationale="No key policy decides who reads what S3 encrypts with a key of its own.",
    remedy="Use a PrivateBucket, or give it a BucketServerSideEncryptionConfiguration with a KMS key.",
    limits=NoLimits,
    judges=every(*BUCKETS),
    violations=_unencrypted_bucket,
)


def _bucket_without_key(resource: Resource, _: NoLimits) -> Iterator[str]:
    rules = resource.properties.get("rules") or ()
    if not rules:
        yield f"{resource.told} has no rule; it should encrypt with aws:kms"
    for rule in rules:
        default = rule.get("applyServerSideEncryptionByDefault") or {}
        algorithm = default.get("sseAlgorithm") or "AES256"
        if algorithm not in _BY_KMS:
            yield f"{resource.told} encrypts with {algorithm}; it should with {_BY_KMS[0]}"
        elif not _is_customers(default.get("kmsMasterKeyId")):
            yield f"{resource.told} encrypts with the key that AWS manages; it should name one of the account"


BUCKET_ENCRYPTION_KEY: Final = Rule(
    id="bucket-encryption-key",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5", "SOX ITGC"),
    rationale="Only a key of the account has a policy of its own and can be taken away from a reader.",
    remedy="Set sseAlgorithm to aws:kms and kmsMasterKeyId to the ARN of an EncryptionKey.",
    limits=NoLimits,
    judges=frozenset(_ENCRYPTIONS),
    violations=_bucket_without_key,
)


def _table_without_key(resource: Resource, _: NoLimits) -> Iterator[str]:
    encryption = resource.properties.get("serverSideEncryption") or {}
    if encryption.get("enabled") is not True:
        yield f"{resource.told} is encrypted with a key that AWS owns; it should name one of the account"
    elif not _is_customers(encryption.get("kmsKeyArn")):
        yield f"{resource.told} is encrypted with the key that AWS manages; it should name one of the account"


TABLE_ENCRYPTION_KEY: Final = Rule(
    id="table-encryption-key",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 3.5", "SOX ITGC"),
    rationale="A ledger proves little if the account cannot say who could have read it.",
    remedy="Use a DurableTable, or enable serverSideEncryption with the kmsKeyArn of an EncryptionKey.",
    limits=NoLimits,
    judges=frozenset({"aws:dynamodb/table:Table"}),
    violations=_table_without_key,
)


def _open_topic(resource: Resource, _: NoLimits) -> Iterator[str]:
    if not resource.properties.get("kmsMasterKeyId"):
        yield f"{resource.told} keeps its messages unencrypted; it should name a KMS key"


TOPIC_ENCRYPTION: Final = Rule(
    id="topic-encryption",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 3.5",),
    rationale="Alarms and what budgets tell name tables, accounts and amounts.",
    remedy="Set kmsMasterKeyId to the ARN of an EncryptionKey that lets the publishing service use it.",
    limits=NoLimits,
    judges=frozenset({"aws:sns/topic:Topic"}),
    violations=_open_topic,
)


def _open_queue(resource: Resource, _: NoLimits) -> Iterator[str]:
    if resource.properties.get("sqsManagedSseEnabled") is not False:
        return  # SQS encrypts what says nothing
    if not resource.properties.get("kmsMasterKeyId"):
        yield f"{resource.told} keeps its messages unencrypted; it should name a KMS key"


QUEUE_ENCRYPTION: Final = Rule(
    id="queue-encryption",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 3.5",),
    rationale="Events that reached nobody wait here with all that they tell.",
    remedy="Set sqsManagedSseEnabled, or kmsMasterKeyId to the ARN of an EncryptionKey.",
    limits=NoLimits,
    judges=frozenset({"aws:sqs/queue:Queue"}),
    violations=_open_queue,
)


def _fixed_key(resource: Resource, limits: RotationLimits) -> Iterator[str]:
    properties = resource.properties
    if (properties.get("customerMasterKeySpec") or _SYMMETRIC) != _SYMMETRIC:
        return  # KMS rotates no asymmetric key and no HMAC key: verifiers pin what they have
    if properties.get("customKeyStoreId"):
        return  # nor one whose material is not its own
    if properties.get("enableKeyRotation") is not True:
        yield f"{resource.told} does not rotate; it should every {limits.days} days"
        return
    days = int(properties.get("rotationPeriodInDays") or _DEFAULT_PERIOD_DAYS)
    if days > limits.days:
        yield f"{resource.told} rotates every {days} days; it should every {limits.days}"


KEY_ROTATION: Final = Rule(
    id="key-rotation",
    severity=Severity.MEDIUM,
    frameworks=("PCI DSS 3.7", "CIS AWS 3.6"),
    rationale="Key material that never changes, once known, opens everything that was ever written.",
    remedy="Use an EncryptionKey, or set enableKeyRotation and a rotationPeriodInDays within the limit.",
    limits=RotationLimits,
    judges=frozenset({"aws:kms/key:Key"}),
    violations=_fixed_key,
)
