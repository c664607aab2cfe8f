"""EC2 endpoints of AWS services inside a VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slipway_sandbox.provider.aws.row import Look, Op, Row
from slipway_sandbox.provider.aws.tagging import EC2_TAGS

if TYPE_CHECKING:
    from slipway_sandbox.provider.aws.target import Target
    from slipway_sandbox.provider.contract import Properties

_MODIFY = {"VpcEndpointId": "{id}"}


_MEMBERS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}
"""What an endpoint is a member of: EC2 is told what is added and what is removed."""


class _VpcEndpoint(Row):
    """An endpoint that is deleted stays visible for a while."""

    def fetch(self, target: Target) -> Properties | None:
        """The endpoint, unless it is deleted."""
        outputs = super().fetch(target)
        if outputs is None or str(outputs["state"]).lower() in {"deleting", "deleted"}:
            return None
        groups = outputs.pop("groups") or []
        return outputs | {"securityGroupIds": [group["groupId"] for group in groups]}

    def change(self, target: Target, changed: frozenset[str]) -> None:
        """Change what it is, then where it stands."""
        super().change(target, changed)
        present = self.fetch(target) or {}
        moves: Properties = {}
        for key in sorted(changed & _MEMBERS.keys()):
            wanted, held = set(target.inputs.get(key) or []), set(present.get(key) or [])
            moves[f"Add{_MEMBERS[key]}"] = sorted(wanted - held)
            moves[f"Remove{_MEMBERS[key]}"] = sorted(held - wanted)
        if moves := {call: ids for call, ids in moves.items() if ids}:
            target.client.modify_vpc_endpoint(VpcEndpointId=target.id, **moves)

    def remove(self, target: Target) -> None:
        """Delete it, unless it is gone."""
        if self.fetch(target):
            super().remove(target)


VPC_ENDPOINT = _VpcEndpoint(
    module="ec2",
    name="VpcEndpoint",
    service="ec2",
    create_=Op(
        call="create_vpc_endpoint",
        send="vpcId serviceName vpcEndpointType policy=PolicyDocument routeTableIds subnetIds "
        "securityGroupIds privateDnsEnabled",
        answer="VpcEndpoint.VpcEndpointId",
    ),
    update_=(Op(call="modify_vpc_endpoint", send="policy=PolicyDocument privateDnsEnabled", args=_MODIFY),),
    look=(
        Look(
            call="describe_vpc_endpoints",
            args={"VpcEndpointIds": ["{id}"]},
            at="VpcEndpoints[0]",
            give="vpcId serviceName vpcEndpointType state policy=PolicyDocument routeTableIds subnetIds "
            "privateDnsEnabled networkInterfaceIds requesterManaged ownerId dnsEntries ipAddressType "
            "groups=Groups",
        ),
    ),
    erase=Op(call="delete_vpc_endpoints", args={"VpcEndpointIds": ["{id}"]}),
    replace_on=frozenset({"vpcId", "serviceName", "vpcEndpointType"}),
    silent=frozenset({"autoAccept"}),
    sent={"vpcEndpointType": "Gateway"},
    defaults={"vpcEndpointType": "Gateway"},
    constant={
        "cidrBlocks": None,
        "dnsOptions": None,
        "prefixListId": None,
        "serviceRegion": None,
        "subnetConfigurations": None,
    },
    computed={"arn": "arn:aws:ec2:{region}:{account}:vpc-endpoint/{id}"},
    tagging=EC2_TAGS,
)
