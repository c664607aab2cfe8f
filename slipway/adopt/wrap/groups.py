"""The resources of a large component in groups, one a service, in the order of their creation. Pure."""

import re
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Final

from slipway.adopt.wrap.component import WrittenResource

AT_MOST: Final = 15
"""How many resources a constructor creates by itself: it has to read as a table of contents."""
_USED: Final = re.compile(r"\bself\.([a-z0-9_]+)\b")


def grouped(resources: Sequence[WrittenResource]) -> list[tuple[str, list[WrittenResource]]]:
    """Group resources by their services; services that refer to each other are one group.

    Args:
        resources: each behind what it refers to.

    Returns:
        Name and resources of each group, each group behind what it refers to.
    """
    service = {each.attribute: _service(each) for each in resources}
    needs = {name: {name} for name in service.values()}
    for each in resources:
        needs[_service(each)] |= {service[other] for other in _used(each) if other in service}
    reach = _closure(needs)
    group = {name: tuple(sorted(o for o in reach[name] if name in reach[o])) for name in needs}
    order: TopologicalSorter[tuple[str, ...]] = TopologicalSorter()
    for name in sorted(needs):
        order.add(group[name], *sorted({group[other] for other in needs[name]} - {group[name]}))
    return [
        ("_and_".join(names), [each for each in resources if _service(each) in names])
        for names in order.static_order()
    ]


def _service(resource: WrittenResource) -> str:
    return resource.shape.py.split(".")[-2].strip("_").removeprefix("pulumi_")


def _used(resource: WrittenResource) -> set[str]:
    return {name for _, text in resource.arguments for name in _USED.findall(text)}


def _closure(needs: Mapping[str, set[str]]) -> dict[str, set[str]]:
    reach = {name: set(others) for name, others in needs.items()}
    for middle in needs:
        for name in needs:
            if middle in reach[name]:
                reach[name] |= reach[middle]
    return reach
