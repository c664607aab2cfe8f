"""A release goes from account to account by events: which start what, and which do not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pytest

from slipway.model.environment import Environment, StackName
from tests.doubles.aws_events import build_ended, object_created
from tests.doubles.declared_stacks import declared
from tests.doubles.event_patterns import matches, transformed
from tests.doubles.pulumi_recorder import Recording, Registered
from tests.stacks.rights.places import ACCOUNTS

RELEASE: Final = "3f9c2a1b" * 8
ARTIFACTS: Final = "finedge-shared-artifacts-111122223333"
EVIDENCE: Final = "finedge-shared-evidence-111122223333"
SHARED: Final = ACCOUNTS["shared"]
RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Where an event goes, and what a build is started with."""

    to: str
    variables: tuple[tuple[str, str], ...] = ()


def _sent(stack: str, event: dict[str, Any], bus: str | None = None) -> Iterator[Sent]:
    """What the rules of a bus do with an event."""
    made = declared(StackName(stack))
    for rule in made.of(RULE):
        pattern = rule.inputs.get("eventPattern")
        if pattern and rule.inputs.get("eventBusName") == bus and matches(json.loads(pattern), event):
            yield _by(made.one(TARGET, rule.name), event)


def _by(target: Registered, event: dict[str, Any]) -> Sent:
    told = target.inputs.get("inputTransformer")
    if told is None:
        return Sent(to=target.inputs["arn"])
    started = transformed(event, told["inputPaths"], told["inputTemplate"])
    variables = started["environmentVariablesOverride"]
    return Sent(to=target.inputs["arn"], variables=tuple((each["name"], each["value"]) for each in variables))


def _project(stack: str, duty: str) -> str:
    return f"arn:aws:codebuild:us-east-1:{ACCOUNTS[stack]}:project/slipway-{stack}-{duty}"


def _bus(stack: str) -> str:
    return f"arn:aws:events:us-east-1:{ACCOUNTS[stack]}:event-bus/slipway-{stack}"


def test_what_is_built_is_signed() -> None:
    """The manifest that waits for a signature starts the build that looks at it, and names itself."""
    written = object_created(SHARED, ARTIFACTS, f"unsigned/{RELEASE}.json")
    named = (("RELEASE", f"unsigned/{RELEASE}.json"),)
    assert list(_sent("shared", written)) == [Sent(to=_project("shared", "sign"), variables=named)]


def test_what_is_signed_goes_to_dev() -> None:
    """Shared tells dev's bus, where a rule starts the deployment."""
    written = object_created(SHARED, ARTIFACTS, f"releases/{RELEASE}.json")
    assert list(_sent("shared", written)) == [Sent(to=_bus("dev"))]
    named = (("RELEASE", f"releases/{RELEASE}.json"),)
    deploy = Sent(to=_project("dev", "deploy"), variables=named)
    assert list(_sent("dev", written, "slipway-dev")) == [deploy]


@pytest.mark.parametrize(("stack", "after"), [("dev", "staging"), ("staging", "prod")])
def test_what_was_deployed_goes_on(stack: str, after: str) -> None:
    """With the value that its build was started with: the only one in its environment."""
    ended = build_ended(ACCOUNTS[stack], f"slipway-{stack}-deploy", "SUCCEEDED", RELEASE=RELEASE)
    assert list(_sent(stack, ended)) == [Sent(to=_bus(after))]
    deploy = Sent(to=_project(after, "deploy"), variables=(("RELEASE", RELEASE),))
    assert list(_sent(after, ended, f"slipway-{after}")) == [deploy]
    project = declared(StackName(stack)).one("aws:codebuild/project:Project", "flow-deploy").inputs
    assert "environmentVariables" not in project["environment"]


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_an_approval_starts_what_it_allows(stack: str) -> None:
    """In the environment that it is for, and in no other."""
    key = f"approvals/{RELEASE}/{stack}/AROAAPPROVE:ana.silva/approval-1.json"
    given = object_created(SHARED, EVIDENCE, key)
    assert list(_sent("shared", given)) == [Sent(to=_bus(stack))]
    deploy = Sent(to=_project(stack, "deploy"), variables=(("RELEASE", key),))
    assert list(_sent(stack, given, f"slipway-{stack}")) == [deploy]
    other = "prod" if stack == "staging" else "staging"
    assert list(_sent(other, given, f"slipway-{other}")) == []


@pytest.mark.parametrize(
    "event",
    [
        object_created(SHARED, ARTIFACTS, f"artifacts/sha256/{RELEASE}"),
        object_created(SHARED, EVIDENCE, f"releases/{RELEASE}.json"),
        object_created("999999999999", ARTIFACTS, f"releases/{RELEASE}.json"),
        object_created(SHARED, EVIDENCE, f"evidence/{RELEASE}"),
        object_created(SHARED, EVIDENCE, f"approvals/{RELEASE}/dev/AROA:ana.silva/approval-1.json"),
        {**object_created(SHARED, ARTIFACTS, f"releases/{RELEASE}.json"), "detail-type": "Object Deleted"},
        {**object_created(SHARED, ARTIFACTS, f"releases/{RELEASE}.json"), "source": "eve"},
        build_ended(ACCOUNTS["dev"], "slipway-dev-deploy", "FAILED", RELEASE=RELEASE),
        build_ended(ACCOUNTS["dev"], "slipway-dev-deploy", "IN_PROGRESS", RELEASE=RELEASE),
        build_ended(ACCOUNTS["dev"], "slipway-dev-tick", "SUCCEEDED"),
        build_ended(ACCOUNTS["dev"], "slipway-dev-check", "SUCCEEDED", RELEASE=RELEASE),
        build_ended(ACCOUNTS["prod"], "slipway-prod-deploy", "SUCCEEDED", RELEASE=RELEASE),
    ],
    ids=lambda event: f"{event['source']} {event['detail-type']}",
)
def test_what_starts_nothing(event: dict[str, Any]) -> None:
    """On no bus of any stack."""
    for stack in StackName:
        assert list(_sent(stack, event)) == []
        assert list(_sent(stack, event, f"slipway-{stack}")) == []


def test_production_takes_nothing_from_dev() -> None:
    """Neither what dev deployed, nor what was signed only."""
    ended = build_ended(ACCOUNTS["dev"], "slipway-dev-deploy", "SUCCEEDED", RELEASE=RELEASE)
    written = object_created(SHARED, ARTIFACTS, f"releases/{RELEASE}.json")
    assert [*_sent("prod", ended, "slipway-prod"), *_sent("prod", written, "slipway-prod")] == []


def test_schedules() -> None:
    """Measurements every five minutes, what waits every fifteen, records and what has expired every night."""
    found = {
        (stack.value, rule.name): rule.inputs["scheduleExpression"]
        for stack in StackName
        for rule in declared(stack).of(RULE)
        if "scheduleExpression" in rule.inputs
    }
    often = {
        (stack.value, f"flow-events-{duty}"): f"rate({minutes} minutes)"
        for stack in Environment
        for duty, minutes in (("observe", 5), ("tick", 15))
    }
    nightly = dict.fromkeys(
        [("shared", "flow-events-audit"), *((stack.value, "flow-events-janitor") for stack in Environment)],
        "cron(0 2 * * ? *)",
    )
    pool = {("prod", "flow-events-janitor"): "cron(0 2/4 * * ? *)"}  # checks take from it all day
    assert found == {**nightly, **often, **pool}


@pytest.mark.parametrize("stack", list(StackName))
def test_no_event_is_lost_without_a_word(stack: StackName) -> None:
    """Tried for hours while a build is busy, then kept where an alarm looks."""
    made = declared(stack)
    queue = made.one("aws:sqs/queue:Queue")
    for target in made.of(TARGET):
        assert target.inputs["deadLetterConfig"] == {"arn": _queue(made, queue)}
        assert target.inputs["retryPolicy"] == {
            "maximumEventAgeInSeconds": 21600,
            "maximumRetryAttempts": 185,
        }
    alarm = made.one("aws:cloudwatch/metricAlarm:MetricAlarm", "flow-events-undelivered").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert alarm["dimensions"] == {"QueueName": queue.inputs["name"]}
    assert alarm["alarmActions"] == [f"arn:aws:sns:us-east-1:{made.account}:slipway-{stack}-alerts"]


def _queue(made: Recording, queue: Registered) -> str:
    return f"arn:aws:sqs:us-east-1:{made.account}:{queue.inputs['name']}"
