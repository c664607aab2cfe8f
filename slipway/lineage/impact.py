"""The walk: everything that a change can touch, each with the path that leads to it. Pure and linear."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from slipway.lineage.graph import Edge, Graph, Node, NodeKind


@dataclass(frozen=True)
class Impact:
    """What a change can touch.

    Attributes:
        reached_by: the last edge of a shortest path to each node; None for what was changed itself.
    """

    reached_by: Mapping[Node, Edge | None]

    def __contains__(self, node: object) -> bool:
        return node in self.reached_by

    def __iter__(self) -> Iterator[Node]:
        return iter(sorted(self.reached_by))

    def of_kind(self, kind: NodeKind) -> tuple[Node, ...]:
        """The touched nodes of a kind, sorted."""
        return tuple(node for node in self if node.kind is kind)

    @cached_property
    def changed(self) -> tuple[Node, ...]:
        """What was changed itself, sorted."""
        return tuple(sorted(node for node, edge in self.reached_by.items() if edge is None))

    def path(self, node: Node) -> tuple[Edge, ...]:
        """Tell how the change gets to a node.

        Args:
            node: one that is touched.

        Returns:
            The edges from something that was changed; none when the node was changed itself.

        Raises:
            KeyError: the change does not touch it.
        """
        steps: list[Edge] = []
        while (edge := self.reached_by[node]) is not None:
            steps.append(edge)
            node = edge.source
        return tuple(reversed(steps))


def walk(graph: Graph, changed: Iterable[Node]) -> Impact:
    """Find what a change can touch.

    Args:
        graph: what follows from what; an assumed edge is walked as any other is.
        changed: where the walk begins; a node that the graph does not have touches itself alone.

    Returns:
        Every reached node; of several shortest paths the one that comes first in the graph's order.
    """
    reached: dict[Node, Edge | None] = dict.fromkeys(sorted(set(changed)))
    queue = deque(reached)
    while queue:
        for edge in graph.leaving.get(queue.popleft(), ()):
            if edge.target not in reached:
                reached[edge.target] = edge
                queue.append(edge.target)
    return Impact(reached)
