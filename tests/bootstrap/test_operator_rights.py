"""What the operator's role may do in each account, and that a statement of it that is loosened is noticed.

It is the widest role that there is: it brings the program up. So each of its rights has a row beyond which it
must not reach. Requests that no service knows stand for "any other action" on what a statement names.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pytest

from slipway.model.environment import StackName
from slipway.model.tags import PLATFORM_PIPELINE
from tests.doubles.account_templates import ACCOUNTS, KEYS, made, statements
from tests.doubles.declared_stacks import declared, with_cluster
from tests.doubles.iam_evaluator import Answer, Document, Request, judge, loosened
from tests.doubles.pulumi_recorder import Registered

Case = tuple[str, str, Mapping[str, str], bool]
"""Action, resource, the context of the request, whether it is allowed."""

_STATE: Final = "arn:aws:s3:::finedge-shared-state-111122223333"
_FOLDER: Final = f"{_STATE}/.pulumi"
_EMR: Final = {"iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"}
_ADMINISTRATOR: Final = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}


def rights(stack: StackName) -> Document:
    """The role's policies, put together."""
    policies = ("OperatorWork", "OperatorRoles")
    return [
        each for name in policies for each in statements(made(stack)[name]["Properties"]["PolicyDocument"])
    ]


def cases(stack: StackName) -> list[Case]:
    """Everything that is asked of one stack's operator."""
    found = [*_everywhere(stack), *_roles(stack)]
    if stack is StackName.SHARED:
        return [*found, *_lasting()]
    return [*found, *_cluster(stack), *_state(stack)]


def _role(stack: StackName, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNTS[stack]}:role/{name}"


def _to(service: str) -> dict[str, str]:
    return {"iam:PassedToService": f"{service}.amazonaws.com"}


def _everywhere(stack: StackName) -> Iterable[Case]:
    """The services of the program, its buckets; nothing that bootstrap has made, no people."""
    account, other = ACCOUNTS[stack], "prod" if stack is not StackName.PROD else "dev"
    yield ("codebuild:CreateProject", "*", {}, True)
    yield ("lambda:CreateFunction", "*", {}, False)
    yield ("iam:CreateUser", f"arn:aws:iam::{account}:user/eve", {}, False)
    yield ("iam:CreateAccessKey", f"arn:aws:iam::{account}:user/eve", {}, False)
    yield ("organizations:LeaveOrganization", "*", {}, False)
    yield ("cloudformation:DescribeStacks", "*", {}, True)
    yield ("cloudformation:DeleteStack", "*", {}, False)
    yield ("cloudformation:UpdateTerminationProtection", "*", {}, False)
    yield ("iam:DeleteOpenIDConnectProvider", "*", {}, False)
    yield ("s3:CreateBucket", f"arn:aws:s3:::finedge-{stack}-dags-{account}", {}, True)
    yield ("s3:CreateBucket", f"arn:aws:s3:::finedge-{other}-dags-{account}", {}, False)
    yield ("any:Other", f"arn:aws:s3:::finedge-{stack}-dags-{account}", {}, False)


def _roles(stack: StackName) -> Iterable[Case]:
    """Roles within the stack's boundary, handed only to services that the program's roles are for."""
    policy = f"arn:aws:iam::{ACCOUNTS[stack]}:policy"
    bounded = {"iam:PermissionsBoundary": f"{policy}/slipway-{stack}-boundary"}
    own, operator = _role(stack, f"slipway-{stack}-events"), _role(stack, f"slipway-operator-{stack}")
    for action in ("CreateRole", "PutRolePolicy", "AttachRolePolicy", "PutRolePermissionsBoundary"):
        yield (f"iam:{action}", own, bounded, True)
        yield (f"iam:{action}", own, {}, False)
        yield (f"iam:{action}", _role(stack, "somebody"), bounded, False)
        yield (f"iam:{action}", operator, bounded, False)
    yield ("any:Other", own, bounded, False)
    yield ("iam:DeleteRolePermissionsBoundary", own, {}, False)
    yield ("iam:UpdateAssumeRolePolicy", own, {}, True)
    yield ("iam:UpdateAssumeRolePolicy", operator, {}, False)
    yield ("iam:UpdateAssumeRolePolicy", _role(stack, f"slipway-applier-{stack}"), {}, False)
    yield ("iam:CreatePolicyVersion", f"{policy}/slipway-{stack}-boundary", {}, True)
    yield ("iam:SetDefaultPolicyVersion", f"{policy}/slipway-{stack}-boundary", {}, False)
    yield ("iam:CreatePolicyVersion", f"{policy}/slipway-operator-{stack}-work", {}, False)
    yield ("iam:CreatePolicyVersion", f"{policy}/slipway-applier-{stack}-work", {}, False)
    yield ("iam:PassRole", own, _to("events"), True)
    yield ("iam:PassRole", own, _to("lambda"), False)
    yield ("iam:PassRole", own, _to("ec2"), False)
    yield ("iam:PassRole", operator, _to("events"), False)
    yield ("any:Other", own, _to("events"), False)
    linked = _role(stack, "aws-service-role/airflow.amazonaws.com/AWSServiceRoleForAmazonMWAA")
    yield ("iam:CreateServiceLinkedRole", linked, {}, True)
    yield ("iam:CreateServiceLinkedRole", own, {}, False)
    yield ("iam:DeleteServiceLinkedRole", linked, {}, False)


