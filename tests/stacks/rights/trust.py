"""Whom the roles trust."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slipway.model.environment import Environment, StackName
from tests.doubles.rights import Rights
from tests.stacks.rights.places import ACCOUNTS, APPROVE, BUILD, CHECK, EVE, operator, role_arn


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Somebody who wants to become a role."""

    role: str
    caller: tuple[str, str]
    may: bool
    context: Mapping[str, str]
    action: str = "sts:AssumeRole"

    def holds(self, rights: Rights) -> bool:
        """Whether the role trusts them as it should."""
        return rights.may_assume(self.role, self.action, self.caller, self.context) == self.may

    def __str__(self) -> str:
        return f"{self.role} by {self.caller[1].rpartition(':')[2]} {dict(self.context)}"


def _each_without(good: Trust, **wrong: str) -> Iterable[Trust]:
    """The good case, and the same with one thing wrong; the empty text: it is missing."""
    yield good
    for key, value in wrong.items():
        name = next(each for each in good.context if each.lower().endswith(key.lower()))
        rest = {each: known for each, known in good.context.items() if each != name}
        yield replace(good, may=False, context={**rest, name: value} if value else rest)


def _by_build(stack: str, duty: str, *projects: str) -> Iterable[Trust]:
    """The projects of the duty, its own where none is named, and no other project, service or person."""
    role, account = f"slipway-{stack}-{duty}", ACCOUNTS[stack]
    project = f"arn:aws:codebuild:us-east-1:{account}:project/slipway-{stack}"
    caller = ("Service", "codebuild.amazonaws.com")
    first, *more = (
        Trust(role=role, caller=caller, may=True, context={"aws:SourceArn": f"{project}-{own}"})
        for own in projects or (duty,)
    )
    yield from _each_without(first, SourceArn=f"{project}-another")
    yield from more
    for other in ("codepipeline", "emr-serverless"):
        yield replace(first, may=False, caller=("Service", f"{other}.amazonaws.com"))
    yield replace(first, may=False, caller=operator(stack))


def _by_workflow(role: str, stack: str, subjects: Sequence[str], wrong: Sequence[str]) -> Iterable[Trust]:
    """A workflow of the own repository, on the right ref, for AWS, named after user and pull request."""
    issuer = "token.actions.githubusercontent.com"
    for subject in subjects:
        good = Trust(
            role=role,
            action="sts:AssumeRoleWithWebIdentity",
            caller=("Federated", f"arn:aws:iam::{ACCOUNTS[stack]}:oidc-provider/{issuer}"),
            may=True,
            context={
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": subject,
                "sts:RoleSessionName": "anasilva@pr-412",
            },
        )
        yield from _each_without(good, aud="https://github.com/finedge", RoleSessionName="session")
        for other in wrong:
            yield from _each_without(good, sub=other)
        yield replace(good, may=False, caller=("Federated", "cognito-identity.amazonaws.com"))


def _person(role: str, user: str, **context: str) -> Trust:
    arn = f"arn:aws:iam::{ACCOUNTS['shared']}:user/{user}"
    named = {"aws:username": user, "aws:PrincipalArn": arn, "sts:RoleSessionName": user}
    known = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
    return Trust(role=role, caller=("AWS", arn), may=True, context={**named, **known, **context})


def _approvers() -> Iterable[Trust]:
    """Approvers of team.yaml, each under their own name, with a second factor."""
    ana = _person(APPROVE, "ana.silva")
    yield from _each_without(
        ana, MultiFactorAuthPresent="false", RoleSessionName="ben.okafor", PrincipalArn=EVE[1]
    )
    yield from _each_without(ana, MultiFactorAuthPresent="")
    yield replace(_person(APPROVE, "chloe.martin"), may=False)


def _emergencies(stack: str) -> Iterable[Trust]:
    """Platform engineers of team.yaml, with a second factor of this hour, who say what it is about."""
    role, tags = (
        f"slipway-{stack}-break-glass",
        {"aws:RequestTag/Incident": "INC-7", "aws:RequestTag/Reason": "lag"},
    )
    grace = _person(role, "grace.kim", **tags)
    wrong = {"MultiFactorAuthPresent": "false", "MultiFactorAuthAge": "3601", "RoleSessionName": "ana.silva"}
    yield from _each_without(grace, **wrong, Incident="", Reason="", PrincipalArn=EVE[1])
    yield replace(_person(role, "ana.silva", **tags), may=False)
    yield replace(grace, action="sts:TagSession")


