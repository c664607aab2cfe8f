"""How an estimate is written."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from slipway.cli.console import Format
from slipway.model.cost import CostLine, Estimate, Factor, Sureness, total
from slipway.model.cost_basis import KEY
from slipway.model.environment import StackName

BASIS: Final = f"`slipway:{KEY}` in the stack files"
TABLE: Final = "docs/reference/cost.md"
_NAMED: Final = 3
_DRIVER_WIDTH: Final = 28
_BASIS_WIDTH: Final = 52


def render_estimate(found: Estimate, stacks: Sequence[StackName], style: Format) -> str:
    """Write an estimate.

    Args:
        found: of all stacks.
        stacks: those that are shown.
        style: for whom.
    """
    lines = [line for line in found.lines if line.stack in stacks]
    match style:
        case Format.JSON:
            return json.dumps(_as_data(found, lines), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_table(found, lines))
        case Format.TEXT:
            return "\n".join(_text(found, lines))


def money(amount: Decimal, *, sign: bool = False) -> str:
    """Write an amount: `$1,234.50`, with its sign where asked."""
    before = "-" if amount < 0 else "+" if sign and amount > 0 else ""
    return f"{before}${abs(amount):,.2f}"


def verdict(found: Estimate) -> str:
    """Say what a month of all stacks costs, against the cap; above it, which drivers cost most."""
    if not found.above_cap:
        return f"all stacks: {money(found.total)} of {money(found.cap)} a month"
    named = ", ".join(f"{title(line)} {money(line.amount)}" for line in found.largest(_NAMED))
    over = money(found.total - found.cap)
    return (
        f"all stacks: {money(found.total)} a month, {over} above the cap of {money(found.cap)}\n"
        f"  largest drivers: {named}"
    )


def title(line: CostLine) -> str:
    """Name a driver: stack, component, what is paid for."""
    return f"{line.stack} {line.component} ({line.driver})"


def _text(found: Estimate, lines: Sequence[CostLine]) -> Iterator[str]:
    for stack, of_stack in groupby(lines, key=lambda line: line.stack):
        own = list(of_stack)
        yield f"{stack}: {money(total(own))}"
        for component, of_component in groupby(own, key=lambda line: line.component):
            parts = list(of_component)
            yield f"  {component}: {money(total(parts))}"
            yield from map(_row, parts)
        yield ""
    yield f"{money(_assumed(lines))} of {money(total(lines))} rests on assumptions (*): keys below {BASIS}"
    yield f"prices: {_read(lines)}; ? marks one that is not from a vendor's list"
    yield verdict(found)


def _row(line: CostLine) -> str:
    keys = ", ".join(factor.name.rpartition(".")[2] for factor in line.assumptions)
    marks = ("? " if _unlisted(line) else "") + (f"* {keys}" if keys else "")
    amount = f"{money(line.amount):>11}"
    return f"    {line.driver:<{_DRIVER_WIDTH}}{amount}  {_basis(line):<{_BASIS_WIDTH}}  {marks}".rstrip()


def _basis(line: CostLine) -> str:
    price = line.price
    per = "" if price.per == 1 else f" / {price.per:,}"
    return f"{_plain(line.quantity)} {price.unit} x ${price.usd}{per}"


def _plain(quantity: Decimal) -> str:
    """Write a quantity with at most two decimals, and none that say nothing."""
    text = f"{quantity:,.2f}"
    return text.rstrip("0").rstrip(".")


def _table(found: Estimate, lines: Sequence[CostLine]) -> Iterator[str]:
    yield "| stack | component | driver | quantity and price | US dollars a month | rests on |"
    yield "|---|---|---|---|--:|---|"
    for line in lines:
        factors = ", ".join(_told(factor) for factor in line.factors)
        marks = " ?" if _unlisted(line) else ""
        cells = (
            line.stack,
            line.component,
            line.driver,
            _basis(line) + marks,
            f"{line.amount:,.2f}",
            factors,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield f"{money(_assumed(lines))} of {money(total(lines))} rests on assumptions (\\*): keys below {BASIS}."
    yield f"Prices: {_read(lines)}; ? marks one that is not from a vendor's list."
    yield ""
    yield f"**{verdict(found)}**"


def _told(factor: Factor) -> str:
    return f"{factor.name} = {factor.value}" + (" \\*" if factor.assumed else "")


def _assumed(lines: Sequence[CostLine]) -> Decimal:
    return total(line for line in lines if line.assumptions)


def _unlisted(line: CostLine) -> bool:
    return line.price.sure is not Sureness.LISTED


def _read(lines: Sequence[CostLine]) -> str:
    """Where prices are of and when they were read, in one line: each line's own source is in the JSON."""
    days = sorted({line.price.read for line in lines})
    if not days:
        return "none was needed"
    when = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    regions = ", ".join(sorted({line.price.region for line in lines}))
    return f"{regions}, read {when} from the sources in {TABLE}"


def _as_data(found: Estimate, lines: Sequence[CostLine]) -> dict[str, Any]:
    return {
        **cap_as_data(found),
        "shown": {"total": str(total(lines)), "on_assumptions": str(_assumed(lines))},
        "lines": [line_as_data(line) for line in lines],
    }


def cap_as_data(found: Estimate) -> dict[str, Any]:
    """Return what a program is told about the whole: amounts as texts, exact to the cent."""
    return {"total": str(found.total), "cap": str(found.cap), "above_cap": found.above_cap}


def line_as_data(line: CostLine) -> dict[str, Any]:
    """Return a line for programs."""
    return {
        "stack": line.stack.value,
        "component": line.component.value,
        "driver": line.driver,
        "amount": str(line.amount),
        "quantity": _plain(line.quantity).replace(",", ""),
        "price": line.price.model_dump(mode="json"),
        "factors": [
            {"name": each.name, "value": each.value, "where": each.where, "assumed": each.assumed}
            for each in line.factors
        ],
    }
