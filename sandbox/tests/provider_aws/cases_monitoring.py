"""Lives of CloudWatch, Logs and EventBridge types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:cloudwatch/eventRule:EventRule"
_QUEUE = "arn:aws:sqs:us-east-1:111122223333:late"


def _group(bed: Bed, name: str) -> Any:
    groups = bed.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next((group for group in groups if group["logGroupName"] == name), None)


def _retention(bed: Bed, id_: str) -> Any:
    group = _group(bed, id_)
    return group and group.get("retentionInDays", "for ever")


def _filter_inputs(bed: Bed) -> Properties:
    return {
        "name": "errors",
        "logGroupName": bed.make(LOG_GROUP, name="/filtered").id,
        "pattern": "ERROR",
        "metricTransformation": {"name": "Errors", "namespace": "Slipway", "value": "1"},
    }


def _filter_pattern(bed: Bed, _: str) -> Any:
    filters = bed.client("logs").describe_metric_filters(logGroupName="/filtered")["metricFilters"]
    return filters[0]["filterPattern"] if filters else None


def _alarm_inputs(bed: Bed) -> Properties:
    topic = bed.client("sns").create_topic(Name="alarms")["TopicArn"]
    return {
        "name": "freshness",
        "alarmDescription": "rows are late",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 3,
        "threshold": 90,
        "metricName": "Age",
        "namespace": "Slipway",
        "period": 300,
        "statistic": "Maximum",
        "dimensions": {"Pipeline": "settlements"},
        "alarmActions": [topic],
        "treatMissingData": "breaching",
        "tags": {"Owner": "platform"},
    }


def _alarm(bed: Bed, id_: str) -> Any:
    alarms = bed.client("cloudwatch").describe_alarms(AlarmNames=[id_])["MetricAlarms"]
    return alarms[0]["Threshold"] if alarms else None


def _drift_alarm(bed: Bed, id_: str) -> None:
    cloudwatch = bed.client("cloudwatch")
    alarm = cloudwatch.describe_alarms(AlarmNames=[id_])["MetricAlarms"][0]
    kept = (
        "AlarmName",
        "ComparisonOperator",
        "EvaluationPeriods",
        "MetricName",
        "Namespace",
        "Period",
        "Statistic",
    )
    cloudwatch.put_metric_alarm(**{key: alarm[key] for key in kept}, Threshold=5)


def _dashboard(text: str) -> str:
    widget = {"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": {"markdown": text}}
    return json.dumps({"widgets": [widget]})


def _target_inputs(bed: Bed) -> Properties:
    rule = bed.make(RULE, name="nightly", scheduleExpression="rate(1 day)").id
    return {"rule": rule, "targetId": "late", "arn": _QUEUE, "input": json.dumps({"a": 1})}


def _target_input(bed: Bed, _: str) -> Any:
    targets = bed.client("events").list_targets_by_rule(Rule="nightly")["Targets"]
    return targets[0]["Input"] if targets else None


def _bus_owner(bed: Bed, id_: str) -> Any:
    arn = bed.client("events").describe_event_bus(Name=id_)["Arn"]
    tags = bed.client("events").list_tags_for_resource(ResourceARN=arn)["Tags"]
    return next(tag["Value"] for tag in tags if tag["Key"] == "Owner")


MONITORING = (
    Case(
        token=LOG_GROUP,
        inputs=lambda _: {"name": "/slipway/one", "retentionInDays": 7, "tags": {"Owner": "platform"}},
        change={"retentionInDays": 0},
        seen=_retention,
        as_seen="for ever",
        drift=lambda bed, id_: bed.client("logs").put_retention_policy(logGroupName=id_, retentionInDays=30),
        drifted={"retentionInDays": 30},
    ),
    Case(
        token="aws:cloudwatch/logStream:LogStream",
        inputs=lambda bed: {"name": "one", "logGroupName": bed.make(LOG_GROUP, name="/streamed").id},
        seen=lambda bed, _: (
            bed.client("logs").describe_log_streams(logGroupName="/streamed")["logStreams"] or None
        ),
    ),
    Case(
        token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        inputs=_filter_inputs,
        seen=_filter_pattern,
    ),
    Case(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=_alarm_inputs,
        change={"threshold": 60},
        seen=_alarm,
        drift=_drift_alarm,
        drifted={"threshold": 5, "treatMissingData": "missing"},
    ),
    Case(
        token="aws:cloudwatch/dashboard:Dashboard",
        inputs=lambda _: {"dashboardName": "pipelines", "dashboardBody": _dashboard("one")},
        change={"dashboardBody": _dashboard("two")},
        seen=lambda bed, id_: bed.client("cloudwatch").get_dashboard(DashboardName=id_)["DashboardBody"],
        drift=lambda bed, id_: bed.client("cloudwatch").put_dashboard(
            DashboardName=id_, DashboardBody=_dashboard("three")
        ),
        drifted={"dashboardBody": _dashboard("three")},
    ),
    Case(
        token=RULE,
        inputs=lambda _: {
            "name": "hourly",
            "scheduleExpression": "rate(1 hour)",
            "tags": {"Owner": "platform"},
        },
        change={"scheduleExpression": "rate(2 hours)"},
        seen=lambda bed, id_: bed.client("events").describe_rule(Name=id_)["ScheduleExpression"],
        drift=lambda bed, id_: bed.client("events").disable_rule(Name=id_),
        drifted={"state": "DISABLED"},
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        inputs=_target_inputs,
        import_id="nightly/late",
        found_by_inputs=True,
        change={"input": json.dumps({"a": 2})},
        seen=_target_input,
        drift=lambda bed, _: bed.client("events").put_targets(
            Rule="nightly", Targets=[{"Id": "late", "Arn": _QUEUE, "Input": json.dumps({"a": 3})}]
        ),
        drifted={"input": json.dumps({"a": 3})},
    ),
    Case(
        token="aws:cloudwatch/eventBus:EventBus",
        inputs=lambda _: {"name": "lineage", "tags": {"Owner": "platform"}},
        change={"tags": {"Owner": "data"}},
        seen=_bus_owner,
        as_seen="data",
    ),
)
