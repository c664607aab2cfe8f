"""What a month of the platform costs: settings, catalog and prices in, an estimate out. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from slipway.catalog.cost_settings import CostSettings
from slipway.model.cost import CostComponent, CostLine, Estimate
from slipway.model.environment import Environment
from slipway.observe.environment_drivers import environment_lines
from slipway.observe.priced_parts import PipelineCounts, PricedParts
from slipway.observe.prices import PriceTable
from slipway.observe.shared_drivers import shared_lines


def estimate(
    settings: CostSettings, pipelines: Mapping[Environment, PipelineCounts], prices: PriceTable
) -> Estimate:
    """Estimate a month of all stacks.

    Args:
        settings: of the stacks.
        pipelines: of each environment's workspace.
        prices: what things cost.

    Raises:
        NoPrice: the table lacks something for a stack's region.
        DefinitionError: the catalog does not fit the settings.
    """
    order = list(CostComponent)
    lines = [*shared_lines(settings.shared, prices), *_environments(settings, pipelines, prices)]
    stacks = list(dict.fromkeys(line.stack for line in lines))
    lines.sort(key=lambda line: (stacks.index(line.stack), order.index(line.component), -line.amount))
    return Estimate(lines=tuple(lines), cap=Decimal(settings.shared.cost.monthly_cap))


def _environments(
    settings: CostSettings, pipelines: Mapping[Environment, PipelineCounts], prices: PriceTable
) -> Iterator[CostLine]:
    for environment, own in settings.environments.items():
        parts = PricedParts(
            environment=environment,
            settings=own,
            pipelines=pipelines[environment],
            edition=settings.shared.cost.snowflake_edition,
            prices=prices,
        )
        yield from environment_lines(parts)
