"""How releases and pipelines of an environment are watched: a dashboard, and alarms about the platform."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.observability.dashboard import DashboardPlace, dashboard_body
from components.observability.widgets import widgets
from components.signal_alarm import signal_alarm
from slipway.model.environment import Environment
from slipway.model.naming import Naming
from slipway.model.pipeline import Pipeline
from slipway.model.signals import platform_signals
from slipway.model.tags import PLATFORM_PIPELINE, Tags


@dataclass(frozen=True, kw_only=True)
class ReleaseObservabilityArgs:
    """What is watched, and who is told.

    Attributes:
        environment: which.
        naming: names of the dashboard and of all alarms.
        region: AWS region of the metrics.
        pipelines: those of the environment.
        flow_alarms: names of the alarms about builds and events, which are made with those.
        alert_topic_arns: SNS topics of the alarms about the platform.
    """

    environment: Environment
    naming: Naming
    region: str
    pipelines: Sequence[Pipeline]
    flow_alarms: Sequence[str]
    alert_topic_arns: Sequence[pulumi.Input[str]]
    tags: Tags


class ReleaseObservability(PlatformComponent, token="slipway:observe:ReleaseObservability"):
    """One dashboard with everything that has an alarm; the pipelines' own alarms are made with them."""

    def __init__(
        self, name: str, args: ReleaseObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self.dashboard = self._create_dashboard(args)
        self._create_alarms(args)
        self.publish(dashboard=self.dashboard.dashboard_name)

    def _create_dashboard(self, args: ReleaseObservabilityArgs) -> aws.cloudwatch.Dashboard:
        place = DashboardPlace(region=args.region, account_id=args.naming.account_id)
        shown = widgets(args.pipelines, args.environment, args.naming, args.flow_alarms)
        return aws.cloudwatch.Dashboard(
            self.name,
            dashboard_name=args.naming.dashboard,
            dashboard_body=dashboard_body(shown, place),
            opts=self.child(),
        )

    def _create_alarms(self, args: ReleaseObservabilityArgs) -> None:
        for signal in platform_signals(args.environment):
            alarm = args.naming.alarm(PLATFORM_PIPELINE, signal.name)
            signal_alarm(self, alarm, signal, args.alert_topic_arns)
