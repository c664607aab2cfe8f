"""Waiting without a worker slot: for a file of the lake, for the run of another pipeline.

Airflow ends a deferred task at the earlier of the sensor's timeout and the task's execution_timeout, and the
ExternalTaskSensor counts the latter only: both are set, or the time limit of all tasks would end a longer
wait.

A run that a release triggers does not wait: it shows that the new code works on what is there, and another
pipeline's run of that moment does not exist.
"""

from datetime import timedelta
from typing import Any

from airflow.models.baseoperator import BaseOperator
from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sensors.external_task import ExternalTaskSensor
from airflow.utils.context import Context

from finedge import releases
from finedge.connections import PIPELINE


def for_files(task_id: str, bucket: str, pattern: str, *, at_most: timedelta) -> S3KeySensor:
    """Wait for an object.

    Args:
        task_id: task's id.
        bucket: logical bucket; the environment's variable says which one it is here.
        pattern: key with wildcards; may be a template.
        at_most: how long one try waits; the run's time limit ends all tries.
    """
    return _FilesWait(
        task_id=task_id,
        aws_conn_id=PIPELINE,
        bucket_name=f"{{{{ var.value.bucket_{bucket} }}}}",
        bucket_key=pattern,
        wildcard_match=True,
        deferrable=True,
        poke_interval=60,
        timeout=at_most.total_seconds(),
        execution_timeout=at_most,
    )


def for_pipeline(name: str, *, earlier: timedelta, at_most: timedelta) -> BaseOperator:
    """Wait for another pipeline's run of the same day.

    Args:
        name: the pipeline, as the catalog names it.
        earlier: how much earlier than this DAG that one is scheduled.
        at_most: how long one try waits; the run's time limit ends all tries.
    """
    dag_id = name.replace("-", "_")
    return _PipelineWait(
        task_id=f"wait_for_{dag_id}",
        external_dag_id=dag_id,
        execution_delta=earlier,
        allowed_states=["success"],
        failed_states=["failed"],
        check_existence=True,
        deferrable=True,
        poll_interval=60,
        timeout=at_most.total_seconds(),
        execution_timeout=at_most,
    )


class _FilesWait(S3KeySensor):
    """Waits for a file, unless a release has triggered the run."""

    def execute(self, context: Context) -> Any:
        return None if releases.triggered(context) else super().execute(context)


class _PipelineWait(ExternalTaskSensor):  # noqa: AIR312  # MWAA runs Airflow 2.11, where it is no provider's
    """Waits for a run, unless a release has triggered this one."""

    def execute(self, context: Context) -> Any:
        return None if releases.triggered(context) else super().execute(context)
