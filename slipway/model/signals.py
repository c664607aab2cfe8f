"""What is measured about pipelines and the platform, under the names that reports and alarms share.

`slipway observe publish` emits every series that is named here, and alarms are made of nothing else. What
nobody measures has no name: how far a stream lags behind its topic is told by no port yet
(docs/reference/observability.md says why).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from slipway.model.environment import Environment
from slipway.model.pipeline import Criticality, PartKind, Pipeline, PipelineName

NAMESPACE: Final = "Slipway/Pipelines"
"""The CloudWatch namespace of what is measured about pipelines."""

DIMENSION: Final = "Pipeline"
"""The one dimension of those: the pipeline's name."""

PLATFORM_NAMESPACE: Final = "Slipway/Platform"
"""The CloudWatch namespace of what is measured about the platform itself."""

PLATFORM_DIMENSION: Final = "Environment"
"""The one dimension of those: the environment's name."""

REPORTED_EVERY: Final = timedelta(minutes=5)
"""Signals are measured from outside: whoever is measured must not hold the ruler."""

SLOTS_TOLD: Final = 3
"""How many slots of `REPORTED_EVERY` a report tells a count of, so that two lost reports lose no failure."""

_LOST_REPORTS: Final = 3


@unique
class Metric(StrEnum):
    """What a number says about a pipeline."""

    AGE_MINUTES = "AgeMinutes"
    FAILED_RUNS = "FailedRuns"


@unique
class PlatformMetric(StrEnum):
    """What a number says about the platform in an environment."""

    DEPLOYMENTS_INTERRUPTED = "DeploymentsInterrupted"
    DEPLOYMENTS_OVERDUE = "DeploymentsOverdue"
    PIPELINES_UNMEASURED = "PipelinesUnmeasured"


@unique
class Unit(StrEnum):
    """Units in CloudWatch's words; it has none for minutes."""

    COUNT = "Count"
    NONE = "None"


UNITS: Final[Mapping[Metric | PlatformMetric, Unit]] = MappingProxyType(
    {
        Metric.AGE_MINUTES: Unit.NONE,
        Metric.FAILED_RUNS: Unit.COUNT,
        PlatformMetric.DEPLOYMENTS_INTERRUPTED: Unit.COUNT,
        PlatformMetric.DEPLOYMENTS_OVERDUE: Unit.COUNT,
        PlatformMetric.PIPELINES_UNMEASURED: Unit.COUNT,
    }
)


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of numbers in CloudWatch: what is paid as a metric, and what an alarm watches.

    Attributes:
        namespace: where.
        metric: what is measured.
        dimension: name of its only dimension.
        subject: value of that dimension: about whom.
    """

    namespace: str
    metric: Metric | PlatformMetric
    dimension: str
    subject: str


def pipeline_series(metric: Metric, pipeline: PipelineName) -> Series:
    """Name what is measured about a pipeline; the environment's account tells in which environment."""
    return Series(namespace=NAMESPACE, metric=metric, dimension=DIMENSION, subject=pipeline)


def platform_series(metric: PlatformMetric, environment: Environment) -> Series:
    """Name what is measured about the platform in an environment."""
    return Series(
        namespace=PLATFORM_NAMESPACE, metric=metric, dimension=PLATFORM_DIMENSION, subject=environment.value
    )


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A series, and above what somebody is told.

    Attributes:
        name: what tells it from the other signals of its subject.
        series: what is watched.
        threshold: the largest value that is fine.
        periods: how many slots of `REPORTED_EVERY` are looked at, the newest ones.
        needed: how many of them have to be above it.
        silence_is_alarm: whether missing reports count as above it.
        meaning: one sentence for whoever is called.
    """

    name: str
    series: Series
    threshold: float
    periods: int
    needed: int
    silence_is_alarm: bool
    meaning: str


STATISTIC: Final = "Maximum"
"""How the reports of a slot become one number: a report that is made twice says the same as once."""


def signals(pipeline: Pipeline) -> Iterator[Signal]:
    """Yield what the owner of a pipeline is told about it.

    Failures are those of a DAG's runs; ages are those of tables in Snowflake. A pipeline that stopped grows
    older in every report. When the reports themselves stop, nobody watches: for a critical pipeline that is
    an alarm, for the others CloudWatch shows "insufficient data". Without an objective nobody has promised
    an age, so there is no threshold for it.
    """
    silence_is_alarm = pipeline.criticality is Criticality.CRITICAL
    if pipeline.part(PartKind.DAG) is not None:
        yield Signal(
            name="failures",
            series=pipeline_series(Metric.FAILED_RUNS, pipeline.name),
            threshold=0,
            periods=SLOTS_TOLD,
            needed=1,
            silence_is_alarm=silence_is_alarm,
            meaning=f"A run of {pipeline.name} has failed",
        )
    objective = pipeline.freshness
    if objective is not None and pipeline.tables:
        yield Signal(
            name="freshness",
            series=pipeline_series(Metric.AGE_MINUTES, pipeline.name),
            threshold=objective.max_age / timedelta(minutes=1),
            periods=_LOST_REPORTS,
            needed=_LOST_REPORTS,
            silence_is_alarm=silence_is_alarm,
            meaning=f"The newest row of {pipeline.name} is older than {objective.text}",
        )


_PLATFORM: Final[tuple[tuple[str, PlatformMetric, str], ...]] = (
    (
        "interrupted",
        PlatformMetric.DEPLOYMENTS_INTERRUPTED,
        "A deployment is open, waits for nothing, and nobody works on it",
    ),
    (
        "overdue",
        PlatformMetric.DEPLOYMENTS_OVERDUE,
        "A deployment still waits after its deadline: nothing has timed it out",
    ),
    (
        "unmeasured",
        PlatformMetric.PIPELINES_UNMEASURED,
        "Pipelines could not be measured; the log of slipway observe publish names them",
    ),
)


def platform_signals(environment: Environment) -> Iterator[Signal]:
    """Yield what the platform's owners are told about an environment; silence is an alarm too."""
    for name, metric, meaning in _PLATFORM:
        yield Signal(
            name=name,
            series=platform_series(metric, environment),
            threshold=0,
            periods=_LOST_REPORTS,
            needed=_LOST_REPORTS,
            silence_is_alarm=True,
            meaning=meaning,
        )
