"""Who may run Spark jobs, and what a job needs beside its pipeline's data: pure.

A job's role is its pipeline's: EMR Serverless assumes it, and a job reaches no more than its pipeline may.
"""

from collections.abc import Sequence
from typing import Final

from components import iam
from slipway.model.naming import Naming
from slipway.model.subjects import SPARK

EMR_SERVERLESS: Final = "emr-serverless.amazonaws.com"
"""The service that assumes the role of a job."""


def deliver_log(naming: Naming, own_group_arn: str) -> list[iam.Statement]:
    """Return what a job needs to deliver its log: EMR Serverless writes it as the job.

    Whoever starts a job says where to: into the pipeline's own group; what says nothing goes to the
    application's. Source: EMR Serverless user guide, "Logging for EMR Serverless with Amazon CloudWatch".

    Args:
        naming: names of the stack.
        own_group_arn: log group of the pipeline.
    """
    group = f"arn:aws:logs:*:{naming.account_id}:log-group:{naming.log_group(SPARK)}"
    return [
        iam.Statement(
            sid="DeliverSparkLog",
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[f"{each}{rest}" for each in (own_group_arn, group) for rest in ("", ":*")],
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


def run_steps(naming: Naming, cluster_arns: Sequence[str]) -> list[iam.Statement]:
    """Return what Airflow needs to run steps on clusters, where there are any.

    A step names the role of its pipeline: one without would run as the nodes, which become every pipeline.
    Source: EMR management guide, "Runtime roles for Amazon EMR steps".
    """
    if not cluster_arns:
        return []
    return [
        iam.Statement(
            sid="RunSparkSteps",
            actions=["elasticmapreduce:AddJobFlowSteps"],
            resources=cluster_arns,
            conditions={"ArnLike": {"elasticmapreduce:ExecutionRoleArn": naming.role_arn("*")}},
        ),
        iam.Statement(
            sid="WatchSparkSteps",
            actions=[
                f"elasticmapreduce:{action}"
                for action in ("CancelSteps", "DescribeCluster", "DescribeStep", "ListSteps")
            ],
            resources=cluster_arns,
        ),
    ]
