"""What the roles of an environment may do: deploy, break the glass, run a pipeline."""

from tests.stacks.rights.places import (
    ACCOUNTS,
    ANA,
    ARTIFACTS,
    BOUND,
    DIGEST,
    DOOR,
    EVIDENCE,
    GRANTED,
    ONCE,
    OWN,
    STATE,
    TO_EMR,
    application,
    key,
    role_arn,
    secret,
    table,
)
from tests.stacks.rights.request import Request, Row, rows


def deploy(stack: str) -> list[Row]:
    """It carries releases into its own environment, and writes no artifact."""
    account = ACCOUNTS[stack]
    dags = f"arn:aws:s3:::finedge-{stack}-dags-{account}"
    logs = f"arn:aws:logs:us-east-1:{account}:log-group:/slipway/{stack}"
    airflow = f"arn:aws:airflow:us-east-1:{account}"
    other = "prod" if stack != "prod" else "dev"
    return rows(
        f"slipway-{stack}-deploy",
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", GRANTED),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", DOOR, {"aws:SecureTransport": "false"}),
        ("s3:PutObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR, ONCE),
        ("s3:GetObject", f"{EVIDENCE}/evidence/d", OWN + DOOR),
        ("s3:GetObject", f"arn:aws:s3:::finedge-{stack}-landing/payments/a", OWN),
        ("kms:Decrypt", key("shared", "artifacts"), GRANTED),
        ("kms:DescribeKey", key("shared", "artifacts"), OWN),
        ("kms:GenerateDataKey", key("shared", "artifacts"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "evidence"), OWN + DOOR),
        ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST),
        ("dynamodb:UpdateItem", table(stack, "leases"), GRANTED),
        ("dynamodb:DeleteItem", table(stack, "journal"), GRANTED),
        ("dynamodb:Scan", table(stack, "journal"), OWN),
        ("dynamodb:PutItem", table(stack, "other"), OWN),
        ("dynamodb:PutItem", table("shared", "ledger"), OWN + DOOR),
        ("kms:GenerateDataKey", key(stack, "data"), GRANTED),
        ("kms:GenerateDataKey", key(stack, "data"), DOOR, {"aws:PrincipalArn": role_arn(stack, "Other")}),
        ("kms:Encrypt", key(stack, "data"), OWN),
        ("logs:PutLogEvents", f"{logs}/risk:log-stream:a", OWN),
        ("s3:PutObject", f"{dags}/dags/a.py", GRANTED),
        ("s3:PutObject", f"{dags}/dags/a.py", DOOR, {"aws:SecureTransport": "false"}),
        ("s3:GetObjectVersion", f"{dags}/dags/a.py", OWN),
        ("airflow:InvokeRestApi", f"{airflow}:role/slipway-{stack}/Op", GRANTED),
        ("airflow:InvokeRestApi", f"{airflow}:role/slipway-{stack}/Admin", OWN),
        ("airflow:CreateCliToken", f"{airflow}:environment/slipway-{stack}", OWN),
        ("dynamodb:PutItem", table(other, "leases"), OWN + DOOR),
        ("s3:PutObject", f"arn:aws:s3:::finedge-{other}-dags-{ACCOUNTS[other]}/dags/a.py", OWN + DOOR),
        ("kms:Decrypt", key(other, "data"), OWN + DOOR),
        ("sts:AssumeRole", role_arn("shared", f"slipway-shared-deploy-{stack}"), DOOR),
        ("sts:AssumeRole", role_arn("shared", f"slipway-shared-deploy-{other}"), OWN + BOUND + DOOR),
        ("sts:AssumeRole", role_arn(stack, f"slipway-applier-{stack}"), GRANTED),
        ("sts:AssumeRole", role_arn(other, f"slipway-applier-{other}"), OWN + BOUND + DOOR),
        ("iam:CreateRole", role_arn(stack, f"slipway-{stack}-new"), OWN + BOUND),
        ("s3:PutObject", f"{STATE}/.pulumi/stacks/slipway/{stack}.json", OWN + DOOR),
    )


