"""The graph: typed nodes, and edges that say who told of them. Pure; `impact` walks it.

An edge leads from what changes to what may then change. Nothing here knows a tool: `extract` has a module a
tool, and each yields edges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cached_property


@unique
class NodeKind(StrEnum):
    """What a node is."""

    PART = "part"
    MODEL = "model"
    MACRO = "macro"
    DATASET = "dataset"
    PIPELINE = "pipeline"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """Something that can change or be touched by a change.

    Attributes:
        kind: what it is; `MODEL` is a dbt node that leaves no relation behind, such as an ephemeral model.
        name: a dataset's URI, a part's id, a tool's own id, else a name; unique within the kind.
    """

    kind: NodeKind
    name: str

    def __str__(self) -> str:
        return self.name if self.kind is NodeKind.DATASET else f"{self.kind} {self.name}"


@unique
class Origin(StrEnum):
    """Who says that one thing follows from another."""

    DBT = "dbt"
    CATALOG = "catalog"
    ASSUMED = "assumed"  # no tool explains it: it counts until one does


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One thing follows from another.

    Attributes:
        source: what changes.
        target: what may then change.
        origin: who says so.
    """

    source: Node
    target: Node
    origin: Origin


@dataclass(frozen=True)
class Graph:
    """Nodes and edges; cycles are allowed, since two tools may each be right.

    Attributes:
        nodes: every node, those without an edge too.
        edges: every edge.
    """

    nodes: frozenset[Node]
    edges: frozenset[Edge]

    @classmethod
    def of(cls, edges: Iterable[Edge], nodes: Iterable[Node] = ()) -> "Graph":
        """Build a graph; the nodes of edges need not be listed."""
        kept = frozenset(edges)
        ends = (node for edge in kept for node in (edge.source, edge.target))
        return cls(frozenset(ends) | frozenset(nodes), kept)

    def __or__(self, other: "Graph") -> "Graph":
        """Join two graphs: what either says holds."""
        return Graph(self.nodes | other.nodes, self.edges | other.edges)

    @cached_property
    def leaving(self) -> Mapping[Node, tuple[Edge, ...]]:
        """The edges that leave each node, in a fixed order: declared ones before assumed ones."""
        found: dict[Node, list[Edge]] = {node: [] for node in self.nodes}
        for edge in self.edges:
            found[edge.source].append(edge)
        return {node: tuple(sorted(edges, key=_order)) for node, edges in found.items()}

    @cached_property
    def explained(self) -> frozenset[Node]:
        """Nodes of which a tool says what they follow from."""
        return frozenset(edge.target for edge in self.edges if edge.origin is not Origin.ASSUMED)


def _order(edge: Edge) -> tuple[bool, Edge]:
    return edge.origin is Origin.ASSUMED, edge
