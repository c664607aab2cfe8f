"""What a stack's network costs, whether anything runs in it or not."""

from collections.abc import Iterator

from slipway.catalog.cost_settings import PricedEnvironment, PricedShared
from slipway.model.cost import CostComponent, CostLine
from slipway.observe.meter import HOURS, Meter


def network_lines(
    meter: Meter, settings: PricedShared | PricedEnvironment, *, endpoints: int
) -> Iterator[CostLine]:
    """Price ways out and endpoints, by the hour.

    Args:
        meter: of the stack.
        settings: of the stack.
        endpoints: how many AWS services have an interface endpoint.
    """
    component = CostComponent.NETWORK
    gateways, zones = (meter.setting(settings, field) for field in ("nat_gateways", "endpoint_zones"))
    hours = settings.nat_gateways * HOURS
    yield meter.line(component, "NAT gateways", "nat-gateway-hour", hours, gateways)
    yield meter.line(component, "addresses of NAT gateways", "public-address-hour", hours, gateways)
    addresses = endpoints * settings.endpoint_zones
    yield meter.line(component, "endpoints", "endpoint-hour", addresses * HOURS, zones)
