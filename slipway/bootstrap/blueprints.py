"""Which CloudFormation template an account gets, and with which values; names are the naming module's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

import yaml

from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.subjects import PULUMI_STATE
from slipway.model.tags import Tags
from slipway.ports.account_stacks import Blueprint

_KEPT: Final = ("RetainExceptOnCreate", "Retain")
_DIGITS: Final = 12


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What a template is told.

    Attributes:
        naming: names of the account's Pulumi stack.
        shared: names of the shared stack: the audit account, and the state bucket in it.
        accounts: account of each environment.
        project: name of the Pulumi project.
        operators: ARNs of the audit account's users and roles that may take the operator's role.
        boundary: ARN of the boundary that the organization wants; empty for none.
        has_github_issuer: whether something else has told the account of GitHub's issuer.
        tags: of what is made.
    """

    naming: Naming
    shared: Naming
    accounts: Mapping[Environment, str]
    project: str
    operators: tuple[str, ...]
    boundary: str
    has_github_issuer: bool
    tags: Tags


def blueprint_of(facts: AccountFacts) -> Blueprint:
    """Return what the account's stack is to be."""
    naming = facts.naming
    return Blueprint(
        stack=naming.account_stack,
        template=template_of(naming.stack),
        parameters={
            "OperatorRole": naming.operator_role,
            "OperatorPrincipals": ",".join(sorted(facts.operators)),
            "OperatorBoundary": facts.boundary,
            "AuditAccount": facts.shared.account_id,
            "Stack": naming.stack.value,
            "Organization": naming.organization,
            "GithubProvider": "exists" if facts.has_github_issuer else "make",
            "StateBucket": facts.shared.bucket(PULUMI_STATE),
            "Project": facts.project,
            **(_accounts(facts.accounts) if naming.stack is StackName.SHARED else {}),
        },
        tags=facts.tags.as_aws(),
    )


def template_of(stack: StackName) -> str:
    """Return the text of a stack's template."""
    name = "shared" if stack is StackName.SHARED else "environment"
    return (files("slipway.bootstrap") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")


def change_set_name(blueprint: Blueprint) -> str:
    """Name the change set after what it proposes, so that a rerun finds that of a killed process."""
    told = [blueprint.template, sorted(blueprint.parameters.items()), sorted(blueprint.tags.items())]
    return f"slipway-{sha256(json.dumps(told).encode()).hexdigest()[:_DIGITS]}"


def resources_of(template: str) -> Mapping[str, str]:
    """Return what a template makes: type by name, in its order."""
    return {name: told["Type"] for name, told in _resources(template).items()}


def keeping_policy(template: str) -> str:
    """Return the stack policy that refuses to replace or remove what the template says is retained."""
    kept = [name for name, told in _resources(template).items() if told.get("DeletionPolicy") in _KEPT]
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    refuse = {
        "Effect": "Deny",
        "Action": ["Update:Delete", "Update:Replace"],
        "Principal": "*",
        "Resource": [f"LogicalResourceId/{name}" for name in kept],
    }
    return json.dumps({"Statement": [allow, refuse] if kept else [allow]})


def _accounts(accounts: Mapping[Environment, str]) -> dict[str, str]:
    return {f"{environment.capitalize()}Account": account for environment, account in accounts.items()}


def _resources(template: str) -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.load(template, Loader=_Loader)["Resources"]  # noqa: S506 - a SafeLoader
    return found


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short functions as what they are applied to."""


def _applied(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    message = f"{node.tag} is applied to neither a text nor a list"
    raise TypeError(message)


_Loader.add_multi_constructor("!", _applied)
