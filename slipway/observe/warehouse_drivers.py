"""What an environment pays for Snowflake: each workload's warehouse, and what clones keep."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, assert_never

from slipway.catalog.cost_settings import stack_file
from slipway.model.check_pool import KEY as POOL
from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.model.cost_basis import KEY
from slipway.model.environment import StackName
from slipway.model.workload import Workload
from slipway.observe.meter import PlainDriver, counted
from slipway.observe.priced_parts import PricedParts

_MINUTES: Final = 60
_MASKED_COPIES: Final = 2
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
    yield from _masked_copies(parts)
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
        case Workload.MASK:
            refreshes = parts.settings.check_pool.refreshes if parts.settings.check_pool else 0
            why = volume("mask_minutes")
            return (
                "masking of clones for checks",
                cost.mask_minutes * refreshes,
                why,
                _refreshed(parts, refreshes),
            )
        case _:
            assert_never(workload)


def _refreshed(parts: PricedParts, refreshes: int) -> Factor:
    return Factor(
        name=f"slipway:{POOL}.maxAgeHours, refreshes a month",
        value=str(refreshes),
        where=stack_file(parts.meter.stack),
    )


def _masked_copies(parts: PricedParts) -> Iterator[CostLine]:
    """A refresh makes a copy beside the one that is in use; their clones share what they hold."""
    if parts.settings.check_pool is None:
        return
    terabytes = parts.settings.cost.masked_terabytes * _MASKED_COPIES
    yield parts.meter.line(
        CostComponent.WAREHOUSE,
        "masked copies for checks",
        "snowflake-terabyte",
        terabytes,
        parts.meter.volume("masked_terabytes"),
    )
