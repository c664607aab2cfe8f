"""Whom the policies of buckets and keys let in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from slipway.model.environment import Environment, StackName
from tests.doubles.rights import Rights
from tests.stacks.rights.builds import bus
from tests.stacks.rights.places import (
    ACCOUNTS,
    APPROVE,
    ARTIFACTS,
    BUILD,
    EVE,
    EVIDENCE,
    IMAGES,
    ONCE,
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
USED_BY_PEOPLE: Final = (("shared", "trail"),)
OF_BOOTSTRAP: Final = ("state", *(f"pulumi-secrets-{stack}" for stack in StackName))


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
    yield from _keys_of_bootstrap()
    sign = ("AWS", role_arn("shared", SIGN))
    yield Guest(caller=sign, action="kms:Decrypt", resource=key("shared", "evidence"), may=False)


def _keys_of_bootstrap() -> Iterable[Guest]:
    """People use them as IAM allows, no role of the platform does, an operator has its own stack's only."""
    admin, build = ("AWS", role_arn("shared", "Administrator")), ("AWS", role_arn("shared", BUILD))
    for name in OF_BOOTSTRAP:
        named = key("shared", name)
        yield Guest(caller=admin, action="kms:PutKeyPolicy", resource=named, may=True)
        yield Guest(caller=admin, action="kms:Decrypt", resource=named, may=True)
        yield Guest(caller=admin, action="kms:CreateGrant", resource=named, may=False, context=FOR_A_SERVICE)
        yield Guest(caller=operator("shared"), action="kms:GenerateDataKey", resource=named, may=True)
        yield Guest(caller=build, action="kms:Decrypt", resource=named, may=False)
        yield Guest(caller=EVE, action="kms:Decrypt", resource=named, may=False)
        yield Guest(caller=EVE, action="kms:DescribeKey", resource=named, may=False)
    for of in StackName:
        secrets = key("shared", f"pulumi-secrets-{of}")
        for stack in Environment:
            who = ("AWS", role_arn(stack, f"slipway-operator-{stack}"))
            reads = of.value in {stack.value, "shared"}
            yield Guest(caller=who, action="kms:Decrypt", resource=secrets, may=reads)
            yield Guest(caller=who, action="kms:Encrypt", resource=secrets, may=of.value == stack.value)
            yield Guest(caller=who, action="kms:PutKeyPolicy", resource=secrets, may=False)
            deployer = ("AWS", role_arn(stack, f"slipway-{stack}-deploy"))
            yield Guest(caller=deployer, action="kms:Decrypt", resource=secrets, may=False)
    for stack in Environment:
        who = ("AWS", role_arn(stack, f"slipway-operator-{stack}"))
        other = ("AWS", role_arn(stack, f"slipway-{stack}-deploy"))
        state = key("shared", "state")
        yield Guest(caller=who, action="kms:GenerateDataKey", resource=state, may=True)
        yield Guest(caller=who, action="kms:PutKeyPolicy", resource=state, may=False)
        yield Guest(caller=other, action="kms:Decrypt", resource=state, may=False)


def _state() -> Iterable[Guest]:
    """An environment's operator has the state of its own stack, and reads shared's for its references."""
    folder = f"{STATE}/.pulumi"
    for stack in Environment:
        who = ("AWS", role_arn(stack, f"slipway-operator-{stack}"))
        deployer = ("AWS", role_arn(stack, f"slipway-{stack}-deploy"))
        yield Guest(caller=who, action="s3:ListBucket", resource=STATE, may=True)
        yield Guest(caller=deployer, action="s3:ListBucket", resource=STATE, may=False)
        yield Guest(caller=who, action="s3:PutBucketPolicy", resource=STATE, may=False)
        yield Guest(caller=who, action="s3:GetObject", resource=f"{folder}/meta.yaml", may=True)
        yield Guest(caller=who, action="s3:PutObject", resource=f"{folder}/meta.yaml", may=False)
        for of in StackName:
            own, read = of.value == stack.value, of.value in {stack.value, "shared"}
            checkpoint = f"{folder}/stacks/slipway/{of}.json"
            yield Guest(caller=who, action="s3:GetObject", resource=checkpoint, may=read)
            yield Guest(caller=deployer, action="s3:GetObject", resource=checkpoint, may=False)
            for place in (
                f"stacks/slipway/{of}.json.bak",
                f"history/slipway/{of}/{of}-1.history.json",
                f"backups/slipway/{of}/{of}.1.json",
                f"locks/organization/slipway/{of}/a.json",
            ):
                yield Guest(caller=who, action="s3:PutObject", resource=f"{folder}/{place}", may=own)
                yield Guest(caller=deployer, action="s3:PutObject", resource=f"{folder}/{place}", may=False)
            yield Guest(caller=who, action="s3:DeleteObjectVersion", resource=checkpoint, may=False)
        yield Guest(
            caller=who, action="s3:GetObject", resource=f"{folder}/stacks/other/{stack}.json", may=False
        )


