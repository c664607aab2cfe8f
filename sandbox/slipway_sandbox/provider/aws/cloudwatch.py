"""CloudWatch alarms and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import UPPER_ARN_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_MEASURED = ("MetricName", "Namespace", "Dimensions")
_ALARM = (
    "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions "
    "evaluateLowSampleCountPercentiles=EvaluateLowSampleCountPercentile evaluationPeriods extendedStatistic "
    "insufficientDataActions metricName metricQueries=Metrics namespace okActions=OKActions period statistic "
    "threshold thresholdMetricId treatMissingData unit"
)
_PUT_ALARM = Op(call="put_metric_alarm", send=f"name=AlarmName {_ALARM}")


class _MetricAlarm(Row):
    """A query's metric is one block on the wire; the API parts what is measured from how."""

    def arguments(self, target: Target, op: Op, *, fill: Mapping[str, Any]) -> Properties:
        """The queries in the API's form."""
        arguments = super().arguments(target, op, fill=fill)
        if "Metrics" in arguments:
            arguments["Metrics"] = [_to_query(query) for query in arguments["Metrics"]]
        return arguments

    def fetch(self, target: Target) -> Properties | None:
        """The queries in the wire's form."""
        outputs = super().fetch(target)
        if outputs and outputs.get("metricQueries"):
            outputs["metricQueries"] = [_from_query(query) for query in outputs["metricQueries"]]
        return outputs


def _to_query(query: Properties) -> Properties:
    metric = query.pop("Metric", None)
    if metric is None:
        return query
    measured = {key: metric.pop(key) for key in _MEASURED if key in metric}
    return query | {"MetricStat": {"Metric": measured, **metric}}


def _from_query(query: Properties) -> Properties:
    measured = query.pop("metricStat", None)
    return query if measured is None else query | {"metric": measured.pop("metric") | measured}


METRIC_ALARM = _MetricAlarm(
    module="cloudwatch",
    name="MetricAlarm",
    service="cloudwatch",
    create_=_PUT_ALARM,
    update_=(_PUT_ALARM,),
    look=(
        Look(
            call="describe_alarms",
            args={"AlarmNames": ["{name}"]},
            at="MetricAlarms[0]",
            give=f"arn=AlarmArn {_ALARM}",
        ),
    ),
    erase=Op(call="delete_alarms", args={"AlarmNames": ["{name}"]}),
    spelling=Spelling(pairs={"dimensions": "Name"}),
    autoname="name",
    replace_on=frozenset({"name"}),
    sent={"actionsEnabled": True, "treatMissingData": "missing"},
    defaults={"actionsEnabled": True, "treatMissingData": "missing", "alarmDescription": ""},
    id_form="{name}",
    tagging=UPPER_ARN_TAGS,
)
_PUT_DASHBOARD = Op(call="put_dashboard", send="dashboardName dashboardBody")
DASHBOARD = Row(
    module="cloudwatch",
    name="Dashboard",
    service="cloudwatch",
    create_=_PUT_DASHBOARD,
    update_=(_PUT_DASHBOARD,),
    look=(
        Look(
            call="get_dashboard",
            args={"DashboardName": "{dashboardName}"},
            give="dashboardArn dashboardBody",
        ),
    ),
    erase=Op(call="delete_dashboards", args={"DashboardNames": ["{dashboardName}"]}),
    replace_on=frozenset({"dashboardName"}),
    id_form="{dashboardName}",
)
CLOUDWATCH = (METRIC_ALARM, DASHBOARD)
