"""Lives of EC2 types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.provider_aws.case import Bed, Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from slipway_sandbox.provider.contract import Properties

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
GROUP, TABLE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/routeTable:RouteTable"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUMtcY6fkdK3ZJGZ8rPuJRBC4V2kFhtWDMG0l1jHqgX ana"


def _vpc(bed: Bed) -> str:
    return bed.make(VPC, cidrBlock="10.1.0.0/16").id


def _subnet(bed: Bed) -> str:
    return bed.make(SUBNET, vpcId=_vpc(bed), cidrBlock="10.1.1.0/24").id


def _vpc_flag(bed: Bed, id_: str) -> Any:
    answer = bed.client("ec2").describe_vpc_attribute(VpcId=id_, Attribute="enableDnsHostnames")
    return answer["EnableDnsHostnames"]["Value"]


def _first(bed: Bed, noun: str, **args: Any) -> Any:
    answer = getattr(bed.client("ec2"), f"describe_{noun}")(**args)
    found = answer["".join(word.title() for word in noun.split("_"))]
    return found[0] if found else None


def _open(port: int) -> list[Properties]:
    return [{"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/8"]}]


def _ports(bed: Bed, id_: str) -> Any:
    group = _first(bed, "security_groups", GroupIds=[id_])
    return [rule["FromPort"] for rule in group["IpPermissions"]]


def _open_more(bed: Bed, id_: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    bed.client("ec2").authorize_security_group_ingress(GroupId=id_, IpPermissions=[rule])


def _rule_inputs(bed: Bed) -> Properties:
    group = bed.make(GROUP, name="ruled", vpcId=_vpc(bed)).id
    return {"securityGroupId": group, "type": "ingress", **_open(443)[0]}


def _ruled(bed: Bed, _: str) -> Any:
    groups = bed.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["ruled"]}])
    return groups["SecurityGroups"][0]["IpPermissions"] or None


def _one_sided(side: str) -> Case:
    def inputs(bed: Bed) -> Properties:
        group = bed.make(GROUP, name=f"one-{side}", vpcId=_vpc(bed)).id
        where = {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
        return {"securityGroupId": group, **where}

    name = f"SecurityGroup{side.title()}Rule"
    return Case(
        token=f"aws:vpc/{name[0].lower()}{name[1:]}:{name}",
        inputs=inputs,
        change={"cidrIpv4": "10.2.0.0/16"},
        seen=lambda bed, id_: _first(bed, "security_group_rules", SecurityGroupRuleIds=[id_])["CidrIpv4"],
    )


def _route_inputs(bed: Bed) -> Properties:
    vpc = _vpc(bed)
    gateway = bed.make(GATEWAY, vpcId=vpc).id
    return {
        "routeTableId": bed.make(TABLE, vpcId=vpc).id,
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": gateway,
    }


def _route(bed: Bed, id_: str) -> Any:
    table = _first(bed, "route_tables", RouteTableIds=[id_.partition("_")[0]])
    routes = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
    return routes[0]["GatewayId"] if routes else None


def _association_inputs(bed: Bed) -> Properties:
    vpc = _vpc(bed)
    subnet = bed.make(SUBNET, vpcId=vpc, cidrBlock="10.1.2.0/24").id
    return {"routeTableId": bed.make(TABLE, vpcId=vpc).id, "subnetId": subnet}


def _associated(bed: Bed, id_: str) -> Any:
    by_id = [{"Name": "association.route-table-association-id", "Values": [id_]}]
    return _first(bed, "route_tables", Filters=by_id)


def _table_with_route(bed: Bed) -> Properties:
    vpc = _vpc(bed)
    gateway = bed.make(GATEWAY, vpcId=vpc).id
    return {"vpcId": vpc, "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}], "tags": {"a": "b"}}


def _drop_route(bed: Bed, id_: str) -> None:
    bed.client("ec2").delete_route(RouteTableId=id_, DestinationCidrBlock="0.0.0.0/0")


def _tag(bed: Bed, id_: str) -> Any:
    tags = bed.client("ec2").describe_tags(Filters=[{"Name": "resource-id", "Values": [id_]}])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags} or None


def _tag_of(noun: str, subject: str) -> Callable[[Bed, str], Any]:
    """The tags of what is still there; moto keeps those of what is gone."""
    return lambda bed, id_: _first(bed, noun, **{subject: [id_]}) and _tag(bed, id_)


def _nat(bed: Bed, id_: str) -> Any:
    gateway = _first(bed, "nat_gateways", NatGatewayIds=[id_])
    return gateway if gateway and gateway["State"] == "available" else None


def _key_tag(bed: Bed, id_: str) -> Any:
    tags = _first(bed, "key_pairs", KeyNames=[id_])["Tags"]
    return next(tag["Value"] for tag in tags if tag["Key"] == "a")


def _default_group_inputs(bed: Bed) -> Properties:
    return {"vpcId": _vpc(bed), "ingress": _open(443)}


def _flow_log_inputs(bed: Bed) -> Properties:
    group = bed.make("aws:cloudwatch/logGroup:LogGroup", name="/flows")
    return {
        "vpcId": _vpc(bed),
        "trafficType": "ALL",
        "logDestination": group.outputs["arn"],
        "iamRoleArn": "arn:aws:iam::111122223333:role/flows",
        "tags": {"a": "b"},
    }


def _endpoint_inputs(bed: Bed) -> Properties:
    return {"vpcId": _vpc(bed), "serviceName": "com.amazonaws.us-east-1.s3", "tags": {"a": "b"}}


def _endpoint_tags(bed: Bed, id_: str) -> Any:
    endpoint = _first(bed, "vpc_endpoints", VpcEndpointIds=[id_])
    return None if endpoint["State"] == "deleted" else _tag(bed, id_)


def _instance_type(bed: Bed, id_: str) -> Any:
    instance = bed.client("ec2").describe_instances(InstanceIds=[id_])["Reservations"][0]["Instances"][0]
    return None if instance["State"]["Name"] == "terminated" else instance["InstanceType"]


def _instance_inputs(bed: Bed) -> Properties:
    image = bed.client("ec2").describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    return {"ami": image, "instanceType": "t3.micro", "subnetId": _subnet(bed), "tags": {"Name": "worker"}}


TAGGED = {"a": "c", "Environment": "test"}

NETWORK = (
    Case(
        token=VPC,
        inputs=lambda _: {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "main"}},
        change={"enableDnsHostnames": False},
        seen=_vpc_flag,
        drift=lambda bed, id_: bed.client("ec2").modify_vpc_attribute(
            VpcId=id_, EnableDnsHostnames={"Value": True}
        ),
        drifted={"enableDnsHostnames": True},
    ),
    Case(
        token=SUBNET,
        inputs=lambda bed: {"vpcId": _vpc(bed), "cidrBlock": "10.1.3.0/24", "availabilityZone": "us-east-1b"},
        change={"mapPublicIpOnLaunch": True},
        seen=lambda bed, id_: _first(bed, "subnets", SubnetIds=[id_])["MapPublicIpOnLaunch"],
        drift=lambda bed, id_: bed.client("ec2").modify_subnet_attribute(
            SubnetId=id_, MapPublicIpOnLaunch={"Value": False}
        ),
        drifted={"mapPublicIpOnLaunch": False},
    ),
    Case(
        token=GATEWAY,
        inputs=lambda bed: {"vpcId": _vpc(bed), "tags": {"a": "b"}},
        change={"tags": {"a": "c"}},
        seen=_tag_of("internet_gateways", "InternetGatewayIds"),
        as_seen=TAGGED,
        drift=lambda bed, id_: bed.client("ec2").delete_tags(Resources=[id_], Tags=[{"Key": "a"}]),
        drifted={"tags": {}},
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs=lambda _: {"domain": "vpc", "tags": {"a": "b"}},
        change={"tags": {"a": "c"}},
        seen=_tag_of("addresses", "AllocationIds"),
        as_seen=TAGGED,
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        inputs=lambda bed: {
            "subnetId": _subnet(bed),
            "allocationId": bed.make("aws:ec2/eip:Eip", domain="vpc").id,
            "tags": {"a": "b"},
        },
        seen=_nat,
    ),
    Case(
        token="aws:ec2/keyPair:KeyPair",
        inputs=lambda _: {"keyName": "ana", "publicKey": PUBLIC_KEY, "tags": {"a": "b"}},
        change={"tags": {"a": "c"}},
        seen=_key_tag,
        as_seen="c",
        not_imported=frozenset({"publicKey"}),
    ),
    Case(
        token=TABLE,
        inputs=_table_with_route,
        change={"tags": {"a": "c"}},
        seen=_tag_of("route_tables", "RouteTableIds"),
        as_seen=TAGGED,
        drift=_drop_route,
        drifted={"routes": []},
    ),
    Case(token="aws:ec2/route:Route", inputs=_route_inputs, seen=_route),
    Case(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs=_association_inputs,
        seen=_associated,
    ),
    Case(
        token=GROUP,
        inputs=lambda bed: {"name": "web", "description": "web", "vpcId": _vpc(bed), "ingress": _open(443)},
        change={"ingress": _open(8443)},
        seen=_ports,
        as_seen=[8443],
        drift=_open_more,
        drifted={"ingress": [*_open(8443), {**_open(22)[0], "cidrBlocks": ["0.0.0.0/0"]}]},
    ),
    Case(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs=_default_group_inputs,
        change={"ingress": _open(8443)},
        seen=_ports,
        as_seen=[8443],
        drift=_open_more,
        drifted={"ingress": [*_open(8443), {**_open(22)[0], "cidrBlocks": ["0.0.0.0/0"]}]},
        stays=[8443, 22],
    ),
    Case(
        token="aws:ec2/securityGroupRule:SecurityGroupRule",
        inputs=_rule_inputs,
        seen=_ruled,
        importable=False,
        found_by_inputs=True,
    ),
    _one_sided("ingress"),
    _one_sided("egress"),
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=_endpoint_inputs,
        change={"tags": {"a": "c"}},
        seen=_endpoint_tags,
        as_seen=TAGGED,
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        inputs=_flow_log_inputs,
        change={"tags": {"a": "c"}},
        seen=_tag_of("flow_logs", "FlowLogIds"),
        as_seen=TAGGED,
    ),
    Case(
        token="aws:ec2/instance:Instance",
        inputs=_instance_inputs,
        change={"instanceType": "t3.small"},
        seen=_instance_type,
        drift=lambda bed, id_: bed.client("ec2").delete_tags(Resources=[id_], Tags=[{"Key": "Name"}]),
        drifted={"tags": {}},
    ),
)
