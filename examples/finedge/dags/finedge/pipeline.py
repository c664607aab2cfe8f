"""One DAG a pipeline, with the same promises: a known owner, retries, a time limit, no overlap, no catch-up.

A DAG file says what is particular to its pipeline. Nothing here reads a file, a variable or a connection
while a file is parsed: what depends on the environment is a template that the worker renders when the task
runs.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from airflow.models.dag import DAG

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
ALERTS: Final = "data-oncall@finedge.example"


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What is particular to a pipeline's DAG.

    Attributes:
        name: the pipeline's name in the catalog; the DAG's id is the same with underscores.
        owner: the team of the catalog.
        description: shown in the Airflow UI.
        schedule: cron expression, UTC.
        sla: after this long a task that has not succeeded is reported.
        critical: whether the pipeline is critical; then the on-call engineer is paged, not only mailed.
        retries: of each task.
        time_limit: a run that takes longer is failed, so that the next one can begin.
    """

    name: str
    owner: str
    description: str
    schedule: str
    sla: timedelta
    critical: bool
    retries: int = 3
    time_limit: timedelta = timedelta(hours=4)

    def dag(self) -> DAG:  # noqa: AIR311  # MWAA runs Airflow 2.11, without airflow.sdk
        """The DAG without its tasks; use it as a context manager."""
        return DAG(  # noqa: AIR311  # same
            dag_id=self.name.replace("-", "_"),
            description=self.description,
            schedule=self.schedule,
            start_date=START,
            catchup=False,
            max_active_runs=1,
            dagrun_timeout=self.time_limit,
            is_paused_upon_creation=True,
            default_args=self._task_defaults(),
            tags=[
                f"pipeline:{self.name}",
                f"owner:{self.owner}",
                f"criticality:{'critical' if self.critical else 'standard'}",
            ],
        )

    def _task_defaults(self) -> dict[str, Any]:
        return {
            "owner": self.owner,
            "retries": self.retries,
            "retry_delay": timedelta(minutes=2),
            "retry_exponential_backoff": True,
            "max_retry_delay": timedelta(minutes=15),
            "execution_timeout": timedelta(hours=2),
            "sla": self.sla,
            "email": [ALERTS],
            "email_on_failure": self.critical,
            "email_on_retry": False,
            "depends_on_past": False,
        }
