"""What a deployment may do with the cloud resources of pipelines, and with nothing of the platform's."""

from collections.abc import Iterable
from typing import Final

from tests.stacks.rights.places import (
    ACCOUNTS,
    ARTIFACTS,
    DIGEST,
    DOOR,
    EVIDENCE,
    GRANTED,
    OWN,
    STATE,
    key,
    role_arn,
    secret,
    table,
)
from tests.stacks.rights.request import Request, Row, rows

_NEW: Final = {"aws:RequestTag/Pipeline": "new"}
_PIPELINES: Final = {"aws:ResourceTag/Pipeline": "risk"}
_PLATFORMS: Final = {"aws:ResourceTag/Pipeline": "platform"}


def applier(stack: str) -> list[Row]:
    """Roles within the stack's boundary, logs, alarms and connections, each by tag; the stack's own state."""
    return rows(
        f"slipway-applier-{stack}",
        *_roles(stack),
        *_signals(stack),
        *_connections(stack),
        *_state(stack),
        *_nothing_else(stack),
    )


def _roles(stack: str) -> Iterable[Request]:
    """A role is made and changed within the boundary only, and never one of the platform's."""
    new, risk, deploy = (role_arn(stack, f"slipway-{stack}-{each}") for each in ("new", "risk", "deploy"))
    other = "prod" if stack != "prod" else "dev"
    bounded = {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNTS[stack]}:policy/slipway-{stack}-boundary"}
    yield ("iam:CreateRole", new, GRANTED, {**_NEW, **bounded})
    yield ("iam:CreateRole", new, OWN, _NEW)
    yield ("iam:CreateRole", new, OWN, {**bounded, "aws:RequestTag/Pipeline": "platform"})
    yield ("iam:CreateRole", role_arn(stack, "somebody"), OWN, {**_NEW, **bounded})
    yield ("iam:CreateRole", role_arn(stack, f"slipway-operator-{stack}"), OWN, {**_NEW, **bounded})
    yield ("iam:CreateRole", role_arn(other, f"slipway-{other}-new"), OWN + DOOR, {**_NEW, **bounded})
    yield ("iam:PutRolePolicy", risk, GRANTED, {**_PIPELINES, **bounded})
    yield ("iam:PutRolePolicy", risk, OWN, _PIPELINES)
    yield ("iam:PutRolePolicy", deploy, OWN, {**_PLATFORMS, **bounded})
    yield ("iam:PutRolePolicy", role_arn(stack, f"slipway-applier-{stack}"), OWN, {**_PIPELINES, **bounded})
    yield ("iam:AttachRolePolicy", risk, OWN, {**_PIPELINES, **bounded})
    yield ("iam:PutRolePermissionsBoundary", risk, OWN, {**_PIPELINES, **bounded})
    yield ("iam:DeleteRolePermissionsBoundary", risk, OWN, {**_PIPELINES, **bounded})
    for action in ("DeleteRole", "DeleteRolePolicy", "TagRole", "UntagRole", "UpdateAssumeRolePolicy"):
        yield (f"iam:{action}", risk, GRANTED, _PIPELINES)
        yield (f"iam:{action}", deploy, OWN, _PLATFORMS)
        yield (f"iam:{action}", role_arn(stack, f"slipway-operator-{stack}"), OWN, _PIPELINES)
    yield ("iam:GetRole", deploy, GRANTED)
    yield ("iam:GetRole", role_arn(stack, "somebody"), OWN)
    yield ("iam:PassRole", risk, OWN, _PIPELINES)
    yield ("sts:AssumeRole", risk, OWN)
    yield ("sts:AssumeRole", role_arn("shared", f"slipway-shared-deploy-{stack}"), OWN + DOOR)


def _signals(stack: str) -> Iterable[Request]:
    account = ACCOUNTS[stack]
    alarm = f"arn:aws:cloudwatch:us-east-1:{account}:alarm"
    group = f"arn:aws:logs:us-east-1:{account}:log-group"
    dashboard = f"arn:aws:cloudwatch::{account}:dashboard"
    for service, action, ours, theirs in (
        ("cloudwatch", "PutMetricAlarm", f"{alarm}:slipway-{stack}-risk-freshness", f"{alarm}:somebodys"),
        ("cloudwatch", "DeleteAlarms", f"{alarm}:slipway-{stack}-risk-freshness", f"{alarm}:somebodys"),
        ("logs", "CreateLogGroup", f"{group}:/slipway/{stack}/risk", f"{group}:/aws/lambda/somebodys"),
        ("logs", "DeleteLogGroup", f"{group}:/slipway/{stack}/risk", f"{group}:/aws/lambda/somebodys"),
        ("logs", "PutRetentionPolicy", f"{group}:/slipway/{stack}/risk", f"{group}:/aws/lambda/somebodys"),
    ):
        yield (f"{service}:{action}", ours, GRANTED, _PIPELINES)
        yield (f"{service}:{action}", ours, OWN, _PLATFORMS)
        yield (f"{service}:{action}", theirs, OWN, _PIPELINES)
    yield ("cloudwatch:DescribeAlarms", f"{alarm}:*", GRANTED)
    yield ("cloudwatch:DisableAlarmActions", f"{alarm}:slipway-{stack}-risk-freshness", OWN, _PIPELINES)
    yield ("logs:DescribeLogGroups", f"{group}:*", GRANTED)
    yield ("logs:GetLogEvents", f"{group}:/slipway/{stack}/risk:log-stream:a", OWN, _PIPELINES)
    yield ("cloudwatch:PutDashboard", f"{dashboard}/slipway-{stack}", GRANTED)
    yield ("cloudwatch:PutDashboard", f"{dashboard}/somebodys", OWN)
    yield ("cloudwatch:DeleteDashboards", f"{dashboard}/slipway-{stack}", OWN)


