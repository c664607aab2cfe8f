"""The Snowflake warehouses (compute) of an environment, one a workload."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from slipway.model.tags import Tags
from slipway.model.warehouse_size import WarehouseSize

_SUSPEND_AFTER_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class WorkloadComputeArgs:
    """How much compute a workload has.

    Attributes:
        warehouse: physical name; account-level, so it carries the environment.
        size: credits an hour.
        statement_limit_seconds: a statement that runs longer is cancelled.
        monitor: the resource monitor that watches it, which may suspend it; None for one that never is.
    """

    warehouse: str
    size: WarehouseSize
    statement_limit_seconds: int
    monitor: pulumi.Input[str] | None
    tags: Tags


class WorkloadCompute(PlatformComponent, token="slipway:warehouse:WorkloadCompute"):
    """A warehouse that costs nothing while nobody asks anything."""

    def __init__(
        self, name: str, args: WorkloadComputeArgs, opts: pulumi.ResourceOptions | None = None
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
            resource_monitor=args.monitor,
            opts=self.child(),
        )
        self.warehouse_name: pulumi.Output[str] = self.warehouse.name
        self.publish(warehouse=self.warehouse_name)
