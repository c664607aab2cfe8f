"""What the shared stack pays for."""

from collections.abc import Iterator
from typing import Final

from slipway.catalog.cost_settings import PricedShared
from slipway.model.cost import CostComponent, CostLine
from slipway.model.environment import StackName
from slipway.observe.common_drivers import SHARED_BUILD_ALARMS, UNDELIVERED_ALARMS, common_lines, log_lines
from slipway.observe.meter import Meter, PlainDriver
from slipway.observe.network_drivers import network_lines
from slipway.observe.prices import PriceTable

# Artifacts, evidence, state, trail, signing, approvals, and the secrets of each stack's state.
_KEYS: Final = 6 + len(StackName)
_INTERFACE_ENDPOINTS: Final = 4
_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.STORAGE, "images", "image-gigabyte", "image_gigabytes"),
        (CostComponent.KEYS, "signatures", "signature", "signatures"),
        (CostComponent.SOURCE, "seats on GitHub", "github-seat", "github_seats"),
    )
)


def shared_lines(settings: PricedShared, prices: PriceTable) -> Iterator[CostLine]:
    """Price the shared stack.

    Args:
        settings: of the stack.
        prices: what things cost.

    Raises:
        NoPrice: the table lacks something for the stack's region.
    """
    meter = Meter(stack=StackName.SHARED, region=settings.region, prices=prices, basis=settings.cost)
    yield from meter.plain(_PLAIN)
    yield from common_lines(meter, keys=_KEYS)
    yield from network_lines(meter, settings, endpoints=_INTERFACE_ENDPOINTS)
    yield meter.line(CostComponent.OBSERVABILITY, "alarms", "alarm", UNDELIVERED_ALARMS + SHARED_BUILD_ALARMS)
    retention = meter.setting(settings, "log_retention_days")
    yield from log_lines(meter, settings.cost.log_gigabytes, retention, meter.volume("log_gigabytes"))
