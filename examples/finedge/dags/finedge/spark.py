"""Spark jobs on EMR Serverless. The task waits without a worker slot: it defers to the triggerer."""

from collections.abc import Mapping, Sequence
from typing import Final

from airflow.providers.amazon.aws.operators.emr import EmrServerlessStartJobOperator

from finedge.connections import PIPELINE
from finedge.lineage import datasets

# Written by the deployment: the folder of the released job. Declared by the environment: the application, how
# roles of pipelines and the names of their logs begin.
_ARTIFACT: Final = "{{ var.value.spark_artifact_%s }}"
_APPLICATION: Final = "{{ var.value.emr_serverless_application }}"
_PIPELINE: Final = "{{ dag.dag_id | replace('_', '-') }}"
_ROLE: Final = "{{ var.value.pipeline_role_prefix }}" + _PIPELINE
_LOG: Final = "{{ var.value.pipeline_log_prefix }}" + _PIPELINE


def job(
    package: str, arguments: Mapping[str, str], *, inlets: Sequence[str], outlets: Sequence[str]
) -> EmrServerlessStartJobOperator:
    """Run a package of ``spark/``.

    Args:
        package: folder of the job; the released one is what the deployment's variable names, never 'latest'.
        arguments: options of the job's main.
        inlets: what is read.
        outlets: what is written.
    """
    artifact = _ARTIFACT % package
    return EmrServerlessStartJobOperator(
        task_id=f"spark_{package}",
        aws_conn_id=PIPELINE,
        application_id=_APPLICATION,
        execution_role_arn=_ROLE,
        job_driver={
            "sparkSubmit": {
                "entryPoint": f"{artifact}/{package}/main.py",
                "entryPointArguments": [text for pair in arguments.items() for text in pair],
                "sparkSubmitParameters": (
                    f"--py-files {artifact}/{package}.zip --conf spark.sql.session.timeZone=UTC"
                ),
            }
        },
        configuration_overrides={
            "monitoringConfiguration": {
                "cloudWatchLoggingConfiguration": {
                    "enabled": True,
                    "logGroupName": _LOG,
                    "logStreamNamePrefix": package,
                }
            }
        },
        config={"tags": {"Pipeline": _PIPELINE}},  # a pipeline's role follows and cancels its own runs only
        # One token a run and try: a task that was started twice starts one job.
        client_request_token=f"{package}-{{{{ ts_nodash }}}}-{{{{ ti.try_number }}}}",
        deferrable=True,
        waiter_delay=30,
        waiter_max_attempts=240,
        inlets=datasets(inlets),
        outlets=datasets(outlets),
    )
