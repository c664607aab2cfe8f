"""What the roles of a release may do: check, build, sign, approve."""

from tests.stacks.rights.builds import keeping, signing
from tests.stacks.rights.places import (
    ACCOUNTS,
    ANA,
    APPROVE,
    ARTIFACTS,
    BEN,
    BOUND,
    BUILD,
    CHECK,
    DIGEST,
    DOOR,
    EVIDENCE,
    GRANTED,
    IMAGES,
    ONCE,
    OWN,
    SIGN,
    STATE,
    TRAIL,
    key,
    role_arn,
    table,
)
from tests.stacks.rights.request import Row, rows


def build() -> list[Row]:
    """It writes artifacts and unsigned manifests, keeps checks, and signs nothing."""
    return rows(
        BUILD,
        ("s3:PutObject", f"{ARTIFACTS}/artifacts/sha256/d", GRANTED, ONCE),
        ("s3:PutObject", f"{ARTIFACTS}/unsigned/d", GRANTED, ONCE),
        ("s3:PutObject", f"{ARTIFACTS}/releases/d", OWN, ONCE),
        ("s3:PutObject", f"{ARTIFACTS}/unsigned/d", DOOR, {**ONCE, "aws:SecureTransport": "false"}),
        ("s3:PutObject", f"{ARTIFACTS}/unsigned/d", DOOR, {"s3:ObjectCreationOperation": "true"}),
        ("s3:PutObject", f"{ARTIFACTS}/unsigned/d", GRANTED, {"s3:ObjectCreationOperation": "false"}),
        ("ecr:PutImage", IMAGES, GRANTED),
        ("ecr:GetAuthorizationToken", "*", GRANTED),
        ("ecr:BatchDeleteImage", IMAGES, OWN),
        ("ecr:PutImage", f"{IMAGES}-of-others", OWN),
        ("ecr:DeleteRepository", "*", OWN),
        ("s3:GetObject", f"{ARTIFACTS}/artifacts/sha256/d", GRANTED),
        ("s3:ListBucket", ARTIFACTS, GRANTED),
        ("s3:GetBucketPolicy", ARTIFACTS, OWN),
        ("s3:DeleteObject", f"{ARTIFACTS}/artifacts/sha256/d", OWN + DOOR),
        ("kms:GenerateDataKey", key("shared", "artifacts"), GRANTED),
        ("kms:Encrypt", key("shared", "artifacts"), OWN),
        ("s3:GetObject", f"{EVIDENCE}/evidence/d", GRANTED),
        *keeping("evidence", "ledger"),
        ("s3:GetObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", OWN),
        ("s3:PutObject", f"{EVIDENCE}/effects/d/prod/d", OWN, ONCE),
        ("s3:PutObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", OWN + DOOR, ONCE),
        ("s3:ListBucket", EVIDENCE, OWN),
        ("kms:DescribeKey", key("shared", "evidence"), OWN),
        ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST),
        ("kms:Sign", key("shared", "approvals"), OWN + DOOR, DIGEST),
        ("s3:GetObject", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN),
        ("s3:PutObject", f"{TRAIL}/AWSLogs/111122223333/a", OWN),
        ("kms:Decrypt", key("shared", "trail"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "state"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "pulumi-secrets-prod"), OWN + DOOR),
    )


def sign() -> list[Row]:
    """It looks at what was built, signs digests with the release key, and writes down what it signed."""
    return rows(
        SIGN,
        *signing("signing"),
        ("kms:Sign", key("shared", "approvals"), OWN + DOOR, DIGEST),
        ("kms:GenerateDataKey", key("shared", "artifacts"), GRANTED),
        ("kms:DescribeKey", key("shared", "artifacts"), OWN),
        ("kms:GenerateDataKey", key("shared", "another"), OWN),
        *(
            ("s3:GetObject", f"{ARTIFACTS}/{each}/d", GRANTED)
            for each in ("artifacts", "releases", "unsigned")
        ),
        ("s3:GetObject", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN),
        ("s3:GetObjectVersion", f"{ARTIFACTS}/unsigned/d", OWN),
        ("s3:ListBucket", ARTIFACTS, GRANTED),
        ("s3:ListBucket", EVIDENCE, OWN),
        ("s3:GetBucketPolicy", ARTIFACTS, OWN),
        ("s3:PutObject", f"{ARTIFACTS}/releases/d", GRANTED, ONCE),
        ("s3:PutObject", f"{ARTIFACTS}/artifacts/sha256/d", OWN, ONCE),
        ("s3:PutObject", f"{ARTIFACTS}/unsigned/d", OWN, ONCE),
        ("s3:DeleteObject", f"{ARTIFACTS}/releases/d", OWN + DOOR),
        ("s3:PutObject", f"{EVIDENCE}/evidence/d", OWN, ONCE),
        ("dynamodb:PutItem", table("shared", "ledger"), OWN),
        ("kms:ScheduleKeyDeletion", key("shared", "signing"), OWN + BOUND + DOOR),
        ("kms:DisableKey", key("shared", "signing"), OWN + BOUND + DOOR),
    )


