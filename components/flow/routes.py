"""Rules of EventBridge, where what they match goes, and what becomes of what cannot be delivered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components import iam
from components.base import PlatformComponent
from components.builds.buildspec import RELEASE
from slipway.model.flow_naming import UNDELIVERED, event_rule, queue
from slipway.model.naming import Naming
from slipway.model.subjects import EVENTS
from slipway.model.tags import Tags

_KEPT_SECONDS: Final = 14 * 24 * 3600
_LOOKED_AT_SECONDS: Final = 300
_TRIED_SECONDS: Final = 6 * 3600
_TRIES: Final = 185
"""As often as EventBridge can within that time.

It tries again when it is throttled or the service fails. An error of the request (a project's limit of builds
is one) is final and goes to the queue at once: projects have no such limit, leases serialise deployments.
"""


@dataclass(frozen=True, kw_only=True)
class Route:
    """What is matched, and where it goes.

    Attributes:
        name: after which rule and target are named.
        purpose: one line.
        pattern: an event pattern; None for a schedule.
        schedule: such as `rate(5 minutes)`; None for a pattern.
        bus: name of the bus; None for the account's default one.
        project: ARN of a CodeBuild project that is started; None for a bus.
        to_bus: ARN of another account's bus; None for a project.
        release: where an event names the release that the project is started with; None: it needs none.
    """

    name: str
    purpose: str
    pattern: pulumi.Input[str] | None = None
    schedule: str | None = None
    bus: pulumi.Input[str] | None = None
    project: str | None = None
    to_bus: pulumi.Input[str] | None = None
    release: str | None = None


@dataclass(frozen=True, kw_only=True)
class EventRoutesArgs:
    """All routes of a stack.

    Attributes:
        naming: names of the stack.
        boundary_arn: the most that the role can do.
        alert_topic_arn: is told when an event reached nobody.
        routes: at least one.
    """

    naming: Naming
    boundary_arn: pulumi.Input[str]
    alert_topic_arn: pulumi.Input[str]
    routes: Sequence[Route]
    tags: Tags


class EventRoutes(PlatformComponent, token="slipway:flow:EventRoutes"):
    """Rules and targets, one role for all of them, and a queue with an alarm for what is lost otherwise."""

    def __init__(self, name: str, args: EventRoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self.queue = self._create_queue(args)
        self.role = self._create_role(args)
        rules = [self._create_route(args, route) for route in args.routes]
        self._create_queue_policy(rules)
        self._create_alarm(args)
        self.publish(role=self.role.arn, undelivered=self.queue.url)

    def _create_queue(self, args: EventRoutesArgs) -> aws.sqs.Queue:
        return aws.sqs.Queue(
            f"{self.name}-{UNDELIVERED}",
            name=queue(args.naming, UNDELIVERED),
            message_retention_seconds=_KEPT_SECONDS,
            sqs_managed_sse_enabled=True,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_role(self, args: EventRoutesArgs) -> aws.iam.Role:
        role = aws.iam.Role(
            self.name,
            name=args.naming.role(EVENTS),
            description="Starts builds and tells other accounts of releases",
            assume_role_policy=iam.document(
                [iam.trust_services(["events.amazonaws.com"], args.naming.account_id)]
            ),
            permissions_boundary=args.boundary_arn,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        projects = sorted({route.project for route in args.routes if route.project})
        buses = pulumi.Output.all(*(route.to_bus for route in args.routes if route.to_bus))
        aws.iam.RolePolicy(
            self.name,
            role=role.name,
            policy=buses.apply(lambda known: routing_policy(projects, sorted(set(known)))),
            opts=self.child(),
        )
        return role

    def _create_route(self, args: EventRoutesArgs, route: Route) -> aws.cloudwatch.EventRule:
        rule = aws.cloudwatch.EventRule(
            f"{self.name}-{route.name}",
            name=event_rule(args.naming, route.name),
            description=route.purpose,
            event_pattern=route.pattern,
            schedule_expression=route.schedule,
            event_bus_name=route.bus,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(
            f"{self.name}-{route.name}",
            rule=rule.name,
            target_id=route.name,
            event_bus_name=route.bus,
            arn=route.project or route.to_bus or "",
            role_arn=self.role.arn,
            input_transformer=started_with(route.release) if route.release else None,
            dead_letter_config={"arn": self.queue.arn},
            retry_policy={
                "maximum_event_age_in_seconds": _TRIED_SECONDS,
                "maximum_retry_attempts": _TRIES,
            },
            opts=self.child(),
        )
        return rule

    def _create_queue_policy(self, rules: Sequence[aws.cloudwatch.EventRule]) -> aws.sqs.QueuePolicy:
        known = pulumi.Output.all(self.queue.arn, *(rule.arn for rule in rules))
        return aws.sqs.QueuePolicy(
            self.name,
            queue_url=self.queue.url,
            policy=known.apply(lambda arns: queue_policy(arns[0], arns[1:])),
            opts=self.child(),
        )

    def _create_alarm(self, args: EventRoutesArgs) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            f"{self.name}-{UNDELIVERED}",
            name=args.naming.alarm(EVENTS, UNDELIVERED),
            alarm_description="An event reached nobody: a release may wait for a build that never begins",
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self.queue.name},
            statistic="Maximum",
            period=_LOOKED_AT_SECONDS,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            treat_missing_data="notBreaching",  # SQS tells nothing of a queue that was empty for six hours
            alarm_actions=[args.alert_topic_arn],
            tags=self.tags.as_aws(),
            opts=self.child(),
        )


def started_with(path: str) -> dict[str, Any]:
    """Return the input of StartBuild that gives a build the release that an event names.

    Args:
        path: where the event names it.
    """
    variable = {"name": RELEASE, "type": "PLAINTEXT", "value": "<release>"}
    return {
        "input_paths": {"release": path},
        "input_template": json.dumps({"environmentVariablesOverride": [variable]}),
    }


def routing_policy(projects: Sequence[str], buses: Sequence[str]) -> str:
    """Return what the role of the rules may do: start these builds, put events on these buses."""
    builds = iam.Statement(sid="StartBuilds", actions=["codebuild:StartBuild"], resources=projects)
    events = iam.Statement(sid="TellOthers", actions=["events:PutEvents"], resources=buses)
    return iam.document([each for each in (builds, events) if each.resources])


def queue_policy(queue_arn: str, rule_arns: Sequence[str]) -> str:
    """Return who may write to the queue: EventBridge, for these rules."""
    statement = iam.Statement(
        sid="Undelivered",
        actions=["sqs:SendMessage"],
        resources=[queue_arn],
        principals={"Service": ["events.amazonaws.com"]},
        conditions={"ArnEquals": {"aws:SourceArn": list(rule_arns)}},
    )
    return iam.document([statement])
