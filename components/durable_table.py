"""A DynamoDB table that survives mistakes: deletion protection, point-in-time recovery, encryption."""

from dataclasses import dataclass
from enum import StrEnum, unique

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags


@unique
class KeyType(StrEnum):
    """How DynamoDB sorts a key: as text, 10 comes before 9."""

    TEXT = "S"
    NUMBER = "N"


@dataclass(frozen=True, kw_only=True)
class RangeKey:
    """The sort key of a table; neither its name nor its type can be changed later."""

    name: str
    type: KeyType


@dataclass(frozen=True, kw_only=True)
class DurableTableArgs:
    """Keys of a table that is billed by request.

    Attributes:
        table: physical name.
        hash_key: partition key, a string attribute.
        range_key: sort key; None for one item a partition.
        key_arn: KMS key of the table.
    """

    table: str
    hash_key: str
    range_key: RangeKey | None = None
    key_arn: pulumi.Input[str]
    tags: Tags

    @property
    def attributes(self) -> list[dict[str, str]]:
        """Return the key attributes as DynamoDB declares them, partition key first."""
        partition = {"name": self.hash_key, "type": KeyType.TEXT.value}
        if self.range_key is None:
            return [partition]
        return [partition, {"name": self.range_key.name, "type": self.range_key.type.value}]


class DurableTable(PlatformComponent, token="slipway:storage:DurableTable"):
    """The only kind of table that the platform makes."""

    def __init__(self, name: str, args: DurableTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.table = self._create_table(args)
        self.table_name: pulumi.Output[str] = self.table.name
        self.arn: pulumi.Output[str] = self.table.arn
        self.publish(table=self.table_name, arn=self.arn)

    def _create_table(self, args: DurableTableArgs) -> aws.dynamodb.Table:
        return aws.dynamodb.Table(
            self.name,
            name=args.table,
            billing_mode="PAY_PER_REQUEST",
            attributes=args.attributes,
            hash_key=args.hash_key,
            range_key=args.range_key.name if args.range_key else None,
            deletion_protection_enabled=True,
            point_in_time_recovery={"enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )
