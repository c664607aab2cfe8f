"""Every alarm watches what `slipway observe publish` emits, and what it emits is watched.

An alarm on a metric that nobody emits stays in "insufficient data" for ever, or calls somebody every night.
"""

from typing import Any

import pytest

from slipway.catalog import load_workspace
from slipway.model.environment import Environment, StackName
from slipway.model.pipeline import Criticality
from tests.doubles.declared_stacks import declared
from tests.doubles.observed import FINEDGE, Observed
from tests.doubles.pulumi_recorder import Registered

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
Watched = tuple[str, str, tuple[tuple[str, str], ...]]


def _alarms(environment: Environment) -> list[Registered]:
    """Those on the platform's own metrics: what AWS emits itself, AWS answers for."""
    found = declared(StackName(environment.value)).of(ALARM)
    return [each for each in found if not each.inputs["namespace"].startswith("AWS/")]


def _watched(alarm: Registered) -> Watched:
    inputs = alarm.inputs
    return inputs["namespace"], inputs["metricName"], tuple(sorted(inputs["dimensions"].items()))


def _emitted(environment: Environment) -> set[Watched]:
    """Namespace, metric and dimensions of everything that a report tells when everything can be measured."""
    report = Observed(environment=environment).report()
    assert report.measured.unmeasured == ()
    return {
        (each.series.namespace, each.series.metric.value, ((each.series.dimension, each.series.subject),))
        for each in report.measured.readings
    }


@pytest.mark.parametrize("environment", list(Environment))
def test_every_alarm_watches_what_is_emitted_and_all_of_it_is_watched(environment: Environment) -> None:
    """Both ways, over FinEdge's whole workspace: the alarms as the program declares them."""
    watched = [_watched(alarm) for alarm in _alarms(environment)]
    assert len(watched) == len(set(watched))
    assert set(watched) == _emitted(environment)


_OF_AWS = {
    ("AWS/CodeBuild", "FailedBuilds", "ProjectName"): "aws:codebuild/project:Project",
    ("AWS/CodeBuild", "SucceededBuilds", "ProjectName"): "aws:codebuild/project:Project",
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"): "aws:sqs/queue:Queue",
}
"""Metrics that AWS documents, with the type of resource that their dimension names."""


@pytest.mark.parametrize("stack", list(StackName))
def test_alarms_on_metrics_of_aws_are_on_what_is_declared(stack: StackName) -> None:
    """A metric that AWS does not have, or a project that is not there, would be silent for ever."""
    recording = declared(stack)
    for alarm in recording.of(ALARM):
        inputs = alarm.inputs
        if inputs["namespace"].startswith("AWS/"):
            ((dimension, named),) = inputs["dimensions"].items()
            type_ = _OF_AWS[inputs["namespace"], inputs["metricName"], dimension]
            assert named in {each.inputs["name"] for each in recording.of(type_)}, alarm.name


def test_builds_that_nobody_looks_at_have_an_alarm() -> None:
    """A nightly proof that failed, or never began, has to reach somebody."""
    found: dict[StackName, dict[str, Any]] = {stack: {} for stack in StackName}
    for stack in StackName:
        for alarm in declared(stack).of(ALARM):
            if alarm.inputs["namespace"] == "AWS/CodeBuild":
                found[stack][alarm.inputs["name"].removeprefix(f"slipway-{stack}-")] = alarm.inputs
    assert set(found[StackName.SHARED]) == {"sign-failed", "audit-failed", "audit-overdue"}
    unseen = {f"{duty}-failed" for duty in ("rollback", "tick", "janitor", "observe")}
    assert all(set(found[StackName(each.value)]) == unseen for each in Environment)
    failed, overdue = (found[StackName.SHARED][f"audit-{each}"] for each in ("failed", "overdue"))
    assert (failed["threshold"], failed["treatMissingData"]) == (0, "notBreaching")
    assert (overdue["period"], overdue["evaluationPeriods"], overdue["datapointsToAlarm"]) == (3600, 26, 26)
    assert (overdue["comparisonOperator"], overdue["treatMissingData"]) == ("LessThanThreshold", "breaching")
    assert failed["alarmActions"] == ["arn:aws:sns:us-east-1:111122223333:slipway-shared-alerts"]


@pytest.mark.parametrize("environment", list(Environment))
def test_units_and_slots_are_those_that_are_emitted(environment: Environment) -> None:
    """A period that is no slot would add up two, or half of one; a unit that differs matches no reading."""
    for alarm in _alarms(environment):
        assert (alarm.inputs["period"], alarm.inputs["statistic"]) == (300, "Maximum"), alarm.name
        assert "unit" not in alarm.inputs


def test_silence_about_a_critical_pipeline_or_the_platform_is_an_alarm() -> None:
    """And only about them: others show that data is missing."""
    criticality = {str(each.name): each.criticality for each in load_workspace(FINEDGE).pipelines}
    for alarm in _alarms(Environment.PROD):
        dimensions: dict[str, Any] = alarm.inputs["dimensions"]
        known = criticality.get(dimensions.get("Pipeline", ""), Criticality.CRITICAL)
        critical = known is Criticality.CRITICAL
        assert alarm.inputs["treatMissingData"] == ("breaching" if critical else "missing"), alarm.name


def test_alarms_about_the_platform_go_to_the_platforms_topic() -> None:
    """They concern no team's pipelines."""
    prod = declared(StackName.PROD)
    for name in ("interrupted", "overdue", "unmeasured"):
        alarm = prod.one(ALARM, f"observability-{name}").inputs
        assert alarm["alarmActions"] == [f"arn:aws:sns:us-east-1:{prod.account}:slipway-prod-alerts"]
        assert alarm["name"] == f"slipway-prod-platform-{name}"
