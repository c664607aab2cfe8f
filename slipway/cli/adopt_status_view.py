"""How far an adoption is, as a picture and a table. No value of a state is in it."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, assert_never

from slipway.adopt.progress import KnownLayer, Progress, summary
from slipway.cli.adopt_proofs import proof_as_data
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.adoption import Owner

_WIDTH: Final = 40
_MARKS: Final[Mapping[Owner, str]] = {
    Owner.PULUMI: "█",
    Owner.BOTH: "▓",
    Owner.HANDED_BACK: "▒",
    Owner.TERRAFORM: "░",
}


def render_progress(found: Progress, style: Format) -> str:
    """Write it.

    Args:
        found: of all layers.
        style: for whom; text has bars, markdown a Mermaid chart.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_text(found))
        case Format.JSON:
            return json.dumps(_as_data(found), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(found))
        case _:
            assert_never(style)


def bar(numbers: Mapping[Owner, int], *, width: int = _WIDTH) -> str:
    """Draw shares; every owner that has something is seen."""
    whole = sum(numbers.values())
    ends: list[int] = []
    done = 0
    owners = [owner for owner in _MARKS if numbers.get(owner)]
    for place, owner in enumerate(owners, 1):
        done += numbers[owner]
        end = round(done * width / whole)
        ends.append(min(max(end, (ends[-1] if ends else 0) + 1), width - (len(owners) - place)))
    widths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    return "".join(_MARKS[owner] * wide for owner, wide in zip(owners, widths, strict=True))


def _text(found: Progress) -> Iterator[str]:
    yield summary(found)
    by_layer = _by_layer(found)
    wide = max((len(name) for name in by_layer), default=0)
    for name, numbers in by_layer.items():
        told = ", ".join(f"{numbers[owner]} {owner}" for owner in _MARKS if numbers[owner])
        yield f"  {name:<{wide}}  {bar(numbers):<{_WIDTH}}  {told}"
    yield ""
    yield "  " + "  ".join(f"{mark} {owner}" for owner, mark in _MARKS.items())
    if found.rows:
        yield ""
        yield from _table(found)
    yield from _remarks(found, "", "  ")


def _table(found: Progress) -> Iterator[str]:
    rows = [("layer", "type", *map(str, Owner)), *_rows(found)]
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for layer, type_, *numbers in rows:
        cells = "  ".join(f"{each:>{size}}" for each, size in zip(numbers, wide[2:], strict=True))
        yield f"{layer:<{wide[0]}}  {type_:<{wide[1]}}  {cells}"


def _rows(found: Progress) -> Iterator[tuple[str, ...]]:
    for (layer, type_), numbers in found.rows.items():
        yield (layer, type_, *(str(numbers.get(owner, 0)) for owner in Owner))


def _by_layer(found: Progress) -> Mapping[str, Counter[Owner]]:
    whole: dict[str, Counter[Owner]] = {}
    for (layer, _), numbers in found.rows.items():
        whole.setdefault(layer, Counter()).update(numbers)
    return whole


def _remarks(found: Progress, title: str, mark: str) -> Iterator[str]:
    blocks = [f"{each.name} ({each.stack}): {says}" for each in found.layers for says in each.blocks()]
    stays = [f"{number} {why}" for why, number in sorted(found.stays.items())]
    drift = [f"{each.name} ({each.stack}): {says}" for each in found.layers for says in each.drift()]
    for head, lines in (
        ("what blocks the rest", [*blocks, *stays]),
        ("two owners", found.doubles),
        ("drift, by the newest proofs", drift),
    ):
        if lines:
            yield ""
            yield f"{title}{head}"
            yield from (f"{mark}{line}" for line in lines)


def _markdown(found: Progress) -> Iterator[str]:
    yield f"**{summary(found)}**"
    yield ""
    if found.rows:
        yield "```mermaid"
        yield "pie showData"
        yield from (f'  "{owner}" : {number}' for owner, number in found.totals.items() if number)
        yield "```"
        yield ""
        yield f"| layer | type | {' | '.join(Owner)} |"
        yield f"|---|---|{'--:|' * len(Owner)}"
        yield from (f"| {' | '.join(map(markdown_cell, row))} |" for row in _rows(found))
    yield from _remarks(found, "#### ", "- ")


def _as_data(found: Progress) -> dict[str, Any]:
    return {
        "totals": {owner.value: number for owner, number in found.totals.items()},
        "layers": [_layer_as_data(each) for each in found.layers],
        "types": [
            {"layer": layer, "type": type_, **{owner.value: numbers.get(owner, 0) for owner in Owner}}
            for (layer, type_), numbers in found.rows.items()
        ],
        "stays": dict(sorted(found.stays.items())),
        "two_owners": list(found.doubles),
    }


def _layer_as_data(layer: KnownLayer) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "stack": layer.stack,
        "owner": layer.owner,
        "since": None if layer.since is None else layer.since.isoformat(),
        "by": None if layer.change is None else layer.change.actor,
        "blocks": list(layer.blocks()),
        "drift": list(layer.drift()),
        "proof": None if layer.proof is None else proof_as_data(layer.proof),
        "objects": [
            {"state": each.state, "address": each.address, "urn": each.urn, "owner": layer.owner}
            for each in layer.objects
        ],
    }
