"""A workspace or one of its pipelines, written for people, programs and pull requests.

As JSON a pipeline has the fields of its catalogue file, so that one schema describes both.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, assert_never

from slipway.catalog.graph import Node, NodeKind, flow_of
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.pipeline import Output, PartKind, Pipeline, TimeLimits, age_text
from slipway.model.workspace import Workspace

Rows = list[tuple[str, ...]]


def render_workspace(workspace: Workspace, style: Format) -> str:
    """Write what a workspace holds.

    Args:
        workspace: the model.
        style: how to write it.

    Returns:
        The text of the result.
    """
    header = ("pipeline", "kind", "criticality", "owner", "freshness", "reads", "produces")
    rows = [_summary(pipeline) for pipeline in workspace.pipelines]
    match style:
        case Format.TEXT:
            return "\n".join([*_table(header, rows), "", _counts(workspace)])
        case Format.JSON:
            return json.dumps(_plain_workspace(workspace), indent=2)
        case Format.MARKDOWN:
            return "\n".join([*_markdown_table(header, rows), "", _counts(workspace)])
        case _:
            assert_never(style)


def render_pipeline(workspace: Workspace, pipeline: Pipeline, style: Format) -> str:
    """Write what there is to know about one pipeline.

    Args:
        workspace: the model.
        pipeline: one of its pipelines.
        style: how to write it.

    Returns:
        The text of the result.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_aligned(_facts(workspace, pipeline)))
        case Format.JSON:
            return json.dumps(plain_pipeline(pipeline) | {"path": str(pipeline.path)}, indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown_table(("field", "value"), _facts(workspace, pipeline)))
        case _:
            assert_never(style)


def plain_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    """Write a pipeline in the fields of its catalogue file.

    Args:
        pipeline: the model.

    Returns:
        What `slipway catalog schema pipeline` describes.
    """
    written: dict[str, Any] = {
        "pipeline": pipeline.name,
        "description": pipeline.description,
        "kind": pipeline.kind.value,
        "criticality": pipeline.criticality.value,
        "owner": pipeline.owner,
        "cost_center": pipeline.cost_center,
        "data_class": pipeline.data_class.value,
        "parts": {
            part.kind.value: str(part.path) for part in pipeline.parts if part.kind is not PartKind.ENTRY
        },
        "inputs": [dataset.uri for dataset in pipeline.inputs],
        "outputs": [
            {"dataset": output.dataset.uri}
            | ({"contract": str(output.contract)} if output.contract is not None else {})
            for output in pipeline.outputs
        ],
    }
    freshness = {"freshness": {"max_age": pipeline.freshness.text}} if pipeline.freshness else {}
    limits = {"limits": {name: age_text(limit) for name, limit in pipeline.limits}}
    return written | freshness | (limits if pipeline.limits != TimeLimits() else {})


def _plain_workspace(workspace: Workspace) -> dict[str, Any]:
    return {
        "workspace": workspace.name,
        "root": str(workspace.root),
        "pipelines": [
            plain_pipeline(pipeline) | {"path": str(pipeline.path)} for pipeline in workspace.pipelines
        ],
        **workspace.model_dump(mode="json", include={"sources", "consumers", "team"}),
    }


def _summary(pipeline: Pipeline) -> tuple[str, ...]:
    return (
        pipeline.name,
        pipeline.kind.value,
        pipeline.criticality.value,
        pipeline.owner,
        pipeline.freshness.text if pipeline.freshness is not None else "-",
        str(len(pipeline.inputs)),
        str(len(pipeline.outputs)),
    )


def _counts(workspace: Workspace) -> str:
    counted = (
        (len(workspace.pipelines), "pipeline"),
        (len(workspace.sources), "source"),
        (len(workspace.consumers), "consumer"),
        (len(workspace.team.teams), "team"),
        (len(workspace.team.people), "people"),
    )
    return f"{workspace.name}: " + ", ".join(
        f"{count} {word}" + ("s" if count != 1 and word != "people" else "") for count, word in counted
    )


def _facts(workspace: Workspace, pipeline: Pipeline) -> Rows:
    readers = flow_of(workspace).successors
    team = workspace.team.team(pipeline.owner)
    return [
        ("pipeline", pipeline.name),
        ("description", pipeline.description),
        ("kind", pipeline.kind.value),
        ("criticality", pipeline.criticality.value),
        ("owner", f"{pipeline.owner} ({team.contact})" if team is not None else pipeline.owner),
        ("cost center", pipeline.cost_center),
        ("data class", pipeline.data_class.value),
        ("freshness", f"at most {pipeline.freshness.text} old" if pipeline.freshness else "no objective"),
        *((f"longest {name}", age_text(limit)) for name, limit in pipeline.limits),
        *((f"part {part.kind}", str(part.path)) for part in pipeline.parts),
        *(("reads", dataset.uri) for dataset in pipeline.inputs),
        *(("produces", _produced(output, readers)) for output in pipeline.outputs),
    ]


def _produced(output: Output, readers: Mapping[Node, Sequence[Node]]) -> str:
    read_by = [node.name for node in readers[Node(NodeKind.DATASET, output.dataset.uri)]]
    promised = f", contract {output.contract}" if output.contract is not None else ""
    return f"{output.dataset}{promised}, read by {', '.join(read_by) or 'nobody'}"


def _aligned(rows: Rows) -> Iterator[str]:
    """Write rows under each other; a word that repeats is written once."""
    width = max(len(row[0]) for row in rows)
    previous = ""
    for word, value in rows:
        yield f"{word if word != previous else '':{width}}  {value}"
        previous = word


def _table(header: tuple[str, ...], rows: Rows) -> Iterator[str]:
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in (header, *rows):
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _markdown_table(header: tuple[str, ...], rows: Rows) -> Iterator[str]:
    for row in (header, ("---",) * len(header), *rows):
        yield "| " + " | ".join(markdown_cell(cell) for cell in row) + " |"
