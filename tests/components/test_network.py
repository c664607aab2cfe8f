"""An environment's network: exactly these children, and nothing open that need not be."""

import json
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from components.network.component import Network, NetworkArgs
from components.network.endpoints import GATEWAYS, INTERFACES
from components.network.flow_log import flow_log_policy
from tests.doubles.entries import NAMING, PLATFORM_TAGS
from tests.doubles.pulumi_recorder import Recording, record

ARGS = NetworkArgs(
    naming=NAMING,
    region="us-east-1",
    cidr=IPv4Network("10.20.0.0/16"),
    zones=3,
    nat_gateways=2,
    endpoint_zones=2,
    interfaces=tuple(INTERFACES),
    boundary_arn="arn:aws:iam::222233334444:policy/slipway-dev-boundary",
    log_retention_days=14,
    tags=PLATFORM_TAGS,
)
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
IN, OUT = (f"aws:vpc/securityGroup{side}Rule:SecurityGroup{side}Rule" for side in ("Ingress", "Egress"))


def _made(args: NetworkArgs) -> Recording:
    return record(lambda: Network("network", args))


def test_a_network_has_exactly_these_children() -> None:
    """Three zones: a subnet each side, a private table each, one public table."""
    assert _made(ARGS).counts() == {
        "aws:cloudwatch/logGroup:LogGroup": 1,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
        "aws:ec2/eip:Eip": 2,
        "aws:ec2/flowLog:FlowLog": 1,
        "aws:ec2/internetGateway:InternetGateway": 1,
        "aws:ec2/natGateway:NatGateway": 2,
        "aws:ec2/route:Route": 4,
        "aws:ec2/routeTable:RouteTable": 4,
        "aws:ec2/routeTableAssociation:RouteTableAssociation": 6,
        "aws:ec2/securityGroup:SecurityGroup": 2,
        "aws:ec2/subnet:Subnet": 6,
        "aws:ec2/vpc:Vpc": 1,
        ENDPOINT: len(GATEWAYS) + len(INTERFACES),
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicy:RolePolicy": 1,
        OUT: 3,
        IN: 2,
        "slipway:network:FlowLog": 1,
        "slipway:network:Network": 1,
        "slipway:network:NetworkGroups": 1,
        "slipway:network:ServiceEndpoints": 1,
    }


def test_subnets_stand_in_zones_that_mean_the_same_in_every_account() -> None:
    """Zone names are shuffled from account to account; a subnet gives out no public address by itself."""
    subnets = {each.name: each.inputs for each in _made(ARGS).of("aws:ec2/subnet:Subnet")}
    places = {name: (one["availabilityZoneId"], one["cidrBlock"]) for name, one in subnets.items()}
    assert places == {
        "network-private-use1-az1": ("use1-az1", "10.20.0.0/19"),
        "network-private-use1-az2": ("use1-az2", "10.20.32.0/19"),
        "network-private-use1-az4": ("use1-az4", "10.20.64.0/19"),
        "network-public-use1-az1": ("use1-az1", "10.20.192.0/21"),
        "network-public-use1-az2": ("use1-az2", "10.20.200.0/21"),
        "network-public-use1-az4": ("use1-az4", "10.20.208.0/21"),
    }
    assert {one["mapPublicIpOnLaunch"] for one in subnets.values()} == {False}


@pytest.mark.parametrize(
    ("gateways", "ways"),
    [
        (0, []),
        (1, ["use1-az1", "use1-az1", "use1-az1"]),
        (2, ["use1-az1", "use1-az2", "use1-az1"]),
        (3, ["use1-az1", "use1-az2", "use1-az4"]),
    ],
)
def test_zones_share_the_ways_out_in_turn(gateways: int, ways: list[str]) -> None:
    """With none there is no default route at all, rather than one that leads nowhere."""
    routes = _made(replace(ARGS, nat_gateways=gateways)).of("aws:ec2/route:Route")
    led = {each.name: each.inputs["natGatewayId"] for each in routes if "natGatewayId" in each.inputs}
    assert [led[zone] for zone in sorted(led)] == [f"network-{zone}-id" for zone in ways]


