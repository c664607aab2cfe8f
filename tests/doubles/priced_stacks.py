"""The repository's own stack files and catalog, as an estimate reads them."""

from pathlib import Path
from typing import Any, Final

import yaml

from slipway.catalog import load_workspace
from slipway.catalog.cost_settings import CostSettings, read_cost_settings
from slipway.model.cost import CostLine, Estimate
from slipway.model.environment import Environment, StackName
from slipway.observe.cost import estimate
from slipway.observe.priced_parts import PipelineCounts
from slipway.observe.prices import PriceTable, load_prices

ROOT: Final = Path(__file__).parents[2]


def settings(**changed: Any) -> CostSettings:
    """Read the stack files, prod's with some keys of `slipway:` set to something else."""

    def read(name: str) -> bytes:
        document = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
        if name == "Pulumi.prod.yaml":
            document["config"] |= {f"slipway:{key}": value for key, value in changed.items()}
        return yaml.safe_dump(document).encode()

    return read_cost_settings(read, "here")


def finedge() -> PipelineCounts:
    """Count FinEdge's pipelines."""
    return PipelineCounts.of(load_workspace(ROOT / "examples" / "finedge"))


def estimated(
    told: CostSettings | None = None,
    counts: PipelineCounts | None = None,
    prices: PriceTable | None = None,
) -> Estimate:
    """Estimate the own stacks, with some of it replaced."""
    pipelines = dict.fromkeys(Environment, counts or finedge())
    return estimate(told or settings(), pipelines, prices or load_prices())


def line(found: Estimate, stack: StackName, driver: str) -> CostLine:
    """Return the only line of a driver in a stack."""
    (one,) = (each for each in found.lines if (each.stack, each.driver) == (stack, driver))
    return one
