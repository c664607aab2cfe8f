"""Seeds a sandbox, and says what is where. No value of an object is ever told, but for its address and id."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.seeding.model import Place, Seeded, Wanted
from slipway_sandbox.seeding.opening import open_provider
from slipway_sandbox.seeding.seeder import Seeder
from slipway_sandbox.supervisor.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slipway_sandbox.world import World


def seed(world: World, stack: str, wanted: Sequence[Wanted]) -> list[Seeded]:
    """Make objects exist.

    Args:
        world: that runs.
        stack: in whose account they are made.
        wanted: which; in the order of the result too.

    Raises:
        UsageError: there is no such stack.
    """
    if stack not in world.accounts:
        raise UsageError(f"{stack!r} is no stack", remedy=f"name one of: {', '.join(sorted(world.accounts))}")
    found: dict[tuple[str, str, str], Seeded] = {}
    for package in sorted({each.package for each in wanted}):
        own = [each for each in wanted if each.package == package]
        found |= {each.wanted.identity: each for each in _seeded(world, stack, package, own)}
    return [found[each.identity] for each in wanted]


def _seeded(world: World, stack: str, package: str, wanted: Sequence[Wanted]) -> Iterator[Seeded]:
    try:
        provider = open_provider(package, world, stack)
    except ProviderFault as fault:
        for each in wanted:
            yield Seeded(wanted=each, place=Place.NOWHERE, new=False, why=fault.message)
        return
    yield from Seeder(provider).seed(wanted)


def rendered(seeded: Sequence[Seeded], style: str) -> str:
    """Write what became of all objects, as text or JSON."""
    if style == "json":
        return json.dumps(
            {"objects": [_as_data(each) for each in seeded], "totals": totals(seeded)}, indent=2
        )
    told = ", ".join(f"{number} {place}" for place, number in totals(seeded).items())
    return "\n".join([*_lines(seeded), f"{len(seeded)} objects: {told}"])


def totals(seeded: Sequence[Seeded]) -> dict[str, int]:
    """Count the objects by where they are."""
    counted = Counter(each.place for each in seeded)
    return {place.value: counted[place] for place in Place if counted[place]}


def _lines(seeded: Sequence[Seeded]) -> Iterator[str]:
    rows = [(each.place.value, "made" if each.new else "was there", each.wanted, each.why) for each in seeded]
    for place, state, wanted, why in rows:
        made = "" if place == Place.NOWHERE else f" {state}"
        yield f"{place:<7}{made:<10} {wanted.address}{f': {why}' if why else ''}"


def _as_data(each: Seeded) -> dict[str, object]:
    return {
        "address": each.wanted.address,
        "type": each.wanted.token,
        "id": each.wanted.id,
        "place": each.place.value,
        "made": each.new,
        "why": each.why,
    }