def approve() -> list[Row]:
    """Everybody approves below their own id; Ana is no Ben."""
    own, others = f"{EVIDENCE}/approvals/d/prod/{ANA}/a", f"{EVIDENCE}/approvals/d/prod/{BEN}/a"
    as_ana = {"aws:userid": ANA}
    return rows(
        APPROVE,
        ("s3:PutObject", own, GRANTED, as_ana),
        ("s3:PutObject", others, OWN + DOOR, as_ana),
        ("s3:PutObject", f"{EVIDENCE}/evidence/d", OWN, as_ana),
        ("s3:PutObject", f"{ARTIFACTS}/releases/d", OWN, {**as_ana, **ONCE}),
        ("s3:GetObject", others, GRANTED, as_ana),
        ("s3:GetObject", others, DOOR, {**as_ana, "aws:SecureTransport": "false"}),
        ("s3:GetObject", f"{ARTIFACTS}/releases/d", GRANTED, as_ana),
        ("s3:GetObject", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN, as_ana),
        ("s3:DeleteObject", own, OWN, as_ana),
        ("s3:DeleteObject", f"{ARTIFACTS}/releases/d", OWN + DOOR, as_ana),
        ("s3:ListBucket", EVIDENCE, GRANTED, as_ana),
        ("s3:GetBucketPolicy", EVIDENCE, OWN, as_ana),
        ("s3:ListBucket", STATE, OWN, as_ana),
        ("kms:GenerateDataKey", key("shared", "evidence"), GRANTED),
        ("kms:Encrypt", key("shared", "evidence"), OWN),
        ("kms:ScheduleKeyDeletion", key("shared", "evidence"), OWN + BOUND + DOOR),
        ("kms:Decrypt", key("shared", "artifacts"), GRANTED),
        ("kms:DescribeKey", key("shared", "artifacts"), OWN),
        ("kms:GenerateDataKey", key("shared", "artifacts"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "state"), OWN + DOOR),
        ("kms:GetPublicKey", key("shared", "artifacts"), OWN),
        *signing("approvals"),
        ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST),
        ("kms:ScheduleKeyDeletion", key("shared", "approvals"), OWN + BOUND + DOOR),
        ("dynamodb:PutItem", table("shared", "ledger"), OWN),
    )


def check() -> list[Row]:
    """Unreviewed code: it sees settings of dev and works on CI clones, and sees no data and no state."""
    secret = f"arn:aws:secretsmanager:us-east-1:{ACCOUNTS['dev']}:secret:slipway/dev"
    return rows(
        CHECK,
        ("secretsmanager:GetSecretValue", f"{secret}/check-a1b2c3", GRANTED),
        ("secretsmanager:DescribeSecret", f"{secret}/check-a1b2c3", OWN),
        ("secretsmanager:GetSecretValue", f"{secret}/deploy-a1b2c3", OWN),
        ("dynamodb:DescribeTable", table("dev", "journal"), GRANTED),
        ("iam:GetRole", role_arn("dev", "slipway-dev-deploy"), GRANTED),
        ("dynamodb:GetItem", table("dev", "journal"), OWN),
        ("s3:GetObject", "arn:aws:s3:::finedge-dev-landing/payments/a", OWN),
        ("s3:PutObject", "arn:aws:s3:::finedge-dev-dags-222233334444/a.py", OWN),
        ("kms:Decrypt", key("dev", "data"), OWN + DOOR),
        ("logs:GetLogEvents", f"arn:aws:logs:us-east-1:{ACCOUNTS['dev']}:log-group:/slipway/dev/risk:*", OWN),
        ("airflow:InvokeRestApi", f"arn:aws:airflow:us-east-1:{ACCOUNTS['dev']}:role/slipway-dev/Op", OWN),
        ("sts:AssumeRole", role_arn("dev", "slipway-dev-deploy"), OWN),
        ("s3:GetObject", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN + DOOR),
        ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR),
        ("s3:PutObject", f"{EVIDENCE}/evidence/d", OWN + DOOR, ONCE),
        ("kms:Decrypt", key("shared", "pulumi-secrets-dev"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "artifacts"), OWN + DOOR),
        ("dynamodb:DescribeTable", table("prod", "journal"), DOOR),
        ("kms:Decrypt", key("prod", "data"), OWN + DOOR),
    )
