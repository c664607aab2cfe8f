"""One report about an environment: everything that has a signal is measured, or named as not measured."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from slipway.catalog.contracts import read_freshness_column
from slipway.model.environment import Environment
from slipway.model.errors import UsageError
from slipway.model.pipeline import Pipeline, PipelineName
from slipway.model.signals import (
    Metric,
    PlatformMetric,
    pipeline_series,
    platform_series,
    signals,
)
from slipway.model.snowflake_objects import Column
from slipway.model.workspace import Workspace
from slipway.observe.ages import FreshnessBook, measure_ages
from slipway.observe.failures import measure_failures
from slipway.observe.measured import Measured, nothing_of
from slipway.observe.open_deployments import measure_deployments
from slipway.ports.clock import Clock
from slipway.ports.journal import Journal
from slipway.ports.leases import Leases
from slipway.ports.metrics import Reading
from slipway.ports.orchestrator import Orchestrator
from slipway.ports.warehouse import Readings


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is told about an environment.

    Attributes:
        environment: which.
        at: when it was measured.
        measured: readings, and what could not be measured.
    """

    environment: Environment
    at: datetime
    measured: Measured


@dataclass(frozen=True, kw_only=True)
class Observatory:
    """What looks at an environment from outside.

    Attributes:
        environment: which.
        orchestrator: its Airflow.
        warehouse: its Snowflake.
        journal: of its deployments.
        leases: of its deployments.
        physical: physical name of a logical database in it.
        clock: the time.
    """

    environment: Environment
    orchestrator: Orchestrator
    warehouse: Readings
    journal: Journal
    leases: Leases
    physical: Callable[[str], str]
    clock: Clock

    def report(self, workspace: Workspace, deployed: Collection[PipelineName] | None) -> Report:
        """Measure every pipeline that is in the environment, and the platform there.

        Args:
            workspace: tells what each pipeline is.
            deployed: the pipelines that the environment has; None: all of the workspace.
        """
        now = self.clock.now()
        here = [each for each in workspace.pipelines if deployed is None or each.name in deployed]
        of_pipelines = (
            measure_failures(
                self.orchestrator, [each.name for each in _watched(here, Metric.FAILED_RUNS)], now
            )
            + measure_ages(self.warehouse, self._book(workspace), _watched(here, Metric.AGE_MINUTES), now)
            + _unknown(workspace, deployed)
        )
        of_platform = measure_deployments(self.journal, self.leases, self.environment, now)
        told = of_pipelines + Measured(readings=(self._missing(of_pipelines, now),)) + of_platform
        return Report(environment=self.environment, at=now, measured=told)

    def _book(self, workspace: Workspace) -> FreshnessBook:
        def column(contract: PurePosixPath) -> Column | None:
            return read_freshness_column(workspace.root, str(contract))

        return FreshnessBook(physical=self.physical, column=column)

    def _missing(self, measured: Measured, now: datetime) -> Reading:
        """Count the pipelines of which something could not be measured."""
        subjects = {each.series.subject for each in measured.unmeasured}
        series = platform_series(PlatformMetric.PIPELINES_UNMEASURED, self.environment)
        return Reading(series=series, value=len(subjects), at=now)


def _watched(pipelines: Iterable[Pipeline], metric: Metric) -> tuple[Pipeline, ...]:
    """Return the pipelines that have a signal on a metric: what nobody watches is not asked for."""
    return tuple(
        each for each in pipelines if any(signal.series.metric is metric for signal in signals(each))
    )


def _unknown(workspace: Workspace, deployed: Collection[PipelineName] | None) -> Measured:
    """Name what the environment has and the workspace does not know: its alarms are there still."""
    names = {each.name for each in workspace.pipelines}
    measured = Measured()
    for name in sorted(set(deployed or ()) - names):
        reason = UsageError(
            f"pipeline {name} is deployed, and workspace {workspace.name!r} has no entry of it",
            remedy="use the workspace that is deployed, or release what takes the pipeline away",
        )
        measured += nothing_of((pipeline_series(metric, name) for metric in Metric), reason)
    return measured
