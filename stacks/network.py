"""The network of an environment."""

from components.identity.boundary import PermissionBoundary
from components.network.component import Network, NetworkArgs
from slipway.model.naming import NETWORK
from stacks.settings import EnvironmentSettings


def deploy_network(settings: EnvironmentSettings, boundary: PermissionBoundary) -> Network:
    """Declare the network that the environment's Airflow and Spark run in."""
    args = NetworkArgs(
        naming=settings.naming,
        region=settings.region,
        cidr=settings.network_cidr,
        zones=settings.zones,
        nat_gateways=settings.nat_gateways,
        endpoint_zones=settings.endpoint_zones,
        boundary_arn=boundary.arn,
        log_retention_days=settings.log_retention_days,
        tags=settings.platform_tags,
    )
    return Network(NETWORK, args)
