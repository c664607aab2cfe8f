"""The sample estate, copied until it has so many instances: inventory, then a proposal of one layer of all.

What the SDK says of its types is asked for before, and told by itself: it is the same for every size.
It is kept by the version of the SDK. Seconds are those of the processor: it is one thread that waits
for nothing, so a machine without other work needs no more.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from bench.adopt.copies import ESTATE, copied_estate
from bench.progress import say
from bench.spread import spread
from slipway.adapters.pulumi.kept_types import KeptTypes
from slipway.adapters.pulumi.sdk_types import InstalledTypes
from slipway.adopt.inventory import take_inventory
from slipway.adopt.layers import parse_layers
from slipway.adopt.proposal import Proposal, write_proposal
from slipway.adopt.propose import Target, propose
from slipway.adopt.state import State
from slipway.adopt.state_reading import read_state
from slipway.ports.resource_types import ResourceTypes

AIMS: Final = {550: 1.0, 5_000: 5.0}
"""Seconds that both together may take, by objects."""

_TARGET: Final = Target(stack="dev", project="slipway", region="us-east-1")
_LAYERS: Final = parse_layers(["all=*aws_*"])
_Found = TypeVar("_Found")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One size.

    Attributes:
        objects: instances of the state, at least.
        instances: that it has.
        resources: that were proposed.
        inventory: seconds, round by round.
        proposal: seconds, round by round.
    """

    objects: int
    instances: int
    resources: int
    inventory: tuple[float, ...]
    proposal: tuple[float, ...]


def adopt_table(rounds: int, scratch: Path) -> str:
    """Measure every size.

    Args:
        rounds: how often.
        scratch: an empty folder.
    """
    state = read_state(ESTATE.read_bytes(), "estate")
    _, asked = _timed(lambda: _propose(state, KeptTypes(InstalledTypes(), scratch)))
    types = KeptTypes(InstalledTypes(), scratch)
    _, read = _timed(lambda: _propose(state, types))
    measured = [_measure(objects, rounds, types) for objects in AIMS]
    said = (
        f"The estate's {len(state.instances)} instances with nothing kept of the SDK: {asked:.1f} s; "
        f"with what an earlier command has kept: {read:.2f} s."
    )
    return "\n".join([*table(measured), "", said])


def _measure(objects: int, rounds: int, types: ResourceTypes) -> Measured:
    content = copied_estate(objects)
    inventories, proposals, resources, instances = [], [], 0, 0
    for number in range(rounds):
        say(f"adopt: {objects:,} objects, round {number + 1} of {rounds}")
        inventory, took = _timed(lambda: take_inventory([read_state(content, "estate")]))
        inventories.append(took)
        state = read_state(content, "estate")
        proposal, took = _timed(partial(_propose, state, types))
        proposals.append(took)
        resources, instances = len(proposal.resources), len(inventory.entries)
    return Measured(
        objects=objects,
        instances=instances,
        resources=resources,
        inventory=tuple(inventories),
        proposal=tuple(proposals),
    )


def _propose(state: State, types: ResourceTypes) -> Proposal:
    (proposal,) = propose([state], _LAYERS, _TARGET, types)
    write_proposal(proposal)
    return proposal


def _timed(work: Callable[[], _Found]) -> tuple[_Found, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def table(measured: Sequence[Measured]) -> list[str]:
    """Write a row a size."""
    return [
        "| instances | proposed | inventory, CPU s | proposal, CPU s | both | aim |",
        "|---|---|---|---|---|---|",
        *(_row(each) for each in measured),
    ]


def _row(each: Measured) -> str:
    both = [first + second for first, second in zip(each.inventory, each.proposal, strict=True)]
    aim = AIMS[each.objects]
    met = "met" if max(both) <= aim else "NOT met"
    return (
        f"| {each.instances:,} | {each.resources:,} | {spread(each.inventory, 2)} | "
        f"{spread(each.proposal, 2)} | {spread(both, 2)} | {aim:.0f} s {met} |"
    )
