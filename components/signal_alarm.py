"""An alarm on a signal: what is watched, above what, and who is told. Every alarm of the platform is one."""

from collections.abc import Sequence
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.signals import REPORTED_EVERY, STATISTIC, Signal

_PERIOD_SECONDS: Final = int(REPORTED_EVERY.total_seconds())


def signal_alarm(
    owner: PlatformComponent, alarm: str, signal: Signal, topic_arns: Sequence[pulumi.Input[str]]
) -> aws.cloudwatch.MetricAlarm:
    """Declare the alarm of a signal as a child of a component.

    Args:
        owner: the component.
        alarm: physical name.
        signal: what is watched.
        topic_arns: who is told.
    """
    series = signal.series
    return aws.cloudwatch.MetricAlarm(
        f"{owner.name}-{signal.name}",
        name=alarm,
        alarm_description=signal.meaning,
        namespace=series.namespace,
        metric_name=series.metric.value,
        dimensions={series.dimension: series.subject},
        statistic=STATISTIC,
        period=_PERIOD_SECONDS,
        evaluation_periods=signal.periods,
        datapoints_to_alarm=signal.needed,
        comparison_operator="GreaterThanThreshold",
        threshold=signal.threshold,
        treat_missing_data="breaching" if signal.silence_is_alarm else "missing",
        alarm_actions=list(topic_arns),
        tags=owner.tags.as_aws(),
        opts=owner.child(),
    )
