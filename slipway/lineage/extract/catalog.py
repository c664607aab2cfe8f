"""What the catalog says: which parts a pipeline has, what it reads and produces, who reads that."""

from collections.abc import Iterator

from slipway.lineage.graph import Edge, Graph, Node, NodeKind, Origin
from slipway.model.dataset import Dataset
from slipway.model.parts import PartId
from slipway.model.pipeline import PartKind, Pipeline
from slipway.model.workspace import Workspace


def dataset_node(dataset: Dataset) -> Node:
    """The node of a dataset."""
    return Node(NodeKind.DATASET, dataset.uri)


def part_node(part: PartId) -> Node:
    """The node of a part."""
    return Node(NodeKind.PART, str(part))


def pipeline_node(name: str) -> Node:
    """The node of a pipeline: touched when a part of it or something it reads is."""
    return Node(NodeKind.PIPELINE, name)


def consumer_node(name: str) -> Node:
    """The node of a consumer outside."""
    return Node(NodeKind.CONSUMER, name)


def extract(workspace: Workspace, known: Graph) -> Graph:
    """Read a catalog.

    Args:
        workspace: what it says.
        known: what tools say already: where one explains an output, inputs of the pipeline that it does not
            name do not count; where none does, every input may change every output.

    Returns:
        The catalog's edges alone.
    """
    pipelines = (edge for pipeline in workspace.pipelines for edge in _of_pipeline(pipeline, known))
    consumers = (
        Edge(dataset_node(dataset), consumer_node(consumer.name), Origin.CATALOG)
        for consumer in workspace.consumers
        for dataset in consumer.reads
    )
    sources = (dataset_node(source.dataset) for source in workspace.sources)
    return Graph.of([*pipelines, *consumers], sources)


def _of_pipeline(pipeline: Pipeline, known: Graph) -> Iterator[Edge]:
    node = pipeline_node(pipeline.name)
    outputs = [dataset_node(dataset) for dataset in pipeline.output_datasets]
    inputs = [dataset_node(dataset) for dataset in pipeline.inputs]
    for source in inputs:
        yield Edge(source, node, Origin.CATALOG)
        for target in outputs:
            if target not in known.explained:
                yield Edge(source, target, Origin.ASSUMED)
    for part in pipeline.parts:
        source = part_node(PartId(pipeline.name, part.kind))
        yield Edge(source, node, Origin.CATALOG)
        for target in outputs:
            if part.kind is not PartKind.DBT or target not in known.nodes:
                yield Edge(source, target, Origin.ASSUMED)
