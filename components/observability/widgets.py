"""What an environment's dashboard shows, and in which order: calculated, within what CloudWatch draws. Pure.

Every alarm is shown by its state, which takes no metric. Graphs take metrics, of which a dashboard draws so
many: first the platform's, then ages and then failures, critical pipelines before the others, batch before
streaming. What finds no place is counted on the dashboard; its alarms are there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final, TypeVar

from slipway.model.environment import Environment
from slipway.model.naming import Naming
from slipway.model.pipeline import Criticality, Pipeline, PipelineKind
from slipway.model.signals import Metric, Series, Signal, platform_signals, signals
from slipway.model.tags import PLATFORM_PIPELINE

MOST_METRICS: Final = 500
"""Metrics of a dashboard (CloudWatch quotas). Some accounts have a higher one; none has a lower."""

MOST_A_GRAPH: Final = 100
"""Metrics of one graph."""

MOST_ALARMS: Final = 100
"""Alarms of one widget of alarms."""

_TITLES: Final = {Metric.AGE_MINUTES: "age of the newest row, minutes", Metric.FAILED_RUNS: "failed runs"}


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lines over time.

    Attributes:
        title: above it.
        series: one line each.
    """

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True, kw_only=True)
class AlarmStates:
    """A tile an alarm, in the colour of its state.

    Attributes:
        title: above it.
        alarms: names.
    """

    title: str
    alarms: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text.

    Attributes:
        text: in Markdown.
    """

    text: str


Widget = Graph | AlarmStates | Note


@dataclass(frozen=True, kw_only=True)
class _Group:
    """Pipelines that are shown together."""

    title: str
    pipelines: tuple[Pipeline, ...]

    def series(self, metric: Metric) -> Iterator[Series]:
        for pipeline in self.pipelines:
            yield from (each.series for each in signals(pipeline) if each.series.metric is metric)


def widgets(
    pipelines: Sequence[Pipeline], environment: Environment, naming: Naming, flow_alarms: Sequence[str]
) -> tuple[Widget, ...]:
    """Return what the dashboard of an environment shows, from its top down.

    Args:
        pipelines: those of the environment.
        environment: which.
        naming: names of all alarms that follow from signals.
        flow_alarms: names of the alarms about builds and events.
    """
    own = tuple(platform_signals(environment))
    platform = Graph(title="platform", series=tuple(signal.series for signal in own))
    groups = tuple(_groups(pipelines))
    wanted = [graph for metric in Metric for group in groups for graph in _graphs(group, metric)]
    graphs, left_out = _within([platform, *wanted], MOST_METRICS)
    note = [Note(text=f"{left_out} metrics are not drawn here; their alarms are above.")] if left_out else []
    return (
        AlarmStates(
            title="platform",
            alarms=(*_alarm_names(PLATFORM_PIPELINE, own, naming), *flow_alarms),
        ),
        *(tiles for group in groups for tiles in _tiles(group, naming)),
        *graphs,
        *note,
    )


def _groups(pipelines: Iterable[Pipeline]) -> Iterator[_Group]:
    known = tuple(pipelines)
    for criticality, kind in product(Criticality, PipelineKind):
        own = tuple(each for each in known if (each.criticality, each.kind) == (criticality, kind))
        if own:
            yield _Group(title=f"{criticality} {kind} pipelines", pipelines=own)


def _graphs(group: _Group, metric: Metric) -> Iterator[Graph]:
    for part in _chunks(group.series(metric), MOST_A_GRAPH):
        yield Graph(title=f"{group.title}: {_TITLES[metric]}", series=part)


def _tiles(group: _Group, naming: Naming) -> Iterator[AlarmStates]:
    names = (name for each in group.pipelines for name in _alarm_names(each.name, signals(each), naming))
    for part in _chunks(names, MOST_ALARMS):
        yield AlarmStates(title=group.title, alarms=part)


_Member = TypeVar("_Member")


def _chunks(members: Iterable[_Member], most: int) -> Iterator[tuple[_Member, ...]]:
    left = iter(members)
    while chunk := tuple(islice(left, most)):
        yield chunk


def _alarm_names(subject: str, told: Iterable[Signal], naming: Naming) -> tuple[str, ...]:
    return tuple(naming.alarm(subject, signal.name) for signal in told)


def _within(graphs: Iterable[Graph], most: int) -> tuple[list[Graph], int]:
    """Keep as many lines as fit, in order; return the graphs, and how many lines found no place."""
    kept: list[Graph] = []
    left_out = 0
    for graph in graphs:
        fitting = graph.series[: max(most - sum(len(each.series) for each in kept), 0)]
        left_out += len(graph.series) - len(fitting)
        if fitting:
            kept.append(Graph(title=graph.title, series=fitting))
    return kept, left_out
