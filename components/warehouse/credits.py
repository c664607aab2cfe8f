"""Snowflake's resource monitors of a month: they tell at shares of a quota, and may suspend at its end."""

from collections.abc import Sequence

import pulumi_snowflake as snowflake

from components.base import PlatformComponent


def monthly_monitor(
    owner: PlatformComponent,
    monitor: str,
    monthly_credits: int,
    *,
    notify_at: Sequence[int],
    suspend_at: int | None = None,
) -> snowflake.ResourceMonitor:
    """Declare the monitor of a component, under the component's own name.

    Args:
        owner: the component whose child it is.
        monitor: physical name.
        monthly_credits: the quota, in Snowflake credits a month.
        notify_at: percentages of the quota at which people are told.
        suspend_at: the percentage at which its warehouses are suspended; None: they never are.
    """
    return snowflake.ResourceMonitor(
        owner.name,
        name=monitor,
        credit_quota=monthly_credits,
        frequency="MONTHLY",
        start_timestamp="IMMEDIATELY",
        notify_triggers=list(notify_at),
        suspend_trigger=suspend_at,
        opts=owner.child(),
    )
