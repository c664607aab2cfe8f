"""What a pipeline may touch, derived from the datasets of its catalog entry: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from components import iam
from components.pipeline import lake
from components.spark.access import EMR_SERVERLESS, deliver_log
from components.warehouse.access import Access, SchemaPlace, needed_access
from slipway.model.dataset import Dataset, DatasetScheme
from slipway.model.naming import Naming
from slipway.model.pipeline import PartKind, Pipeline, PipelineKind
from slipway.model.subjects import AIRFLOW, SPARK_NODE

RAW: Final = "RAW"
"""The schema of tables that belong to the environment and are loaded, not built."""
MARTS: Final = "MARTS"
"""The schema of what is published."""
PRIVATE: Final = "INTERMEDIATE"
"""The schema of models that only their own pipeline reads: no catalog entry names it."""

_CONNECT: Final = "kafkaconnect.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class PipelineReach:
    """Resolved names and ARNs that the policy of a pipeline's role speaks of.

    Attributes:
        region: where it is.
        log_group_arn: log of its jobs; None where there are none.
        data_key_arn: KMS key of the environment's data.
    """

    region: str
    log_group_arn: str | None
    data_key_arn: str


def trust_policy(pipeline: Pipeline, naming: Naming, *, spark_cluster: bool) -> str:
    """Return who may assume the pipeline's role: what runs its parts, in this account only.

    Args:
        pipeline: its catalog entry.
        naming: names of the stack.
        spark_cluster: whether nodes of a cluster run its Spark jobs too.
    """
    services = runners(pipeline)
    statements = [iam.trust_services(services, naming.account_id)] if services else []
    if pipeline.part(PartKind.DAG):
        statements.append(iam.trust_role(naming.role_arn(AIRFLOW)))
    if spark_cluster and EMR_SERVERLESS in services:
        statements.append(iam.trust_nodes(naming.role_arn(SPARK_NODE)))
    return iam.document(statements)


def runners(pipeline: Pipeline) -> tuple[str, ...]:
    """Return the AWS services that run parts of a pipeline, sorted, each once.

    Not among them: the DAG's tasks (Airflow's workers assume the role from their own), dbt (it runs in such a
    task), a catalog entry and a Terraform root (they run nothing).
    """
    return tuple(
        sorted({service for part in pipeline.parts for service in _runner(part.kind, pipeline.kind)})
    )


def runs_jobs(pipeline: Pipeline) -> bool:
    """Tell whether Spark runs code of the pipeline: jobs of its DAG, or a query."""
    return EMR_SERVERLESS in runners(pipeline)


def _runner(part: PartKind, pipeline: PipelineKind) -> tuple[str, ...]:
    match part:
        case PartKind.SPARK:
            return (EMR_SERVERLESS,)
        case PartKind.STREAM:
            # A batch pipeline's stream is a connector that brings its input; a streaming one has a job too.
            return (_CONNECT,) if pipeline is PipelineKind.BATCH else (_CONNECT, EMR_SERVERLESS)
        case PartKind.ENTRY | PartKind.DAG | PartKind.DBT | PartKind.TERRAFORM | PartKind.CONTROL:
            return ()
        case _:
            assert_never(part)


def role_policy(pipeline: Pipeline, naming: Naming, reach: PipelineReach) -> str:
    """Return what the pipeline's role may do in AWS: its own prefixes, log, secrets and job runs.

    It is the role of the pipeline's Spark jobs too, where there are any. It cannot report its own freshness:
    whoever is measured must not hold the ruler.
    """
    statements = [
        *lake.access(pipeline, naming, reach.region, runs_jobs=runs_jobs(pipeline)),
        iam.Statement(
            sid="UseDataKey",
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[reach.data_key_arn],
        ),
        iam.Statement(
            sid="ReadSecrets",
            actions=["secretsmanager:GetSecretValue"],
            resources=[_arn(naming, "secretsmanager", f"secret:{naming.secrets(pipeline.name)}/*")],
        ),
        *(deliver_log(naming, reach.log_group_arn) if reach.log_group_arn else ()),
        *(_job_access(pipeline, naming) if _starts_jobs(pipeline) else ()),
    ]
    return iam.document(statements)


def _starts_jobs(pipeline: Pipeline) -> bool:
    """Tell whether its DAG starts Spark jobs; a streaming query is started by its release."""
    return pipeline.part(PartKind.DAG) is not None and pipeline.part(PartKind.SPARK) is not None


def _job_access(pipeline: Pipeline, naming: Naming) -> list[iam.Statement]:
    """Return what starts and follows its own jobs on EMR Serverless: those that are tagged with its name.

    Applications are the platform's. Source: the service authorization reference of EMR Serverless.
    """
    applications = _arn(naming, "emr-serverless", "/applications/*")
    job_runs = f"{applications}/jobruns/*"
    return [
        iam.Statement(
            sid="WakeApplications",
            actions=["emr-serverless:GetApplication", "emr-serverless:StartApplication"],
            resources=[applications],
        ),
        iam.Statement(
            sid="StartOwnJobs",
            actions=["emr-serverless:StartJobRun", "emr-serverless:TagResource"],
            resources=[applications, job_runs],
            conditions={"StringEquals": {"aws:RequestTag/Pipeline": pipeline.name}},
        ),
        iam.Statement(
            sid="FollowOwnJobs",
            actions=["emr-serverless:CancelJobRun", "emr-serverless:GetJobRun"],
            resources=[job_runs],
            conditions={"StringEquals": {"aws:ResourceTag/Pipeline": pipeline.name}},
        ),
        iam.Statement(
            sid="RunJobsAsItself",
            actions=["iam:PassRole"],
            resources=[naming.role_arn(pipeline.name)],
            conditions={"StringEquals": {"iam:PassedToService": EMR_SERVERLESS}},
        ),
    ]


def _arn(naming: Naming, service: str, resource: str) -> str:
    """Name resources of the stack's account, in whatever region it is."""
    return f"arn:aws:{service}:*:{naming.account_id}:{resource}"


def warehouse_access(pipeline: Pipeline, naming: Naming) -> tuple[Access, ...]:
    """Return the access roles that the pipeline's Snowflake role holds.

    What publishes marts keeps its private models beside them.
    """
    writes = schema_places(pipeline.output_datasets, naming)
    private = private_places(place for place in writes if pipeline.part(PartKind.DBT))
    return needed_access(reads=schema_places(pipeline.inputs, naming), writes=[*writes, *private])


def private_places(places: Iterable[SchemaPlace]) -> list[SchemaPlace]:
    """Return the schemas of private models: one beside each of the schemas of marts, sorted."""
    databases = {place.database for place in places if place.schema == MARTS}
    return [SchemaPlace(database=database, schema=PRIVATE) for database in sorted(databases)]


def schema_places(datasets: Iterable[Dataset], naming: Naming) -> list[SchemaPlace]:
    """Return the physical schemas of those datasets that live in Snowflake, sorted, each once."""
    return sorted(
        {
            SchemaPlace(database=naming.snowflake_database(each.database), schema=each.schema)
            for each in datasets
            if each.scheme is DatasetScheme.SNOWFLAKE
        }
    )
