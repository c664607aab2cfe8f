"""What emergencies and measurements may do in an environment. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from components import iam
from components.identity.deploy_role import call_airflow
from components.identity.duties import READ_ITEMS
from slipway.model.signals import NAMESPACE, PLATFORM_NAMESPACE


@dataclass(frozen=True, kw_only=True)
class OperatedParts:
    """ARNs of what an emergency is about.

    Attributes:
        state_tables: leases, journal and environment documents.
        dag_bucket: DAG files.
        data_key: key of both.
        log_groups: of the platform and of all pipelines, and Airflow's.
        airflow: the MWAA environment, and its role of Airflow's own.
        jobs: applications and job runs of EMR Serverless.
    """

    state_tables: Sequence[str]
    dag_bucket: str
    data_key: str
    log_groups: Sequence[str]
    airflow: Sequence[str]
    jobs: str


def break_glass_policy(parts: OperatedParts) -> str:
    """Return what an emergency may do: stop, pause, look and mend in one environment.

    Not among it: artifacts, signatures, approvals, evidence, identities. What it wrote is reviewed later.
    """
    return iam.document(
        [
            iam.Statement(
                sid="MendState",
                actions=["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem", *READ_ITEMS],
                resources=parts.state_tables,
            ),
            iam.Statement(
                sid="MendDags",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                resources=[parts.dag_bucket, f"{parts.dag_bucket}/*"],
            ),
            iam.Statement(
                sid="UseDataKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[parts.data_key],
            ),
            iam.Statement(
                sid="ReadLogs",
                actions=["logs:FilterLogEvents", "logs:GetLogEvents"],
                resources=parts.log_groups,
            ),
            call_airflow(parts.airflow),
            iam.Statement(
                sid="StopJobs",
                actions=[
                    f"emr-serverless:{action}"
                    for action in ("CancelJobRun", "GetApplication", "GetJobRun", "ListJobRuns")
                ],
                resources=[parts.jobs],
            ),
            iam.Statement(
                sid="FindApplications",
                actions=["emr-serverless:ListApplications"],
                resources=["*"],  # the action knows no resource
            ),
        ]
    )


@dataclass(frozen=True, kw_only=True)
class ObservedParts:
    """ARNs of what is measured.

    Attributes:
        leases: table of leases; it is scanned, for it has one small item a target.
        journals: tables of journals and environment documents.
        data_key: key of the tables.
        airflow: the MWAA environment, and its role of Airflow's own.
        secret: the credentials of the Snowflake user that it measures with.
    """

    leases: str
    journals: Sequence[str]
    data_key: str
    airflow: Sequence[str]
    secret: str


def observe_policy(parts: ObservedParts) -> str:
    """Return what measuring may do: look, and put metrics into the namespaces of the platform alone."""
    return iam.document(
        [
            iam.Statement(
                sid="PutMetrics",
                actions=["cloudwatch:PutMetricData"],
                resources=["*"],  # the action knows no resource
                conditions={"StringEquals": {"cloudwatch:namespace": [NAMESPACE, PLATFORM_NAMESPACE]}},
            ),
            call_airflow(parts.airflow),
            iam.Statement(sid="ListLeases", actions=["dynamodb:Scan"], resources=[parts.leases]),
            iam.Statement(
                sid="ReadDeployments",
                actions=["dynamodb:GetItem", "dynamodb:Query"],
                resources=parts.journals,
            ),
            iam.Statement(sid="DecryptState", actions=["kms:Decrypt"], resources=[parts.data_key]),
            iam.Statement(
                sid="LogInToSnowflake", actions=["secretsmanager:GetSecretValue"], resources=[parts.secret]
            ),
        ]
    )