def observe(stack: str) -> list[Row]:
    """It looks at one environment, and tells CloudWatch in the platform's words; it changes nothing else."""
    account, everything = ACCOUNTS[stack], "*"
    airflow = f"arn:aws:airflow:us-east-1:{account}"
    own, aws = {"cloudwatch:namespace": "Slipway/Pipelines"}, {"cloudwatch:namespace": "AWS/S3"}
    other = "prod" if stack != "prod" else "dev"
    return rows(
        f"slipway-{stack}-observe",
        ("cloudwatch:PutMetricData", everything, GRANTED, own),
        ("cloudwatch:PutMetricData", everything, GRANTED, {"cloudwatch:namespace": "Slipway/Platform"}),
        ("cloudwatch:PutMetricData", everything, OWN, aws),
        ("cloudwatch:PutMetricAlarm", everything, OWN, own),
        ("airflow:InvokeRestApi", f"{airflow}:role/slipway-{stack}/Viewer", GRANTED),
        ("airflow:InvokeRestApi", f"{airflow}:role/slipway-{stack}/Op", OWN),
        ("airflow:InvokeRestApi", f"{airflow}:role/another/Viewer", OWN),
        ("airflow:CreateCliToken", f"{airflow}:environment/slipway-{stack}", OWN),
        ("dynamodb:Scan", table(stack, "leases"), GRANTED),
        ("dynamodb:UpdateItem", table(stack, "leases"), OWN),
        ("dynamodb:Query", table(stack, "journal"), GRANTED),
        ("dynamodb:Query", table(stack, "environment-documents"), GRANTED),
        ("dynamodb:PutItem", table(stack, "journal"), OWN),
        ("dynamodb:Scan", table(stack, "other"), OWN),
        ("dynamodb:Query", table(stack, "other"), OWN),
        ("dynamodb:Query", table(other, "journal"), OWN + DOOR),
        ("kms:Decrypt", key(stack, "data"), GRANTED),
        ("kms:Decrypt", key(stack, "data"), DOOR, {"aws:PrincipalArn": role_arn(stack, "Other")}),
        ("kms:GenerateDataKey", key(stack, "data"), OWN + DOOR),
        ("kms:Decrypt", key(stack, "another"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "observe"), GRANTED),
        ("secretsmanager:PutSecretValue", secret(stack, "observe"), OWN + BOUND),
        ("secretsmanager:DescribeSecret", secret(stack, "observe"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "chargebacks/source"), OWN),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR),
    )


