"""Who may assume a role: builds by their project, workflows by their claims, people by their user. Pure.

AWS tells a build's session after the build, so only the names of sessions that people and workflows open can
be demanded: a person's is their user name, a workflow's is `<user>@pr-<number>`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from components import iam
from slipway.model.subjects import GITHUB_ISSUER

AUDIENCE: Final = "sts.amazonaws.com"
"""Whom a workflow's token has to be meant for; the action `configure-aws-credentials` asks for it."""

_CODEBUILD: Final = "codebuild.amazonaws.com"
_SESSION: Final = "*@pr-*"
_MFA_SECONDS: Final = 3600

Subjects = Callable[[str, str], Sequence[str]]
"""Repository and branch to the subjects of tokens."""


def pull_requests(repository: str, branch: str) -> tuple[str, ...]:
    """Return the subjects of what is not merged yet: pull requests, and the merge queue of a branch.

    Args:
        repository: owner/name on GitHub.
        branch: the branch that the queue merges into.
    """
    queue = f"repo:{repository}:ref:refs/heads/gh-readonly-queue/{branch}/*"
    return (f"repo:{repository}:pull_request", queue)


def merged(repository: str, branch: str) -> tuple[str, ...]:
    """Return the subject of workflows on a branch."""
    return (f"repo:{repository}:ref:refs/heads/{branch}",)


def trust_build(*project_arns: str) -> iam.Statement:
    """Let CodeBuild projects run as the role (CodeBuild user guide, "cross-service confused deputy")."""
    return iam.Statement(
        sid="Build",
        actions=["sts:AssumeRole"],
        principals={"Service": [_CODEBUILD]},
        conditions={"ArnEquals": {"aws:SourceArn": list(project_arns)}},
    )


def trust_workflows(provider_arn: str, subjects: Sequence[str]) -> iam.Statement:
    """Let workflows of GitHub run as the role, by what their token says they run on.

    Args:
        provider_arn: GitHub's OpenID Connect provider in the role's account.
        subjects: claims `sub`; `*` stands for anything.
    """
    return iam.Statement(
        sid="Workflows",
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": [provider_arn]},
        conditions={
            "StringEquals": {f"{GITHUB_ISSUER}:aud": AUDIENCE},
            "StringLike": {f"{GITHUB_ISSUER}:sub": list(subjects), "sts:RoleSessionName": _SESSION},
        },
    )


def trust_people(user_arns: Sequence[str]) -> iam.Statement:
    """Let users work as the role, with a second factor, in a session that is called after them.

    Args:
        user_arns: at least one.
    """
    return iam.Statement(
        sid="People",
        actions=["sts:AssumeRole"],
        principals={"AWS": sorted({iam.account_of(each) for each in user_arns})},
        conditions={
            "ArnEquals": {"aws:PrincipalArn": list(user_arns)},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "StringEquals": {"sts:RoleSessionName": "${aws:username}"},
        },
    )


def trust_emergency(user_arns: Sequence[str]) -> iam.Statement:
    """Let users break the glass: a second factor of the last hour, and tags that say what for.

    The tags `Incident` and `Reason` are in CloudTrail beside everything that the session does.
    """
    usual = trust_people(user_arns)
    return iam.Statement(
        sid="Emergency",
        actions=["sts:AssumeRole", "sts:TagSession"],
        principals=usual.principals,
        conditions={
            **usual.conditions,
            "NumericLessThan": {"aws:MultiFactorAuthAge": str(_MFA_SECONDS)},
            "StringLike": {"aws:RequestTag/Incident": "?*", "aws:RequestTag/Reason": "?*"},
        },
    )
