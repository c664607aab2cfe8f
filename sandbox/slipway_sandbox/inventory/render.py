"""An inventory as text, JSON or Markdown: several stacks as a table of counts, one stack with names."""

import json
from dataclasses import asdict

from slipway_sandbox.inventory.model import Kind, Place, Source

_SHOWN = 4
"""Names shown of a kind where a person reads; JSON has them all."""


def rendered(places: list[Place], format_: str) -> str:
    """The inventory in one of the formats ``text``, ``json``, ``markdown``."""
    if format_ == "json":
        return json.dumps([asdict(place) for place in places], indent=2)
    if len(places) == 1:
        return _markdown(places[0]) if format_ == "markdown" else _text(places[0])
    rows = _counts(places)
    return _markdown_table(rows) if format_ == "markdown" else _text_table(rows)


def _counts(places: list[Place]) -> list[list[str]]:
    """A head and a row for each kind: how many there are in each stack, and who vouches for them."""
    kinds = {(kind.source, kind.name) for place in places for kind in place.kinds}
    order = list(Source)
    found = {(place.stack, kind.name): len(kind.items) for place in places for kind in place.kinds}
    rows = [
        [name, *(str(found.get((place.stack, name), "")) for place in places), str(source)]
        for source, name in sorted(kinds, key=lambda kind: (order.index(kind[0]), kind[1]))
    ]
    return [["", *(place.stack for place in places), "source"], *rows]


def _text_table(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)),
                row[-1],
            ]
        ).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", "names of one stack: slipway sandbox inventory --stack NAME"])


def _markdown_table(rows: list[list[str]]) -> str:
    rule = f"|---|{'---:|' * (len(rows[0]) - 2)}---|"
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], rule, *lines[1:]])


def _text(place: Place) -> str:
    lines = [f"{place.stack} (AWS account {place.account})"]
    width = max((len(kind.name) for kind in place.kinds), default=0)
    lines += [f"  {kind.name:<{width}}  {len(kind.items):>4}  {_names(kind)}" for kind in place.kinds]
    return "\n".join([*lines, *([] if place.kinds else ["  nothing"]), *_note(place)])


def _markdown(place: Place) -> str:
    lines = [f"### {place.stack} (AWS account {place.account})", ""]
    lines += ["| what | how many | names | source |", "|---|---|---|---|"]
    lines += [
        f"| {kind.name} | {len(kind.items)} | {_listed(kind)} | {kind.source} |" for kind in place.kinds
    ]
    return "\n".join([*lines, *_note(place)])


def _note(place: Place) -> list[str]:
    """Where the names are that were left out."""
    is_cut = any(len(kind.items) > _SHOWN for kind in place.kinds)
    return ["", f"all names: slipway sandbox inventory --stack {place.stack} --format json"] if is_cut else []


def _names(kind: Kind) -> str:
    return f"{_listed(kind)} [{kind.source}]"


def _listed(kind: Kind) -> str:
    shown = ", ".join(str(item) for item in kind.items[:_SHOWN])
    rest = len(kind.items) - _SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
