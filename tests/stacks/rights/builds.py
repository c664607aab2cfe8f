"""What roles need to be a build's, what starts builds, and what those may do that no person is."""

from collections.abc import Sequence
from typing import Final

import yaml

from slipway.model.environment import StackName
from tests.doubles.declared_stacks import ROOT
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
    key,
    role_arn,
    secret,
    table,
)
from tests.stacks.rights.request import Request, Row, rows

AFTER: Final = {"shared": ("dev", "staging", "prod"), "dev": ("staging",), "staging": ("prod",), "prod": ()}
"""Whom each stack tells of releases."""

STARTED: Final = {
    "shared": ("audit", "sign"),
    **dict.fromkeys(("dev", "staging", "prod"), ("deploy", "janitor", "observe", "tick")),
}
"""Which builds events and schedules start."""


def project(stack: str, duty: str) -> str:
    """ARN of a CodeBuild project."""
    return f"arn:aws:codebuild:us-east-1:{ACCOUNTS[stack]}:project/slipway-{stack}-{duty}"


def bus(stack: str, name: str | None = None) -> str:
    """ARN of an event bus."""
    return f"arn:aws:events:us-east-1:{ACCOUNTS[stack]}:event-bus/{name or f'slipway-{stack}'}"


def connection(stack: str) -> str:
    """ARN of the connection that the stack's file names."""
    document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    return str(document["config"]["slipway:sourceConnection"])


def running(stack: str, role: str, duties: Sequence[str], *, reads: str | None = None) -> list[Row]:
    """Its own log, its own sources, an interface in its own subnets, its own secret."""
    return rows(
        f"slipway-{stack}-{role}",
        *(request for duty in duties for request in _log(stack, duty)),
        *_sources(stack),
        *_interfaces(stack),
        *(_secret(stack, reads) if reads else ()),
    )


def _log(stack: str, duty: str) -> list[Request]:
    groups = f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group:/slipway/{stack}/builds"
    return [
        ("logs:PutLogEvents", f"{groups}/{duty}:log-stream:a", GRANTED),
        ("logs:DeleteLogStream", f"{groups}/{duty}:log-stream:a", OWN),
        ("logs:PutLogEvents", f"{groups}/another:log-stream:a", OWN),
    ]


def _sources(stack: str) -> list[Request]:
    own = connection(stack)
    return [
        ("codeconnections:GetConnectionToken", own, GRANTED),
        ("codeconnections:DeleteConnection", own, OWN + BOUND),
        ("codeconnections:GetConnectionToken", f"{own[:-12]}{'f' * 12}", OWN),
    ]


def _interfaces(stack: str) -> list[Request]:
    account, handing = ACCOUNTS[stack], "ec2:CreateNetworkInterfacePermission"
    interface = f"arn:aws:ec2:us-east-1:{account}:network-interface/eni-1"
    subnet = f"arn:aws:ec2:us-east-1:{account}:subnet/network-private-use1-az1"
    right = {"ec2:AuthorizedService": "codebuild.amazonaws.com", "ec2:Subnet": subnet}
    return [
        ("ec2:CreateNetworkInterface", "*", GRANTED),
        ("ec2:TerminateInstances", "*", OWN + BOUND),
        (handing, interface, GRANTED, right),
        (handing, interface, OWN, {**right, "ec2:AuthorizedService": "lambda.amazonaws.com"}),
        (handing, interface, OWN, {**right, "ec2:Subnet": f"{subnet}0"}),
        (handing, interface.replace("us-east-1", "eu-west-1"), OWN, right),
        ("ec2:ModifyNetworkInterfaceAttribute", interface, OWN + BOUND, right),
    ]


def _secret(stack: str, name: str) -> list[Request]:
    return [
        ("secretsmanager:GetSecretValue", secret(stack, name), GRANTED),
        ("secretsmanager:DescribeSecret", secret(stack, name), OWN),
        ("secretsmanager:GetSecretValue", secret(stack, "another"), OWN),
    ]


def reporting() -> list[Row]:
    """The check writes its own report, and changes no group of reports."""
    group = f"arn:aws:codebuild:us-east-1:{ACCOUNTS['dev']}:report-group/slipway-dev"
    return rows(
        "slipway-dev-check",
        ("codebuild:CreateReport", f"{group}-check", GRANTED),
        ("codebuild:DeleteReportGroup", f"{group}-check", OWN),
        ("codebuild:CreateReport", f"{group}-another", OWN),
    )


def batches() -> list[Row]:
    """It starts builds of the check, and no other build."""
    return rows(
        "slipway-dev-check-batch",
        ("codebuild:StartBuild", project("dev", "check"), GRANTED),
        ("codebuild:UpdateProject", project("dev", "check"), OWN),
        ("codebuild:StartBuild", project("dev", "deploy"), OWN),
    )


def events(stack: str) -> list[Row]:
    """Rules start these builds and tell these accounts; across accounts the bus has to let them in too."""
    role, others = f"slipway-{stack}-events", AFTER[stack]
    told = [
        *((("events:PutEvents", bus(other), GRANTED)) for other in others),
        *((("events:DescribeEventBus", bus(other), OWN + DOOR)) for other in others),
        ("events:PutEvents", bus(stack, "default"), OWN),
    ]
    return [
        *rows(role, *((("codebuild:StartBuild", project(stack, duty), GRANTED)) for duty in STARTED[stack])),
        *rows(role, *((("codebuild:StopBuild", project(stack, duty), OWN)) for duty in STARTED[stack])),
        *rows(role, ("codebuild:StartBuild", project(stack, "rollback"), OWN)),
        *rows(role, *told),
    ]


