"""The network of a stack."""

from collections.abc import Mapping, Sequence

from components.identity.boundary import PermissionBoundary
from components.network.component import Network, NetworkArgs
from slipway.model.subjects import NETWORK
from stacks.settings import Settings


def deploy_network(
    settings: Settings,
    boundary: PermissionBoundary,
    interfaces: Sequence[str],
    workload_tags: Mapping[str, str] | None = None,
) -> Network:
    """Declare the network that a stack's builds run in, and an environment's Airflow and Spark.

    Args:
        settings: of the stack.
        boundary: of the flow log's role.
        interfaces: AWS services that are called from there.
        workload_tags: what private subnets and the group of workloads bear beside the platform's own tags.
    """
    args = NetworkArgs(
        naming=settings.naming,
        region=settings.region,
        cidr=settings.network_cidr,
        zones=settings.zones,
        nat_gateways=settings.nat_gateways,
        endpoint_zones=settings.endpoint_zones,
        interfaces=interfaces,
        boundary_arn=boundary.arn,
        log_retention_days=settings.log_retention_days,
        tags=settings.platform_tags,
        workload_tags=workload_tags or {},
    )
    return Network(NETWORK, args)