def break_glass(stack: str) -> list[Row]:
    """It mends one environment, and touches nothing that proves anything."""
    account = ACCOUNTS[stack]
    dags = f"arn:aws:s3:::finedge-{stack}-dags-{account}"
    logs = f"arn:aws:logs:us-east-1:{account}:log-group"
    airflow = f"arn:aws:airflow:us-east-1:{account}"
    jobs = f"arn:aws:emr-serverless:us-east-1:{account}:/applications/a"
    return rows(
        f"slipway-{stack}-break-glass",
        ("dynamodb:DeleteItem", table(stack, "leases"), GRANTED),
        ("dynamodb:Scan", table(stack, "journal"), OWN),
        ("dynamodb:PutItem", table(stack, "other"), OWN),
        ("s3:PutObject", f"{dags}/dags/a.py", GRANTED),
        ("s3:GetObjectVersion", f"{dags}/dags/a.py", OWN),
        ("s3:PutObject", f"arn:aws:s3:::finedge-{stack}-landing/payments/a", OWN),
        ("kms:GenerateDataKey", key(stack, "data"), GRANTED),
        ("kms:Encrypt", key(stack, "data"), OWN),
        ("kms:Decrypt", key("shared", "artifacts"), OWN + DOOR),
        ("kms:GenerateDataKey", key(stack, "another"), OWN),
        ("logs:GetLogEvents", f"{logs}:/slipway/{stack}/risk:log-stream:a", GRANTED),
        ("logs:DeleteLogGroup", f"{logs}:/slipway/{stack}/risk", OWN),
        ("logs:FilterLogEvents", f"{logs}:airflow-slipway-{stack}-Task:log-stream:", GRANTED),
        ("logs:GetLogEvents", f"{logs}:/aws/other:log-stream:a", OWN),
        ("logs:GetLogEvents", f"{logs}:airflow-another-Task:log-stream:a", OWN),
        ("airflow:InvokeRestApi", f"{airflow}:role/slipway-{stack}/Admin", GRANTED),
        ("airflow:CreateCliToken", f"{airflow}:environment/slipway-{stack}", OWN),
        ("airflow:InvokeRestApi", f"{airflow}:role/another/Admin", OWN),
        ("emr-serverless:CancelJobRun", f"{jobs}/jobruns/j", GRANTED),
        ("emr-serverless:ListJobRuns", jobs, GRANTED),
        ("emr-serverless:StartJobRun", jobs, OWN),
        ("emr-serverless:ListApplications", "*", GRANTED),
        ("emr-serverless:CreateApplication", "*", OWN),
        (
            "emr-serverless:CancelJobRun",
            "arn:aws:emr-serverless:eu-west-1:1:/applications/a/jobruns/j",
            OWN + DOOR,
        ),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR),
        ("s3:PutObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", OWN + DOOR),
        ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST),
        ("iam:PassRole", role_arn(stack, f"slipway-{stack}-deploy"), OWN),
    )


def pipeline(stack: str) -> list[Row]:
    """The pipeline `chargebacks`: reads two prefixes, writes one, and knows nobody else's."""
    curated, landing = f"arn:aws:s3:::finedge-{stack}-curated", f"arn:aws:s3:::finedge-{stack}-landing"
    return rows(
        f"slipway-{stack}-chargebacks",
        ("s3:GetObject", f"{landing}/chargebacks/a", GRANTED),
        ("s3:PutObject", f"{landing}/chargebacks/a", OWN),
        ("s3:GetObject", f"{landing}/settlement-files/a", OWN),
        ("s3:PutObject", f"{curated}/chargeback-matches/a", GRANTED),
        ("s3:GetObjectVersion", f"{curated}/chargeback-matches/a", OWN),
        ("s3:PutObject", f"{curated}/settlement-lines/a", OWN),
        ("s3:ListBucket", curated, GRANTED, {"s3:prefix": "chargeback-matches/2026"}),
        ("s3:ListBucket", curated, OWN, {"s3:prefix": "settlement-lines/2026"}),
        ("s3:ListBucket", landing, OWN, {"s3:prefix": "settlement-files/2026"}),
        *_code_of_a_pipeline(stack),
        *_lake_key(stack),
        ("s3:ListBucketVersions", curated, OWN, {"s3:prefix": "chargeback-matches/2026"}),
        ("s3:ListBucketVersions", curated, OWN, {"s3:prefix": "payment-events/2026"}),
        ("s3:ListBucketVersions", landing, OWN, {"s3:prefix": "chargebacks/2026"}),
        *(
            ("s3:ListBucket", f"arn:aws:s3:::finedge-{stack}-another", OWN, {"s3:prefix": f"{prefix}/a"})
            for prefix in ("chargeback-matches", "payment-events", "chargebacks")
        ),
        *_jobs_of_a_pipeline(stack),
        *_of_any_pipeline(stack, "chargebacks"),
    )