def audit() -> list[Row]:
    """It reads every record, signs where chains end, and changes none; of states it sees which there were."""
    states = {"s3:prefix": ".pulumi/stacks/slipway/prod.json"}
    return rows(
        "slipway-shared-audit",
        ("s3:GetObjectVersion", f"{EVIDENCE}/ledger/dev/0.json", GRANTED),
        ("s3:PutObject", f"{EVIDENCE}/checkpoints/1.json", GRANTED),
        ("s3:PutObject", f"{EVIDENCE}/ledger/dev/0.json", OWN),
        ("s3:PutObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", OWN + DOOR),
        ("s3:DeleteObject", f"{EVIDENCE}/checkpoints/1.json", OWN),
        ("s3:GetObjectVersion", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN),
        ("s3:ListBucketVersions", EVIDENCE, GRANTED),
        ("s3:GetBucketPolicy", EVIDENCE, OWN),
        ("s3:ListBucket", STATE, OWN),
        ("s3:ListBucketVersions", STATE, GRANTED, states),
        ("s3:ListBucketVersions", ARTIFACTS, OWN, states),
        ("s3:GetBucketPolicy", STATE, OWN, states),
        ("s3:ListBucketVersions", STATE, OWN, {"s3:prefix": ".pulumi/history/slipway/prod/"}),
        ("s3:ListBucketVersions", STATE, OWN),
        ("s3:GetObject", f"{STATE}/.pulumi/stacks/slipway/prod.json", OWN),
        ("dynamodb:Query", table("shared", "ledger"), GRANTED),
        ("dynamodb:PutItem", table("shared", "ledger"), OWN),
        ("dynamodb:Query", table("shared", "other"), OWN),
        ("kms:GenerateDataKey", key("shared", "evidence"), GRANTED),
        ("kms:Encrypt", key("shared", "evidence"), OWN),
        ("kms:Decrypt", key("shared", "artifacts"), OWN + DOOR),
        ("kms:GenerateDataKey", key("shared", "another"), OWN),
        *signing("signing"),
        ("kms:Sign", key("shared", "approvals"), OWN + DOOR, DIGEST),
    )


def signing(role: str) -> list[Request]:
    """Digests, with one of the keys that sign."""
    named = key("shared", role)
    return [
        ("kms:Sign", named, GRANTED, DIGEST),
        ("kms:Sign", named, OWN, {**DIGEST, "kms:MessageType": "RAW"}),
        ("kms:Sign", named, OWN, {**DIGEST, "kms:SigningAlgorithm": "ECDSA_SHA_512"}),
        ("kms:GetPublicKey", named, GRANTED),
        ("kms:DescribeKey", named, OWN, DIGEST),
        ("kms:Sign", key("dev", "another"), OWN + DOOR, DIGEST),
        ("kms:GetPublicKey", key("shared", "state"), OWN + DOOR),
    ]


def recorder(stack: StackName) -> list[Row]:
    """What a deployer is in the audit account: it reads releases and approvals, and keeps records."""
    return rows(
        f"slipway-shared-deploy-{stack}",
        ("s3:GetObject", f"{ARTIFACTS}/releases/d", GRANTED),
        ("s3:GetObjectVersion", f"{ARTIFACTS}/releases/d", OWN),
        ("s3:PutObject", f"{ARTIFACTS}/releases/d", OWN, ONCE),
        ("s3:GetObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", GRANTED),
        ("s3:PutObject", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", OWN + DOOR),
        ("s3:GetObjectVersion", f"{EVIDENCE}/approvals/d/prod/{ANA}/a", GRANTED),
        ("s3:PutObjectRetention", f"{EVIDENCE}/evidence/d", GRANTED),
        ("s3:BypassGovernanceRetention", f"{EVIDENCE}/evidence/d", OWN + BOUND),
        ("s3:PutObjectRetention", f"{EVIDENCE}/ledger/dev/0.json", OWN),
        ("s3:PutObjectLegalHold", f"{EVIDENCE}/evidence/d", OWN + BOUND),
        *keeping("effects", "evidence", "ledger"),
        ("s3:GetObject", f"{EVIDENCE}/checkpoints/1.json", OWN),
        ("s3:ListBucket", ARTIFACTS, GRANTED),
        ("s3:GetBucketPolicy", ARTIFACTS, OWN),
        ("s3:ListBucket", STATE, OWN),
        ("kms:Decrypt", key("shared", "artifacts"), GRANTED),
        ("kms:DescribeKey", key("shared", "artifacts"), OWN),
        ("kms:GenerateDataKey", key("shared", "artifacts"), OWN + DOOR),
        ("kms:Decrypt", key("shared", "another"), OWN),
        ("kms:Sign", key("shared", "signing"), OWN + DOOR, DIGEST),
        ("kms:Sign", key("shared", "approvals"), OWN + DOOR, DIGEST),
        ("sts:AssumeRole", role_arn("shared", "slipway-shared-sign"), OWN),
    )


def keeping(*folders: str) -> list[Request]:
    """Records are written and read, never deleted; the ledger is appended to."""
    return [
        *((("s3:PutObject", f"{EVIDENCE}/{folder}/d", GRANTED)) for folder in folders),
        *((("s3:DeleteObject", f"{EVIDENCE}/{folder}/d", OWN)) for folder in folders),
        ("s3:PutObject", f"{EVIDENCE}/checkpoints/1.json", OWN),
        ("dynamodb:PutItem", table("shared", "ledger"), GRANTED),
        ("dynamodb:DeleteItem", table("shared", "ledger"), OWN),
        ("dynamodb:PutItem", table("shared", "other"), OWN),
        ("kms:GenerateDataKey", key("shared", "evidence"), GRANTED),
        ("kms:Encrypt", key("shared", "evidence"), OWN),
        ("kms:GenerateDataKey", key("shared", "another"), OWN),
    ]
