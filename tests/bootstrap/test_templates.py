"""The templates: clean, named as the naming module names things, and no wider than the program needs."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from cfnlint.api import lint

from slipway.bootstrap.blueprints import (
    blueprint_of,
    change_set_name,
    keeping_policy,
    resources_of,
    template_of,
)
from slipway.model.environment import Environment, StackName
from slipway.model.subjects import PULUMI_STATE
from tests.doubles.account_templates import ACCOUNTS, ENGINEER, facts, made, made_of, naming_of, statements
from tests.doubles.declared_stacks import declared
from tests.doubles.iam_evaluator import Answer, Request, judge

ROOT: Final = Path(__file__).parents[2]
_MANAGED_POLICY_MAX: Final = 6144
_TEMPLATE_MAX: Final = 51_200
_KEPT_ON_REAL_AWS: Final = "RetainExceptOnCreate"


@pytest.mark.parametrize("stack", [StackName.SHARED, StackName.DEV])
def test_a_template_is_clean_under_cfn_lint(stack: StackName) -> None:
    """cfn-lint knows CloudFormation's schema of every resource type; its warnings count too."""
    assert [str(match) for match in lint(template_of(stack))] == []


def test_cfn_lint_would_say_so() -> None:
    """The test above can fail: a property that no bucket has is found."""
    wrong = template_of(StackName.SHARED).replace("VersioningConfiguration:", "Versions:")
    assert any("Versions" in match.message for match in lint(wrong))


@pytest.mark.parametrize("stack", list(StackName))
def test_names_are_those_of_the_naming_module(stack: StackName) -> None:
    """A name that is spelled in the template and in the program must be one name."""
    naming, resources = naming_of(stack), made(stack)
    assert resources["Operator"]["Properties"]["RoleName"] == naming.operator_role
    if stack is not StackName.SHARED:
        assert naming.applier_role_arn.endswith(f":role/{resources['Applier']['Properties']['RoleName']}")
        return
    assert resources["State"]["Properties"]["BucketName"] == naming.bucket(PULUMI_STATE)
    assert resources["StateKeyAlias"]["Properties"]["AliasName"] == naming.key_alias(PULUMI_STATE)
    for each in StackName:
        alias = resources[f"{each.capitalize()}SecretsAlias"]["Properties"]
        assert alias["AliasName"] == naming.state_secrets_alias(each)
        assert alias["TargetKeyId"].endswith(f"key/pulumi-secrets-{each}")
    environments = [naming_of(StackName(each.value)) for each in Environment]
    working = {arn for each in environments for arn in (each.operator_role_arn, each.applier_role_arn)}
    named = statements(resources["StatePolicy"]["Properties"]["PolicyDocument"])[1]["Condition"]
    assert set(named["ArnEquals"]["aws:PrincipalArn"]) == working


def test_the_secrets_provider_of_each_stack_file_is_a_key_of_the_template() -> None:
    """A stack file that named another alias could not be opened on the first real bring-up."""
    aliases = {
        each["Properties"]["AliasName"]
        for each in made(StackName.SHARED).values()
        if each["Type"] == "AWS::KMS::Alias"
    }
    for stack in StackName:
        document = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
        assert document["secretsprovider"].removeprefix("awskms://").split("?")[0] in aliases


def test_what_must_last_is_retained_and_cannot_be_replaced() -> None:
    """State and keys outlive the stack, except a stack that never came up: its name must be free again."""
    template = template_of(StackName.SHARED)
    lasting = {name for name, type_ in resources_of(template).items() if not type_.startswith("AWS::IAM::")}
    policy = json.loads(keeping_policy(template))["Statement"]
    refused = {each.removeprefix("LogicalResourceId/") for each in policy[1]["Resource"]}
    assert lasting | {"GithubIssuer"} == refused
    assert policy[1]["Action"] == ["Update:Delete", "Update:Replace"]
    for name in lasting:
        told = made(StackName.SHARED)[name]
        assert (told["DeletionPolicy"], told["UpdateReplacePolicy"]) == (_KEPT_ON_REAL_AWS, "Retain")


