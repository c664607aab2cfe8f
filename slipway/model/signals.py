"""What is measured about a pipeline, under the names that reports and alarms share."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from typing import Final

from slipway.model.pipeline import Criticality, Pipeline, PipelineKind

NAMESPACE: Final = "Slipway/Pipelines"
"""The CloudWatch namespace of every signal."""

DIMENSION: Final = "Pipeline"
"""The one dimension of every signal: the pipeline's name."""

REPORTED_EVERY: Final = timedelta(minutes=5)
"""Signals are measured from outside: whoever is measured must not hold the ruler."""

_LOST_REPORTS: Final = 3
_WARNED_AT: Final = 2


@unique
class Metric(StrEnum):
    """What a number says."""

    AGE_MINUTES = "AgeMinutes"
    FAILED_RUNS = "FailedRuns"
    LAG_SECONDS = "LagSeconds"


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A metric of one pipeline, and above what its owner is told.

    Attributes:
        name: what tells it from the pipeline's other signals.
        metric: what is measured.
        statistic: how the reports of a period become one number.
        threshold: the largest value that is fine.
        periods: how many reports in a row have to be above it.
        silence_is_alarm: whether missing reports count as above it.
        meaning: one sentence for whoever is called.
    """

    name: str
    metric: Metric
    statistic: str
    threshold: float
    periods: int
    silence_is_alarm: bool
    meaning: str


def signals(pipeline: Pipeline) -> Iterator[Signal]:
    """Yield what its owner is told about a pipeline.

    A pipeline that stopped grows older in every report. When the reports themselves stop, nobody watches: for
    a critical pipeline that is an alarm, for the others CloudWatch shows "insufficient data". Without an
    objective nobody has promised an age, so there is no threshold for it.
    """
    silence_is_alarm = pipeline.criticality is Criticality.CRITICAL
    yield Signal(
        name="failures",
        metric=Metric.FAILED_RUNS,
        statistic="Sum",
        threshold=0,
        periods=1,
        silence_is_alarm=silence_is_alarm,
        meaning=f"A run of {pipeline.name} has failed",
    )
    objective = pipeline.freshness
    if objective is None:
        return
    yield Signal(
        name="freshness",
        metric=Metric.AGE_MINUTES,
        statistic="Maximum",
        threshold=objective.max_age / timedelta(minutes=1),
        periods=_LOST_REPORTS,
        silence_is_alarm=silence_is_alarm,
        meaning=f"The newest row of {pipeline.name} is older than {objective.text}",
    )
    if pipeline.kind is PipelineKind.STREAMING:
        yield Signal(
            name="lag",
            metric=Metric.LAG_SECONDS,
            statistic="Maximum",
            threshold=objective.max_age / timedelta(seconds=1) / _WARNED_AT,
            periods=_LOST_REPORTS,
            silence_is_alarm=silence_is_alarm,
            meaning=f"What {pipeline.name} reads has waited for half of its {objective.text}",
        )
