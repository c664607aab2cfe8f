"""What an environment pays for.

The numbers of what its stack declares (endpoints, keys) are repeated here, because the
toolkit does not import the program; `tests/stacks/test_cost.py` holds both together.
"""

from collections.abc import Iterator
from typing import Final

from slipway.catalog.cost_settings import stack_file
from slipway.model.airflow_capacity import EnvironmentClass, chosen_class, workers
from slipway.model.cost import CostComponent, CostLine
from slipway.model.signals import PlatformMetric
from slipway.observe.common_drivers import (
    ENVIRONMENT_BUILD_ALARMS,
    UNDELIVERED_ALARMS,
    common_lines,
    log_lines,
)
from slipway.observe.meter import HOURS, PlainDriver, counted
from slipway.observe.network_drivers import network_lines
from slipway.observe.priced_parts import PricedParts
from slipway.observe.spark_drivers import spark_lines
from slipway.observe.warehouse_drivers import warehouse_lines

_INTERFACE_ENDPOINTS: Final = 12
_KEYS: Final = 1
_DASHBOARDS: Final = 1
_PLATFORM_SIGNALS: Final = len(PlatformMetric)
"""Each has a metric and an alarm, as each signal of a pipeline has."""

_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.AIRFLOW, "metadata", "airflow-database-gigabyte", "airflow_database_gigabytes"),
    )
)


def environment_lines(parts: PricedParts) -> Iterator[CostLine]:
    """Price an environment.

    Raises:
        NoPrice: the table lacks something for the environment's region.
        DefinitionError: the catalog has more pipelines than the largest Airflow that the settings allow.
    """
    yield from parts.meter.plain(_PLAIN)
    yield from network_lines(parts.meter, parts.settings, endpoints=_INTERFACE_ENDPOINTS)
    yield from _airflow(parts)
    yield from spark_lines(parts)
    yield from warehouse_lines(parts)
    yield from _observability(parts)
    yield from _secrets(parts)
    yield from common_lines(parts.meter, keys=_KEYS)


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
    signals, watched = counted("signals of pipelines", counts.signals), counts.signals + _PLATFORM_SIGNALS
    alarms = watched + UNDELIVERED_ALARMS + ENVIRONMENT_BUILD_ALARMS
    yield meter.line(CostComponent.OBSERVABILITY, "alarms", "alarm", alarms, signals)
    yield meter.line(CostComponent.OBSERVABILITY, "metrics", "metric", watched, signals)
    yield meter.line(CostComponent.OBSERVABILITY, "dashboards", "dashboard", _DASHBOARDS)
    yield from log_lines(
        meter,
        cost.log_gigabytes + cost.pipeline_log_gigabytes * counts.every,
        parts.setting("log_retention_days"),
        meter.volume("log_gigabytes"),
        meter.volume("pipeline_log_gigabytes"),
        counted("pipelines", counts.every),
    )


def _secrets(parts: PricedParts) -> Iterator[CostLine]:
    cost, every, told = parts.settings.cost, parts.pipelines.every, parts.pipelines.told
    yield parts.meter.line(
        CostComponent.KEYS,
        "secrets",
        "secret",
        cost.secrets + cost.pipeline_secrets * every,
        parts.meter.volume("secrets"),
        parts.meter.volume("pipeline_secrets"),
        counted("pipelines", every),
    )
    because = counted("variables and connections of Airflow", told)
    yield parts.meter.line(CostComponent.KEYS, "secrets that Airflow is told", "secret", told, because)
