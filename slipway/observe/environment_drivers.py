"""What an environment pays for.

The numbers of what its stack declares (endpoints, keys) are repeated here, because the
toolkit does not import the program; `tests/stacks/test_cost.py` holds both together.
"""

from collections.abc import Iterator
from typing import Final

from slipway.catalog.cost_settings import stack_file
from slipway.model.airflow_capacity import EnvironmentClass, chosen_class, workers
from slipway.model.cost import CostComponent, CostLine
from slipway.observe.common_drivers import common_lines, log_lines
from slipway.observe.meter import HOURS, PlainDriver, counted
from slipway.observe.priced_parts import PricedParts
from slipway.observe.spark_drivers import spark_lines
from slipway.observe.warehouse_drivers import warehouse_lines

_INTERFACE_ENDPOINTS: Final = 13
_KEYS: Final = 1
_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.NETWORK, "data through NAT gateways", "nat-gigabyte", "nat_gigabytes"),
        (CostComponent.NETWORK, "data through endpoints", "endpoint-gigabyte", "endpoint_gigabytes"),
        (CostComponent.AIRFLOW, "metadata", "airflow-database-gigabyte", "airflow_database_gigabytes"),
        (CostComponent.OBSERVABILITY, "mails of alarms", "alarm-mail", "alarm_mails"),
    )
)


def environment_lines(parts: PricedParts) -> Iterator[CostLine]:
    """Price an environment.

    Raises:
        NoPrice: the table lacks something for the environment's region.
        DefinitionError: the catalog has more pipelines than the largest Airflow that the settings allow.
    """
    yield from parts.meter.plain(_PLAIN)
    yield from _network(parts)
    yield from _airflow(parts)
    yield from spark_lines(parts)
    yield from warehouse_lines(parts)
    yield from _observability(parts)
    yield _secrets(parts)
    yield from common_lines(parts.meter, keys=_KEYS)


def _network(parts: PricedParts) -> Iterator[CostLine]:
    line, component = parts.meter.line, CostComponent.NETWORK
    gateways, zones = parts.setting("nat_gateways"), parts.setting("endpoint_zones")
    hours = parts.settings.nat_gateways * HOURS
    yield line(component, "NAT gateways", "nat-gateway-hour", hours, gateways)
    yield line(component, "addresses of NAT gateways", "public-address-hour", hours, gateways)
    addresses = _INTERFACE_ENDPOINTS * parts.settings.endpoint_zones
    yield line(component, "endpoints", "endpoint-hour", addresses * HOURS, zones)


def _airflow(parts: PricedParts) -> Iterator[CostLine]:
    settings, scheduled = parts.settings, parts.pipelines.scheduled
    size = chosen_class(
        scheduled,
        settings.airflow_smallest_class,
        settings.airflow_largest_class,
        stack_file(parts.meter.stack),
    )
    chosen = (parts.setting("airflow_smallest_class"), counted("pipelines with a DAG", scheduled))
    yield parts.meter.line(CostComponent.AIRFLOW, "environment", f"airflow-{size}-hour", HOURS, *chosen)
    if size is EnvironmentClass.MICRO:
        return  # one worker, which is never joined by another
    fewest, _ = workers(size, settings.airflow_min_workers, settings.airflow_min_workers)
    for driver, hours, why in (
        # The environment's price has one worker in it.
        ("workers that wait", (fewest - 1) * HOURS, parts.setting("airflow_min_workers")),
        ("workers at peaks", settings.cost.airflow_worker_hours, parts.meter.volume("airflow_worker_hours")),
    ):
        yield parts.meter.line(
            CostComponent.AIRFLOW, driver, f"airflow-{size}-worker-hour", hours, why, *chosen
        )


def _observability(parts: PricedParts) -> Iterator[CostLine]:
    cost, counts, meter = parts.settings.cost, parts.pipelines, parts.meter
    signals = counted("signals of pipelines", counts.signals)
    yield meter.line(CostComponent.OBSERVABILITY, "alarms", "alarm", counts.signals, signals)
    yield meter.line(CostComponent.OBSERVABILITY, "metrics", "metric", counts.signals, signals)
    yield from log_lines(
        meter,
        cost.log_gigabytes + cost.pipeline_log_gigabytes * counts.every,
        parts.setting("log_retention_days"),
        meter.volume("log_gigabytes"),
        meter.volume("pipeline_log_gigabytes"),
        counted("pipelines", counts.every),
    )


def _secrets(parts: PricedParts) -> CostLine:
    cost, every = parts.settings.cost, parts.pipelines.every
    return parts.meter.line(
        CostComponent.KEYS,
        "secrets",
        "secret",
        cost.secrets + cost.pipeline_secrets * every,
        parts.meter.volume("secrets"),
        parts.meter.volume("pipeline_secrets"),
        counted("pipelines", every),
    )
