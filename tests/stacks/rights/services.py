"""What the roles of services that run in an environment may do: Airflow, the network's flow log."""

from typing import Final

from tests.stacks.rights.places import (
    ACCOUNTS,
    ARTIFACTS,
    BOUND,
    DOOR,
    EVIDENCE,
    GRANTED,
    OWN,
    TO_EMR,
    application,
    key,
    role_arn,
    secret,
    table,
)
from tests.stacks.rights.request import Row, rows

TO_LAMBDA: Final = {"iam:PassedToService": "lambda.amazonaws.com"}
OF_A_PIPELINE: Final = {"iam:ResourceTag/Pipeline": "chargebacks"}
OF_THE_PLATFORM: Final = {"iam:ResourceTag/Pipeline": "platform"}


def airflow(stack: str) -> list[Row]:
    """It reads DAG files, runs jobs and becomes pipelines; what a pipeline may, it may not itself."""
    return [
        *_airflow_itself(f"slipway-{stack}-airflow", stack),
        *_airflow_for_pipelines(f"slipway-{stack}-airflow", stack),
    ]


def _airflow_itself(role: str, stack: str) -> list[Row]:
    account = ACCOUNTS[stack]
    dags = f"arn:aws:s3:::finedge-{stack}-dags-{account}"
    groups = f"arn:aws:logs:us-east-1:{account}:log-group"
    environment = f"arn:aws:airflow:us-east-1:{account}:environment"
    queue = "arn:aws:sqs:us-east-1:777788889999"
    return rows(
        role,
        ("airflow:PublishMetrics", f"{environment}/slipway-{stack}", GRANTED),
        ("airflow:CreateCliToken", f"{environment}/slipway-{stack}", OWN),
        ("airflow:PublishMetrics", f"{environment}/another", OWN),
        ("cloudwatch:PutMetricData", "*", GRANTED),
        ("cloudwatch:DeleteAlarms", "*", OWN),
        # Whose queue it is, only MWAA knows: it lets its own environment in.
        ("sqs:SendMessage", f"{queue}:airflow-celery-a", DOOR),
        ("sqs:PurgeQueue", f"{queue}:airflow-celery-a", OWN + DOOR),
        ("sqs:SendMessage", f"{queue}:payments", OWN + DOOR),
        ("kms:GenerateDataKey", key(stack, "data"), GRANTED),
        ("kms:CreateGrant", key(stack, "data"), OWN + BOUND + DOOR),
        ("kms:Decrypt", key(stack, "another"), OWN),
        ("kms:Decrypt", key("shared", "artifacts"), OWN + DOOR),
        ("s3:GetObject", f"{dags}/dags/a.py", GRANTED),
        ("s3:GetBucketPublicAccessBlock", dags, GRANTED),
        ("s3:PutObject", f"{dags}/dags/a.py", OWN),
        ("s3:DeleteObject", f"{dags}/dags/a.py", OWN),
        ("s3:GetObject", f"arn:aws:s3:::finedge-{stack}-landing/chargebacks/a", OWN),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR),
        ("s3:GetObject", f"{EVIDENCE}/evidence/d", OWN + DOOR),
        ("s3:GetAccountPublicAccessBlock", "*", GRANTED),
        ("s3:ListAllMyBuckets", "*", OWN),
        ("logs:PutLogEvents", f"{groups}:airflow-slipway-{stack}-Task:log-stream:a", GRANTED),
        ("logs:DeleteLogGroup", f"{groups}:airflow-slipway-{stack}-Task", OWN),
        ("logs:PutLogEvents", f"{groups}:/slipway/{stack}/chargebacks:log-stream:a", OWN),
        ("logs:DescribeLogGroups", f"{groups}:/slipway/{stack}/chargebacks", GRANTED),
        ("logs:DescribeLogGroups", f"arn:aws:logs:eu-west-1:{account}:log-group:a", OWN),
        ("dynamodb:PutItem", table(stack, "leases"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "chargebacks/source"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "airflow"), GRANTED),
        ("secretsmanager:GetSecretValue", secret(stack, "airflow/connections/pipeline-risk"), GRANTED),
        ("secretsmanager:DescribeSecret", secret(stack, "airflow/variables/bucket_landing"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "deploy"), OWN),
    )


def _airflow_for_pipelines(role: str, stack: str) -> list[Row]:
    batch, other = application(stack, "spark-batch"), application(stack, "another")
    pipeline, deploy = (role_arn(stack, f"slipway-{stack}-{each}") for each in ("chargebacks", "deploy"))
    elsewhere = role_arn(stack, "another")
    return rows(
        role,
        ("emr-serverless:StartJobRun", batch, GRANTED),
        ("emr-serverless:StopApplication", batch, OWN),
        ("emr-serverless:StartJobRun", other, OWN),
        ("emr-serverless:CancelJobRun", f"{batch}/jobruns/j", GRANTED),
        ("emr-serverless:TagResource", f"{batch}/jobruns/j", GRANTED),
        ("emr-serverless:UntagResource", f"{batch}/jobruns/j", OWN),
        ("emr-serverless:CancelJobRun", f"{other}/jobruns/j", OWN),
        # What a role is handed to has to be trusted by it: the platform's trust no service that runs jobs.
        ("iam:PassRole", pipeline, GRANTED, TO_EMR),
        ("iam:PassRole", pipeline, OWN, TO_LAMBDA),
        ("iam:PassRole", elsewhere, OWN + BOUND, TO_EMR),
        ("iam:GetRole", pipeline, OWN, TO_EMR),
        ("sts:AssumeRole", pipeline, GRANTED, OF_A_PIPELINE),
        ("sts:AssumeRole", deploy, OWN, OF_THE_PLATFORM),
        ("sts:AssumeRole", elsewhere, OWN + BOUND, OF_A_PIPELINE),
    )


def flow_log(stack: str) -> list[Row]:
    """It writes to the log of the network, and to no other."""
    groups = f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group"
    return rows(
        f"slipway-{stack}-network",
        ("logs:PutLogEvents", f"{groups}:/slipway/{stack}/network:log-stream:a", GRANTED),
        ("logs:DeleteLogGroup", f"{groups}:/slipway/{stack}/network", OWN),
        ("logs:PutLogEvents", f"{groups}:/slipway/{stack}/chargebacks:log-stream:a", OWN),
        ("logs:DescribeLogGroups", f"{groups}:/slipway/{stack}/chargebacks", GRANTED),
        ("logs:GetLogEvents", f"{groups}:/slipway/{stack}/chargebacks:log-stream:a", OWN),
        ("logs:DescribeLogGroups", f"arn:aws:logs:eu-west-1:{ACCOUNTS[stack]}:log-group:a", OWN),
    )
