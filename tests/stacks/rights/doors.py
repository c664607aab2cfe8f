"""Whom the policies of buckets and keys let in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from slipway.model.environment import Environment, StackName
from tests.doubles.rights import Rights
from tests.stacks.rights.places import (
    ACCOUNTS,
    APPROVE,
    ARTIFACTS,
    BUILD,
    EVE,
    EVIDENCE,
    IMAGES,
    SIGN,
    STATE,
    TRAIL,
    key,
    operator,
    role_arn,
)


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who is no role of the platform, or some role, at the door of a bucket or key."""

    caller: tuple[str, str]
    action: str
    resource: str
    may: bool
    context: Mapping[str, str] = field(default_factory=dict)

    def holds(self, rights: Rights) -> bool:
        """Whether the door is open or shut as it should be."""
        return rights.admits(self.caller, self.action, self.resource, self.context) == self.may

    def __str__(self) -> str:
        who = self.caller[1].rpartition(":")[2]
        return f"{who} {self.action} {self.resource.rpartition(':')[2]} {dict(self.context) or ''}".strip()


FOR_A_SERVICE: Final = {"kms:GrantIsForAWSResource": "true"}
USED_BY_ROLES: Final = (
    ("shared", "artifacts"),
    ("shared", "evidence"),
    *((stack.value, "data") for stack in Environment),
)
USED_BY_PEOPLE: Final = (
    ("shared", "state"),
    ("shared", "trail"),
    *(("shared", f"pulumi-secrets-{stack}") for stack in StackName),
)


def _keys() -> Iterable[Guest]:
    """Whoever administers a key cannot use it; grants are for AWS services only; strangers get nothing."""
    for stack, name in (*USED_BY_ROLES, *USED_BY_PEOPLE):
        named, admin = key(stack, name), ("AWS", role_arn(stack, "Administrator"))
        reads = (stack, name) in USED_BY_PEOPLE
        yield Guest(caller=admin, action="kms:PutKeyPolicy", resource=named, may=True)
        yield Guest(caller=admin, action="kms:Decrypt", resource=named, may=reads)
        yield Guest(caller=admin, action="kms:CreateGrant", resource=named, may=True, context=FOR_A_SERVICE)
        yield Guest(caller=admin, action="kms:CreateGrant", resource=named, may=False)
        yield Guest(caller=admin, action="kms:Verify", resource=named, may=False, context=FOR_A_SERVICE)
        yield Guest(caller=operator(stack), action="kms:GenerateDataKey", resource=named, may=True)
        yield Guest(caller=operator(stack), action="kms:CreateGrant", resource=named, may=False)
        yield Guest(caller=EVE, action="kms:Decrypt", resource=named, may=False)
        yield Guest(caller=EVE, action="kms:DescribeKey", resource=named, may=False)
        yield Guest(caller=EVE, action="kms:CreateGrant", resource=named, may=False, context=FOR_A_SERVICE)
    for stack, name in USED_BY_PEOPLE:
        build = ("AWS", role_arn("shared", BUILD))
        yield Guest(caller=build, action="kms:Decrypt", resource=key(stack, name), may=False)
    sign = ("AWS", role_arn("shared", SIGN))
    yield Guest(caller=sign, action="kms:Decrypt", resource=key("shared", "evidence"), may=False)


def _signing_key() -> Iterable[Guest]:
    """Signers sign; whoever administers the key does not, and cannot delete it."""
    named = key("shared", "signing")
    for caller, may in (
        (operator("shared"), True),
        (("AWS", role_arn("shared", SIGN)), True),
        (("AWS", role_arn("shared", APPROVE)), True),
        (("AWS", role_arn("shared", BUILD)), False),
        (("AWS", role_arn("shared", "Administrator")), False),
        (("AWS", role_arn("prod", "slipway-prod-deploy")), False),
        (EVE, False),
    ):
        yield Guest(caller=caller, action="kms:Sign", resource=named, may=may)
    yield Guest(caller=operator("shared"), action="kms:Verify", resource=named, may=False)
    yield Guest(caller=operator("shared"), action="kms:ScheduleKeyDeletion", resource=named, may=False)
    yield Guest(caller=EVE, action="kms:GetPublicKey", resource=named, may=False)


def _alarms() -> Iterable[Guest]:
    """CloudWatch encrypts what it publishes, for alarms of the own account."""
    for stack in Environment:
        named, own = key(stack, "data"), {"aws:SourceAccount": ACCOUNTS[stack]}
        alarms, others = ("Service", "cloudwatch.amazonaws.com"), ("Service", "sns.amazonaws.com")
        foreign = {"aws:SourceAccount": "999999999999"}
        yield Guest(caller=alarms, action="kms:GenerateDataKey", resource=named, may=True, context=own)
        yield Guest(caller=alarms, action="kms:Encrypt", resource=named, may=False, context=own)
        yield Guest(caller=alarms, action="kms:GenerateDataKey", resource=named, may=False, context=foreign)
        yield Guest(caller=others, action="kms:GenerateDataKey", resource=named, may=False, context=own)


