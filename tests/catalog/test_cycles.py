"""The cycle finder against a model that tries every way."""

import time

from hypothesis import given
from hypothesis import strategies as st

from slipway.catalog.cycles import Graph, find_cycles

NAMES = "abcdefg"


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Small graphs of every density, with loops and doubled edges."""
    names = NAMES[: draw(st.integers(0, len(NAMES)))]
    targets = st.lists(st.sampled_from(names), max_size=4) if names else st.just([])
    return {name: draw(targets) for name in names}


def _reaches(graph: Graph, start: str) -> set[str]:
    """Everything that is at least one step away, by trying every way."""
    reached: set[str] = set()
    while True:
        grown = reached | {after for node in {start, *reached} for after in graph[node]}
        if grown == reached:
            return reached
        reached = grown


@given(graphs())
def test_each_knot_gives_one_cycle(graph: Graph) -> None:
    """Nodes that reach each other are one knot; a node that reaches nothing back is in none."""
    reach = {node: _reaches(graph, node) for node in graph}
    knots = {
        frozenset(other for other in reach[node] if node in reach[other])
        for node in graph
        if node in reach[node]
    }
    found = find_cycles(graph)
    assert {knot for cycle in found for knot in knots if cycle[0] in knot} == knots
    assert len(found) == len(knots)


@given(graphs())
def test_each_cycle_is_a_way_round(graph: Graph) -> None:
    """Every step is an edge, no node comes twice, and it begins at the smallest name of its knot."""
    for cycle in find_cycles(graph):
        steps = zip(cycle, [*cycle[1:], cycle[0]], strict=True)
        assert all(after in graph[before] for before, after in steps)
        assert len(set(cycle)) == len(cycle)
        knot = {node for node in _reaches(graph, cycle[0]) if cycle[0] in _reaches(graph, node)}
        assert cycle[0] == min(knot)


def test_the_shortest_way_round_is_named() -> None:
    """A person wants to cut the cycle, not to tour it."""
    graph = {"a": ["b", "c"], "b": ["c"], "c": ["d"], "d": ["a"]}
    assert find_cycles(graph) == [["a", "c", "d"]]


def test_a_long_chain_is_no_cycle_and_no_recursion() -> None:
    """Ten thousand pipelines in a row are deeper than Python's stack, and take no longer than they must."""
    length = 10_000
    chain: dict[str, list[str]] = {f"p{number:05}": [f"p{number + 1:05}"] for number in range(length)}
    chain[f"p{length:05}"] = []
    begun = time.process_time()
    assert find_cycles(chain) == []
    chain[f"p{length:05}"] = ["p00000"]
    assert len(find_cycles(chain)[0]) == length + 1
    assert time.process_time() - begun < 2
