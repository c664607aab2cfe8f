"""How the cost of a change is written."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from slipway.cli.console import Format
from slipway.cli.cost_view import cap_as_data, money, title, verdict
from slipway.model.cost import CostLine
from slipway.model.environment import StackName
from slipway.observe.cost_change import CostChange, LineChange, Reason


def render_change(change: CostChange, base: str, stacks: Sequence[StackName], style: Format) -> str:
    """Write what costs something else.

    Args:
        change: both estimates.
        base: what the folder is compared with.
        stacks: those that are shown.
        style: for whom.
    """
    lines = change.lines(stacks)
    match style:
        case Format.JSON:
            return json.dumps(_as_data(change, base, lines), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_table(change, base, lines))
        case Format.TEXT:
            return "\n".join(_text(change, base, lines))


def _text(change: CostChange, base: str, lines: Sequence[LineChange]) -> Iterator[str]:
    for each in lines:
        yield f"{title(each.line)}: {_amounts(each)}"
        yield from (f"  because {_reason(reason)}" for reason in each.reasons)
    yield _sum(lines, base)
    yield from _cap(change)
    yield verdict(change.after)


def _table(change: CostChange, base: str, lines: Sequence[LineChange]) -> Iterator[str]:
    if lines:
        yield "| driver | US dollars a month | because |"
        yield "|---|---|---|"
    for each in lines:
        yield f"| {title(each.line)} | {_amounts(each)} | {'; '.join(map(_reason, each.reasons))} |"
    yield ""
    yield f"{_sum(lines, base)}."
    yield from _cap(change)
    yield ""
    yield f"**{verdict(change.after)}**"


def _amounts(change: LineChange) -> str:
    return f"{_amount(change.before)} -> {_amount(change.after)} ({money(change.delta, sign=True)})"


def _amount(line: CostLine | None) -> str:
    return money(line.amount) if line else "nothing"


def _reason(reason: Reason) -> str:
    before, after = (value if value is not None else "none" for value in (reason.before, reason.after))
    return f"{reason.name} {before} -> {after} ({reason.where})"


def _sum(lines: Sequence[LineChange], base: str) -> str:
    if not lines:
        return f"nothing costs anything else than at {base}"
    delta = sum((each.delta for each in lines), Decimal(0))
    return f"{money(delta, sign=True)} a month against {base}"


def _cap(change: CostChange) -> Iterator[str]:
    if change.before.cap != change.after.cap:
        yield f"the cap: {money(change.before.cap)} -> {money(change.after.cap)}"


def _as_data(change: CostChange, base: str, lines: Sequence[LineChange]) -> dict[str, Any]:
    return {
        "base": base,
        "before": cap_as_data(change.before),
        "after": cap_as_data(change.after),
        "lines": [
            {
                "stack": each.line.stack.value,
                "component": each.line.component.value,
                "driver": each.line.driver,
                "before": None if each.before is None else str(each.before.amount),
                "after": None if each.after is None else str(each.after.amount),
                "delta": str(each.delta),
                "because": [
                    {"name": why.name, "where": why.where, "before": why.before, "after": why.after}
                    for why in each.reasons
                ],
            }
            for each in lines
        ],
    }
