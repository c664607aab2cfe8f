"""Rules about the datasets between sources, pipelines and consumers."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from slipway.catalog.cycles import find_cycles
from slipway.catalog.draft import Draft
from slipway.catalog.entries import Located, PipelineEntry
from slipway.catalog.findings import Finding, RuleId
from slipway.catalog.rules.duplicates import Occurrence, once
from slipway.model.dataset import Dataset, DatasetScheme
from slipway.model.nearest import nearest
from slipway.model.pipeline import Freshness
from slipway.model.snowflake_words import RESERVED

_SUGGESTIONS = 15  # each is compared with every known name; many unknown ones have one cause


def reserved_identifiers(draft: Draft) -> Iterator[Finding]:
    """A name needs no quotes: dbt, grants and people write it without, and would mean something else."""
    declared = [(draft.workspace.tree, source) for source in draft.workspace.sources]
    produced = [(pipeline.tree, output) for pipeline in draft.pipelines for output in pipeline.outputs]
    for tree, found in (*declared, *produced):
        if found.value.scheme is not DatasetScheme.SNOWFLAKE:
            continue
        for word in RESERVED.intersection(found.value.parts):
            message = f"{word} of {found.value} is a word of Snowflake's own: as a name it would need quotes"
            remedy = f"choose another name, such as {word}_DATA"
            yield tree.finding(RuleId.RESERVED_IDENTIFIER, found.loc, message, remedy)


def unknown_inputs(draft: Draft) -> Iterator[Finding]:
    """A pipeline reads what a pipeline produces or a source declares: else its impact cannot be known."""
    suggest = _Suggestions(draft.datasets)
    for pipeline in draft.pipelines:
        for consumed in pipeline.inputs:
            if _is_unknown(draft, consumed.value):
                message = f"no pipeline produces {consumed.value} and no source declares it"
                remedy = suggest.remedy(consumed.value) + "declare it under sources in slipway.yaml"
                yield pipeline.tree.finding(RuleId.UNKNOWN_DATASET, consumed.loc, message, remedy)


def unknown_reads(draft: Draft) -> Iterator[Finding]:
    """A consumer reads what exists: else nobody would warn it before its dataset changes."""
    suggest = _Suggestions(draft.datasets)
    for consumer in draft.workspace.consumers:
        for read in consumer.reads:
            if _is_unknown(draft, read.value):
                message = f"no pipeline produces {read.value} and no source declares it"
                remedy = suggest.remedy(read.value) + "remove it"
                yield draft.workspace.tree.finding(RuleId.CONSUMER_READS_UNKNOWN, read.loc, message, remedy)


def _is_unknown(draft: Draft, dataset: Dataset) -> bool:
    return dataset not in draft.datasets and not draft.is_misspelt(dataset)


class _Suggestions:
    """The nearest dataset of the same scheme, for as many as a person would read."""

    def __init__(self, known: Iterable[Dataset]) -> None:
        self._known: dict[DatasetScheme, list[str]] = {}
        for dataset in known:
            self._known.setdefault(dataset.scheme, []).append(dataset.uri)
        self._said: dict[Dataset, str] = {}

    def remedy(self, unknown: Dataset) -> str:
        if unknown not in self._said and len(self._said) < _SUGGESTIONS:
            close = nearest(unknown.uri, self._known.get(unknown.scheme, ()))
            self._said[unknown] = f"did you mean {close}? Otherwise " if close is not None else ""
        return self._said.get(unknown, "")


def duplicate_producers(draft: Draft) -> Iterator[Finding]:
    """A dataset has one producer: two would overwrite each other, and no rollback could tell their rows."""
    for dataset, productions in draft.producers.items():
        first = productions[0][0]
        for pipeline, output in productions[1:]:
            if pipeline is first:
                continue  # listed twice in one file: the rule about repeated items says so
            message = (
                f"{dataset} is produced by {first.name or first.tree.path} already, in {first.tree.path}"
            )
            remedy = "let one pipeline produce it, and the other read it"
            yield pipeline.tree.finding(RuleId.DUPLICATE_PRODUCER, output.loc, message, remedy)


def produced_sources(draft: Draft) -> Iterator[Finding]:
    """A source arrives from outside: a pipeline of the workspace does not produce it."""
    for source in draft.workspace.sources:
        for pipeline, _ in draft.producers.get(source.value, ())[:1]:
            message = f"{source.value} is no source: {pipeline.name or pipeline.tree.path} produces it"
            remedy = f"remove the source, or the output from {pipeline.tree.path}"
            yield draft.workspace.tree.finding(RuleId.SOURCE_PRODUCED, source.loc, message, remedy)


def duplicate_sources(draft: Draft) -> Iterator[Finding]:
    """A source has one owner."""
    tree = draft.workspace.tree
    declared: Iterator[Occurrence[Dataset]] = (
        (source.value, tree, source.loc) for source in draft.workspace.sources
    )
    yield from once(
        RuleId.DUPLICATE_SOURCE,
        declared,
        lambda dataset: (f"the source {dataset} is declared already", "keep one of the two"),
    )


def pipeline_cycles(draft: Draft) -> Iterator[Finding]:
    """Data flows one way: a pipeline that waits for its own output never runs."""
    by_path = {pipeline.tree.path: pipeline for pipeline in draft.pipelines}
    feeds: dict[str, list[str]] = {path: [] for path in by_path}
    for pipeline in draft.pipelines:
        for supplier in draft.suppliers(pipeline):
            feeds[supplier.tree.path].append(pipeline.tree.path)
    for cycle in find_cycles(feeds):
        pipelines = [by_path[path] for path in cycle]
        yield _cycle_finding(pipelines)


def _cycle_finding(cycle: list[PipelineEntry]) -> Finding:
    first, last = cycle[0], cycle[-1]
    closing = next(item for item in first.inputs if item.value in {output.value for output in last.outputs})
    names = " -> ".join(pipeline.name or pipeline.tree.path for pipeline in [*cycle, first])
    message = (
        f"the pipelines wait for each other: {names}"
        if len(cycle) > 1
        else f"{names}: it reads its own output"
    )
    remedy = (
        f"take {closing.value} out of the inputs, or split the pipeline that both writes and waits for it"
    )
    return first.tree.finding(RuleId.PIPELINE_CYCLE, closing.loc, message, remedy)


def unreachable_freshness(draft: Draft) -> Iterator[Finding]:
    """A pipeline promises no fresher rows than the freshest that any of its inputs is promised to have."""
    for pipeline in draft.pipelines:
        if pipeline.freshness is None or not pipeline.inputs:
            continue
        supplied = [_promised_age(draft, consumed) for consumed in pipeline.inputs]
        freshest = min(supplied)
        if pipeline.freshness.max_age < freshest:
            age = Freshness(max_age=freshest).text
            message = f"{pipeline.freshness.text} cannot be met: no input is promised younger than {age}"
            remedy = (
                "allow a higher age here, or promise a lower one in the pipelines that produce its inputs"
            )
            yield pipeline.tree.finding(
                RuleId.FRESHNESS_UNREACHABLE, ("freshness", "max_age"), message, remedy
            )


def _promised_age(draft: Draft, consumed: Located[Dataset]) -> timedelta:
    """The age that the dataset's producer promises; zero where nothing bounds it from below."""
    ages = [
        pipeline.freshness.max_age
        for pipeline, _ in draft.producers.get(consumed.value, ())
        if pipeline.freshness
    ]
    return min(ages, default=timedelta(0))


def duplicate_consumers(draft: Draft) -> Iterator[Finding]:
    """A consumer has one entry."""
    tree = draft.workspace.tree
    named: Iterator[Occurrence[str]] = (
        (consumer.name, tree, (*consumer.loc, "name"))
        for consumer in draft.workspace.consumers
        if consumer.name
    )
    yield from once(
        RuleId.DUPLICATE_CONSUMER,
        named,
        lambda name: (f"the consumer {name!r} is listed already", "join the two, or rename one"),
    )


def consumers_of_nothing(draft: Draft) -> Iterator[Finding]:
    """A consumer reads something."""
    tree = draft.workspace.tree
    for consumer in draft.workspace.consumers:
        loc = (*consumer.loc, "reads")
        if tree.value(loc) == []:
            message, remedy = (
                "the consumer reads nothing",
                "name the datasets it reads, or remove the consumer",
            )
            yield tree.finding(RuleId.CONSUMER_READS_NOTHING, loc, message, remedy)