def _logs() -> Iterable[Guest]:
    """CloudWatch Logs encrypts what Airflow says, and no other group."""
    for stack in Environment:
        named, groups = key(stack, "data"), f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group"
        logs, others = ("Service", "logs.us-east-1.amazonaws.com"), ("Service", "sns.amazonaws.com")
        ours = {"kms:EncryptionContext:aws:logs:arn": f"{groups}:airflow-slipway-{stack}-Task"}
        theirs = {"kms:EncryptionContext:aws:logs:arn": f"{groups}:another"}
        yield Guest(caller=logs, action="kms:Encrypt", resource=named, may=True, context=ours)
        yield Guest(caller=logs, action="kms:Encrypt", resource=named, may=False, context=theirs)
        yield Guest(caller=logs, action="kms:Verify", resource=named, may=False, context=ours)
        yield Guest(caller=others, action="kms:Encrypt", resource=named, may=False, context=ours)


def _trails() -> Iterable[Guest]:
    """Each account's trail writes below its own account, under the audit account's control."""
    service, sealed = ("Service", "cloudtrail.amazonaws.com"), {"s3:x-amz-acl": "bucket-owner-full-control"}
    named = key("shared", "trail")
    for stack, account in ACCOUNTS.items():
        source = {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{account}:trail/slipway-{stack}"}
        foreign = {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{account}:trail/another"}
        file, elsewhere = f"{TRAIL}/AWSLogs/{account}/a", f"{TRAIL}/AWSLogs/999999999999/a"
        for caller, action, resource, may, context in (
            (service, "s3:GetBucketAcl", TRAIL, True, source),
            (service, "s3:GetBucketAcl", TRAIL, False, foreign),
            (service, "s3:PutBucketAcl", TRAIL, False, source),
            (("Service", "config.amazonaws.com"), "s3:GetBucketAcl", TRAIL, False, source),
            (service, "s3:PutObject", file, True, {**source, **sealed}),
            (service, "s3:PutObject", file, False, source),
            (service, "s3:PutObject", file, False, {**foreign, **sealed}),
            (service, "s3:GetObject", file, False, {**source, **sealed}),
            (service, "s3:PutObject", elsewhere, False, {**source, **sealed}),
            (("Service", "config.amazonaws.com"), "s3:PutObject", file, False, {**source, **sealed}),
            (service, "kms:GenerateDataKey", named, True, source),
            (service, "kms:GenerateDataKey", named, False, foreign),
            (service, "kms:Encrypt", named, False, source),
            (("Service", "config.amazonaws.com"), "kms:GenerateDataKey", named, False, source),
        ):
            yield Guest(caller=caller, action=action, resource=resource, may=may, context=context)
    yield Guest(caller=operator("shared"), action="kms:ScheduleKeyDeletion", resource=named, may=False)


def _images() -> Iterable[Guest]:
    """Spark jobs of the environments pull, and push nothing."""
    jobs = ("Service", "emr-serverless.amazonaws.com")
    source = {"aws:SourceArn": f"arn:aws:emr-serverless:us-east-1:{ACCOUNTS['prod']}:/applications/a"}
    foreign = {"aws:SourceArn": "arn:aws:emr-serverless:us-east-1:999999999999:/applications/a"}
    yield Guest(caller=jobs, action="ecr:BatchGetImage", resource=IMAGES, may=True, context=source)
    yield Guest(caller=jobs, action="ecr:BatchGetImage", resource=IMAGES, may=False, context=foreign)
    yield Guest(caller=jobs, action="ecr:PutImage", resource=IMAGES, may=False, context=source)
    lambdas = ("Service", "lambda.amazonaws.com")
    yield Guest(caller=lambdas, action="ecr:BatchGetImage", resource=IMAGES, may=False, context=source)
    yield Guest(caller=EVE, action="ecr:BatchGetImage", resource=IMAGES, may=False)


def _objects() -> Iterable[Guest]:
    """No object of the artifact bucket is written twice or deleted, by whomever."""
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion"):
        yield Guest(caller=operator("shared"), action=action, resource=f"{ARTIFACTS}/sha256/d", may=False)
    creation = {"s3:ObjectCreationOperation": "true"}
    for context, may in ((creation, False), ({**creation, "s3:if-none-match": "*"}, True)):
        yield Guest(
            caller=operator("shared"),
            action="s3:PutObject",
            resource=f"{ARTIFACTS}/sha256/d",
            may=may,
            context=context,
        )


def _buckets() -> Iterable[Guest]:
    """Nobody comes without TLS, and nobody from elsewhere."""
    plain = {"aws:SecureTransport": "false"}
    for bucket in (ARTIFACTS, EVIDENCE, STATE, TRAIL):
        admin, named = ("AWS", role_arn("shared", "Administrator")), f"{bucket}/evidence/a"
        yield Guest(caller=admin, action="s3:GetObject", resource=named, may=True)
        yield Guest(caller=admin, action="s3:GetObject", resource=named, may=False, context=plain)
        yield Guest(caller=EVE, action="s3:GetObject", resource=named, may=False)
    yield Guest(
        caller=("AWS", role_arn("prod", "slipway-prod-chargebacks")),
        action="s3:GetObject",
        resource=f"{ARTIFACTS}/sha256/d",
        may=False,
    )


GUESTS: Final = [
    *_keys(),
    *_signing_key(),
    *_alarms(),
    *_logs(),
    *_trails(),
    *_images(),
    *_objects(),
    *_buckets(),
]
