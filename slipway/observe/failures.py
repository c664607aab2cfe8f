"""How many runs of each pipeline have failed, slot by slot, as Airflow tells."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from slipway.model.pipeline import PipelineName, dag_id
from slipway.model.signals import Metric, pipeline_series
from slipway.observe.measured import Measured, nothing_of
from slipway.observe.slots import closed_slots, is_within
from slipway.ports.metrics import Reading
from slipway.ports.orchestrator import DagId, DagMissing, FailedRun, Orchestrator, OrchestratorError


def measure_failures(orchestrator: Orchestrator, names: Sequence[PipelineName], now: datetime) -> Measured:
    """Count the failed runs of pipelines that have a DAG.

    A DAG that has never run has not failed: it is told as 0. One that Airflow does not know is not measured,
    for its file may be missing or broken.

    Args:
        orchestrator: the environment's.
        names: pipelines with a DAG.
        now: the moment that counts.
    """
    if not names:
        return Measured()
    slots = closed_slots(now)
    try:
        known, failed = orchestrator.dags(), orchestrator.failed_runs(since=slots[0])
    except OrchestratorError as error:
        return nothing_of((pipeline_series(Metric.FAILED_RUNS, name) for name in names), error)
    return sum((_counted(name, known, failed, slots) for name in names), start=Measured())


def _counted(
    name: PipelineName, known: frozenset[DagId], failed: Sequence[FailedRun], slots: Iterable[datetime]
) -> Measured:
    dag, series = DagId(dag_id(name)), pipeline_series(Metric.FAILED_RUNS, name)
    if dag not in known:
        missing = DagMissing(
            f"Airflow does not know DAG '{dag}'",
            remedy="see the import errors in the Airflow UI, or publish it",
        )
        return nothing_of([series], missing)
    own = [run.ended for run in failed if run.dag == dag]
    return Measured(
        readings=tuple(
            Reading(series=series, value=sum(is_within(ended, slot) for ended in own), at=slot)
            for slot in slots
        )
    )