def query(stack: str) -> list[Row]:
    """The streaming pipeline `ledger-postings`: its query reads its code, and keeps its checkpoint."""
    code = f"arn:aws:s3:::finedge-{stack}-spark-artifacts"
    checkpoints = f"{code}/checkpoints"
    return rows(
        f"slipway-{stack}-ledger-postings",
        ("s3:GetObject", f"{code}/ledger-postings/d/main.py", GRANTED),
        ("s3:PutObject", f"{code}/ledger-postings/d/main.py", OWN),
        ("s3:PutObject", f"{checkpoints}/ledger-postings/offsets/1", GRANTED),
        ("s3:DeleteObject", f"{checkpoints}/ledger-postings/offsets/1", GRANTED),
        ("s3:PutObject", f"{checkpoints}/payment-events/offsets/1", OWN),
        ("s3:GetObjectVersion", f"{checkpoints}/ledger-postings/offsets/1", OWN),
        ("s3:ListBucket", code, GRANTED, {"s3:prefix": "checkpoints/ledger-postings/"}),
        ("s3:ListBucket", code, OWN, {"s3:prefix": "checkpoints/payment-events/"}),
        *(
            (action, bucket, OWN, {"s3:prefix": f"{prefix}/d"})
            for prefix in ("ledger-postings", "checkpoints/ledger-postings")
            for action, bucket in (
                ("s3:ListBucketVersions", code),
                ("s3:ListBucket", f"arn:aws:s3:::finedge-{stack}-another"),
            )
        ),
        ("emr-serverless:StartJobRun", application(stack, "spark-streaming"), OWN),
        *_log_of_jobs(stack),
        *_of_any_pipeline(stack, "ledger-postings"),
        *_lake_key(stack),
    )


def _of_any_pipeline(stack: str, name: str) -> list[Request]:
    """Its own log and secrets and the key of the platform's data; nothing of a release."""
    logs = f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group:/slipway/{stack}"
    return [
        ("logs:PutLogEvents", f"{logs}/{name}:log-stream:a", GRANTED),
        ("logs:DescribeLogStreams", f"{logs}/{name}", GRANTED),
        ("logs:DeleteLogStream", f"{logs}/{name}:log-stream:a", OWN),
        ("logs:PutLogEvents", f"{logs}/risk:log-stream:a", OWN),
        ("secretsmanager:GetSecretValue", secret(stack, f"{name}/source"), GRANTED),
        ("secretsmanager:DescribeSecret", secret(stack, f"{name}/source"), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "risk/source"), OWN),
        ("kms:GenerateDataKey", key(stack, "data"), GRANTED),
        ("kms:Encrypt", key(stack, "data"), OWN),
        ("kms:GenerateDataKey", key(stack, "data"), DOOR, {"aws:PrincipalTag/Pipeline": "platform"}),
        ("kms:GenerateDataKey", key(stack, "data"), DOOR, {"aws:PrincipalArn": role_arn(stack, "Other")}),
        ("kms:GenerateDataKey", key(stack, "another"), OWN),
        ("kms:Decrypt", key("shared", "artifacts"), OWN + DOOR),
        ("kms:CreateGrant", key(stack, "data"), OWN + BOUND + DOOR),
        ("kms:Decrypt", key("dev" if stack != "dev" else "prod", "data"), OWN + DOOR),
        ("s3:PutObject", f"arn:aws:s3:::finedge-{stack}-dags-{ACCOUNTS[stack]}/dags/a.py", OWN),
        ("dynamodb:PutItem", table(stack, "leases"), OWN),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR),
        ("sts:AssumeRole", role_arn(stack, f"slipway-{stack}-deploy"), OWN),
    ]


def _code_of_a_pipeline(stack: str) -> list[Request]:
    """Its jobs read their code and change none; it has no checkpoint."""
    code = f"arn:aws:s3:::finedge-{stack}-spark-artifacts"
    return [
        ("s3:GetObject", f"{code}/chargebacks/d/chargeback_matching.zip", GRANTED),
        ("s3:PutObject", f"{code}/chargebacks/d/chargeback_matching.zip", OWN),
        ("s3:GetObject", f"{code}/risk/d/main.py", OWN),
        ("s3:PutObject", f"{code}/checkpoints/chargebacks/offsets/1", OWN),
        ("s3:ListBucket", code, GRANTED, {"s3:prefix": "chargebacks/d"}),
        ("s3:ListBucket", code, OWN, {"s3:prefix": "risk/d"}),
        ("s3:ListBucketVersions", code, OWN, {"s3:prefix": "chargebacks/d"}),
    ]


