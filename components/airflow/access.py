"""What Airflow's own processes may do in AWS: pure.

A task that needs more assumes the role of its pipeline.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components import iam
from components.spark.access import run_jobs, run_steps
from slipway.model.naming import Naming
from slipway.model.subjects import AIRFLOW


@dataclass(frozen=True, kw_only=True)
class AirflowReach:
    """Resolved names and ARNs that the policy of Airflow's role speaks of."""

    region: str
    bucket_arn: str
    key_arn: str
    spark_application_arns: Sequence[str]
    spark_cluster_arns: Sequence[str]


def trust_policy(naming: Naming) -> str:
    """Return who may be Airflow: MWAA, and its environments, of this account."""
    services = ["airflow.amazonaws.com", "airflow-env.amazonaws.com"]
    return iam.document([iam.trust_services(services, naming.account_id)])


def execution_policy(naming: Naming, reach: AirflowReach) -> str:
    """Return what Airflow's role may do: what MWAA asks for, to become a pipeline, to run its Spark jobs.

    Source: MWAA user guide, "Amazon MWAA execution role", with a customer managed key.
    """
    return iam.document(
        [
            *_environment(naming, reach),
            *_files(reach),
            *_logs(naming, reach),
            _secrets(naming, reach),
            iam.become_pipeline(naming.role_arn("*")),
            *run_jobs(naming, reach.spark_application_arns),
            *run_steps(naming, reach.spark_cluster_arns),
        ]
    )


def _environment(naming: Naming, reach: AirflowReach) -> list[iam.Statement]:
    environment = naming.airflow_environment
    queues = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl")
    return [
        iam.Statement(
            sid="PublishHealth",
            actions=["airflow:PublishMetrics"],
            resources=[f"arn:aws:airflow:{reach.region}:{naming.account_id}:environment/{environment}"],
        ),
        iam.Statement(sid="PublishMetrics", actions=["cloudwatch:PutMetricData"], resources=["*"]),
        # The queue is MWAA's own, in an account that only MWAA knows.
        iam.Statement(
            sid="UseQueue",
            actions=[f"sqs:{action}" for action in (*queues, "ReceiveMessage", "SendMessage")],
            resources=[f"arn:aws:sqs:{reach.region}:*:airflow-celery-*"],
        ),
        iam.Statement(
            sid="UseDataKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"],
            resources=[reach.key_arn],
        ),
    ]


def _files(reach: AirflowReach) -> list[iam.Statement]:
    """Read DAG files, requirements and the bucket's settings: MWAA refuses a bucket that could be public."""
    return [
        iam.Statement(
            sid="ReadFiles",
            actions=["s3:GetBucket*", "s3:GetObject*", "s3:List*"],
            resources=[reach.bucket_arn, f"{reach.bucket_arn}/*"],
        ),
        iam.Statement(sid="SeeAccessBlock", actions=["s3:GetAccountPublicAccessBlock"], resources=["*"]),
    ]


def _logs(naming: Naming, reach: AirflowReach) -> list[iam.Statement]:
    groups = f"arn:aws:logs:{reach.region}:{naming.account_id}:log-group"
    actions = ("CreateLogGroup", "CreateLogStream", "GetLogEvents", "GetLogGroupFields", "GetLogRecord")
    return [
        iam.Statement(
            sid="WriteLogs",
            actions=[f"logs:{action}" for action in (*actions, "GetQueryResults", "PutLogEvents")],
            resources=[f"{groups}:{naming.airflow_log_group('*')}"],
        ),
        iam.Statement(sid="FindLogs", actions=["logs:DescribeLogGroups"], resources=[f"{groups}:*"]),
    ]


def _secrets(naming: Naming, reach: AirflowReach) -> iam.Statement:
    """Read what the stack tells Airflow, and Airflow's key to Snowflake; a pipeline's secrets are its own."""
    told = f"arn:aws:secretsmanager:{reach.region}:{naming.account_id}:secret:{naming.secrets(AIRFLOW)}"
    return iam.Statement(
        sid="ReadSecrets",
        actions=["secretsmanager:GetSecretValue"],
        resources=[f"{told}/*", naming.secret_pattern(AIRFLOW)],
    )