def test_only_the_public_table_leads_to_the_internet() -> None:
    """What runs has no address of its own out there."""
    made = _made(ARGS)
    led = [each.inputs for each in made.of("aws:ec2/route:Route") if "gatewayId" in each.inputs]
    assert [one["routeTableId"] for one in led] == ["network-public-id"]
    tables = made.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    assert {
        each.inputs["subnetId"] for each in tables if each.inputs["routeTableId"] == "network-public-id"
    } == {f"network-public-use1-{zone}-id" for zone in ("az1", "az2", "az4")}


def test_endpoints_are_where_they_are_looked_for() -> None:
    """A gateway endpoint that a table lacks sends its zone over the NAT gateway, and to the bill."""
    made = _made(ARGS)
    s3, sts = (
        made.one(ENDPOINT, "network-endpoint-s3").inputs,
        made.one(ENDPOINT, "network-endpoint-sts").inputs,
    )
    assert (s3["serviceName"], s3["vpcEndpointType"]) == ("com.amazonaws.us-east-1.s3", "Gateway")
    assert s3["routeTableIds"] == [f"network-private-use1-{zone}-id" for zone in ("az1", "az2", "az4")]
    assert (sts["serviceName"], sts["vpcEndpointType"]) == ("com.amazonaws.us-east-1.sts", "Interface")
    assert sts["subnetIds"] == ["network-private-use1-az1-id", "network-private-use1-az2-id"]
    assert (sts["securityGroupIds"], sts["privateDnsEnabled"]) == (["network-endpoints-id"], True)
    assert made.one("aws:ec2/vpc:Vpc").inputs["enableDnsHostnames"] is True


def test_airflow_finds_every_service_that_it_needs_without_a_way_out() -> None:
    """MWAA user guide, "Creating the required VPC service endpoints"; one that is missing fails late."""
    needed = {"airflow.api", "airflow.env", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "s3", "sqs"}
    assert needed <= GATEWAYS.keys() | INTERFACES.keys()


def test_nothing_gets_in_from_outside() -> None:
    """Endpoints hear the network over TLS, workloads hear each other, the default group hears nobody."""
    made = _made(ARGS)
    endpoints = made.one(IN, "network-endpoints-in").inputs
    workloads = made.one(IN, "network-workloads-in").inputs
    assert (endpoints["cidrIpv4"], endpoints["fromPort"], endpoints["toPort"]) == ("10.20.0.0/16", 443, 443)
    assert workloads["referencedSecurityGroupId"] == workloads["securityGroupId"] == "network-workloads-id"
    assert "cidrIpv4" not in workloads
    default = made.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert default.keys() == {"vpcId", "tags"}


def test_workloads_leave_the_network_by_two_ports_only() -> None:
    """Whoever breaks into a task must not be able to talk to just anything."""
    ways = [each.inputs for each in _made(ARGS).of(OUT)]
    outside = [(one["fromPort"], one["toPort"]) for one in ways if one["cidrIpv4"] == "0.0.0.0/0"]
    assert sorted(outside) == [(80, 80), (443, 443)]
    assert {one["securityGroupId"] for one in ways} == {"network-workloads-id"}


def test_every_connection_is_on_record() -> None:
    """Accepted ones too: an investigation asks who got in, not who was kept out."""
    made = _made(ARGS)
    log = made.one("aws:ec2/flowLog:FlowLog").inputs
    assert (log["trafficType"], log["logDestinationType"]) == ("ALL", "cloud-watch-logs")
    assert log["vpcId"] == "network-id"
    group = made.one("aws:cloudwatch/logGroup:LogGroup").inputs
    assert (group["name"], group["retentionInDays"]) == ("/slipway/dev/network", 14)
    role = made.one("aws:iam/role:Role").inputs
    assert role["permissionsBoundary"] == ARGS.boundary_arn
    trust = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust[0]["Principal"] == {"Service": ["vpc-flow-logs.amazonaws.com"]}


def test_the_flow_logs_role_writes_to_its_own_group_only() -> None:
    """The group of a pipeline's log is somebody else's."""
    group = "arn:aws:logs:us-east-1:222233334444:log-group:/slipway/dev/network"
    write, find = json.loads(flow_log_policy(group))["Statement"]
    assert write["Resource"] == [group, f"{group}:*"]
    assert find["Action"] == ["logs:DescribeLogGroups"]
    assert find["Resource"] == ["arn:aws:logs:us-east-1:222233334444:log-group:*"]
