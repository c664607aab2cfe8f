"""CloudWatch Logs: groups, streams, metric filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.spelling import CAMEL, Spelling
from slipway_sandbox.provider.aws.tagging import LOG_TAGS

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_GROUP = {"logGroupName": "{name}"}
_NEVER_EXPIRES = 0


class _LogGroup(Row):
    """Retention 0 means for ever, which in AWS is no retention policy at all."""

    def make(self, target: Target) -> str:
        """Create the group without the zero."""
        return super().make(_without_zero(target))

    def fetch(self, target: Target) -> Properties | None:
        """The group; its ARN without the ":*" that the Logs API appends."""
        outputs = super().fetch(target)
        if outputs is None:
            return None
        retention = outputs.get("retentionInDays") or _NEVER_EXPIRES
        return outputs | {"arn": outputs["arn"].removesuffix(":*"), "retentionInDays": retention}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Take a retention policy away where the new retention is for ever."""
        if "retentionInDays" in changed and not target.inputs.get("retentionInDays"):
            target.client.delete_retention_policy(logGroupName=target.id)
            changed -= {"retentionInDays"}
        if "kmsKeyId" in changed and not target.given("kmsKeyId"):
            target.client.disassociate_kms_key(logGroupName=target.id)
            changed -= {"kmsKeyId"}
        super().change(target, changed)

    def remove(self, target: Target) -> None:
        """Delete the group, unless the program wants it left."""
        if not target.inputs.get("skipDestroy"):
            super().remove(target)


def _without_zero(target: Target) -> Target:
    kept = {key: value for key, value in target.inputs.items() if key != "retentionInDays" or value}
    return replace(target, inputs=kept)


LOG_GROUP = _LogGroup(
    module="cloudwatch",
    name="LogGroup",
    service="logs",
    create_=Op(call="create_log_group", send="kmsKeyId logGroupClass", args=_GROUP),
    update_=(
        Op(call="put_retention_policy", send="retentionInDays", args={"logGroupName": "{id}"}),
        Op(call="associate_kms_key", send="kmsKeyId", args={"logGroupName": "{id}"}),
    ),
    look=(
        Look(
            call="describe_log_groups",
            args={"logGroupNamePrefix": "{name}"},
            at="logGroups[logGroupName={name}]",
            give="arn retentionInDays kmsKeyId logGroupClass",
        ),
    ),
    erase=Op(call="delete_log_group", args=_GROUP),
    spelling=CAMEL,
    autoname="name",
    replace_on=frozenset({"name", "namePrefix", "logGroupClass"}),
    silent=frozenset({"namePrefix", "skipDestroy"}),
    defaults={"retentionInDays": _NEVER_EXPIRES, "logGroupClass": "STANDARD"},
    id_form="{name}",
    constant={"deletionProtectionEnabled": False},
    tagging=LOG_TAGS,
)
_STREAM = {"logGroupName": "{logGroupName}", "logStreamName": "{name}"}
LOG_STREAM = Row(
    module="cloudwatch",
    name="LogStream",
    service="logs",
    create_=Op(call="create_log_stream", args=_STREAM),
    look=(
        Look(
            call="describe_log_streams",
            args={"logGroupName": "{logGroupName}", "logStreamNamePrefix": "{name}"},
            at="logStreams[logStreamName={name}]",
            give="arn",
        ),
    ),
    erase=Op(call="delete_log_stream", args=_STREAM),
    spelling=CAMEL,
    autoname="name",
    replace_on=frozenset({"name", "logGroupName"}),
    id_form="{logGroupName}:{name}",
)
_FILTER = {"logGroupName": "{logGroupName}", "filterName": "{name}"}
_PUT_FILTER = Op(
    call="put_metric_filter",
    send="pattern=filterPattern",
    args=_FILTER | {"metricTransformations": ["{metricTransformation}"]},
)
METRIC_FILTER = Row(
    module="cloudwatch",
    name="LogMetricFilter",
    service="logs",
    create_=_PUT_FILTER,
    update_=(_PUT_FILTER,),
    look=(
        Look(
            call="describe_metric_filters",
            args={"logGroupName": "{logGroupName}", "filterNamePrefix": "{name}"},
            at="metricFilters[filterName={name}]",
            give="pattern=filterPattern metricTransformation=metricTransformations[0]",
        ),
    ),
    erase=Op(call="delete_metric_filter", args=_FILTER),
    spelling=Spelling(
        names={"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"},
        maps=frozenset({"dimensions"}),
        pascal=False,
    ),
    autoname="name",
    replace_on=frozenset({"name", "logGroupName"}),
    constant={"applyOnTransformedLogs": False},
    id_form="{logGroupName}:{name}",
)
LOGS = (LOG_GROUP, LOG_STREAM, METRIC_FILTER)
