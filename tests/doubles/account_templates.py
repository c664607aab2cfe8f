"""What CloudFormation would make of the own accounts' templates: parameters and references filled in."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import yaml

from slipway.bootstrap.blueprints import AccountFacts, blueprint_of
from slipway.model.environment import Environment, StackName
from slipway.model.naming import Naming
from slipway.model.tags import Tags
from slipway.ports.account_stacks import Blueprint

ACCOUNTS: Final[Mapping[StackName, str]] = {
    StackName.SHARED: "111122223333",
    StackName.DEV: "222233334444",
    StackName.STAGING: "333344445555",
    StackName.PROD: "444455556666",
}
ENGINEER: Final = "arn:aws:iam::111122223333:user/platform-engineer"
KEYS: Final = {
    "StateKey": "state",
    **{f"{each.capitalize()}Secrets": f"pulumi-secrets-{each}" for each in StackName},
}
"""What tests call the keys of the templates."""

_VARIABLE: Final = re.compile(r"\$\{([^}]+)\}")
_ABSENT: Final = object()


def naming_of(stack: StackName) -> Naming:
    """Names of a stack."""
    return Naming(organization="finedge", stack=stack, account_id=ACCOUNTS[stack])


def facts(stack: StackName, *, boundary: str = "", has_github_issuer: bool = False) -> AccountFacts:
    """What the template of a stack's account is told."""
    return AccountFacts(
        naming=naming_of(stack),
        shared=naming_of(StackName.SHARED),
        accounts={each: ACCOUNTS[StackName(each.value)] for each in Environment},
        project="slipway",
        operators=(ENGINEER,),
        boundary=boundary,
        has_github_issuer=has_github_issuer,
        tags=Tags(
            owner="platform",
            pipeline="platform",
            criticality="critical",
            cost_center="CC-1000",
            data_class="restricted",
            stack=stack,
        ),
    )


@cache
def made(stack: StackName) -> Mapping[str, Mapping[str, Any]]:
    """Return what the account of a stack gets: name in the template to `Type` and `Properties`."""
    return made_of(blueprint_of(facts(stack)), ACCOUNTS[stack])


def made_of(blueprint: Blueprint, account: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what a blueprint makes in an account."""
    document = yaml.load(blueprint.template, Loader=_Loader)  # noqa: S506 - a SafeLoader
    return _Filled(document, blueprint, account).resources()


def statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the statements of a policy, each element that may be a list as one."""
    return [
        {
            name: [value] if name in {"Action", "Resource"} and isinstance(value, str) else value
            for name, value in each.items()
        }
        for each in document["Statement"]
    ]


class _Loader(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": "x"}`."""


def _named(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    assert isinstance(node, yaml.SequenceNode), f"!{name} is applied to a mapping"
    return {name: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _named)


class _Filled:
    def __init__(self, document: Mapping[str, Any], blueprint: Blueprint, account: str) -> None:
        self._document = document
        self._resources = document["Resources"]
        self._account = account
        lists = {
            name for name, told in document["Parameters"].items() if told["Type"] == "CommaDelimitedList"
        }
        given = blueprint.parameters.items()
        self._values = {name: text.split(",") if name in lists else text for name, text in given}

    def resources(self) -> Mapping[str, Mapping[str, Any]]:
        return {
            name: {**told, "Properties": self._of(told["Properties"])}
            for name, told in self._resources.items()
            if "Condition" not in told or self._of(self._document["Conditions"][told["Condition"]])
        }

    def _of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._of(each) for each in value]
        if not isinstance(value, dict):
            return value
        name, told = next(iter(value.items()))
        functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Sub": self._sub,
            "GetAtt": self._att,
            "If": self._if,
        }
        functions |= {"Equals": self._equals, "Not": lambda told: not self._of(told[0])}
        if len(value) == 1 and name in functions:
            return functions[name](told)
        filled = {key: self._of(each) for key, each in value.items()}
        return {key: each for key, each in filled.items() if each is not _ABSENT}

    def _ref(self, name: str) -> Any:
        known = {"AWS::AccountId": self._account, "AWS::NoValue": _ABSENT, **self._values}
        return known[name] if name in known else self._att(f"{name}.Arn")

    def _sub(self, text: str) -> str:
        return _VARIABLE.sub(
            lambda found: self._att(found[1]) if ".Arn" in found[1] else self._ref(found[1]), text
        )

    def _att(self, named: str) -> str:
        name = named.partition(".")[0]
        told = self._resources[name]
        if told["Type"] == "AWS::S3::Bucket":
            return f"arn:aws:s3:::{self._ref('StateBucket')}"
        if told["Type"] == "AWS::KMS::Key":
            return f"arn:aws:kms:us-east-1:{self._account}:key/{KEYS[name]}"
        return f"arn:aws:{told['Type'].lower()}:{self._account}:{name}"

    def _if(self, told: list[Any]) -> Any:
        return self._of(told[1] if self._of(self._document["Conditions"][told[0]]) else told[2])

    def _equals(self, told: list[Any]) -> bool:
        return bool(self._of(told[0]) == self._of(told[1]))
