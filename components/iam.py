"""IAM policy documents as values: calculated here, tested as tables, wired by components.

Grammar: IAM JSON policy elements reference. Only what the platform grants is expressible.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_VERSION: Final = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    Attributes:
        sid: name of the statement, unique in its document.
        actions: API actions; a wildcard may only end one.
        resources: ARNs; empty in a trust policy.
        principals: who may assume, or whom a bucket policy speaks of: kind (`Service`, `AWS`) to values.
        conditions: operator -> key -> value.
        deny: True for a refusal that no other statement can lift.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    principals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    deny: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the statement in IAM's own shape, without empty elements."""
        elements: dict[str, object] = {
            "Sid": self.sid,
            "Effect": "Deny" if self.deny else "Allow",
            "Principal": {kind: list(values) for kind, values in self.principals.items()},
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": self.conditions,
        }
        return {name: value for name, value in elements.items() if value}


def document(statements: Sequence[Statement]) -> str:
    """Return a policy document; the same statements give the same text, so that no diff appears by itself."""
    return json.dumps({"Version": _VERSION, "Statement": [each.as_json() for each in statements]})


def trust(*, services: Sequence[str] = (), roles: Sequence[str] = ()) -> str:
    """Return a trust policy for AWS services and for roles by ARN."""
    principals = {"Service": tuple(services), "AWS": tuple(roles)}
    known = {kind: values for kind, values in principals.items() if values}
    return document([Statement(sid="Assume", actions=["sts:AssumeRole"], principals=known)])


def tls_only(bucket_arn: str) -> str:
    """Return the bucket policy that refuses every request which is not encrypted in transit."""
    refuse = Statement(
        sid="TlsOnly",
        actions=["s3:*"],
        resources=[bucket_arn, f"{bucket_arn}/*"],
        principals={"AWS": ["*"]},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
        deny=True,
    )
    return document([refuse])


def key_policy(account_id: str) -> str:
    """Return the key policy that leaves the decision to the account's IAM policies (AWS's default)."""
    delegate = Statement(
        sid="AccountDecides",
        actions=["kms:*"],
        resources=["*"],
        principals={"AWS": [f"arn:aws:iam::{account_id}:root"]},
    )
    return document([delegate])
