"""What an environment pays for Snowflake: each workload's warehouse, and what clones keep."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, assert_never

from slipway.catalog.cost_settings import stack_file
from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.model.cost_basis import KEY
from slipway.model.environment import StackName
from slipway.model.workload import Workload
from slipway.observe.meter import PlainDriver, counted
from slipway.observe.priced_parts import PricedParts

_MINUTES: Final = 60
_CLONES: Final = PlainDriver(
    component=CostComponent.WAREHOUSE,
    driver="clones and kept generations",
    item="snowflake-terabyte",
    volume="clone_terabytes",
)


def warehouse_lines(parts: PricedParts) -> Iterator[CostLine]:
    """Price an environment's Snowflake: the warehouses that it has, each at its own size.

    Raises:
        NoPrice: the table lacks something for the environment's region.
    """
    yield from parts.meter.plain([_CLONES])
    edition = Factor(
        name=f"slipway:{KEY}.snowflakeEdition", value=parts.edition, where=stack_file(StackName.SHARED)
    )
    for workload, size in parts.settings.warehouse_sizes.items():
        driver, minutes, *why = _used(parts, workload)
        chosen = Factor(
            name=f"slipway:warehouseSizes.{workload}", value=size, where=stack_file(parts.meter.stack)
        )
        credits_ = Decimal(minutes * size.credits_an_hour) / _MINUTES
        item = f"snowflake-{parts.edition}-credit"
        yield parts.meter.line(CostComponent.WAREHOUSE, driver, item, credits_, *why, chosen, edition)


def _used(parts: PricedParts, workload: Workload) -> tuple[str, int, *tuple[Factor, ...]]:
    """Return what a workload's warehouse does for the platform, the minutes of it, and what those rest on."""
    cost, volume, modelled = parts.settings.cost, parts.meter.volume, parts.pipelines.modelled
    pipelines = counted("pipelines with dbt", modelled)
    match workload:
        case Workload.TRANSFORM:
            why = volume("pipeline_audit_minutes")
            return "audits of what runs publish", cost.pipeline_audit_minutes * modelled, why, pipelines
        case Workload.RELEASE:
            why = volume("pipeline_candidate_minutes")
            return "candidates of releases", cost.pipeline_candidate_minutes * modelled, why, pipelines
        case Workload.ROLLBACK:
            return "rollbacks and rehearsals", cost.rollback_minutes, volume("rollback_minutes")
        case Workload.CI:
            return "checks of pull requests", cost.check_minutes, volume("check_minutes")
        case _:
            assert_never(workload)
