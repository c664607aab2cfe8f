"""An environment in memory that a report looks at: DAGs known, tables there, nothing open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from slipway.catalog import load_workspace
from slipway.model.environment import Environment
from slipway.model.pipeline import PartKind, PipelineName, dag_id
from slipway.model.signals import Metric, PlatformMetric
from slipway.model.snowflake_objects import Column, Schema, Table
from slipway.observe.report import Observatory, Report
from slipway.ports.metrics import MetricStore, MetricStoreError, Reading
from slipway.ports.orchestrator import DagId, FailedRun, OrchestratorError, RunId
from slipway.ports.warehouse_errors import ConnectionLost
from tests.doubles.deployments import Fuse, LosableJournal, LosableLeases, ManualClock
from tests.doubles.memory_airflow import Flow, MemoryAirflow
from tests.doubles.memory_warehouse import MemoryWarehouse

FINEDGE: Final = Path(__file__).parents[2] / "examples" / "finedge"
DATABASE: Final = "FINEDGE_DEV"


class LosableAirflow(MemoryAirflow):
    """Airflow that a test may take away."""

    is_down = False

    def dags(self) -> frozenset[DagId]:
        """All flows, if it answers."""
        if self.is_down:
            raise OrchestratorError("Airflow does not answer", remedy="look at MWAA")
        return super().dags()


class LosableWarehouse(MemoryWarehouse):
    """A warehouse that a test may take away; it counts what it is asked."""

    is_down = False
    asked = 0

    def newest(self, table: Table, column: Column) -> datetime | None:
        """Look, if it answers."""
        self._answer()
        return super().newest(table, column)

    def made_in(self, schema: Schema) -> dict[str, datetime]:
        """Look, if it answers."""
        self._answer()
        return dict(super().made_in(schema))

    def _answer(self) -> None:
        self.asked += 1
        if self.is_down:
            raise ConnectionLost("nothing answers", subject="Snowflake")


@dataclass
class MemoryMetrics(MetricStore):
    """Keeps readings; a test may take it away."""

    kept: list[Reading] = field(default_factory=list)
    is_down: bool = False

    def put(self, readings: Sequence[Reading]) -> None:
        """Keep them."""
        if self.is_down:
            raise MetricStoreError("CloudWatch does not answer", remedy="run it again")
        self.kept += readings


_loaded = cache(load_workspace)


class Observed:
    """FinEdge's dev, or that of another workspace, in which every pipeline can be measured.

    Args:
        root: the workspace's folder.
        environment: in which.
    """

    def __init__(self, root: Path = FINEDGE, environment: Environment = Environment.DEV) -> None:
        self.environment = environment
        self.workspace = _loaded(root)
        self.airflow = LosableAirflow(Fuse())
        self.warehouse = LosableWarehouse()
        self.journal, self.leases = LosableJournal(), LosableLeases()
        self.clock = ManualClock()
        for pipeline in self.workspace.pipelines:
            if pipeline.part(PartKind.DAG):
                self.airflow.flows[DagId(dag_id(pipeline.name))] = Flow(paused=False, generation=None)
            for output in pipeline.tables:
                self.warehouse.add(self.table(output.dataset.schema, output.dataset.table), {1: "1.00"})

    def table(self, schema: str, name: str) -> Table:
        """A table of the environment."""
        return Table.of(DATABASE, schema, name)

    def fail(self, pipeline: str, *, ago: timedelta) -> None:
        """Have a run of a pipeline have failed so long ago."""
        ended = self.clock.now() - ago
        run = FailedRun(dag=DagId(dag_id(pipeline)), id=RunId(f"scheduled__{ended}"), ended=ended)
        self.airflow.failed.append(run)

    @property
    def observatory(self) -> Observatory:
        """What looks at it."""
        return Observatory(
            environment=self.environment,
            orchestrator=self.airflow,
            warehouse=self.warehouse,
            journal=self.journal,
            leases=self.leases,
            physical=lambda logical: f"{logical}_DEV",
            clock=self.clock,
        )

    def report(self, *deployed: str) -> Report:
        """Look at it; at these pipelines alone, where some are named."""
        names = frozenset(PipelineName(each) for each in deployed)
        return self.observatory.report(self.workspace, names or None)


def values(report: Report, metric: Metric | PlatformMetric, subject: str) -> list[float]:
    """What is told of one series, in the order of its moments."""
    found = [
        each
        for each in report.measured.readings
        if (each.series.metric, each.series.subject) == (metric, subject)
    ]
    return [each.value for each in sorted(found, key=lambda each: each.at)]


def left_out(report: Report) -> dict[tuple[str, str], str]:
    """Metric and subject of what was not measured, with the reason."""
    return {
        (each.series.metric.value, each.series.subject): each.reason.message
        for each in report.measured.unmeasured
    }