def _signing_keys() -> Iterable[Guest]:
    """Signers sign releases, and people who approve approvals; whoever administers a key cannot delete it."""
    for caller, of_releases, of_approvals in (
        (operator("shared"), True, False),
        (("AWS", role_arn("shared", SIGN)), True, False),
        (("AWS", role_arn("shared", APPROVE)), False, True),
        (("AWS", role_arn("shared", "slipway-shared-audit")), True, False),
        (("AWS", role_arn("shared", BUILD)), False, False),
        (("AWS", role_arn("shared", "Administrator")), False, False),
        (("AWS", role_arn("prod", "slipway-prod-deploy")), False, False),
        (EVE, False, False),
    ):
        for role, may in (("signing", of_releases), ("approvals", of_approvals)):
            yield Guest(caller=caller, action="kms:Sign", resource=key("shared", role), may=may)
    for role, signer in (
        ("signing", operator("shared")),
        ("approvals", ("AWS", role_arn("shared", APPROVE))),
    ):
        named = key("shared", role)
        yield Guest(caller=signer, action="kms:Verify", resource=named, may=False)
        yield Guest(caller=operator("shared"), action="kms:ScheduleKeyDeletion", resource=named, may=False)
        yield Guest(caller=operator("shared"), action="kms:GetPublicKey", resource=named, may=True)
        yield Guest(caller=EVE, action="kms:GetPublicKey", resource=named, may=False)


def _alarms() -> Iterable[Guest]:
    """CloudWatch encrypts what it publishes, for alarms of the own account."""
    for stack, name in (("shared", "artifacts"), *((stack.value, "data") for stack in Environment)):
        named, own = key(stack, name), {"aws:SourceAccount": ACCOUNTS[stack]}
        alarms, others = ("Service", "cloudwatch.amazonaws.com"), ("Service", "sns.amazonaws.com")
        foreign = {"aws:SourceAccount": "999999999999"}
        yield Guest(caller=alarms, action="kms:GenerateDataKey", resource=named, may=True, context=own)
        yield Guest(caller=alarms, action="kms:Encrypt", resource=named, may=False, context=own)
        yield Guest(caller=alarms, action="kms:GenerateDataKey", resource=named, may=False, context=foreign)
        yield Guest(caller=others, action="kms:GenerateDataKey", resource=named, may=False, context=own)


def _budgets() -> Iterable[Guest]:
    """AWS Budgets encrypts what it tells, of the own account."""
    for stack, name in (("shared", "artifacts"), *((stack.value, "data") for stack in Environment)):
        named, own = key(stack, name), {"aws:SourceAccount": ACCOUNTS[stack]}
        budgets, foreign = ("Service", "budgets.amazonaws.com"), {"aws:SourceAccount": "999999999999"}
        others = ("Service", "sns.amazonaws.com")
        yield Guest(caller=budgets, action="kms:GenerateDataKey", resource=named, may=True, context=own)
        yield Guest(caller=budgets, action="kms:Encrypt", resource=named, may=False, context=own)
        yield Guest(caller=budgets, action="kms:GenerateDataKey", resource=named, may=False, context=foreign)
        yield Guest(caller=others, action="kms:GenerateDataKey", resource=named, may=False, context=own)


def _alerts() -> Iterable[Guest]:
    """Alarms and the budget of the own account publish, and nobody else's."""
    for stack, account in ACCOUNTS.items():
        topic, own = f"arn:aws:sns:us-east-1:{account}:slipway-{stack}-alerts", {"aws:SourceAccount": account}
        foreign = {"aws:SourceAccount": "999999999999"}
        for service in ("cloudwatch", "budgets"):
            caller = ("Service", f"{service}.amazonaws.com")
            yield Guest(caller=caller, action="sns:Publish", resource=topic, may=True, context=own)
            yield Guest(caller=caller, action="sns:Publish", resource=topic, may=False, context=foreign)
            yield Guest(caller=caller, action="sns:Subscribe", resource=topic, may=False, context=own)
            yield Guest(caller=caller, action="sns:Publish", resource=f"{topic}-a", may=False, context=own)
        events = ("Service", "events.amazonaws.com")
        yield Guest(caller=events, action="sns:Publish", resource=topic, may=False, context=own)
        yield Guest(caller=EVE, action="sns:Publish", resource=topic, may=False)


