"""From a Pulumi resource to Terraform: types and names by a table, nesting by the provider's schema. Pure.

`names.json` holds the table and says where it is from. Below an argument names follow one rule: camelCase for
snake_case, a plural for a list; a block of which there is at most one is no list in Pulumi.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.validation.resources import Resource

_NAMES: Final = Path(__file__).with_name("names.json")
Schema = Mapping[str, Any]
"""One block of `terraform providers schema -json`: attributes and block types by name."""


class TranslationError(Exception):
    """A resource that cannot be written for Terraform; the message names it and the reason."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that the validated provider does not know, though the one that deploys does.

    Attributes:
        type: the Terraform type.
        argument: its argument, with dots down to a nested one; empty for the type as a whole.
        reason: why it is left out.
    """

    type: str
    argument: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Written:
    """A resource as Terraform reads it.

    Attributes:
        type: the Terraform type.
        arguments: what it is given, in Terraform's JSON syntax.
        left_out: the differences that kept something out.
    """

    type: str
    arguments: Mapping[str, Any]
    left_out: tuple[Difference, ...]


def translate(
    resource: Resource, schemas: Mapping[str, Schema], differences: Iterable[Difference]
) -> Written | Difference:
    """Write a resource for Terraform.

    Args:
        resource: as the program declares it.
        schemas: the provider's, by Terraform type.
        differences: what the provider is known to lack.

    Returns:
        The block; a difference when the provider lacks the whole type.

    Raises:
        TranslationError: a type or an argument is unknown to the provider and listed as no difference.
    """
    type_ = terraform_type(resource.token)
    known = {(each.type, each.argument): each for each in differences}
    if (type_, "") in known:
        return known[type_, ""]
    if type_ not in schemas:
        raise TranslationError(f"{resource}: the provider has no type {type_}")
    writing = _Writing(resource, type_, known)
    arguments = writing.block(schemas[type_]["block"], resource.inputs, "")
    return Written(type=type_, arguments=arguments, left_out=tuple(writing.left_out))


def terraform_type(token: str) -> str:
    """Return the Terraform type of a Pulumi type.

    Raises:
        TranslationError: the table does not know it.
    """
    found = _table()["types"].get(token)
    if found is None:
        raise TranslationError(f"{token}: {_NAMES.name} has no such type")
    return str(found)


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads(_NAMES.read_text(encoding="utf-8"))
    return table


class _Writing:
    """One resource on its way; what is left out is gathered."""

    def __init__(self, resource: Resource, type_: str, known: Mapping[tuple[str, str], Difference]) -> None:
        self.left_out: list[Difference] = []
        self._resource = resource
        self._type = type_
        self._known = known
        renamed = _table()["properties"].get(type_, {})
        self._renamed = {camel(theirs): name for name, theirs in renamed.items()}

    def block(self, schema: Schema, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Write a block's arguments and the blocks in it."""
        attributes, blocks = schema.get("attributes", {}), schema.get("block_types", {})
        names = _names([*attributes, *blocks]) | ({} if path else self._renamed)
        found: dict[str, Any] = {}
        for given, value in values.items():
            name = names.get(given, snake(given))
            place = f"{path}.{name}".lstrip(".")
            if (self._type, place) in self._known:
                self.left_out.append(self._known[self._type, place])
            elif name in attributes:
                found[name] = self._attribute(attributes[name], value, place)
            elif name in blocks:
                each = blocks[name]["block"]
                found[name] = [self.block(each, one, place) for one in _blocks(value)]
            else:
                raise TranslationError(f"{self._resource}: {self._type} has no argument {place} ({given})")
        return found

    def _attribute(self, schema: Schema, value: Any, path: str) -> Any:
        nested = schema.get("nested_type")
        if nested is None:
            return self._value(schema["type"], value, path)
        written = [self.block(nested, one, path) for one in _blocks(value)]
        return written[0] if nested["nesting_mode"] == "single" and written else written

    def _value(self, type_: Any, value: Any, path: str) -> Any:
        """Write a value of a type such as "string", ["set", "string"] or ["object", {...}]."""
        match type_, value:
            case ["object", dict() as fields], dict():
                names = _names(fields)
                given = {names.get(name, snake(name)): each for name, each in value.items()}
                # Where an argument is a list of objects, each has to name all its fields.
                return {
                    name: self._value(each, given.get(name), f"{path}.{name}")
                    for name, each in fields.items()
                }
            case ["list" | "set", inner], list():
                return [self._value(inner, each, path) for each in value]
            case ["list" | "set", inner], _:
                return [self._value(inner, value, path)]
            case ["map", inner], dict():
                return {literal(name): self._value(inner, each, path) for name, each in value.items()}
            case _, str():
                return literal(value)
            case _:
                return value


def _blocks(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from value if isinstance(value, list) else [value]


def _names(names: Iterable[str]) -> dict[str, str]:
    """Return Terraform's names by those that Pulumi may have for them; a name itself goes before a plural."""
    singular = {camel(name): name for name in names}
    return {plural: name for name in singular.values() for plural in _plurals(camel(name))} | singular


def _plurals(name: str) -> Iterator[str]:
    yield f"{name}s"
    yield f"{name}es"
    yield f"{name.removesuffix('y')}ies"


def literal(text: str) -> str:
    """Return a text that Terraform takes as it is: `${aws:username}` of a policy is no template here."""
    return text.replace("${", "$${").replace("%{", "%%{")


def camel(name: str) -> str:
    """Return `log_group_name` as Pulumi writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def snake(name: str) -> str:
    """Return `logGroupName` as Terraform writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
