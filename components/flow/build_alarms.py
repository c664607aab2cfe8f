"""Alarms on builds that nobody looks at: one that failed, and one that did not succeed when it was due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.flow_naming import UNDELIVERED
from slipway.model.naming import Naming
from slipway.model.subjects import EVENTS
from slipway.model.tags import Tags

NAMESPACE: Final = "AWS/CodeBuild"
"""CodeBuild's own metrics, by project: CodeBuild user guide, "Monitor CodeBuild metrics with CloudWatch"."""

FAILED: Final = "failed"
"""How the name of an alarm on failures ends."""

OVERDUE: Final = "overdue"
"""How the name of an alarm on silence ends."""

_FAILED: Final = "FailedBuilds"
_SUCCEEDED: Final = "SucceededBuilds"
_LOOKED_AT: Final = timedelta(minutes=5)
# A range of more than a day takes a period of an hour at least: PutMetricAlarm in CloudWatch's API reference.
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class WatchedBuild:
    """A build whose failure somebody is told.

    Attributes:
        duty: of its project.
        due_within: after so long without a build that succeeded somebody is told too, whole hours; None: it
            comes when it is asked for.
    """

    duty: str
    due_within: timedelta | None = None


def flow_alarms(naming: Naming, builds: Sequence[WatchedBuild]) -> tuple[str, ...]:
    """Return the names of all alarms about builds, and of the one about events that reached nobody."""
    failed = (naming.alarm(each.duty, FAILED) for each in builds)
    overdue = (naming.alarm(each.duty, OVERDUE) for each in builds if each.due_within is not None)
    return (*failed, *overdue, naming.alarm(EVENTS, UNDELIVERED))


@dataclass(frozen=True, kw_only=True)
class BuildAlarmsArgs:
    """What is watched, and who is told.

    Attributes:
        naming: names of the stack.
        builds: those that are watched.
        topic_arn: is told.
    """

    naming: Naming
    builds: Sequence[WatchedBuild]
    topic_arn: pulumi.Input[str]
    tags: Tags


class BuildAlarms(PlatformComponent, token="slipway:flow:BuildAlarms"):
    """An alarm on failures of each build, and one on the silence of those that are due."""

    def __init__(self, name: str, args: BuildAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        for build in args.builds:
            self._create_failure_alarm(args, build.duty)
            if build.due_within is not None:
                self._create_silence_alarm(args, build.duty, build.due_within)
        self.publish()

    def _create_failure_alarm(self, args: BuildAlarmsArgs, duty: str) -> None:
        self._create(
            args,
            duty,
            FAILED,
            alarm_description=f"A build of {duty} has failed; its log says why",
            metric_name=_FAILED,
            period=int(_LOOKED_AT.total_seconds()),
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",  # no build, no number
        )

    def _create_silence_alarm(self, args: BuildAlarmsArgs, duty: str, within: timedelta) -> None:
        hours = within // _HOUR
        self._create(
            args,
            duty,
            OVERDUE,
            alarm_description=f"No build of {duty} has succeeded for {hours} hours",
            metric_name=_SUCCEEDED,
            period=int(_HOUR.total_seconds()),
            evaluation_periods=hours,
            datapoints_to_alarm=hours,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",  # a build that never began tells nothing
        )

    def _create(self, args: BuildAlarmsArgs, duty: str, called: str, **watched: Any) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{self.name}-{duty}-{called}",
            name=args.naming.alarm(duty, called),
            namespace=NAMESPACE,
            dimensions={"ProjectName": args.naming.build_project(duty)},
            statistic="Sum",
            alarm_actions=[args.topic_arn],
            tags=self.tags.as_aws(),
            opts=self.child(),
            **watched,
        )
