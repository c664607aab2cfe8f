"""The Snowflake warehouse (compute) of an environment."""

from dataclasses import dataclass

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from slipway.model.tags import Tags
from slipway.model.warehouse_size import WarehouseSize

_SUSPEND_AFTER_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class TransformComputeArgs:
    """How much compute an environment's transformations have.

    Attributes:
        warehouse: physical name; account-level, so it carries the environment.
        size: credits an hour.
        statement_limit_seconds: a statement that runs longer is cancelled.
    """

    warehouse: str
    size: WarehouseSize
    statement_limit_seconds: int
    tags: Tags


class TransformCompute(PlatformComponent, token="slipway:warehouse:TransformCompute"):
    """A warehouse that costs nothing while nobody asks anything."""

    def __init__(
        self, name: str, args: TransformComputeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.warehouse = snowflake.Warehouse(
            self.name,
            name=args.warehouse,
            warehouse_size=args.size.value,
            auto_suspend=_SUSPEND_AFTER_SECONDS,
            auto_resume="true",
            initially_suspended=True,
            statement_timeout_in_seconds=args.statement_limit_seconds,
            opts=self.child(),
        )
        self.warehouse_name: pulumi.Output[str] = self.warehouse.name
        self.publish(warehouse=self.warehouse_name)
