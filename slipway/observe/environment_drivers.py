"""What an environment pays for.

The numbers of what its stack declares (endpoints, keys, alarms a pipeline) are repeated here, because the
toolkit does not import the program; `tests/stacks/test_cost.py` holds both together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from slipway.catalog.cost_settings import PricedEnvironment, stack_file
from slipway.model.airflow_capacity import EnvironmentClass, chosen_class, workers
from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.model.cost_basis import KEY, SnowflakeEdition
from slipway.model.environment import Environment, StackName
from slipway.model.pipeline import PartKind
from slipway.model.workspace import Workspace
from slipway.observe.common_drivers import common_lines, log_lines
from slipway.observe.meter import HOURS, Meter, PlainDriver, counted
from slipway.observe.prices import PriceTable

_INTERFACE_ENDPOINTS: Final = 13
_KEYS: Final = 1
_GIGABYTES_A_VCPU: Final = 4
"""Of Spark's workers: EMR Serverless' usual worker has 4 vCPU and 16 GB."""
_MINUTES: Final = 60
_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.NETWORK, "data through NAT gateways", "nat-gigabyte", "nat_gigabytes"),
        (CostComponent.NETWORK, "data through endpoints", "endpoint-gigabyte", "endpoint_gigabytes"),
        (CostComponent.AIRFLOW, "metadata", "airflow-database-gigabyte", "airflow_database_gigabytes"),
        (CostComponent.SPARK, "vCPU", "spark-vcpu-hour", "spark_vcpu_hours"),
        (CostComponent.WAREHOUSE, "clones and kept generations", "snowflake-terabyte", "clone_terabytes"),
        (CostComponent.KEYS, "secrets", "secret", "secrets"),
    )
)


@dataclass(frozen=True, kw_only=True)
class PipelineCounts:
    """How many pipelines of a catalog there are of what costs something.

    Attributes:
        every: all of them.
        scheduled: those with a DAG.
        modelled: those with dbt models.
        watched: those with a freshness objective.
    """

    every: int
    scheduled: int
    modelled: int
    watched: int

    @classmethod
    def of(cls, workspace: Workspace) -> "PipelineCounts":
        """Count the pipelines of a workspace."""
        pipelines = workspace.pipelines
        return cls(
            every=len(pipelines),
            scheduled=sum(1 for each in pipelines if each.part(PartKind.DAG)),
            modelled=sum(1 for each in pipelines if each.part(PartKind.DBT)),
            watched=sum(1 for each in pipelines if each.freshness),
        )


@dataclass(frozen=True, kw_only=True)
class PricedParts:
    """What an environment's cost follows from.

    Attributes:
        environment: which.
        settings: of its stack.
        pipelines: of its workspace.
        edition: of the Snowflake account.
        prices: what things cost.
    """

    environment: Environment
    settings: PricedEnvironment
    pipelines: PipelineCounts
    edition: SnowflakeEdition
    prices: PriceTable

    @property
    def meter(self) -> Meter:
        """What measures the stack."""
        stack = StackName(self.environment.value)
        return Meter(stack=stack, region=self.settings.region, prices=self.prices, basis=self.settings.cost)

    def setting(self, field: str) -> Factor:
        """Name a setting of the stack."""
        return self.meter.setting(self.settings, field)


def environment_lines(parts: PricedParts) -> Iterator[CostLine]:
    """Price an environment.

    Raises:
        NoPrice: the table lacks something for the environment's region.
        DefinitionError: the catalog has more pipelines than the largest Airflow that the settings allow.
    """
    yield from parts.meter.plain(_PLAIN)
    yield from _network(parts)
    yield from _airflow(parts)
    yield from _spark(parts)
    yield from _warehouse(parts)
    yield from _observability(parts)
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


def _spark(parts: PricedParts) -> Iterator[CostLine]:
    gigabytes = parts.settings.cost.spark_vcpu_hours * _GIGABYTES_A_VCPU
    why = parts.meter.volume("spark_vcpu_hours")
    yield parts.meter.line(CostComponent.SPARK, "memory", "spark-gigabyte-hour", gigabytes, why)


def _warehouse(parts: PricedParts) -> Iterator[CostLine]:
    cost, modelled = parts.settings.cost, parts.pipelines.modelled
    edition = Factor(
        name=f"slipway:{KEY}.snowflakeEdition", value=parts.edition, where=stack_file(StackName.SHARED)
    )
    size = (parts.setting("warehouse_size"), edition)
    pipelines = (parts.meter.volume("pipeline_warehouse_minutes"), counted("pipelines with dbt", modelled))
    for driver, minutes, why in (
        ("candidates and data audits", cost.pipeline_warehouse_minutes * modelled, pipelines),
        ("checks and rehearsals", cost.warehouse_minutes, (parts.meter.volume("warehouse_minutes"),)),
    ):
        used = Decimal(minutes * parts.settings.warehouse_size.credits_an_hour) / _MINUTES
        item = f"snowflake-{parts.edition}-credit"
        yield parts.meter.line(CostComponent.WAREHOUSE, driver, item, used, *why, *size)


def _observability(parts: PricedParts) -> Iterator[CostLine]:
    cost, counts, meter = parts.settings.cost, parts.pipelines, parts.meter
    watched = counted("pipelines with a freshness objective", counts.watched)
    yield meter.line(CostComponent.OBSERVABILITY, "alarms", "alarm", counts.watched, watched)
    yield meter.line(CostComponent.OBSERVABILITY, "metrics", "metric", counts.watched, watched)
    yield from log_lines(
        meter,
        cost.log_gigabytes + cost.pipeline_log_gigabytes * counts.every,
        parts.setting("log_retention_days"),
        meter.volume("log_gigabytes"),
        meter.volume("pipeline_log_gigabytes"),
        counted("pipelines", counts.every),
    )