def _lake_key(stack: str) -> list[Request]:
    """The key of the estate's buckets, by S3 alone, and known by its alias."""
    lake, elsewhere = key(stack, "of-the-estate"), "arn:aws:kms:us-east-1:999999999999:key/of-the-estate"
    s3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}
    alias = {"kms:ResourceAliases": f"alias/finedge-{stack}-data"}
    return [
        ("kms:Decrypt", lake, GRANTED, {**s3, **alias}),
        ("kms:GenerateDataKey", lake, GRANTED, {**s3, **alias}),
        ("kms:Encrypt", lake, OWN, {**s3, **alias}),
        ("kms:Decrypt", lake, OWN, s3),
        ("kms:Decrypt", lake, OWN, alias),
        ("kms:Decrypt", lake, OWN, {"kms:ViaService": "sqs.us-east-1.amazonaws.com", **alias}),
        ("kms:Decrypt", lake, OWN, {**s3, "kms:ResourceAliases": "alias/finedge-another-data"}),
        ("kms:Decrypt", elsewhere, OWN + DOOR, {**s3, **alias}),
    ]


def _jobs_of_a_pipeline(stack: str) -> list[Request]:
    """Its DAG starts and follows its own jobs, and hands them its own role; they write to the log of jobs."""
    batch = application(stack, "spark-batch")
    run = f"{batch}/jobruns/j"
    own, others = ({"aws:RequestTag/Pipeline": each} for each in ("chargebacks", "risk"))
    ours, theirs = ({"aws:ResourceTag/Pipeline": each} for each in ("chargebacks", "risk"))
    here = role_arn(stack, f"slipway-{stack}-chargebacks")
    return [
        *_log_of_jobs(stack),
        ("emr-serverless:StartApplication", batch, GRANTED),
        ("emr-serverless:GetApplication", batch, GRANTED),
        ("emr-serverless:StopApplication", batch, OWN),
        ("emr-serverless:GetApplication", "arn:aws:emr-serverless:::/applications/a", OWN),
        ("emr-serverless:StartJobRun", batch, GRANTED, own),
        ("emr-serverless:StartJobRun", batch, OWN, others),
        ("emr-serverless:StartJobRun", batch, OWN),
        ("emr-serverless:UpdateApplication", batch, OWN, own),
        ("emr-serverless:StartJobRun", "arn:aws:emr-serverless:::/applications/a", OWN, own),
        ("emr-serverless:CancelJobRun", run, GRANTED, ours),
        ("emr-serverless:CancelJobRun", run, OWN, theirs),
        ("emr-serverless:UntagResource", run, OWN, ours),
        ("emr-serverless:CancelJobRun", batch, OWN, ours),
        ("iam:PassRole", here, GRANTED, TO_EMR),
        ("iam:PassRole", here, OWN, {"iam:PassedToService": "lambda.amazonaws.com"}),
        ("iam:GetRole", here, OWN, TO_EMR),
        ("iam:PassRole", role_arn(stack, f"slipway-{stack}-risk"), OWN, TO_EMR),
    ]


def _log_of_jobs(stack: str) -> list[Request]:
    """EMR Serverless writes it as the pipeline whose job it is."""
    groups = f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group"
    return [
        ("logs:PutLogEvents", f"{groups}:/slipway/{stack}/spark:log-stream:a", GRANTED),
        ("logs:DeleteLogGroup", f"{groups}:/slipway/{stack}/spark", OWN),
        ("logs:DescribeLogGroups", f"{groups}:/slipway/{stack}/risk", GRANTED),
        ("logs:GetLogEvents", f"{groups}:/slipway/{stack}/risk:log-stream:a", OWN),
        ("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:999999999999:log-group:a", OWN + DOOR),
    ]