def _pipeline_trust(stack: str) -> Iterable[Trust]:
    """Airflow's workers and the services that run its parts, of the own account."""
    role, workers = f"slipway-{stack}-chargebacks", role_arn(stack, f"slipway-{stack}-airflow")
    good = Trust(role=role, caller=("AWS", workers), may=True, context={"aws:PrincipalArn": workers})
    yield from _each_without(good, PrincipalArn=role_arn(stack, CHECK))
    own = {"aws:SourceAccount": ACCOUNTS[stack]}
    jobs = Trust(role=role, caller=("Service", "emr-serverless.amazonaws.com"), may=True, context=own)
    yield from _each_without(jobs, SourceAccount="999999999999")
    yield replace(jobs, may=False, caller=("Service", "lambda.amazonaws.com"))


def _query_trust(stack: str) -> Iterable[Trust]:
    """A query without a DAG: the services that run it and its connectors, and no worker of Airflow."""
    role, workers = f"slipway-{stack}-ledger-postings", role_arn(stack, f"slipway-{stack}-airflow")
    yield from _by_service(
        stack, "ledger-postings", "emr-serverless.amazonaws.com", "kafkaconnect.amazonaws.com"
    )
    yield Trust(role=role, caller=("AWS", workers), may=False, context={"aws:PrincipalArn": workers})


def _by_service(stack: str, subject: str, *services: str) -> Iterable[Trust]:
    """These services on behalf of the own account, and no other service or person."""
    own = {"aws:SourceAccount": ACCOUNTS[stack]}
    for service in services:
        good = Trust(role=f"slipway-{stack}-{subject}", caller=("Service", service), may=True, context=own)
        yield from _each_without(good, SourceAccount="999999999999")
        yield replace(good, may=False, caller=("Service", "lambda.amazonaws.com"))
        yield replace(good, may=False, caller=operator(stack))


def _recorder_trust(stack: str) -> Iterable[Trust]:
    """In the audit account: the deployer of one environment, by its own role."""
    role, deployer = f"slipway-shared-deploy-{stack}", role_arn(stack, f"slipway-{stack}-deploy")
    good = Trust(role=role, caller=("AWS", deployer), may=True, context={"aws:PrincipalArn": deployer})
    yield from _each_without(good, PrincipalArn=role_arn(stack, f"slipway-{stack}-observe"))
    yield replace(good, may=False, caller=EVE)


def _applier_trust(stack: str) -> Iterable[Trust]:
    """The deployer of the own account, by its role: no person, and no other role of the platform."""
    role, deployer = f"slipway-applier-{stack}", role_arn(stack, f"slipway-{stack}-deploy")
    good = Trust(role=role, caller=("AWS", deployer), may=True, context={"aws:PrincipalArn": deployer})
    for other in (f"slipway-{stack}-observe", f"slipway-operator-{stack}", f"slipway-applier-{stack}"):
        yield from _each_without(good, PrincipalArn=role_arn(stack, other))
    yield replace(good, may=False, caller=EVE)
    yield replace(good, may=False, caller=("Service", "codebuild.amazonaws.com"))


REPOSITORY: Final = "repo:finedge/finedge-pipelines"
MERGED: Final = f"{REPOSITORY}:ref:refs/heads/main"
UNMERGED: Final = (
    f"{REPOSITORY}:pull_request",
    f"{REPOSITORY}:ref:refs/heads/gh-readonly-queue/main/pr-412-a",
)
TRUST: Final = [
    *_by_build("shared", "build"),
    *_by_build("shared", "sign"),
    *_by_build("dev", "check"),
    *_by_build("shared", "audit"),
    *_by_build("dev", "check-batch", "check"),
    *(
        case
        for stack in Environment
        for case in (
            *_by_build(stack, "deploy", "deploy", "rollback", "tick", "janitor"),
            *_by_build(stack, "observe"),
            *_recorder_trust(stack),
            *_applier_trust(stack),
        )
    ),
    *(case for stack in StackName for case in _by_service(stack, "events", "events.amazonaws.com")),
    *_by_service("shared", "network", "vpc-flow-logs.amazonaws.com"),
    *_by_workflow(BUILD, "shared", [MERGED], [*UNMERGED, "repo:eve/finedge-pipelines:ref:refs/heads/main"]),
    *_by_workflow(CHECK, "dev", UNMERGED, [MERGED, "repo:eve/finedge-pipelines:pull_request"]),
    *_approvers(),
    *(case for stack in Environment for case in _emergencies(stack)),
    *(case for stack in Environment for case in _pipeline_trust(stack)),
    *(case for stack in Environment for case in _query_trust(stack)),
    *(
        case
        for stack in Environment
        for case in (
            *_by_service(stack, "airflow", "airflow.amazonaws.com", "airflow-env.amazonaws.com"),
            *_by_service(stack, "network", "vpc-flow-logs.amazonaws.com"),
        )
    ),
]
