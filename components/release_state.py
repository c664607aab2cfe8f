"""What a deployment remembers in its environment: leases, journal, environment document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pulumi

from components.base import PlatformComponent
from components.durable_table import DurableTable, DurableTableArgs, KeyType, RangeKey
from slipway.model.subjects import DOCUMENTS, JOURNAL, LEASES
from slipway.model.tags import Tags

_STAGE: Final = RangeKey(name="stage", type=KeyType.TEXT)
_VERSION: Final = RangeKey(name="version", type=KeyType.NUMBER)


@dataclass(frozen=True, kw_only=True)
class ReleaseStateArgs:
    """Where the tables of an environment are.

    Attributes:
        table: gives the physical name of a table by its role.
        key_arn: KMS key of the tables.
    """

    table: Callable[[str], str]
    key_arn: pulumi.Input[str]
    tags: Tags


class ReleaseState(PlatformComponent, token="slipway:release:ReleaseState"):
    """Three tables: leases by target, the journal by deployment, environment documents by version."""

    def __init__(self, name: str, args: ReleaseStateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.leases = self._create_table(args, LEASES, "target", None)
        self.journal = self._create_table(args, JOURNAL, "deployment", _STAGE)
        self.documents = self._create_table(args, DOCUMENTS, "environment", _VERSION)
        self.publish(
            leases=self.leases.table_name,
            journal=self.journal.table_name,
            documents=self.documents.table_name,
        )

    def _create_table(
        self, args: ReleaseStateArgs, role: str, hash_key: str, range_key: RangeKey | None
    ) -> DurableTable:
        table = DurableTableArgs(
            table=args.table(role),
            hash_key=hash_key,
            range_key=range_key,
            key_arn=args.key_arn,
            tags=self.tags,
        )
        return DurableTable(f"{self.name}-{role}", table, self.child())

    @property
    def table_arns(self) -> tuple[pulumi.Output[str], ...]:
        """Return the ARNs of the three tables, for the policy of who may deploy."""
        return (self.leases.arn, self.journal.arn, self.documents.arn)
