"""CloudWatch alarms and dashboards."""

from __future__ import annotations

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import Spelling
from slipway_sandbox.provider.aws.tagging import UPPER_ARN_TAGS

_ALARM = (
    "actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions "
    "evaluateLowSampleCountPercentiles=EvaluateLowSampleCountPercentile evaluationPeriods extendedStatistic "
    "insufficientDataActions metricName metricQueries=Metrics namespace okActions=OKActions period statistic "
    "threshold thresholdMetricId treatMissingData unit"
)
_PUT_ALARM = Op(call="put_metric_alarm", send=f"name=AlarmName {_ALARM}")
METRIC_ALARM = Row(
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