def _cluster(stack: StackName) -> Iterable[Case]:
    """EMR's own role is outside of the boundary: it gets AWS's policy of it and no other."""
    service, node = (_role(stack, f"slipway-{stack}-spark-{each}") for each in ("service", "node"))
    profile = f"arn:aws:iam::{ACCOUNTS[stack]}:instance-profile"
    yield ("iam:CreateRole", service, {}, True)
    yield ("iam:CreateRole", node, {}, False)
    yield ("iam:AttachRolePolicy", service, _EMR, True)
    yield ("iam:AttachRolePolicy", service, _ADMINISTRATOR, False)
    yield ("iam:AttachRolePolicy", node, _EMR, False)
    yield ("any:Other", service, _EMR, False)
    yield ("iam:PassRole", service, _to("elasticmapreduce"), True)
    yield ("iam:PassRole", service, _to("lambda"), False)
    yield ("iam:PassRole", node, _to("ec2"), True)
    yield ("any:Other", node, _to("ec2"), False)
    yield ("iam:CreateInstanceProfile", f"{profile}/slipway-{stack}-spark-node", {}, True)
    yield ("iam:CreateInstanceProfile", f"{profile}/somebodys", {}, False)
    yield ("any:Other", f"{profile}/slipway-{stack}-spark-node", {}, False)


def _state(stack: StackName) -> Iterable[Case]:
    """Its own stack's is written, shared's is read, another's is neither."""
    other = "prod" if stack is not StackName.PROD else "dev"
    yield ("s3:PutObject", f"{_FOLDER}/stacks/slipway/{stack}.json", {}, True)
    yield ("s3:PutObject", f"{_FOLDER}/stacks/slipway/{other}.json", {}, False)
    yield ("s3:GetObject", f"{_FOLDER}/stacks/slipway/{other}.json", {}, False)
    yield ("s3:DeleteObjectVersion", f"{_FOLDER}/stacks/slipway/{stack}.json", {}, False)
    yield ("s3:GetObject", f"{_FOLDER}/stacks/slipway/shared.json", {}, True)
    yield ("s3:PutObject", f"{_FOLDER}/stacks/slipway/shared.json", {}, False)
    yield ("s3:ListBucket", _STATE, {}, True)
    yield ("s3:DeleteBucket", _STATE, {}, False)


def _lasting() -> Iterable[Case]:
    """Whatever its services allow: the state and the keys of it are not the program's."""
    account = ACCOUNTS[StackName.SHARED]
    for key in KEYS.values():
        for action in ("ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy"):
            yield (f"kms:{action}", f"arn:aws:kms:us-east-1:{account}:key/{key}", {}, False)
    yield ("s3:DeleteBucket", _STATE, {}, False)
    yield ("s3:DeleteObjectVersion", f"{_FOLDER}/stacks/slipway/prod.json", {}, False)


def _allowed(document: Document, case: Case) -> bool:
    action, resource, context, _ = case
    return judge(document, Request(action=action, resource=resource, context=context)) is Answer.ALLOWED


@pytest.mark.parametrize("stack", list(StackName))
def test_what_an_operator_may_do(stack: StackName) -> None:
    """The program's resources, roles within their boundary, its state; nothing that bootstrap has made."""
    document = rights(stack)
    assert [case for case in cases(stack) if _allowed(document, case) is not case[3]] == []


@pytest.mark.parametrize("stack", list(StackName))
def test_a_loosened_operator_is_noticed(stack: StackName) -> None:
    """Wider actions or resources, a condition or a refusal less, in any statement: some row says so."""
    document, mine = rights(stack), cases(stack)
    unnoticed = []
    for at, statement in enumerate(document):
        for how, changed in loosened(statement):
            loose = [*document[:at], *([changed] if changed else []), *document[at + 1 :]]
            if all(_allowed(loose, case) is case[3] for case in mine):
                unnoticed.append(f"{statement['Sid']}: {how}")
    assert unnoticed == []


@pytest.mark.parametrize("stack", list(StackName))
def test_every_role_can_be_handed_to_the_services_that_it_trusts(stack: StackName) -> None:
    """Those of the platform: what runs a pipeline's parts is handed its role by Airflow, by nobody else."""
    document = rights(stack)
    recording = declared(stack) if stack is StackName.SHARED else with_cluster(stack, 16)
    for role in recording.of("aws:iam/role:Role"):
        platforms = role.inputs["tags"]["Pipeline"] == PLATFORM_PIPELINE
        arn = _role(stack, role.inputs["name"])
        for service in _trusted(role):
            case = ("iam:PassRole", arn, {"iam:PassedToService": service}, platforms)
            assert _allowed(document, case) is platforms, case


def _trusted(role: Registered) -> Iterable[str]:
    """Services that may assume a role."""
    told: list[Mapping[str, Any]] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    return [service for each in told for service in each["Principal"].get("Service", [])]
