"""Who may talk to whom in a network: its security groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.naming import Naming
from slipway.model.tags import Tags

_ANY_PROTOCOL: Final = "-1"
_ANYWHERE: Final = "0.0.0.0/0"
_TLS: Final = 443
_OUT: Final = {
    "https": (_TLS, "AWS, Snowflake, GitHub"),
    "http": (80, "Revocation answers (OCSP) of Snowflake's certificates"),
}
_LAST_PORT: Final = 65535


@dataclass(frozen=True, kw_only=True)
class NetworkGroupsArgs:
    """Which network the groups belong to.

    Attributes:
        naming: names of the stack.
        vpc_id: the network.
        cidr: all its addresses.
        workload_tags: what the group of workloads bears beside the tags.
    """

    naming: Naming
    vpc_id: pulumi.Input[str]
    cidr: str
    tags: Tags
    workload_tags: Mapping[str, str] = field(default_factory=dict)


class NetworkGroups(PlatformComponent, token="slipway:network:NetworkGroups"):
    """One group for endpoints, one for everything that runs; the VPC's default group lets nothing through."""

    def __init__(
        self, name: str, args: NetworkGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        self._close_default(args)
        own = self.tags.as_aws()
        self.endpoints = self._create_group(args, "endpoints", "Endpoints of AWS services", own)
        self.workloads = self._create_group(
            args, "workloads", "Airflow, Spark and builds", own | dict(args.workload_tags)
        )
        self._admit_to_endpoints(args)
        self._admit_among_workloads()
        self._let_workloads_out(args)
        self.publish(endpoints=self.endpoints.id, workloads=self.workloads.id)

    def _close_default(self, args: NetworkGroupsArgs) -> aws.ec2.DefaultSecurityGroup:
        return aws.ec2.DefaultSecurityGroup(
            f"{self.name}-default", vpc_id=args.vpc_id, tags=self.tags.as_aws(), opts=self.child()
        )

    def _create_group(
        self, args: NetworkGroupsArgs, role: str, purpose: str, tags: dict[str, str]
    ) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            f"{self.name}-{role}",
            name=args.naming.security_group(role),
            description=purpose,
            vpc_id=args.vpc_id,
            tags=tags,
            opts=self.child(),
        )

    def _admit_to_endpoints(self, args: NetworkGroupsArgs) -> None:
        aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-endpoints-in",
            security_group_id=self.endpoints.id,
            description="Everything in the network",
            cidr_ipv4=args.cidr,
            ip_protocol="tcp",
            from_port=_TLS,
            to_port=_TLS,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _admit_among_workloads(self) -> None:
        """Let workloads talk to each other: MWAA and Spark demand it of the group that they run in."""
        aws.vpc.SecurityGroupIngressRule(
            f"{self.name}-workloads-in",
            security_group_id=self.workloads.id,
            description="Workloads among themselves",
            referenced_security_group_id=self.workloads.id,
            ip_protocol=_ANY_PROTOCOL,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _let_workloads_out(self, args: NetworkGroupsArgs) -> None:
        self._create_way_out("network", args.cidr, (0, _LAST_PORT), "Endpoints, brokers, databases")
        for name, (port, purpose) in _OUT.items():
            self._create_way_out(name, _ANYWHERE, (port, port), purpose)

    def _create_way_out(self, name: str, cidr: str, ports: tuple[int, int], purpose: str) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self.name}-workloads-out-{name}",
            security_group_id=self.workloads.id,
            description=purpose,
            cidr_ipv4=cidr,
            ip_protocol="tcp",
            from_port=ports[0],
            to_port=ports[1],
            tags=self.tags.as_aws(),
            opts=self.child(),
        )
