"""Events: rules with one role, a queue for what reached nobody, a bus that few may speak on."""

import json
from datetime import timedelta

from components.flow.build_alarms import WatchedBuild
from components.flow.bus import ReleaseBus, ReleaseBusArgs
from components.flow.release_flow import ReleaseFlow, ReleaseFlowArgs
from components.flow.routes import EventRoutes, EventRoutesArgs, Route, routing_policy
from tests.components.test_build_project import DEPLOY
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

BOUNDARY = "arn:aws:iam::222233334444:policy/slipway-dev-boundary"
TOPIC = "arn:aws:sns:us-east-1:222233334444:slipway-dev-alerts"
PROJECT = "arn:aws:codebuild:us-east-1:222233334444:project/slipway-dev-deploy"
BUS = "arn:aws:events:us-east-1:333344445555:event-bus/slipway-staging"
ROUTES = (
    Route(
        name="signed",
        purpose="A signed release is deployed",
        pattern="{}",
        bus="slipway-dev",
        project=PROJECT,
        release="$.detail.object.key",
    ),
    Route(name="deployed", purpose="Staging is told", pattern="{}", to_bus=BUS),
    Route(name="tick", purpose="What waits is looked at", schedule="rate(15 minutes)", project=PROJECT),
)
EVENTS = {
    "aws:cloudwatch/eventRule:EventRule": 3,
    "aws:cloudwatch/eventTarget:EventTarget": 3,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:sqs/queue:Queue": 1,
    "aws:sqs/queuePolicy:QueuePolicy": 1,
    "slipway:flow:EventRoutes": 1,
}


def _routes() -> Recording:
    args = EventRoutesArgs(
        naming=NAMING, boundary_arn=BOUNDARY, alert_topic_arn=TOPIC, routes=ROUTES, tags=PLATFORM_TAGS
    )
    return record(lambda: EventRoutes("flow-events", args))


def test_routes_have_exactly_these_children() -> None:
    """A rule and a target each; one role, one queue, one alarm for all of them."""
    assert _routes().counts() == EVENTS


def test_a_rule_is_on_its_bus_and_its_target_too() -> None:
    """A target on another bus than its rule is refused half-way through an update."""
    made = _routes()
    for kind in ("Rule", "Target"):
        type_ = f"aws:cloudwatch/event{kind}:Event{kind}"
        buses = {each.name: each.inputs.get("eventBusName") for each in made.of(type_)}
        assert buses == {
            "flow-events-signed": "slipway-dev",
            "flow-events-deployed": None,
            "flow-events-tick": None,
        }


def test_only_a_build_that_needs_a_release_is_started_with_one() -> None:
    """A bus gets the event as it is: EventBridge takes no input for it."""
    targets = {each.name: each.inputs for each in _routes().of("aws:cloudwatch/eventTarget:EventTarget")}
    told = targets["flow-events-signed"]["inputTransformer"]
    assert told["inputPaths"] == {"release": "$.detail.object.key"}
    assert json.loads(told["inputTemplate"]) == {
        "environmentVariablesOverride": [{"name": "RELEASE", "type": "PLAINTEXT", "value": "<release>"}]
    }
    assert "inputTransformer" not in targets["flow-events-deployed"]
    assert "inputTransformer" not in targets["flow-events-tick"]


def test_the_role_of_the_rules_speaks_of_their_targets_alone() -> None:
    """Nothing to start or to tell is no statement: one without resources is refused."""
    policy = json.loads(_routes().one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])
    assert [(each["Sid"], each["Resource"]) for each in policy["Statement"]] == [
        ("StartBuilds", [PROJECT]),
        ("TellOthers", [BUS]),
    ]
    alone = json.loads(routing_policy([PROJECT], []))
    assert [each["Sid"] for each in alone["Statement"]] == ["StartBuilds"]


def test_a_bus_admits_roles_by_name() -> None:
    """A bus and its policy, a statement each."""
    accounts = {"shared": "111122223333", "dev": "222233334444"}
    senders = [f"arn:aws:iam::{account}:role/slipway-{stack}-events" for stack, account in accounts.items()]
    args = ReleaseBusArgs(bus="slipway-staging", senders=senders, tags=PLATFORM_TAGS)
    made = record(lambda: ReleaseBus("release", args))
    assert made.counts() == {
        "aws:cloudwatch/eventBus:EventBus": 1,
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy": 1,
        "slipway:flow:ReleaseBus": 1,
    }
    policy = json.loads(made.one("aws:cloudwatch/eventBusPolicy:EventBusPolicy").inputs["policy"])
    conditions = [each["Condition"]["ArnEquals"]["aws:PrincipalArn"] for each in policy["Statement"]]
    assert conditions == senders
    assert [each["Sid"] for each in policy["Statement"]] == ["SlipwaySharedEvents", "SlipwayDevEvents"]


def test_a_flow_is_its_builds_and_its_routes() -> None:
    """A project a row, named after its duty."""
    args = ReleaseFlowArgs(
        naming=NAMING,
        builds=[DEPLOY],
        routes=ROUTES,
        watched=[WatchedBuild(duty="deploy", due_within=timedelta(hours=26))],
        boundary_arn=BOUNDARY,
        alert_topic_arn=TOPIC,
        tags=PLATFORM_TAGS,
    )
    assert record(lambda: ReleaseFlow("flow", args)).counts() == {
        **EVENTS,
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": 3,
        "aws:codebuild/project:Project": 1,
        "aws:iam/rolePolicy:RolePolicy": 2,
        "slipway:builds:BuildProject": 1,
        "slipway:flow:BuildAlarms": 1,
        "slipway:flow:ReleaseFlow": 1,
    }
