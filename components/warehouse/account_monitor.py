"""Tells people what the Snowflake account spends, and never stops anything."""

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_snowflake as snowflake

from components.base import PlatformComponent
from components.warehouse.credits import monthly_monitor
from slipway.model.tags import Tags

_NOTIFY_AT_PERCENT: Final = (50, 75, 90, 100)


@dataclass(frozen=True, kw_only=True)
class AccountMonitorArgs:
    """How much is expected.

    Attributes:
        monitor: physical name.
        monthly_credits: the account's budget in Snowflake credits a month.
    """

    monitor: str
    monthly_credits: int
    tags: Tags


class AccountMonitor(PlatformComponent, token="slipway:warehouse:AccountMonitor"):
    """A resource monitor without a suspend trigger: a budget must not stop production or a rollback."""

    def __init__(
        self, name: str, args: AccountMonitorArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.monitor = monthly_monitor(self, args.monitor, args.monthly_credits, notify_at=_NOTIFY_AT_PERCENT)
        # A monitor that no account or warehouse names watches nothing.
        snowflake.CurrentAccount(self.name, resource_monitor=self.monitor.name, opts=self.child())
        self.publish(monitor=self.monitor.name)
