"""Who may run Spark jobs, and what a job needs beside its pipeline's data: pure.

A job's role is its pipeline's: EMR Serverless assumes it, and a job reaches no more than its pipeline may.
"""

from collections.abc import Sequence
from typing import Final

from components import iam
from slipway.model.naming import SPARK, Naming

EMR_SERVERLESS: Final = "emr-serverless.amazonaws.com"
"""The service that assumes the role of a job."""


def deliver_log(naming: Naming) -> list[iam.Statement]:
    """Return what a job needs to deliver its log: EMR Serverless writes it as the job.

    Source: EMR Serverless user guide, "Logging for EMR Serverless with Amazon CloudWatch".
    """
    group = f"arn:aws:logs:*:{naming.account_id}:log-group:{naming.log_group(SPARK)}"
    return [
        iam.Statement(
            sid="DeliverSparkLog",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[group, f"{group}:*"],
        ),
        iam.Statement(
            sid="FindSparkLog",
            actions=["logs:DescribeLogGroups"],
            resources=[f"arn:aws:logs:*:{naming.account_id}:log-group:*"],
        ),
    ]


def run_jobs(naming: Naming, application_arns: Sequence[str]) -> list[iam.Statement]:
    """Return what Airflow needs to run jobs as pipelines: on these applications, by this service alone.

    Starting a job with tags is tagging it too (EMR Serverless user guide, "Tagging resources").
    """
    applications = [
        f"emr-serverless:{action}" for action in ("GetApplication", "StartApplication", "StartJobRun")
    ]
    return [
        iam.Statement(sid="RunSparkJobs", actions=applications, resources=application_arns),
        iam.Statement(
            sid="WatchSparkJobs",
            actions=[f"emr-serverless:{action}" for action in ("CancelJobRun", "GetJobRun", "TagResource")],
            resources=[f"{arn}/jobruns/*" for arn in application_arns],
        ),
        iam.Statement(
            sid="RunAsPipeline",
            actions=["iam:PassRole"],
            resources=[naming.role_arn("*")],
            conditions={"StringEquals": {"iam:PassedToService": EMR_SERVERLESS}},
        ),
    ]


def run_steps(cluster_arns: Sequence[str]) -> list[iam.Statement]:
    """Return what Airflow needs to run steps on clusters, where there are any; a step names its role."""
    if not cluster_arns:
        return []
    actions = ("AddJobFlowSteps", "CancelSteps", "DescribeCluster", "DescribeStep", "ListSteps")
    return [
        iam.Statement(
            sid="RunSparkSteps",
            actions=[f"elasticmapreduce:{action}" for action in actions],
            resources=cluster_arns,
        )
    ]
