"""Flow logs of a VPC, a subnet or a network interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.tagging import EC2_TAGS
from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_KINDS = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
_BEGINNINGS = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}
_SENT = "trafficType logDestinationType logDestination logFormat maxAggregationInterval"


class _FlowLog(Row):
    """What is watched is one id with a kind beside it on the wire, an input of its own kind here."""

    def make(self, target: Target) -> str:
        """Create it for the one thing that is watched."""
        kind = next(key for key in _KINDS if target.given(key))
        answer = target.client.create_flow_logs(
            **self.arguments(target, self.create_, fill={}),
            ResourceIds=[target.inputs[kind]],
            ResourceType=_KINDS[kind],
        )
        if refused := answer["Unsuccessful"]:
            raise ProviderFault(f"{self.token}: {refused[0]['Error']['Message']}")
        return str(answer["FlowLogIds"][0])

    def fetch(self, target: Target) -> Properties | None:
        """The log, under what it watches."""
        outputs = super().fetch(target)
        if outputs is None:
            return None
        watched = str(outputs.pop("watched"))
        return outputs | {key: watched for start, key in _BEGINNINGS.items() if watched.startswith(start)}

    def remove(self, target: Target) -> None:
        """Delete it, unless it is gone."""
        if self.fetch(target):
            super().remove(target)


FLOW_LOG = _FlowLog(
    module="ec2",
    name="FlowLog",
    service="ec2",
    create_=Op(call="create_flow_logs", send=f"{_SENT} iamRoleArn=DeliverLogsPermissionArn"),
    look=(
        Look(
            call="describe_flow_logs",
            args={"FlowLogIds": ["{id}"]},
            at="FlowLogs[0]",
            give=f"{_SENT} iamRoleArn=DeliverLogsPermissionArn watched=ResourceId",
        ),
    ),
    erase=Op(call="delete_flow_logs", args={"FlowLogIds": ["{id}"]}),
    replace_on=frozenset({*_KINDS, *_SENT.split(), "iamRoleArn"}),
    more=frozenset(_KINDS),
    sent={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    computed={"arn": "arn:aws:ec2:{region}:{account}:vpc-flow-log/{id}"},
    tagging=EC2_TAGS,
)
