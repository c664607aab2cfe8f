"""Cycles in a directed graph, one for each knot: Tarjan's components, then the shortest way round.

Pure and linear in nodes and edges (R. Tarjan, Depth-first search and linear graph algorithms, 1972). Without
recursion: a chain of a thousand pipelines is deeper than Python's stack.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
"""Every node with the nodes it leads to, each of which is a key too."""


def find_cycles(graph: Graph) -> list[list[str]]:
    """Find one cycle in each strongly connected component that has any.

    Args:
        graph: the nodes and where they lead.

    Returns:
        The cycles, sorted. Each begins at the smallest name of its component and goes the shortest way back
        to it; that name is written once.
    """
    cycles = []
    for component in _Components(graph).find():
        first = min(component)
        if len(component) > 1 or first in graph[first]:
            cycles.append(_way_round(graph, first, set(component)))
    return sorted(cycles)


def _way_round(graph: Graph, first: str, component: set[str]) -> list[str]:
    """Search breadth-first from a node back to itself, inside its component, where there is always a way."""
    came_from: dict[str, str] = {}
    queue = deque([first])
    while first not in came_from:
        node = queue.popleft()
        for following in graph[node]:
            if following in component and following not in came_from:
                came_from[following] = node
                queue.append(following)
    way = [came_from[first]]
    while way[-1] != first:
        way.append(came_from[way[-1]])
    return way[::-1]


class _Components:
    """Tarjan's search with its path on a list. The names are the paper's: a node's number and its lowlink."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._number: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._open: dict[str, None] = {}  # in the order of their numbers
        self._path: list[tuple[str, Iterator[str]]] = []

    def find(self) -> Iterator[list[str]]:
        """Yield every strongly connected component."""
        for root in self._graph:
            if root not in self._number:
                self._enter(root)
            while self._path:
                node, following = self._path[-1]
                child = next(following, None)
                if child is not None:
                    self._see(node, child)
                elif (component := self._leave(node)) is not None:
                    yield component

    def _enter(self, node: str) -> None:
        self._number[node] = self._low[node] = len(self._number)
        self._open[node] = None
        self._path.append((node, iter(self._graph[node])))

    def _see(self, node: str, child: str) -> None:
        if child not in self._number:
            self._enter(child)
        elif child in self._open:
            self._low[node] = min(self._low[node], self._number[child])

    def _leave(self, node: str) -> list[str] | None:
        self._path.pop()
        if self._path:
            parent = self._path[-1][0]
            self._low[parent] = min(self._low[parent], self._low[node])
        if self._low[node] != self._number[node]:
            return None
        component: list[str] = []
        while not component or component[-1] != node:
            component.append(self._open.popitem()[0])
        return component
