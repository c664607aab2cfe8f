"""Rules about one pipeline's definition."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from slipway.catalog.draft import Draft
from slipway.catalog.entries import Located, PipelineEntry
from slipway.catalog.files import PathState
from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.rules.duplicates import Occurrence, once
from slipway.catalog.tree import Tree
from slipway.model.dataset import Dataset, DatasetScheme
from slipway.model.pipeline import STARTED_BY, Criticality, PartKind
from slipway.model.subjects import PLATFORM_SUBJECTS

_WRITES: Final[Mapping[PartKind, frozenset[DatasetScheme]]] = {
    PartKind.ENTRY: frozenset(),
    PartKind.DAG: frozenset(DatasetScheme) - {DatasetScheme.KAFKA},  # tasks load tables and files, no topics
    PartKind.DBT: frozenset({DatasetScheme.SNOWFLAKE}),
    PartKind.SPARK: frozenset(DatasetScheme),
    PartKind.STREAM: frozenset(DatasetScheme),
    PartKind.TERRAFORM: frozenset(),  # it makes resources, not data
}


def reserved_names(draft: Draft) -> Iterator[Finding]:
    """A pipeline may not be called what the platform calls itself."""
    for pipeline in draft.pipelines:
        if pipeline.name in PLATFORM_SUBJECTS:
            message = f"{pipeline.name!r} is what the platform names its own resources after"
            yield pipeline.tree.finding(RuleId.RESERVED_NAME, ("pipeline",), message, "choose another name")


def duplicate_pipelines(draft: Draft) -> Iterator[Finding]:
    """A name belongs to one file: roles, tags and releases are found by it."""
    named: Iterator[Occurrence[str]] = (
        (pipeline.name, pipeline.tree, ("pipeline",))
        for pipeline in draft.pipelines
        if pipeline.name is not None
    )
    yield from once(
        RuleId.DUPLICATE_PIPELINE,
        named,
        lambda name: (
            f"another file describes the pipeline {name!r}",
            "rename one of the two, or delete its file",
        ),
    )


def duplicate_items(draft: Draft) -> Iterator[Finding]:
    """A list names each thing once."""
    for pipeline in draft.pipelines:
        yield from _repeated(pipeline.tree, pipeline.inputs)
        yield from _repeated(pipeline.tree, pipeline.outputs)
    for consumer in draft.workspace.consumers:
        yield from _repeated(draft.workspace.tree, consumer.reads)
    if draft.roster is not None:
        for team in draft.roster.teams:
            yield from _repeated(draft.roster.tree, team.members)


def _repeated(tree: Tree, items: Sequence[Located[Dataset]] | Sequence[Located[str]]) -> Iterator[Finding]:
    occurrences = ((str(item.value), tree, item.loc) for item in items)
    yield from once(
        RuleId.DUPLICATE_ITEM, occurrences, lambda item: (f"{item} is listed twice", "keep one of the two")
    )


def missing_paths(draft: Draft) -> Iterator[Finding]:
    """A part or contract is a file or folder of the workspace."""
    for pipeline, path in _paths(draft, PathState.MISSING):
        message = f"{path.value} does not exist in the workspace"
        yield pipeline.tree.finding(RuleId.PATH_MISSING, path.loc, message, "create it, or correct the path")


def outside_paths(draft: Draft) -> Iterator[Finding]:
    """A part or contract leads nowhere else by a link: what is not in the repository was not reviewed."""
    for pipeline, path in _paths(draft, PathState.OUTSIDE):
        message = f"{path.value} is a link that leads out of the workspace"
        yield pipeline.tree.finding(RuleId.PATH_OUTSIDE, path.loc, message, "put the file itself there")


def _paths(draft: Draft, state: PathState) -> Iterator[tuple[PipelineEntry, Located[str]]]:
    for pipeline in draft.pipelines:
        for path in (*pipeline.parts.values(), *pipeline.contracts):
            if draft.paths[path.value] is state:
                yield pipeline, path


def unfit_parts(draft: Draft) -> Iterator[Finding]:
    """A streaming pipeline has a `stream` part and a batch pipeline a `dag`: nothing else starts it.

    A batch pipeline may have a `stream` part too: change data capture brings its input by a connector.
    """
    for pipeline in draft.pipelines:
        if pipeline.kind is None:
            continue
        needed = STARTED_BY[pipeline.kind]
        if ("parts", needed.value) not in pipeline.tree.values:
            message = f"a {pipeline.kind} pipeline has a {needed} part: nothing else starts it"
            remedy = f"add {needed}: PATH, or correct the kind"
            yield pipeline.tree.finding(RuleId.PART_UNFIT, ("parts",), message, remedy)


def pipelines_without_output(draft: Draft) -> Iterator[Finding]:
    """A pipeline produces something: freshness, impact and rollback are about its outputs."""
    for pipeline in draft.pipelines:
        if pipeline.tree.value(("outputs",)) == []:
            remedy = "name the datasets it produces"
            yield pipeline.tree.finding(
                RuleId.PIPELINE_WITHOUT_OUTPUT, ("outputs",), "the pipeline produces nothing", remedy
            )


def critical_without_freshness(draft: Draft) -> Iterator[Finding]:
    """A critical pipeline says how old its data may be: else nobody learns that it stopped."""
    for pipeline in draft.pipelines:
        if pipeline.criticality is Criticality.CRITICAL and ("freshness",) not in pipeline.tree.values:
            yield pipeline.tree.finding(
                RuleId.CRITICAL_WITHOUT_FRESHNESS,
                ("freshness",),
                "a critical pipeline has a freshness objective",
                "add freshness: {max_age: 90m}, the age that its readers can bear",
            )


def unmet_outputs(draft: Draft) -> Iterator[Finding]:
    """Some part of the pipeline can write each of its outputs."""
    for pipeline in draft.pipelines:
        writable = frozenset().union(*(_WRITES[kind] for kind in pipeline.parts))
        for output in pipeline.outputs:
            if output.value.scheme not in writable:
                writers = " or ".join(
                    kind for kind, schemes in _WRITES.items() if output.value.scheme in schemes
                )
                message = f"no part of the pipeline can write {output.value}"
                yield pipeline.tree.finding(
                    RuleId.OUTPUT_UNMET, output.loc, message, f"add a part: {writers}"
                )
