"""A DynamoDB table that survives mistakes: deletion protection, point-in-time recovery, encryption."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags


@dataclass(frozen=True, kw_only=True)
class DurableTableArgs:
    """Keys of a table that is billed by request.

    Attributes:
        table: physical name.
        hash_key: partition key, a string attribute.
        range_key: sort key, a string attribute; None for one item a partition.
        key_arn: KMS key of the table.
    """

    table: str
    hash_key: str
    range_key: str | None = None
    key_arn: pulumi.Input[str]
    tags: Tags

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the key attributes, partition key first."""
        return (self.hash_key, self.range_key) if self.range_key else (self.hash_key,)


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
            attributes=[{"name": key, "type": "S"} for key in args.keys],
            hash_key=args.hash_key,
            range_key=args.range_key,
            deletion_protection_enabled=True,
            point_in_time_recovery={"enabled": True},
            server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},
            tags=self.tags.as_aws(),
            opts=self.child(protect=True),
        )
