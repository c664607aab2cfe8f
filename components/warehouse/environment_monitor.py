"""What the warehouses of an environment may spend in a month, and what happens when it is spent."""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

import pulumi

from components.base import PlatformComponent
from components.warehouse.credits import monthly_monitor
from slipway.model.tags import Tags

_NOTIFY_AT_PERCENT: Final = (75, 90, 100)
_SPENT_PERCENT: Final = 100


@unique
class WhenSpent(StrEnum):
    """What a monitor does at its quota. Statements that run are finished in either case."""

    NOTIFY = "NOTIFY"
    SUSPEND = "SUSPEND"


@dataclass(frozen=True, kw_only=True)
class EnvironmentMonitorArgs:
    """How much is expected.

    Attributes:
        monitor: physical name; account-level, so it carries the environment.
        monthly_credits: Snowflake credits a month of the warehouses that name it.
        when_spent: whether they are suspended then.
    """

    monitor: str
    monthly_credits: int
    when_spent: WhenSpent
    tags: Tags


class EnvironmentMonitor(PlatformComponent, token="slipway:warehouse:EnvironmentMonitor"):
    """A resource monitor of those warehouses that name it."""

    def __init__(
        self, name: str, args: EnvironmentMonitorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.monitor = monthly_monitor(
            self,
            args.monitor,
            args.monthly_credits,
            notify_at=_NOTIFY_AT_PERCENT,
            suspend_at=_SPENT_PERCENT if args.when_spent is WhenSpent.SUSPEND else None,
        )
        self.monitor_name: pulumi.Output[str] = self.monitor.name
        self.publish(monitor=self.monitor_name)
