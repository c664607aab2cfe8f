"""A template read: its short functions written out, its conditions decided, references filled in. Pure.

Functions beyond those that are here are refused by name (CloudFormation user guide, "Intrinsic functions").
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from slipway_sandbox.aws.faults import AwsError

Attributes = Callable[[str, str], Any]
"""Resource and attribute to value; the attribute `Ref` is what `Ref` gives."""

_NOTHING: Final = object()
_FUNCTIONS: Final = frozenset({"Fn::Equals", "Fn::GetAtt", "Fn::If", "Fn::Not", "Fn::Sub"})
_VARIABLE: Final = re.compile(r"\$\{([^}!]+)\}")


class _Loader(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": "x"}`, `!Sub x` as `{"Fn::Sub": "x"}`."""


def _written_out(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            raise invalid(f"!{name} takes no mapping")
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _written_out)


def invalid(message: str) -> AwsError:
    """What CloudFormation answers to a template or a request that is wrong."""
    return AwsError("ValidationError", message)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource of a template.

    Attributes:
        name: in the template.
        type: such as `AWS::KMS::Key`.
        properties: with references.
        retained: whether it stays when it leaves the stack.
        retained_on_create: whether it stays even when the stack never comes up.
        follows: names of the resources that it needs.
    """

    name: str
    type: str
    properties: Any
    retained: bool
    retained_on_create: bool
    follows: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template with its parameters.

    Attributes:
        resources: those whose condition holds, each after what it needs.
        parameters: as they were given, defaults filled in.
        outputs: name to value, with references.
    """

    resources: tuple[Resource, ...]
    parameters: Mapping[str, str]
    outputs: Mapping[str, Any]
    _values: Mapping[str, Any]
    _conditions: Mapping[str, Any]

    def resolved(self, value: Any, attributes: Attributes) -> Any:
        """Fill references in.

        Args:
            value: of a property or output.
            attributes: tells what the resources that are there are called.
        """
        return _Resolver(self._values, self._conditions, attributes).of(value)


def read_template(text: str, given: Mapping[str, str], pseudo: Mapping[str, str]) -> Template:
    """Read a template.

    Args:
        text: YAML or JSON.
        given: values of its parameters.
        pseudo: `AWS::AccountId` and the like.

    Raises:
        AwsError: it is no template, or the parameters do not fit it.
    """
    document = _document(text)
    _refuse_unknown_functions(document)
    declared = document.get("Parameters", {})
    parameters = _parameters(declared, given)
    values = {**pseudo, **{name: _typed(declared[name], text) for name, text in parameters.items()}}
    conditions = document.get("Conditions", {})
    decide = _Resolver(values, conditions, _no_attributes)
    held = {name: told for name, told in document["Resources"].items() if decide.holds(told.get("Condition"))}
    resources = {name: _resource(name, told, held.keys()) for name, told in held.items()}
    return Template(
        resources=tuple(_ordered(resources)),
        parameters=parameters,
        outputs={name: told["Value"] for name, told in document.get("Outputs", {}).items()},
        _values=values,
        _conditions=conditions,
    )


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise invalid(f"Template format error: YAML not well-formed. {error}") from error
    if not isinstance(document, dict) or not document.get("Resources"):
        raise invalid("Template format error: At least one Resources member must be defined.")
    return document


def _refuse_unknown_functions(value: Any) -> None:
    if isinstance(value, dict):
        for name in value:
            if str(name).startswith("Fn::") and name not in _FUNCTIONS:
                message = f"the sandbox's CloudFormation does not know {name}"
                raise AwsError("NotImplemented", message, status=501)
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            _refuse_unknown_functions(each)


def _parameters(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(given.keys() - declared.keys()):
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    defaults = {name: str(told["Default"]) for name, told in declared.items() if "Default" in told}
    values = {**defaults, **given}
    if missing := sorted(declared.keys() - values.keys()):
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    for name, value in values.items():
        _check(name, declared[name], value)
    return values


def _check(name: str, declared: Mapping[str, Any], value: str) -> None:
    allowed = [str(each) for each in declared.get("AllowedValues", [value])]
    pattern = declared.get("AllowedPattern", ".*")
    if value not in allowed or not re.fullmatch(pattern, value, re.DOTALL):
        raise invalid(
            f"Parameter '{name}' must be one of AllowedValues or match AllowedPattern: {value!r} is not"
        )


def _typed(declared: Mapping[str, Any], value: str) -> Any:
    return value.split(",") if declared["Type"] == "CommaDelimitedList" else value


def _resource(name: str, told: Mapping[str, Any], names: Any) -> Resource:
    policy = told.get("DeletionPolicy", "Delete")
    needed = set(_references(told.get("Properties", {}))) | set(_many(told.get("DependsOn", [])))
    return Resource(
        name=name,
        type=told["Type"],
        properties=told.get("Properties", {}),
        retained=policy in {"Retain", "RetainExceptOnCreate"},
        retained_on_create=policy == "Retain",
        follows=frozenset(needed & set(names)),
    )


def _ordered(resources: Mapping[str, Resource]) -> Iterator[Resource]:
    placed: set[str] = set()
    while len(placed) < len(resources):
        ready = [one for one in resources.values() if one.name not in placed and one.follows <= placed]
        if not ready:
            raise invalid("Circular dependency between resources")
        placed |= {one.name for one in ready}
        yield from ready


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), _]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from (found.partition(".")[0] for found in _VARIABLE.findall(text))
        case dict():
            for each in value.values():
                yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)


@dataclass(frozen=True)
class _Resolver:
    values: Mapping[str, Any]
    conditions: Mapping[str, Any]
    attributes: Attributes

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [found for each in value if (found := self.of(each)) is not _NOTHING]
        if not isinstance(value, dict):
            return value
        name, argument = next(iter(value.items()), ("", None))
        function = self._functions.get(name) if len(value) == 1 else None
        return self._mapping(value) if function is None else function(argument)

    @property
    def _functions(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": lambda named: self.attributes(*named),
            "Fn::Sub": lambda text: _VARIABLE.sub(lambda found: str(self._named(found[1])), text),
            "Fn::If": lambda told: self.of(told[1] if self.holds(told[0]) else told[2]),
            "Fn::Equals": lambda told: self.of(told[0]) == self.of(told[1]),
            "Fn::Not": lambda told: not self.of(told[0]),
        }

    def holds(self, condition: str | None) -> bool:
        return condition is None or bool(self.of(self.conditions[condition]))

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        resolved = {name: self.of(each) for name, each in value.items()}
        return {name: each for name, each in resolved.items() if each is not _NOTHING}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NOTHING
        return self.values[name] if name in self.values else self.attributes(name, "Ref")

    def _named(self, text: str) -> Any:
        name, _, attribute = text.partition(".")
        return self.attributes(name, attribute) if attribute else self._ref(name)


def _no_attributes(name: str, _: str) -> Any:
    raise invalid(f"Template format error: Unresolved resource dependencies [{name}] in the Conditions block")


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
