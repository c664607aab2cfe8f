"""How data flows through a workspace: datasets to pipelines to datasets to consumers.

Pure and linear. It knows what the catalogue declares; columns and cloud resources are `slipway.lineage`'s.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cached_property

from slipway.model.workspace import Workspace


@unique
class NodeKind(StrEnum):
    """What a node of the flow is."""

    DATASET = "dataset"
    PIPELINE = "pipeline"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A dataset, pipeline or consumer.

    Attributes:
        kind: which of them.
        name: a dataset's URI, else its name; unique within the kind.
    """

    kind: NodeKind
    name: str


Edge = tuple[Node, Node]
"""From where data comes to where it goes."""


@dataclass(frozen=True)
class Flow:
    """A directed graph without cycles.

    Attributes:
        nodes: sorted.
        edges: sorted.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def successors(self) -> Mapping[Node, tuple[Node, ...]]:
        """Where the data of each node goes next."""
        return self._neighbours(self.edges)

    @cached_property
    def predecessors(self) -> Mapping[Node, tuple[Node, ...]]:
        """Where the data of each node comes from."""
        return self._neighbours((target, origin) for origin, target in self.edges)

    @property
    def origins(self) -> tuple[Node, ...]:
        """The nodes that nothing in the flow leads to."""
        return tuple(node for node in self.nodes if not self.predecessors[node])

    def around(self, node: Node) -> "Flow":
        """Keep what leads to a node and what it leads to.

        Args:
            node: a node of the flow.

        Returns:
            The smaller flow, with the node.
        """
        kept = {*_reached(node, self.predecessors), *_reached(node, self.successors)}
        edges = tuple(edge for edge in self.edges if edge[0] in kept and edge[1] in kept)
        return Flow(tuple(sorted(kept)), edges)

    def _neighbours(self, edges: Iterable[Edge]) -> Mapping[Node, tuple[Node, ...]]:
        found: dict[Node, list[Node]] = {node: [] for node in self.nodes}
        for origin, target in edges:
            found[origin].append(target)
        return {node: tuple(targets) for node, targets in found.items()}


def flow_of(workspace: Workspace) -> Flow:
    """Draw the flow of a workspace.

    Args:
        workspace: the model.

    Returns:
        Every source, pipeline, output and consumer, and how data moves between them.
    """
    edges = sorted(set(_edges(workspace)))
    declared = (Node(NodeKind.DATASET, source.dataset.uri) for source in workspace.sources)
    nodes = {*declared, *(node for edge in edges for node in edge)}
    return Flow(tuple(sorted(nodes)), tuple(edges))


def _edges(workspace: Workspace) -> Iterator[Edge]:
    for pipeline in workspace.pipelines:
        node = Node(NodeKind.PIPELINE, pipeline.name)
        for dataset in pipeline.inputs:
            yield Node(NodeKind.DATASET, dataset.uri), node
        for dataset in pipeline.output_datasets:
            yield node, Node(NodeKind.DATASET, dataset.uri)
    for consumer in workspace.consumers:
        for dataset in consumer.reads:
            yield Node(NodeKind.DATASET, dataset.uri), Node(NodeKind.CONSUMER, consumer.name)


def _reached(start: Node, neighbours: Mapping[Node, tuple[Node, ...]]) -> set[Node]:
    reached, queue = {start}, deque([start])
    while queue:
        for node in neighbours[queue.popleft()]:
            if node not in reached:
                reached.add(node)
                queue.append(node)
    return reached
