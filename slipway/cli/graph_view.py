"""The flow of a workspace, drawn as a tree, as JSON or as a Mermaid chart."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from slipway.catalog.graph import Flow, Node, NodeKind
from slipway.cli.console import Format
from slipway.model.workspace import Workspace


def render_flow(workspace: Workspace, flow: Flow, style: Format) -> str:
    """Draw a flow.

    Args:
        workspace: the model that the flow is of.
        flow: all of it, or what lies around one pipeline.
        style: text is a tree, markdown a Mermaid block.

    Returns:
        The text of the result.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_tree(flow, _labels(workspace)))
        case Format.JSON:
            return json.dumps(_plain(flow), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_mermaid(flow))
        case _:
            assert_never(style)


def _labels(workspace: Workspace) -> Mapping[Node, str]:
    """Say what a name alone does not tell."""
    sources = {
        Node(NodeKind.DATASET, source.dataset.uri): f"{source.dataset} (from {source.owner})"
        for source in workspace.sources
    }
    pipelines = {
        Node(NodeKind.PIPELINE, pipeline.name): f"[{pipeline.name}] {pipeline.kind}, {pipeline.criticality}"
        for pipeline in workspace.pipelines
    }
    consumers = {
        Node(NodeKind.CONSUMER, consumer.name): f"({consumer.name}) consumer"
        for consumer in workspace.consumers
    }
    return sources | pipelines | consumers


def _tree(flow: Flow, labels: Mapping[Node, str]) -> Iterator[str]:
    """Walk from each origin. A node's own tree is drawn once: a flow has more ways than it has edges.

    Without recursion, since a chain of pipelines may be longer than Python's stack.
    """
    drawn: set[Node] = set()
    pending = [(node, "", "") for node in reversed(flow.origins)]
    while pending:
        node, branch, indent = pending.pop()
        children = flow.successors[node]
        again = bool(children) and node in drawn
        yield branch + labels.get(node, node.name) + (" (see above)" if again else "")
        if again:
            continue
        drawn.add(node)
        for position, child in enumerate(reversed(children)):
            corner, below = ("└─ ", "   ") if position == 0 else ("├─ ", "│  ")
            pending.append((child, indent + corner, indent + below))


def _plain(flow: Flow) -> dict[str, object]:
    return {
        "nodes": [{"id": _id(node), "kind": node.kind.value, "name": node.name} for node in flow.nodes],
        "edges": [{"from": _id(origin), "to": _id(target)} for origin, target in flow.edges],
    }


def _id(node: Node) -> str:
    return f"{node.kind}:{node.name}"


_SHAPES: Final[Mapping[NodeKind, tuple[str, str]]] = {
    NodeKind.DATASET: ("[(", ")]"),
    NodeKind.PIPELINE: ("[", "]"),
    NodeKind.CONSUMER: ("([", "])"),
}


def _mermaid(flow: Flow) -> Iterator[str]:
    numbers = {node: f"n{number}" for number, node in enumerate(flow.nodes)}
    yield "```mermaid"
    yield "flowchart LR"
    for node, number in numbers.items():
        opening, closing = _SHAPES[node.kind]
        yield f'  {number}{opening}"{node.name}"{closing}'
    for origin, target in flow.edges:
        yield f"  {numbers[origin]} --> {numbers[target]}"
    yield "```"
