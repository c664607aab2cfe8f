"""What a pipeline may touch, derived from the datasets of its catalog entry: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from components import iam
from components.warehouse.access import Grant, SchemaPlace, grants_for
from slipway.model.dataset import Dataset, DatasetScheme
from slipway.model.naming import Naming
from slipway.model.pipeline import PartKind, Pipeline

METRIC_NAMESPACE: Final = "Slipway/Freshness"
METRIC_NAME: Final = "AgeMinutes"

# Who runs each kind of part; dbt runs inside the DAG's worker, an entry and a Terraform root run nothing.
_RUNNERS: Final = {
    PartKind.DAG: "airflow-env.amazonaws.com",
    PartKind.SPARK: "emr-serverless.amazonaws.com",
    PartKind.STREAM: "emr-serverless.amazonaws.com",
}


@dataclass(frozen=True, kw_only=True)
class PipelineReach:
    """Resolved names and ARNs that the policy of a pipeline's role speaks of."""

    log_group_arn: str
    data_key_arn: str


def trust_policy(pipeline: Pipeline) -> str:
    """Return who may assume the pipeline's role: the services that run its parts."""
    return iam.trust(
        services=sorted({_RUNNERS[part.kind] for part in pipeline.parts if part.kind in _RUNNERS})
    )


def role_policy(pipeline: Pipeline, naming: Naming, reach: PipelineReach) -> str:
    """Return what the pipeline's role may do in AWS: its own prefixes, its own log, its own metric."""
    statements = [
        *_object_access(pipeline, naming),
        iam.Statement(
            sid="WriteLog",
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[f"{reach.log_group_arn}:*"],
        ),
        iam.Statement(
            sid="ReportFreshness",
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],  # the action knows no resource: the namespace is the bound
            conditions={"StringEquals": {"cloudwatch:namespace": METRIC_NAMESPACE}},
        ),
        iam.Statement(
            sid="UseDataKey",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[reach.data_key_arn],
        ),
    ]
    return iam.document(statements)


def warehouse_grants(pipeline: Pipeline, naming: Naming) -> tuple[Grant, ...]:
    """Return the Snowflake privileges of the pipeline's role."""
    return grants_for(
        reads=schema_places(pipeline.inputs, naming), writes=schema_places(pipeline.output_datasets, naming)
    )


def schema_places(datasets: Iterable[Dataset], naming: Naming) -> list[SchemaPlace]:
    """Return the physical schemas of those datasets that live in Snowflake, sorted, each once."""
    return sorted(
        {
            SchemaPlace(database=naming.snowflake_database(each.database), schema=each.schema)
            for each in datasets
            if each.scheme is DatasetScheme.SNOWFLAKE
        }
    )


def _object_access(pipeline: Pipeline, naming: Naming) -> list[iam.Statement]:
    reads = _s3_objects(pipeline.inputs, naming)
    writes = _s3_objects(pipeline.output_datasets, naming)
    statements = []
    if reads:
        statements.append(iam.Statement(sid="ReadInputs", actions=["s3:GetObject"], resources=reads))
    if writes:
        actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
        statements.append(iam.Statement(sid="WriteOutputs", actions=actions, resources=writes))
    return [*statements, *_listing([*pipeline.inputs, *pipeline.output_datasets], naming)]


def _s3_objects(datasets: Iterable[Dataset], naming: Naming) -> list[str]:
    return sorted(
        f"arn:aws:s3:::{naming.data_bucket(each.bucket)}/{each.prefix}/*"
        for each in datasets
        if each.scheme is DatasetScheme.S3
    )


def _listing(datasets: Iterable[Dataset], naming: Naming) -> list[iam.Statement]:
    """List only below the pipeline's own prefixes: one statement a bucket and prefix."""
    places = sorted({(each.bucket, each.prefix) for each in datasets if each.scheme is DatasetScheme.S3})
    return [
        iam.Statement(
            sid=f"List{number}",
            actions=["s3:ListBucket"],
            resources=[f"arn:aws:s3:::{naming.data_bucket(bucket)}"],
            conditions={"StringLike": {"s3:prefix": f"{prefix}/*"}},
        )
        for number, (bucket, prefix) in enumerate(places, start=1)
    ]
