"""Private ways from a network to the AWS services that the platform calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pulumi
import pulumi_aws as aws

from components.base import PlatformComponent
from slipway.model.tags import Tags

GATEWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "s3": "artifacts, DAG files, data: most of the traffic, and this way it costs nothing",
        "dynamodb": "leases, journals, environment documents, the ledger",
    }
)
"""Services that are reached through route tables, and who calls them for what."""

INTERFACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "airflow.api": "MWAA: its web server and deployments call the environment's API",
        "airflow.env": "MWAA: workers and schedulers register with their environment",
        "airflow.ops": "MWAA: the environment's health",
        "ecr.api": "images of builds and of Spark's runtime, by digest",
        "ecr.dkr": "layers of those images",
        "emr-serverless": "Airflow starts and watches Spark jobs",
        "kms": "each object, table and queue is encrypted with the environment's key",
        "logs": "logs of tasks, jobs and builds",
        "monitoring": "metrics of MWAA and of freshness",
        "secretsmanager": "connections of pipelines",
        "sqs": "MWAA: the queue between its scheduler and its workers, whose owner is MWAA",
        "sts": "Airflow's workers assume the role of the pipeline whose task they run",
    }
)
"""Services that are reached through addresses of their own, and who calls them for what.

The first three, `ecr`, `kms`, `logs`, `monitoring` and `sqs` are what MWAA needs in a network without a way
out: MWAA user guide, "Creating the required VPC service endpoints".
"""

FOR_BUILDS: Final = ("kms", "logs", "secretsmanager", "sts")
"""Those that a network needs in which nothing but builds runs."""


@dataclass(frozen=True, kw_only=True)
class ServiceEndpointsArgs:
    """Where the endpoints stand.

    Attributes:
        region: region of the services.
        vpc_id: the network.
        subnet_ids: subnets that have an address of each interface endpoint; each is paid by the hour.
        route_table_ids: tables that lead to the gateway endpoints.
        group_id: security group of the interface endpoints.
        interfaces: which of `INTERFACES` there are.
    """

    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    interfaces: Sequence[str]
    tags: Tags


class ServiceEndpoints(PlatformComponent, token="slipway:network:ServiceEndpoints"):
    """An endpoint for each service that the platform calls: none of that traffic leaves AWS's network."""

    def __init__(
        self, name: str, args: ServiceEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args.tags, opts)
        for service in GATEWAYS:
            self._create_gateway(args, service)
        for service in args.interfaces:
            self._create_interface(args, service)
        self.publish()

    def _create_gateway(self, args: ServiceEndpointsArgs, service: str) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{self.name}-{service}",
            vpc_id=args.vpc_id,
            service_name=_service_name(args.region, service),
            vpc_endpoint_type="Gateway",
            route_table_ids=args.route_table_ids,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )

    def _create_interface(self, args: ServiceEndpointsArgs, service: str) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            f"{self.name}-{service.replace('.', '-')}",
            vpc_id=args.vpc_id,
            service_name=_service_name(args.region, service),
            vpc_endpoint_type="Interface",
            subnet_ids=args.subnet_ids,
            security_group_ids=[args.group_id],
            private_dns_enabled=True,
            tags=self.tags.as_aws(),
            opts=self.child(),
        )


def _service_name(region: str, service: str) -> str:
    return f"com.amazonaws.{region}.{service}"