def test_the_state_bucket_is_versioned_encrypted_and_closed() -> None:
    """It holds what the platform is made of."""
    told = made(StackName.SHARED)["State"]["Properties"]
    assert told["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(told["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = told["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"].endswith("key/state")


def test_only_named_people_of_the_audit_account_become_the_operator() -> None:
    """Not whoever administers the audit account, and nobody of another one."""
    for stack in StackName:
        trust = statements(made(stack)["Operator"]["Properties"]["AssumeRolePolicyDocument"])
        for arn, may in ((ENGINEER, True), ("arn:aws:iam::111122223333:user/eve", False)):
            request = Request(
                action="sts:AssumeRole", principal=("AWS", arn), context={"aws:PrincipalArn": arn}
            )
            assert (judge(trust, request) is Answer.ALLOWED) is may


def test_a_boundary_and_a_known_issuer_are_heeded() -> None:
    """Some organizations bound every role; some accounts know GitHub already."""
    boundary = "arn:aws:iam::222233334444:policy/organization"
    told = made_of(
        blueprint_of(facts(StackName.DEV, boundary=boundary, has_github_issuer=True)), ACCOUNTS[StackName.DEV]
    )
    assert told["Operator"]["Properties"]["PermissionsBoundary"] == boundary
    assert "GithubIssuer" not in told
    assert "PermissionsBoundary" not in made(StackName.DEV)["Operator"]["Properties"]
    assert made(StackName.DEV)["GithubIssuer"]["Properties"]["ClientIdList"] == ["sts.amazonaws.com"]


@pytest.mark.parametrize("stack", list(StackName))
def test_policies_fit_into_what_iam_takes(stack: StackName) -> None:
    """A managed policy has at most 6144 characters without white space."""
    for told in made(stack).values():
        if told["Type"] == "AWS::IAM::ManagedPolicy":
            text = json.dumps(told["Properties"]["PolicyDocument"], separators=(",", ":"))
            assert len(text) <= _MANAGED_POLICY_MAX


def _operator(stack: StackName, action: str, resource: str, context: Mapping[str, str]) -> Answer:
    policies = [
        made(stack)[name]["Properties"]["PolicyDocument"] for name in ("OperatorWork", "OperatorRoles")
    ]
    document: list[dict[str, Any]] = [each for policy in policies for each in statements(policy)]
    return judge(document, Request(action=action, resource=resource, context=context))


_SERVICE: Final = {
    "cloudtrail": "cloudtrail:CreateTrail",
    "cloudwatch/logGroup": "logs:CreateLogGroup",
    "cloudwatch/event": "events:PutRule",
    "cloudwatch": "cloudwatch:PutMetricAlarm",
    "budgets": "budgets:ModifyBudget",
    "codebuild": "codebuild:CreateProject",
    "dynamodb": "dynamodb:CreateTable",
    "ec2": "ec2:CreateVpc",
    "ecr": "ecr:CreateRepository",
    "emr": "elasticmapreduce:RunJobFlow",
    "emrserverless": "emr-serverless:CreateApplication",
    "kms": "kms:CreateKey",
    "mwaa": "airflow:CreateEnvironment",
    "secretsmanager": "secretsmanager:CreateSecret",
    "sns": "sns:CreateTopic",
    "sqs": "sqs:CreateQueue",
    "vpc": "ec2:AuthorizeSecurityGroupIngress",
}
"""Pulumi's module, or the beginning of a type in it, to an action that its resources need."""
_ELSEWHERE: Final = {"iam", "s3"}
"""Modules whose rights name resources, and have tests of their own above."""


@pytest.mark.parametrize("stack", [StackName.SHARED, StackName.DEV, StackName.PROD])
def test_the_operator_may_work_with_every_service_of_the_program(stack: StackName) -> None:
    """A service that the program begins to use has to be added to the template, and to this table."""
    used = {each.type for each in declared(stack).registered if each.type.startswith("aws:")}
    for type_ in used:
        module = type_.split(":")[1]
        if module.split("/")[0] in _ELSEWHERE:
            continue
        action = next((told for begin, told in _SERVICE.items() if module.startswith(begin)), None)
        assert action is not None, f"{type_} is of no service in the table above"
        assert _operator(stack, action, "*", {}) is Answer.ALLOWED, f"{type_} needs {action}"


def test_a_change_set_is_named_after_what_it_proposes() -> None:
    """A killed process's proposal is found again; another value is another proposal."""
    names = {change_set_name(blueprint_of(facts(stack))) for stack in StackName}
    assert len(names) == len(StackName)
    again = change_set_name(blueprint_of(facts(StackName.DEV)))
    assert again in names
    assert change_set_name(blueprint_of(facts(StackName.DEV, has_github_issuer=True))) not in names
    assert len(again) <= 128


def test_cloudformation_takes_and_keeps_a_template_as_it_is() -> None:
    """At most 51,200 bytes in a request; what is not ASCII would come back as something else."""
    for stack in StackName:
        assert template_of(stack).isascii()
        assert len(template_of(stack)) <= _TEMPLATE_MAX
