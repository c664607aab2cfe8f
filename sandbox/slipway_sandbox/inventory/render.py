"""An inventory as text, JSON or Markdown."""

import json
from dataclasses import asdict

from slipway_sandbox.inventory.model import Kind, Place

_SHOWN = 4
"""Names shown of a kind where a person reads; JSON has them all."""


def rendered(places: list[Place], format_: str) -> str:
    """The inventory in one of the formats ``text``, ``json``, ``markdown``."""
    if format_ == "json":
        return json.dumps([asdict(place) for place in places], indent=2)
    write = _markdown if format_ == "markdown" else _text
    return "\n\n".join(write(place) for place in places)


def _text(place: Place) -> str:
    lines = [f"{place.stack} (AWS account {place.account})"]
    width = max((len(kind.name) for kind in place.kinds), default=0)
    lines += [f"  {kind.name:<{width}}  {len(kind.items):>4}  {_names(kind)}" for kind in place.kinds]
    return "\n".join([*lines, *([] if place.kinds else ["  nothing"])])


def _markdown(place: Place) -> str:
    lines = [f"### {place.stack} (AWS account {place.account})", ""]
    lines += ["| what | how many | names | source |", "|---|---|---|---|"]
    lines += [
        f"| {kind.name} | {len(kind.items)} | {_listed(kind)} | {kind.source} |" for kind in place.kinds
    ]
    return "\n".join(lines)


def _names(kind: Kind) -> str:
    return f"{_listed(kind)} [{kind.source}]"


def _listed(kind: Kind) -> str:
    shown = ", ".join(str(item) for item in kind.items[:_SHOWN])
    rest = len(kind.items) - _SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown
