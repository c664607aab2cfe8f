"""What a catalogued pipeline owes: somebody answers for it, and its failure is heard."""

from collections.abc import Iterator
from typing import Any, Final, Literal

from pydantic import Field

from policies.rules.place import Amount, stack_of
from policies.rules.rule import Graph, GraphRule, Node, NoLimits, Violation, every
from policies.rules.values import number, said
from slipway.model.approval_policy import APPROVALS_NEEDED
from slipway.model.frozen import Frozen
from slipway.model.pipeline import Criticality
from slipway.model.policy_report import Severity
from slipway.model.signals import DIMENSION, Metric

_ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_FAMILY: Final = "slipway:pipeline:"
_BATCH: Final = "slipway:pipeline:BatchPipeline"


_EnvironmentWord = Literal["dev", "staging", "prod"]
_CriticalityWord = Literal["critical", "standard"]
_APPROVALS: Final[dict[_EnvironmentWord, dict[_CriticalityWord, int]]] = {
    environment.value: {criticality.value: count for criticality, count in counts.items()}
    for environment, counts in APPROVALS_NEEDED.items()
}


class ApprovalLimits(Frozen):
    """How many people approve a release.

    Attributes:
        approvals: by environment, then by criticality.
    """

    approvals: dict[_EnvironmentWord, dict[_CriticalityWord, Amount]] = Field(default=_APPROVALS)


def _pipelines(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if node.resource.type.startswith(_FAMILY)]


def _critical_pipelines(graph: Graph) -> list[Node]:
    return [node for node in _pipelines(graph) if _is_critical(node)]


def _on(metric: Metric, pipeline: Node, alarms: list[Node]) -> list[Node]:
    """The alarms on what is measured about this pipeline: one on another's number is not its own."""
    return [
        alarm
        for alarm in alarms
        if alarm.resource.properties.get("metricName") == metric.value
        and (alarm.resource.properties.get("dimensions") or {}).get(DIMENSION) == pipeline.resource.name
    ]


def _is_critical(pipeline: Node) -> bool:
    return pipeline.resource.properties.get("criticality") == Criticality.CRITICAL.value


def _unanswered(_: Graph, pipeline: Node, limits: ApprovalLimits) -> Iterator[Violation]:
    for message in _approval(pipeline, limits):
        yield Violation(urn=pipeline.resource.urn, message=f"{pipeline.resource.told} {message}")


def _approval(pipeline: Node, limits: ApprovalLimits) -> Iterator[str]:
    outputs, stack = pipeline.resource.properties, stack_of(pipeline.resource.urn)
    if not outputs.get("owner"):
        yield "registers no owner"
    criticality: Any = outputs.get("criticality")
    if criticality not in tuple(Criticality):
        yield f"registers the criticality {criticality}, which is none of {', '.join(Criticality)}"
        return
    approvals: Any = limits.approvals  # a stack that is no environment is in none of it
    needed = approvals.get(stack, {}).get(criticality)
    if needed is None:
        yield f"is in stack {stack}, for which nobody has said how many approve a {criticality} pipeline"
        return
    registered = number(outputs.get("approvals_needed"))
    if registered is None or registered < needed:
        yield f"registers {said(registered)} approvals; a {criticality} pipeline of {stack} needs {needed}"


def _unheard_failures(graph: Graph, pipeline: Node, _: NoLimits) -> Iterator[Violation]:
    """Failures are those of a DAG's runs: a streaming pipeline has none, it grows old instead."""
    if not _on(Metric.FAILED_RUNS, pipeline, graph.children(pipeline, _ALARM)):
        yield Violation(
            urn=pipeline.resource.urn,
            message=f"{pipeline.resource.told} has no alarm on its {Metric.FAILED_RUNS}",
        )


def _unheard_age(graph: Graph, pipeline: Node, _: NoLimits) -> Iterator[Violation]:
    outputs = pipeline.resource.properties
    promised = number(outputs.get("freshness_minutes"), 0)
    if promised <= 0 and _is_critical(pipeline):
        yield Violation(
            urn=pipeline.resource.urn,
            message=f"{pipeline.resource.told} is critical and promises no freshness",
        )
    if promised > 0 and number(outputs.get("tables"), 1):
        yield from _late(pipeline, promised, graph.children(pipeline, _ALARM))


def _late(pipeline: Node, promised: float, alarms: list[Node]) -> Iterator[Violation]:
    """What is wrong with the alarms of a pipeline that promises an age and has a table to read it from."""
    watching = _on(Metric.AGE_MINUTES, pipeline, alarms)
    told = pipeline.resource.told
    if not watching:
        yield Violation(
            urn=pipeline.resource.urn,
            message=f"{told} promises an age of {said(promised)} minutes and has no alarm on its "
            f"{Metric.AGE_MINUTES}",
        )
    for alarm in watching:
        threshold = number(alarm.resource.properties.get("threshold"))
        if threshold is None or threshold > promised:
            yield Violation(
                urn=alarm.resource.urn,
                message=f"{alarm.resource.told} has {said(threshold)} minutes for its threshold; "
                f"{told} promises {said(promised)}",
            )


def _mute(graph: Graph, pipeline: Node, _: NoLimits) -> Iterator[Violation]:
    for alarm in graph.children(pipeline, _ALARM):
        properties = alarm.resource.properties
        is_heard = alarm.sources.get("alarmActions") or properties.get("alarmActions")
        if not is_heard:
            yield Violation(urn=alarm.resource.urn, message=f"{alarm.resource.told} tells nobody")
        elif not properties.get("actionsEnabled", True):
            yield Violation(
                urn=alarm.resource.urn,
                message=f"{alarm.resource.told} has its actions switched off, and tells nobody",
            )


def _silent(graph: Graph, pipeline: Node, _: NoLimits) -> Iterator[Violation]:
    for alarm in graph.children(pipeline, _ALARM):
        treated = alarm.resource.properties.get("treatMissingData") or "missing"
        if treated != "breaching":
            yield Violation(
                urn=alarm.resource.urn,
                message=f"{alarm.resource.told} of a critical pipeline treats missing data as "
                f"{treated}, not as breaching",
            )


PIPELINE_APPROVAL: Final = GraphRule(
    id="pipeline-approval",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="The gate asks as many people as a pipeline's criticality wants; a wrong word asks too few.",
    remedy="Publish owner, criticality and approvals from the catalog entry (PipelineParts.approval).",
    limits=ApprovalLimits,
    judges=_pipelines,
    violations=_unanswered,
)
PIPELINE_FAILURE_ALARM: Final = GraphRule(
    id="pipeline-failure-alarm",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="A run that fails unheard is found by whoever misses its data.",
    remedy="Make an alarm for each of its signals, as PipelineParts.create_alarms does.",
    limits=NoLimits,
    judges=every(_BATCH),
    violations=_unheard_failures,
)
PIPELINE_FRESHNESS: Final = GraphRule(
    id="pipeline-freshness",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="An age that nobody watches is no promise, and a critical pipeline owes one.",
    remedy="Write freshness.max_age into the catalog entry, and make the alarm with no more than that age.",
    limits=NoLimits,
    judges=_pipelines,
    violations=_unheard_age,
)
PIPELINE_ALARM_ACTIONS: Final = GraphRule(
    id="pipeline-alarm-actions",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="An alarm without an action is a colour on a page that nobody looks at.",
    remedy="Give the alarm the topics of the environment and of the pipeline's owner.",
    limits=NoLimits,
    judges=_pipelines,
    violations=_mute,
)
PIPELINE_SILENCE: Final = GraphRule(
    id="pipeline-silence",
    severity=Severity.HIGH,
    frameworks=("SOX ITGC",),
    rationale="When the reports about a critical pipeline stop, nobody watches it: silence is an alarm.",
    remedy="Set treatMissingData of the alarm to breaching.",
    limits=NoLimits,
    judges=_critical_pipelines,
    violations=_silent,
)