def _connections(stack: str) -> Iterable[Request]:
    """By which Airflow becomes a pipeline; no other secret."""
    ours, theirs = secret(stack, "airflow/connections/pipeline-risk"), secret(stack, "risk/source")
    by_secrets = {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}
    for action in ("CreateSecret", "DeleteSecret", "GetSecretValue", "PutSecretValue", "TagResource"):
        yield (f"secretsmanager:{action}", ours, GRANTED)
        yield (f"secretsmanager:{action}", theirs, OWN)
    yield ("secretsmanager:PutResourcePolicy", ours, OWN)
    yield ("kms:GenerateDataKey", key(stack, "data"), GRANTED, by_secrets)
    yield ("kms:GenerateDataKey", key(stack, "data"), OWN)
    yield ("kms:GenerateDataKey", key("prod" if stack != "prod" else "dev", "data"), OWN + DOOR, by_secrets)
    yield ("kms:Decrypt", key(stack, "data"), OWN, {"kms:ViaService": "s3.us-east-1.amazonaws.com"})
    yield ("kms:Encrypt", key(stack, "data"), OWN, by_secrets)


def _state(stack: str) -> Iterable[Request]:
    """Pulumi's: the own stack's is written, shared's is read."""
    other = "prod" if stack != "prod" else "dev"
    folder = f"{STATE}/.pulumi"
    for place in (f"stacks/slipway/{stack}.json", f"locks/organization/slipway/{stack}/a"):
        yield ("s3:PutObject", f"{folder}/{place}", GRANTED)
        yield ("s3:PutObject", f"{folder}/{place.replace(stack, other)}", OWN + DOOR)
    yield ("s3:DeleteObject", f"{folder}/locks/organization/slipway/{stack}/a", GRANTED)
    yield ("s3:DeleteObjectVersion", f"{folder}/stacks/slipway/{stack}.json", OWN + DOOR)
    yield ("s3:GetObject", f"{folder}/stacks/slipway/shared.json", GRANTED)
    yield ("s3:PutObject", f"{folder}/stacks/slipway/shared.json", OWN + DOOR)
    yield ("s3:GetObject", f"{folder}/stacks/slipway/{other}.json", OWN + DOOR)
    yield ("s3:ListBucket", STATE, GRANTED)
    yield ("s3:ListBucketVersions", STATE, OWN + DOOR)
    for name, refused in (("state", ""), (f"pulumi-secrets-{stack}", ""), (f"pulumi-secrets-{other}", DOOR)):
        yield ("kms:Decrypt", key("shared", name), refused)
        yield ("kms:GenerateDataKey", key("shared", name), refused)
    yield ("kms:Decrypt", key("shared", "pulumi-secrets-shared"), GRANTED)
    yield ("kms:GenerateDataKey", key("shared", "pulumi-secrets-shared"), DOOR)
    yield ("kms:Decrypt", key("shared", "evidence"), DOOR)
    yield ("kms:ScheduleKeyDeletion", key("shared", "state"), OWN + DOOR)


def _nothing_else(stack: str) -> Iterable[Request]:
    account = ACCOUNTS[stack]
    yield ("iam:CreateUser", f"arn:aws:iam::{account}:user/eve", OWN)
    yield ("iam:CreatePolicyVersion", f"arn:aws:iam::{account}:policy/slipway-{stack}-boundary", OWN)
    yield (
        "codebuild:UpdateProject",
        f"arn:aws:codebuild:us-east-1:{account}:project/slipway-{stack}-deploy",
        OWN,
    )
    yield ("dynamodb:PutItem", table(stack, "journal"), OWN)
    yield ("dynamodb:DeleteTable", table(stack, "journal"), OWN)
    yield ("kms:PutKeyPolicy", key(stack, "data"), OWN)
    yield ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST)
    yield ("s3:PutBucketPolicy", f"arn:aws:s3:::finedge-{stack}-dags-{account}", OWN)
    yield ("s3:GetObject", f"arn:aws:s3:::finedge-{stack}-landing/payments/a", OWN)
    yield ("s3:GetObject", f"{ARTIFACTS}/sha256/d", OWN + DOOR)
    yield ("s3:PutObject", f"{EVIDENCE}/evidence/d", OWN + DOOR)
