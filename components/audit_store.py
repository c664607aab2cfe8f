"""Evidence under Object Lock, a ledger with deletion protection, and the index that finds its entries."""

from dataclasses import dataclass

import pulumi

from components import iam
from components.base import PlatformComponent
from components.durable_table import DurableTable, DurableTableArgs, KeyType, RangeKey
from components.private_bucket import ObjectLock, PrivateBucket, PrivateBucketArgs
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class AuditStoreArgs:
    """What the records of the platform need to last.

    Attributes:
        bucket: physical name of the evidence bucket.
        table: physical name of the ledger table.
        index: physical name of the table that finds entries by what they are about.
        lock: Object Lock of each evidence document.
        key_arn: KMS key of both.
        approver_role_arn: the role in whose sessions people approve.
    """

    bucket: str
    table: str
    index: str
    lock: ObjectLock
    key_arn: pulumi.Input[str]
    approver_role_arn: str
    tags: Tags


class AuditStore(PlatformComponent, token="slipway:audit:AuditStore"):
    """Where evidence is kept by digest, the ledger by chain and sequence number, its index by subject."""

    def __init__(self, name: str, args: AuditStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.evidence = self._create_evidence(args)
        self.ledger = self._create_ledger(args)
        self.index = self._create_index(args)
        self.publish(
            evidence_bucket=self.evidence.id,
            ledger_table=self.ledger.table_name,
            ledger_index_table=self.index.table_name,
        )

    def _create_evidence(self, args: AuditStoreArgs) -> PrivateBucket:
        bucket = PrivateBucketArgs(
            bucket=args.bucket,
            key_arn=args.key_arn,
            lock=args.lock,
            statements=[iam.own_approvals_only, iam.approvals_by(args.approver_role_arn)],
            announced=True,  # an approval starts what it allows
            tags=self.tags,
        )
        return PrivateBucket(f"{self.name}-evidence", bucket, self.child())

    def _create_ledger(self, args: AuditStoreArgs) -> DurableTable:
        sequence = RangeKey(name="sequence", type=KeyType.NUMBER)
        table = DurableTableArgs(
            table=args.table, hash_key="chain", range_key=sequence, key_arn=args.key_arn, tags=self.tags
        )
        return DurableTable(f"{self.name}-ledger", table, self.child())

    def _create_index(self, args: AuditStoreArgs) -> DurableTable:
        position = RangeKey(name="position", type=KeyType.TEXT)
        table = DurableTableArgs(
            table=args.index, hash_key="subject", range_key=position, key_arn=args.key_arn, tags=self.tags
        )
        return DurableTable(f"{self.name}-ledger-index", table, self.child())
