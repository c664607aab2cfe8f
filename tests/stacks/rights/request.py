"""One row of the table: a role's request, and the layers that refuse it, each by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.doubles.rights import Rights
from tests.stacks.rights.places import ACCOUNTS, BOUND, DOOR, EVIDENCE, OWN, key, role_arn, table


@dataclass(frozen=True, kw_only=True)
class Row:
    """One request of one role, and what refuses it."""

    role: str
    action: str
    resource: str
    refused_by: str
    context: Mapping[str, str] = field(default_factory=dict)

    def holds(self, rights: Rights) -> bool:
        """Whether exactly these layers refuse."""
        return rights.refusing(self.role, self.action, self.resource, self.context) == self.refused_by

    def __str__(self) -> str:
        return (
            f"{self.role} {self.action} {self.resource.rpartition(':')[2]} {dict(self.context) or ''}".strip()
        )


Request = tuple[str, str, str] | tuple[str, str, str, Mapping[str, str]]
"""Action, resource, the layers that refuse, the context where it matters."""


def rows(role: str, *requests: Request) -> list[Row]:
    """Rows of one role."""
    return [
        Row(
            role=role,
            action=each[0],
            resource=each[1],
            refused_by=each[2],
            context=each[3] if len(each) > 3 else {},
        )
        for each in requests
    ]


def everybodys(stack: str, role: str) -> list[Row]:
    """What no role of a stack may do, whoever widened its own policies: the boundary refuses it too."""
    return rows(
        role,
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNTS[stack]}:user/eve", OWN + BOUND),
        ("iam:PutRolePolicy", role_arn(stack, role), OWN + BOUND),
        ("iam:DeleteRolePermissionsBoundary", role_arn(stack, role), OWN + BOUND),
        (
            "iam:CreatePolicyVersion",
            f"arn:aws:iam::{ACCOUNTS[stack]}:policy/slipway-{stack}-boundary",
            OWN + BOUND,
        ),
        ("sts:AssumeRole", role_arn(stack, f"slipway-operator-{stack}"), OWN + BOUND),
        (
            "cloudtrail:StopLogging",
            f"arn:aws:cloudtrail:us-east-1:{ACCOUNTS[stack]}:trail/slipway",
            OWN + BOUND,
        ),
        ("dynamodb:DeleteTable", table(stack, "journal"), OWN + BOUND),
        (
            "s3:BypassGovernanceRetention",
            f"{EVIDENCE}/evidence/d",
            OWN + BOUND + ("" if stack == "shared" else DOOR),
        ),
        ("kms:PutKeyPolicy", key(stack, "data" if stack != "shared" else "signing"), OWN + BOUND),
    )
