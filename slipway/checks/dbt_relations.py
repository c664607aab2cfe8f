"""What becomes of the relations of a dbt project from one revision to the next. Pure.

dbt warns of nothing here: it never selects what is not there any more, and it drops a table whose name a view
is to have.
"""

from collections.abc import Iterator

from slipway.checks.outcomes import problem
from slipway.lineage.extract import catalog
from slipway.lineage.extract.dbt import DbtProject, Leaves, Resource
from slipway.lineage.graph import Node
from slipway.model.evidence import Finding, Severity
from slipway.model.workspace import Workspace


def relations_moved(
    workspace: Workspace, base: DbtProject, head: DbtProject, folder: str
) -> Iterator[Finding]:
    """Find what is built no more, and what no release could publish.

    Args:
        workspace: the catalog at head: it says who reads and who promises.
        base: the project as it was.
        head: the project as it is to be.
        folder: of the project, with a slash at its end; empty for the workspace's root.
    """
    for node in sorted(base.relations.keys() - head.relations.keys()):
        resource = base.relations[node]
        if resource.resource_type != "source":  # dbt only reads it: whoever writes it is asked elsewhere
            yield _gone(node, folder + resource.original_file_path, sorted(_readers(workspace, node)))
    for node, resource in sorted(head.relations.items()):
        if resource.leaves is Leaves.OTHER and base.relations.get(node) != resource:
            yield _unshipped(resource, folder)
        elif (was := _was(base, node, resource)) is not None:
            yield _other_kind(node, resource, folder, was)


def _gone(node: Node, file: str, readers: list[str]) -> Finding:
    if readers:
        remedy = "keep it until its readers have moved, or change catalog and readers in this change"
        return problem(
            "dbt-model-gone", file, f"{node} is built no more: {', '.join(readers)}", remedy=remedy
        )
    return problem(
        "dbt-model-gone",
        file,
        f"{node} is built no more: it stays in each environment with the rows that it has then",
        remedy="drop it there once the release is in and nobody reads it; a release drops nothing",
        severity=Severity.WARNING,
    )


def _unshipped(resource: Resource, folder: str) -> Finding:
    return problem(
        "dbt-model-unshipped",
        folder + resource.original_file_path,
        f"{resource.name} is a {resource.materialized}, which no rollout publishes",
        remedy="make it a table, view, incremental or ephemeral",
    )


def _was(base: DbtProject, node: Node, resource: Resource) -> Leaves | None:
    """What it left before, if that was a table and is to be a view, or the other way round."""
    before = base.relations.get(node)
    if before is None or {before.leaves, resource.leaves} != {Leaves.TABLE, Leaves.VIEW}:
        return None
    return before.leaves


def _other_kind(node: Node, resource: Resource, folder: str, was: Leaves) -> Finding:
    return problem(
        "dbt-model-kind",
        folder + resource.original_file_path,
        f"{node} is a {was} and would become a {resource.leaves}: neither can take the other's place",
        remedy=f"give the {resource.leaves} another name and move its readers",
    )


def _readers(workspace: Workspace, gone: Node) -> Iterator[str]:
    """Who reads a dataset, and which pipeline still says that it produces it."""
    for consumer in workspace.consumers:
        if gone in map(catalog.dataset_node, consumer.reads):
            yield f"consumer {consumer.name} reads it"
    for pipeline in workspace.pipelines:
        if gone in map(catalog.dataset_node, pipeline.inputs):
            yield f"pipeline {pipeline.name} reads it"
        if gone in map(catalog.dataset_node, pipeline.output_datasets):
            yield f"pipeline {pipeline.name} promises it"
