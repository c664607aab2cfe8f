"""IAM policy documents as values: calculated here, tested as tables, wired by components.

Grammar: IAM JSON policy elements reference. Only what the platform grants is expressible.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from slipway.model.tags import PLATFORM_PIPELINE

_VERSION: Final = "2012-10-17"
ALARMS: Final = "cloudwatch.amazonaws.com"
"""The service that publishes alarms."""

BUDGETS: Final = "budgets.amazonaws.com"
"""The service that publishes what budgets tell."""

_ACCOUNT_FIELD: Final = 4  # arn:partition:service:region:ACCOUNT:resource


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    Attributes:
        sid: name of the statement, unique in its document.
        actions: API actions; a wildcard may only end one.
        resources: ARNs; empty in a trust policy.
        other_than: ARNs; the statement speaks of everything else, in place of `resources`.
        principals: who may assume, or whom a bucket policy speaks of: kind (`Service`, `AWS`, `Federated`) to
            values.
        conditions: operator -> key -> value.
        deny: True for a refusal that no other statement can lift.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    other_than: Sequence[str] = ()
    principals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, str | Sequence[str]]] = field(default_factory=dict)
    deny: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the statement in IAM's own shape, without empty elements."""
        elements: dict[str, object] = {
            "Sid": self.sid,
            "Effect": "Deny" if self.deny else "Allow",
            "Principal": {kind: list(values) for kind, values in self.principals.items()},
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "NotResource": list(self.other_than),
            "Condition": self.conditions,
        }
        return {name: value for name, value in elements.items() if value}


def document(statements: Sequence[Statement]) -> str:
    """Return a policy document; the same statements give the same text, so that no diff appears by itself."""
    return json.dumps({"Version": _VERSION, "Statement": [each.as_json() for each in statements]})


def trust_services(services: Sequence[str], account_id: str) -> Statement:
    """Let AWS services assume a role, on behalf of this account only (the confused deputy problem)."""
    return Statement(
        sid="Services",
        actions=["sts:AssumeRole"],
        principals={"Service": services},
        conditions={"StringEquals": {"aws:SourceAccount": account_id}},
    )


def trust_role(role_arn: str) -> Statement:
    """Let one role assume another."""
    return _admit_role(role_arn, sid="Role", actions=["sts:AssumeRole"], resources=())


def trust_nodes(role_arn: str) -> Statement:
    """Let nodes of a cluster run a step as a role; EMR tags the session with its user."""
    actions = ["sts:AssumeRole", "sts:TagSession"]
    return _admit_role(role_arn, sid="Nodes", actions=actions, resources=())


def admit_role(resource: str, role_arn: str, action: str) -> Statement:
    """Let one role of another account do one thing with something that bears a policy.

    Args:
        resource: ARN of what bears it.
        role_arn: the role; the statement is named after it.
        action: the thing.
    """
    sid = "".join(part.capitalize() for part in role_arn.rpartition("/")[2].split("-"))
    return _admit_role(role_arn, sid=sid, actions=[action], resources=[resource])


def become_pipeline(role_arns: str, *, also: Sequence[str] = ()) -> Statement:
    """Let a role assume those of pipelines; the platform's own bear another tag, and trust it not.

    Args:
        role_arns: roles of the stack, as an ARN with a wildcard.
        also: actions that assuming needs here beside `sts:AssumeRole`.
    """
    return Statement(
        sid="BecomePipeline",
        actions=["sts:AssumeRole", *also],
        resources=[role_arns],
        conditions={"StringNotEquals": {"iam:ResourceTag/Pipeline": PLATFORM_PIPELINE}},
    )


def _admit_role(role_arn: str, *, sid: str, actions: Sequence[str], resources: Sequence[str]) -> Statement:
    """Allow something to one role, which may come up later.

    A policy that named the role as its principal would be refused while the role does not exist; its account
    with this condition says the same, and stacks can come up in any order.
    """
    return Statement(
        sid=sid,
        actions=actions,
        resources=resources,
        principals={"AWS": [account_of(role_arn)]},
        conditions={"ArnEquals": {"aws:PrincipalArn": role_arn}},
    )


