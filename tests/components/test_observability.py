"""An environment's dashboard and the alarms about the platform; alerts of an account and its budget."""

import json
from typing import Any

import pytest

from components.alerting import AlertTopic, AlertTopicArgs
from components.observability.component import ReleaseObservability, ReleaseObservabilityArgs
from components.observability.dashboard import DashboardPlace, dashboard_body
from components.observability.widgets import AlarmStates, Graph, Note, widgets
from components.spend_guard import SpendGuard, SpendGuardArgs
from slipway.model.environment import Environment
from slipway.model.pipeline import Criticality, Pipeline, PipelineKind, PipelineName
from tests.doubles.entries import NAMING, PLATFORM_TAGS, SETTLEMENTS
from tests.doubles.pulumi_recorder import Recording, record

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
PLACE = DashboardPlace(region="us-east-1", account_id="222233334444")


def _pipelines(number: int, *, critical: int) -> list[Pipeline]:
    """So many pipelines, the last ones critical, every tenth streaming."""
    return [
        SETTLEMENTS.model_copy(
            update={
                "name": PipelineName(f"p{index:04}"),
                "criticality": Criticality.CRITICAL if index >= number - critical else Criticality.STANDARD,
                "kind": PipelineKind.STREAMING if index % 10 == 0 else PipelineKind.BATCH,
            }
        )
        for index in range(number)
    ]


def _observability() -> Recording:
    args = ReleaseObservabilityArgs(
        environment=Environment.DEV,
        naming=NAMING,
        region="us-east-1",
        flow_alarms=["slipway-dev-tick-failed"],
        pipelines=[SETTLEMENTS],
        alert_topic_arns=["arn:topic"],
        tags=PLATFORM_TAGS,
    )
    return record(lambda: ReleaseObservability("observability", args))


def test_an_environment_has_one_dashboard_and_an_alarm_a_platform_signal() -> None:
    """Its pipelines' alarms are made with them."""
    made = _observability()
    assert made.counts() == {
        DASHBOARD: 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": 3,
        "slipway:observe:ReleaseObservability": 1,
    }
    assert made.one(DASHBOARD).inputs["dashboardName"] == "slipway-dev"
    overdue = made.one("aws:cloudwatch/metricAlarm:MetricAlarm", "observability-overdue").inputs
    watched = ("namespace", "metricName", "treatMissingData", "datapointsToAlarm", "evaluationPeriods")
    assert [overdue[each] for each in watched] == [
        "Slipway/Platform",
        "DeploymentsOverdue",
        "breaching",
        3,
        3,
    ]
    assert overdue["alarmActions"] == ["arn:topic"]
    assert overdue["dimensions"] == {"Environment": "dev"}


def test_a_dashboard_is_written_in_cloudwatchs_words() -> None:
    """Alarms by ARN; a line of a graph by namespace, metric and dimension; nothing overlaps."""
    body: dict[str, Any] = json.loads(_observability().one(DASHBOARD).inputs["dashboardBody"])
    assert [(each["type"], each["y"]) for each in body["widgets"]] == [
        ("alarm", 0),
        ("alarm", 6),
        ("metric", 12),
        ("metric", 18),
        ("metric", 24),
    ]
    states, platform, ages = (body["widgets"][place]["properties"] for place in (1, 2, 3))
    arn = "arn:aws:cloudwatch:us-east-1:222233334444:alarm:slipway-dev-settlements"
    assert states == {"title": "critical batch pipelines", "alarms": [f"{arn}-failures", f"{arn}-freshness"]}
    assert (platform["region"], platform["stat"], platform["period"]) == ("us-east-1", "Maximum", 300)
    assert [line[1] for line in platform["metrics"]] == [
        "DeploymentsInterrupted",
        "DeploymentsOverdue",
        "PipelinesUnmeasured",
    ]
    assert ages["metrics"] == [
        ["Slipway/Pipelines", "AgeMinutes", "Pipeline", "settlements", {"label": "settlements AgeMinutes"}]
    ]


@pytest.mark.parametrize(("number", "left_out"), [(12, 0), (250, 3), (1000, 1503)])
def test_a_dashboard_stays_within_what_cloudwatch_draws(number: int, left_out: int) -> None:
    """500 metrics, 100 a graph, 100 alarms a widget; what finds no place is counted, its alarms are there."""
    shown = widgets(_pipelines(number, critical=10), Environment.DEV, NAMING, ["slipway-dev-tick-failed"])
    graphs = [each for each in shown if isinstance(each, Graph)]
    tiles = [each for each in shown if isinstance(each, AlarmStates)]
    lines = [line for graph in graphs for line in graph.series]
    assert len(lines) == len(set(lines)) == min(2 * number + 3, 500)
    assert max(len(graph.series) for graph in graphs) <= 100
    assert max(len(each.alarms) for each in tiles) <= 100
    assert (
        len({alarm for each in tiles for alarm in each.alarms}) == 2 * number + 4
    )  # and events that reached nobody
    notes = [each.text for each in shown if isinstance(each, Note)]
    assert notes == ([f"{left_out} metrics are not drawn here; their alarms are above."] if left_out else [])
    json.loads(dashboard_body(shown, PLACE))


def test_critical_pipelines_are_drawn_first() -> None:
    """Of a thousand pipelines the ages of the ten critical ones have their place."""
    shown = widgets(_pipelines(1000, critical=10), Environment.DEV, NAMING, ["slipway-dev-tick-failed"])
    _, first, second = [each for each in shown if isinstance(each, Graph)][:3]
    assert first.title == "critical batch pipelines: age of the newest row, minutes"
    assert second.title == "critical streaming pipelines: age of the newest row, minutes"
    assert [each.subject for each in second.series] == ["p0990"]


def test_a_budget_tells_before_and_when_it_is_spent() -> None:
    """At four fifths, at all of it, and when all of it is to be expected; it acts on nothing."""
    args = SpendGuardArgs(budget="slipway-dev", monthly_usd=1950, topic_arn="arn:topic", tags=PLATFORM_TAGS)
    made = record(lambda: SpendGuard("spend", args))
    assert made.counts() == {"aws:budgets/budget:Budget": 1, "slipway:observe:SpendGuard": 1}
    budget = made.one("aws:budgets/budget:Budget").inputs
    limit = ("name", "budgetType", "timeUnit", "limitAmount", "limitUnit")
    assert [budget[each] for each in limit] == ["slipway-dev", "COST", "MONTHLY", "1950", "USD"]
    told = [
        (each["notificationType"], each["threshold"], each["thresholdType"], each["comparisonOperator"])
        for each in budget["notifications"]
    ]
    assert told == [
        ("ACTUAL", 80, "PERCENTAGE", "GREATER_THAN"),
        ("ACTUAL", 100, "PERCENTAGE", "GREATER_THAN"),
        ("FORECASTED", 100, "PERCENTAGE", "GREATER_THAN"),
    ]
    assert all(each["subscriberSnsTopicArns"] == ["arn:topic"] for each in budget["notifications"])


def test_alarms_and_the_budget_of_the_account_publish_to_its_topic() -> None:
    """A topic's own policy replaces the one by which CloudWatch could publish, so it has to say both."""
    args = AlertTopicArgs(
        topic="slipway-dev-alerts", account_id="222233334444", key_arn="arn:key", tags=PLATFORM_TAGS
    )
    made = record(lambda: AlertTopic("alerts", args))
    assert made.counts() == {
        "aws:sns/topic:Topic": 1,
        "aws:sns/topicPolicy:TopicPolicy": 1,
        "slipway:observe:AlertTopic": 1,
    }
    assert made.one("aws:sns/topic:Topic").inputs["kmsMasterKeyId"] == "arn:key"
    policy = made.one("aws:sns/topicPolicy:TopicPolicy").inputs
    arn = "arn:aws:sns:us-east-1:222233334444:slipway-dev-alerts"
    assert policy["arn"] == arn
    statements = json.loads(policy["policy"])["Statement"]
    assert [each["Principal"]["Service"] for each in statements] == [
        ["cloudwatch.amazonaws.com"],
        ["budgets.amazonaws.com"],
    ]
    for each in statements:
        assert (each["Action"], each["Resource"]) == (["sns:Publish"], [arn])
        assert each["Condition"] == {"StringEquals": {"aws:SourceAccount": "222233334444"}}