def _logs() -> Iterable[Guest]:
    """CloudWatch Logs encrypts what Airflow and builds say, and no other group."""
    for stack, name in (("shared", "artifacts"), *((stack.value, "data") for stack in Environment)):
        named, groups = key(stack, name), f"arn:aws:logs:us-east-1:{ACCOUNTS[stack]}:log-group"
        logs, others = ("Service", "logs.us-east-1.amazonaws.com"), ("Service", "sns.amazonaws.com")
        airflow = {"kms:EncryptionContext:aws:logs:arn": f"{groups}:airflow-slipway-{stack}-Task"}
        yield Guest(caller=logs, action="kms:Encrypt", resource=named, may=name == "data", context=airflow)
        ours = {"kms:EncryptionContext:aws:logs:arn": f"{groups}:/slipway/{stack}/builds/deploy"}
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


def _buses() -> Iterable[Guest]:
    """The roles of the events of these accounts speak on a bus, and nobody else there."""
    for stack, before in (("dev", ()), ("staging", ("dev",)), ("prod", ("staging",))):
        named = bus(stack)
        for sender in ("shared", *before):
            caller = ("AWS", role_arn(sender, f"slipway-{sender}-events"))
            other = ("AWS", role_arn(sender, "Administrator"))
            yield Guest(caller=caller, action="events:PutEvents", resource=named, may=True)
            yield Guest(caller=caller, action="events:PutRule", resource=named, may=False)
            yield Guest(caller=other, action="events:PutEvents", resource=named, may=False)
        yield Guest(caller=EVE, action="events:PutEvents", resource=named, may=False)
    skipping = ("AWS", role_arn("dev", "slipway-dev-events"))
    yield Guest(caller=skipping, action="events:PutEvents", resource=bus("prod"), may=False)


def _undelivered() -> Iterable[Guest]:
    """EventBridge writes down what it could not deliver, for the stack's own rules."""
    service, other = ("Service", "events.amazonaws.com"), ("Service", "sns.amazonaws.com")
    for stack, rule in (("shared", "signed"), *((stack.value, "tick") for stack in Environment)):
        account = ACCOUNTS[stack]
        named = f"arn:aws:sqs:us-east-1:{account}:slipway-{stack}-undelivered"
        own = {"aws:SourceArn": f"arn:aws:events:us-east-1:{account}:rule/slipway-{stack}-{rule}"}
        foreign = {"aws:SourceArn": f"arn:aws:events:us-east-1:{account}:rule/another"}
        yield Guest(caller=service, action="sqs:SendMessage", resource=named, may=True, context=own)
        yield Guest(caller=service, action="sqs:SendMessage", resource=named, may=False, context=foreign)
        yield Guest(caller=service, action="sqs:ReceiveMessage", resource=named, may=False, context=own)
        yield Guest(caller=other, action="sqs:SendMessage", resource=named, may=False, context=own)


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


def _approvals() -> Iterable[Guest]:
    """Approvals are written in the role's sessions: in another role's, anybody can be called anything."""
    own = {**ONCE, "aws:userid": "AROAOPERATOR:ana.silva"}
    place = f"{EVIDENCE}/approvals/d/prod/AROAOPERATOR:ana.silva/a"
    for caller in (operator("shared"), ("AWS", "arn:aws:iam::111122223333:user/ana.silva")):
        yield Guest(caller=caller, action="s3:PutObject", resource=place, may=False, context=own)
        evidence = f"{EVIDENCE}/evidence/d"
        yield Guest(caller=caller, action="s3:PutObject", resource=evidence, may=True, context=own)


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
    *_signing_keys(),
    *_alarms(),
    *_budgets(),
    *_alerts(),
    *_logs(),
    *_trails(),
    *_images(),
    *_buses(),
    *_undelivered(),
    *_objects(),
    *_buckets(),
    *_approvals(),
    *_state(),
]
