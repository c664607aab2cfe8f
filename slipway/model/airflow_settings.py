"""What an environment tells its Airflow: the variables and connections that DAG files may name.

They are secrets of AWS Secrets Manager, where Airflow looks for them: a new pipeline or bucket changes no
MWAA environment, which takes half an hour. What a release decides (`dbt_project_dir`) is Airflow's own
variable, under other names: Airflow looks into secrets first, and would never see it.
"""

from collections.abc import Iterable
from typing import Final

from slipway.model.dataset import DatasetScheme
from slipway.model.pipeline import PartKind, Pipeline

APPLICATION: Final = "emr_serverless_application"
"""The variable with the id of the EMR Serverless application of batch jobs."""

ROLE_PREFIX: Final = "pipeline_role_prefix"
"""The variable with how the ARNs of pipelines' roles begin; a pipeline's name follows."""

LOG_PREFIX: Final = "pipeline_log_prefix"
"""The variable with how the names of the log groups of jobs begin; a pipeline's name follows."""

_BUCKET: Final = "bucket_"

_FIXED: Final = (APPLICATION, LOG_PREFIX, ROLE_PREFIX)


def bucket_variable(logical: str) -> str:
    """Name the variable with the bucket that a dataset `s3://<logical>/...` stands for."""
    return f"{_BUCKET}{logical.replace('-', '_')}"


def lake_buckets(pipelines: Iterable[Pipeline]) -> tuple[str, ...]:
    """Return the logical buckets of all datasets, sorted."""
    datasets = (dataset for each in pipelines for dataset in (*each.inputs, *each.output_datasets))
    return tuple(sorted({each.bucket for each in datasets if each.scheme is DatasetScheme.S3}))


def becomes_role(pipeline: Pipeline) -> bool:
    """Tell whether tasks of a pipeline call AWS as the pipeline: they wait for files, or start jobs."""
    if pipeline.part(PartKind.DAG) is None:
        return False
    return pipeline.part(PartKind.SPARK) is not None or bool(lake_buckets([pipeline]))


def told(pipelines: Iterable[Pipeline]) -> int:
    """Return how many variables and connections there are; each is a secret that is paid."""
    every = tuple(pipelines)
    return len(_FIXED) + len(lake_buckets(every)) + sum(becomes_role(each) for each in every)
