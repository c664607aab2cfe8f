"""An inventory, written for people, programs and pull requests. No value of a state is in it."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, assert_never

from slipway.adopt.inventory import Entry, Inventory
from slipway.adopt.state import StateId
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.counted import counted
from slipway.model.digest import short

_HEAD: Final = ("layer", "type", "instances", "what becomes of them", "why")


def render_inventory(inventory: Inventory, style: Format) -> str:
    """Write an inventory.

    Args:
        inventory: of all states.
        style: for whom.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_text(inventory))
        case Format.JSON:
            return json.dumps(_as_data(inventory), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(inventory))
        case _:
            assert_never(style)


def state_line(state: StateId) -> str:
    """Say which revision of a state was read."""
    wrote = f", written by {state.terraform_version}" if state.terraform_version else ""
    lineage = f"lineage {state.lineage}, " if state.lineage else ""
    return f"{state.source}: {lineage}serial {state.serial}{wrote}, {short(state.digest)}"


def _text(inventory: Inventory) -> Iterator[str]:
    yield from map(state_line, inventory.states)
    yield ""
    rows = [_HEAD, *_rows(inventory)]
    wide = [max(len(row[column]) for row in rows) for column in range(4)]
    for layer, type_, number, kind, why in rows:
        yield (
            f"{layer:<{wide[0]}}  {type_:<{wide[1]}}  {number:>{wide[2]}}  {kind:<{wide[3]}}  {why}".rstrip()
        )
    yield ""
    yield summary(inventory)


def summary(inventory: Inventory) -> str:
    """Say in a line what becomes of all instances."""
    told = ", ".join(f"{number} {kind}" for kind, number in inventory.totals().items())
    return f"{counted(len(inventory.entries), 'instance')}: {told}"


def _rows(inventory: Inventory) -> Sequence[tuple[str, str, str, str, str]]:
    counts = Counter(_row(entry) for entry in inventory.entries)
    return [
        (layer, type_, str(counts[row]), kind, why)
        for row in sorted(counts)
        for layer, type_, kind, why in [row]
    ]


def _row(entry: Entry) -> tuple[str, str, str, str]:
    return entry.layer, entry.instance.type, entry.judged.kind.value, entry.judged.reason


def _markdown(inventory: Inventory) -> Iterator[str]:
    yield from (f"- {state_line(state)}" for state in inventory.states)
    yield ""
    yield f"| {' | '.join(_HEAD)} |"
    yield "|---|---|--:|---|---|"
    for row in _rows(inventory):
        yield f"| {' | '.join(markdown_cell(cell) for cell in row)} |"
    yield ""
    yield f"**{summary(inventory)}**"


def _as_data(inventory: Inventory) -> dict[str, Any]:
    return {
        "states": [state_as_data(state) for state in inventory.states],
        "totals": {kind.value: number for kind, number in inventory.totals().items()},
        "types": [
            {"layer": layer, "type": type_, **{kind.value: number for kind, number in numbers.items()}}
            for (layer, type_), numbers in inventory.counts().items()
        ],
        "instances": [_instance_as_data(entry) for entry in inventory.entries],
    }


def state_as_data(state: StateId) -> dict[str, Any]:
    """Return what a program is told about a state."""
    return {
        "source": state.source,
        "lineage": state.lineage,
        "serial": state.serial,
        "terraform_version": state.terraform_version,
        "digest": state.digest,
        "version": state.version,
    }


def _instance_as_data(entry: Entry) -> dict[str, str]:
    return {
        "state": entry.instance.state,
        "layer": entry.layer,
        "address": entry.instance.address,
        "type": entry.instance.type,
        "provider": str(entry.instance.provider),
        "becomes": entry.judged.kind.value,
        "reason": entry.judged.reason,
    }
