"""The network that everything of an environment runs in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from components.network.blocks import ZoneBlocks, divide
from components.network.endpoints import ServiceEndpoints, ServiceEndpointsArgs
from components.network.flow_log import FlowLog, FlowLogArgs
from components.network.groups import NetworkGroups, NetworkGroupsArgs
from components.network.zones import ZONES
from slipway.model.naming import Naming
from slipway.model.tags import Tags

_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """How large a network is, and how it is left.

    Attributes:
        naming: names of the stack.
        region: where it stands.
        cidr: all its addresses.
        zones: in how many availability zones.
        nat_gateways: ways out to what is not AWS, 0 to `zones`; zones share them in turn.
        endpoint_zones: in how many zones the interface endpoints have an address, 1 to `zones`.
        interfaces: services that have an interface endpoint.
        boundary_arn: the most that the flow log's role can do.
        log_retention_days: how long the flow log stays.
    """

    naming: Naming
    region: str
    cidr: IPv4Network
    zones: int
    nat_gateways: int
    endpoint_zones: int
    interfaces: Sequence[str]
    boundary_arn: pulumi.Input[str]
    log_retention_days: int
    tags: Tags
    workload_tags: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def blocks(self) -> Mapping[str, ZoneBlocks]:
        """Zone id to the addresses of that zone, in the order of the region's zones."""
        return dict(zip(ZONES[self.region], divide(self.cidr, self.zones), strict=False))


class Network(PlatformComponent, token="slipway:network:Network"):
    """Private subnets that everything runs in, public ones for the ways out only."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args.tags, opts)
        self._vpc = self._create_vpc(args)
        self.id: pulumi.Output[str] = self._vpc.id
        self._public = self._create_subnets(
            "public", {zone: each.public for zone, each in args.blocks.items()}
        )
        self.private = self._create_subnets(
            "private", {zone: each.private for zone, each in args.blocks.items()}, args.workload_tags
        )
        gateway = self._create_internet_gateway()
        nats = self._create_nat_gateways(args, gateway)
        tables = self._create_private_tables(nats)
        groups = self._create_groups(args)
        self.workload_group_id: pulumi.Output[str] = groups.workloads.id
        self._create_endpoints(args, tables, groups)
        self._create_flow_log(args)
        self.private_subnet_ids = [subnet.id for subnet in self.private.values()]
        self.private_subnet_arns = [subnet.arn for subnet in self.private.values()]
        self.publish(vpc=self._vpc.id, private_subnets=self.private_subnet_ids)

    def _create_vpc(self, args: NetworkArgs) -> aws.ec2.Vpc:
        return aws.ec2.Vpc(
            self.name,
            cidr_block=str(args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,  # without it no name of a service leads to its endpoint
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_subnets(
        self, side: str, blocks: Mapping[str, IPv4Network], more_tags: Mapping[str, str] | None = None
    ) -> dict[str, aws.ec2.Subnet]:
        tags = self.tags.as_aws() | dict(more_tags or {})
        return {
            zone: aws.ec2.Subnet(
                f"{self.name}-{side}-{zone}",
                vpc_id=self._vpc.id,
                availability_zone_id=zone,
                cidr_block=str(block),
                map_public_ip_on_launch=False,
                tags=tags,
                opts=self.child(),
            )
            for zone, block in blocks.items()
        }

    def _create_internet_gateway(self) -> aws.ec2.InternetGateway:
        """Create the gateway, and the one table that leads the public subnets to it."""
        gateway = aws.ec2.InternetGateway(
            self.name, vpc_id=self._vpc.id, tags=self.tags.as_aws(), opts=self.child()
        )
        table = self._create_table("public")
        aws.ec2.Route(
            f"{self.name}-public",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self.child(),
        )
        for zone, subnet in self._public.items():
            self._associate(f"public-{zone}", table, subnet)
        return gateway

    def _create_nat_gateways(
        self, args: NetworkArgs, gateway: aws.ec2.InternetGateway
    ) -> list[aws.ec2.NatGateway]:
        zones = list(self._public)[: args.nat_gateways]
        return [self._create_nat_gateway(zone, gateway) for zone in zones]

    def _create_nat_gateway(self, zone: str, gateway: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        """Create a NAT gateway with its address; of no use before the internet gateway is there."""
        name, tags = f"{self.name}-{zone}", self.tags.as_aws()
        address = aws.ec2.Eip(name, domain="vpc", tags=tags, opts=self.child(after=[gateway]))
        return aws.ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=self._public[zone].id,
            tags=tags,
            opts=self.child(after=[gateway]),
        )

    def _create_private_tables(self, nats: list[aws.ec2.NatGateway]) -> list[aws.ec2.RouteTable]:
        """Create a table for each zone: a zone whose NAT gateway is its own outlives the others."""
        tables = []
        for number, (zone, subnet) in enumerate(self.private.items()):
            table = self._create_table(f"private-{zone}")
            self._associate(f"private-{zone}", table, subnet)
            if nats:
                self._lead_out(f"private-{zone}", table, nats[number % len(nats)])
            tables.append(table)
        return tables

    def _lead_out(self, suffix: str, table: aws.ec2.RouteTable, nat: aws.ec2.NatGateway) -> None:
        aws.ec2.Route(
            f"{self.name}-{suffix}",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            nat_gateway_id=nat.id,
            opts=self.child(),
        )

    def _create_table(self, suffix: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self.name}-{suffix}", vpc_id=self._vpc.id, tags=self.tags.as_aws(), opts=self.child()
        )

    def _associate(self, suffix: str, table: aws.ec2.RouteTable, subnet: aws.ec2.Subnet) -> None:
        aws.ec2.RouteTableAssociation(
            f"{self.name}-{suffix}", route_table_id=table.id, subnet_id=subnet.id, opts=self.child()
        )

    def _create_groups(self, args: NetworkArgs) -> NetworkGroups:
        groups = NetworkGroupsArgs(
            naming=args.naming,
            vpc_id=self._vpc.id,
            cidr=str(args.cidr),
            tags=self.tags,
            workload_tags=args.workload_tags,
        )
        return NetworkGroups(self.name, groups, self.child())

    def _create_endpoints(
        self, args: NetworkArgs, tables: list[aws.ec2.RouteTable], groups: NetworkGroups
    ) -> None:
        endpoints = ServiceEndpointsArgs(
            region=args.region,
            vpc_id=self._vpc.id,
            subnet_ids=[subnet.id for subnet in self.private.values()][: args.endpoint_zones],
            route_table_ids=[table.id for table in tables],
            group_id=groups.endpoints.id,
            interfaces=args.interfaces,
            tags=self.tags,
        )
        ServiceEndpoints(f"{self.name}-endpoint", endpoints, self.child())

    def _create_flow_log(self, args: NetworkArgs) -> None:
        flow_log = FlowLogArgs(
            naming=args.naming,
            vpc_id=self._vpc.id,
            boundary_arn=args.boundary_arn,
            retention_days=args.log_retention_days,
            tags=self.tags,
        )
        FlowLog(f"{self.name}-flow-log", flow_log, self.child())
