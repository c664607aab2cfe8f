"""The walk misses nothing that an edge leads to, and says how it got there."""

import hypothesis.strategies as st
from hypothesis import given

from slipway.lineage.graph import Edge, Graph, Node, NodeKind, Origin
from slipway.lineage.impact import walk

NAMES = "abcdefgh"


def node(name: str) -> Node:
    """A dataset of a short name."""
    return Node(NodeKind.DATASET, name)


def edge(pair: str, origin: Origin = Origin.DBT) -> Edge:
    """An edge from the first letter to the second."""
    return Edge(node(pair[0]), node(pair[1]), origin)


EDGES = st.builds(
    Edge, st.sampled_from(NAMES).map(node), st.sampled_from(NAMES).map(node), st.sampled_from(Origin)
)
GRAPHS = st.builds(lambda edges: Graph.of(edges, map(node, NAMES)), st.frozensets(EDGES, max_size=24))
STARTS = st.frozensets(st.sampled_from(NAMES).map(node), max_size=3)


def reachable(graph: Graph, starts: frozenset[Node]) -> set[Node]:
    """What is reached, computed the slow way: add targets until nothing is new."""
    found = set(starts)
    while more := {e.target for e in graph.edges if e.source in found} - found:
        found |= more
    return found


@given(GRAPHS, STARTS)
def test_exactly_what_edges_lead_to_is_touched(graph: Graph, starts: frozenset[Node]) -> None:
    """Cycles, self-loops and several edges between two nodes included."""
    impact = walk(graph, starts)
    assert set(impact) == reachable(graph, starts)
    assert set(impact.changed) == starts


@given(GRAPHS, STARTS)
def test_every_path_is_one_of_the_graph_and_no_longer_than_needed(
    graph: Graph, starts: frozenset[Node]
) -> None:
    """From something that was changed, edge by edge, to the node; no node twice."""
    impact = walk(graph, starts)
    for touched in impact:
        path = impact.path(touched)
        assert set(path) <= graph.edges
        visited = [*(step.source for step in path), touched]
        assert visited[0] in starts
        assert [step.target for step in path] == visited[1:]
        assert len(set(visited)) == len(visited)


@given(GRAPHS, STARTS, EDGES)
def test_an_edge_more_never_hides_anything(graph: Graph, starts: frozenset[Node], more: Edge) -> None:
    """Another tool that speaks up can only add."""
    assert set(walk(graph, starts)) <= set(walk(graph | Graph.of([more]), starts))


@given(GRAPHS, STARTS)
def test_the_same_graph_has_the_same_paths(graph: Graph, starts: frozenset[Node]) -> None:
    """Evidence is compared: the order in which edges were found must not show."""
    again = Graph.of(sorted(graph.edges, reverse=True), graph.nodes)
    assert walk(graph, starts).reached_by == walk(again, starts).reached_by


@given(GRAPHS)
def test_removing_an_edge_changes_the_impact_of_its_source(graph: Graph) -> None:
    """No edge is decoration: without it, what it leads to is missed or is reached another way."""
    for removed in graph.edges:
        if removed.source == removed.target:
            continue
        whole = walk(graph, [removed.source])
        assert len(whole.path(removed.target)) == 1
        less = walk(Graph.of(graph.edges - {removed}, graph.nodes), [removed.source])
        twin = {step.target for step in graph.edges - {removed} if step.source == removed.source}
        assert removed.target in twin or (removed.target not in less or len(less.path(removed.target)) > 1)


def test_an_assumed_edge_counts() -> None:
    """What nobody explains is touched until somebody does."""
    graph = Graph.of([edge("ab", Origin.ASSUMED), edge("bc")])
    assert [str(touched) for touched in walk(graph, [node("a")])] == ["a", "b", "c"]


def test_of_two_ways_the_declared_one_is_told() -> None:
    """A path of assumptions is the weaker story."""
    graph = Graph.of([edge("ab", Origin.ASSUMED), edge("ab", Origin.DBT)])
    assert [step.origin for step in walk(graph, [node("a")]).path(node("b"))] == [Origin.DBT]


def test_what_the_graph_does_not_know_touches_itself() -> None:
    """A new part of a pipeline that no catalog had before."""
    impact = walk(Graph.of([edge("ab")]), [node("z")])
    assert list(impact) == [node("z")]
    assert impact.path(node("z")) == ()


def test_a_graph_of_the_largest_size_is_walked_in_a_moment() -> None:
    """10,000 edges, in one chain: nothing recurses, nothing is quadratic."""
    chain = [Edge(node(f"{n}"), node(f"{n + 1}"), Origin.DBT) for n in range(10_000)]
    impact = walk(Graph.of(chain), [node("0")])
    assert len(impact.path(node("10000"))) == 10_000