def account_of(arn: str) -> str:
    """Return the ARN that stands for everything that the account of a principal allows."""
    return account_principal(account_id_of(arn))


def account_id_of(arn: str) -> str:
    """Return the account in an ARN."""
    return arn.split(":")[_ACCOUNT_FIELD]


def bucket_arn(bucket: str) -> str:
    """Return the ARN of a bucket that somebody else makes."""
    return f"arn:aws:s3:::{bucket}"


def account_principal(account_id: str) -> str:
    """Return the ARN that stands for everything an account itself allows."""
    return f"arn:aws:iam::{account_id}:root"


def tls_only(bucket_arn: str) -> Statement:
    """Refuse every request to a bucket that is not encrypted in transit."""
    return Statement(
        sid="TlsOnly",
        actions=["s3:*"],
        resources=[bucket_arn, f"{bucket_arn}/*"],
        principals={"AWS": ["*"]},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        deny=True,
    )


def read_objects(bucket_arn: str, role_arn: str, *, sid: str) -> Statement:
    """Let a role of another account read a bucket; its own policy has to allow it as well."""
    actions = ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"]
    return _admit_role(role_arn, sid=sid, actions=actions, resources=[bucket_arn, f"{bucket_arn}/*"])


def own_approvals_only(bucket_arn: str) -> Statement:
    """Refuse to write an approval below somebody else's user id, to everybody.

    It speaks of all keys but the free ones and those below the caller's own id, because a statement cannot
    take something out of its own resources. `*` matches slashes too: whoever reads an approval has to insist
    on exactly `approvals/<release>/<environment>/<user id>/<name>`.
    """
    own = f"{bucket_arn}/approvals/*/*/${{aws:userid}}/*"
    free = [f"{bucket_arn}/{folder}/*" for folder in ("evidence", "effects", "ledger", "checkpoints")]
    return Statement(
        sid="OwnApprovalsOnly",
        actions=["s3:PutObject"],
        other_than=[own, *free],
        principals={"AWS": ["*"]},
        deny=True,
    )


def approvals_by(role_arn: str) -> Callable[[str], Statement]:
    """Refuse to write an approval from anywhere but the role for approvals, to everybody.

    Below whose id an approval lies says who wrote it only where nobody can choose the name of a session: that
    role gives each user the session of their own name.

    Args:
        role_arn: of the role; it may not be there yet.

    Returns:
        Bucket ARN to statement.
    """
    return lambda bucket_arn: Statement(
        sid="ApprovalsByApprovers",
        actions=["s3:PutObject"],
        resources=[f"{bucket_arn}/approvals/*"],
        principals={"AWS": ["*"]},
        conditions={"ArnNotEquals": {"aws:PrincipalArn": role_arn}},
        deny=True,
    )


def write_once(bucket_arn: str) -> Statement:
    """Refuse to write an object without the condition that there is none of its name yet, to everybody.

    The parts of a large upload have no condition, its completion has (S3 user guide, "Enforce conditional
    writes on Amazon S3 buckets").
    """
    return Statement(
        sid="WriteOnce",
        actions=["s3:PutObject"],
        resources=[f"{bucket_arn}/*"],
        principals={"AWS": ["*"]},
        conditions={
            "Null": {"s3:if-none-match": "true"},
            "Bool": {"s3:ObjectCreationOperation": "true"},
        },
        deny=True,
    )


def keep_objects(bucket_arn: str) -> Statement:
    """Refuse to delete an object or a version of one, to everybody: what was released stays provable."""
    return Statement(
        sid="KeepObjects",
        actions=["s3:DeleteObject", "s3:DeleteObjectVersion"],
        resources=[f"{bucket_arn}/*"],
        principals={"AWS": ["*"]},
        deny=True,
    )


def publish_for(service: str, sid: str, topic_arn: str, account_id: str) -> Statement:
    """Let an AWS service publish to a topic, on behalf of this account only."""
    return Statement(
        sid=sid,
        actions=["sns:Publish"],
        resources=[topic_arn],
        principals={"Service": [service]},
        conditions={"StringEquals": {"aws:SourceAccount": account_id}},
    )
