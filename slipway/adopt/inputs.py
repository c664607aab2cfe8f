"""The inputs of an adopted resource: what an engineer would have written to get what the state has. Pure.

The SDK's types say what an argument is and whether it has to be given. Left out are empty values, values
that are the documented default anyway or that the provider has made, one of two arguments that conflict, and
what separate resources own. Names stay, so that nothing gets one of Pulumi's making. Tags are all of an
object's: the default tags of a Terraform provider have no other place.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slipway.adopt.argument_names import match_names
from slipway.adopt.arns import region_of
from slipway.adopt.documented import conflicts, is_default
from slipway.adopt.knowledge import property_names
from slipway.adopt.provider_made import made_by_provider
from slipway.adopt.secret_values import SecretValues
from slipway.adopt.state import AttributePath, Instance
from slipway.ports.resource_types import Argument, ResourceType, ResourceTypes, Shape, ShapeKind

SECRET: Final = "$secret"  # noqa: S105 - it marks one
"""The only key of what stands for a secret; its value is the way to it in the state, step by step."""

_REGION: Final = "region"
_ARN: Final = "arn"
_ALL_TAGS: Final = "tags_all"
_TAGS: Final = "tags"

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def secret_way(value: Any) -> AttributePath | None:
    """Return the way to the secret that a value stands for; None where it stands for none."""
    return tuple(value[SECRET]) if isinstance(value, dict) and set(value) == {SECRET} else None


@dataclass(kw_only=True)
class Inputs:
    """What a resource is declared with.

    Attributes:
        values: by the engine's names; secrets are marked, never in clear.
        secrets: ways to the secrets in the state.
        notes: what was left out that a person should know of.
    """

    values: dict[str, Any] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def minimal_inputs(
    instance: Instance,
    type_: ResourceType,
    types: ResourceTypes,
    *,
    home_region: str,
    without: Collection[str] = (),
) -> Inputs:
    """Write the inputs of a resource.

    Args:
        instance: what the state remembers.
        type_: its type, by the SDK.
        types: for the objects in it.
        home_region: the stack's; an object elsewhere says where it is.
        without: attributes to leave out: separate resources own them.
    """
    given = _given(instance, without, home_region)
    names = match_names(given, type_.arguments, property_names(instance.type))
    writing = _Writing(types, SecretValues(instance.sensitive, _terraform_names(names, type_.secrets)))
    kept = {
        names[attribute]: written
        for attribute, value in given.items()
        if attribute in names
        and (written := writing.argument(type_.arguments[names[attribute]], value, (attribute,), given))
        is not _ABSENT
    }
    chosen = _without_conflicts(kept, type_.arguments)
    found = writing.found
    found.values = {type_.arguments[name].wire: chosen[name] for name in sorted(chosen)}
    found.secrets = [way for way in found.secrets if _top(way, names) in chosen]
    return found


_ABSENT: Final = object()


def _given(instance: Instance, without: Collection[str], home_region: str) -> Mapping[str, Any]:
    attributes = dict(instance.attributes or {})
    if region_of(instance):
        attributes[_REGION] = region_of(instance) if region_of(instance) != home_region else None
    if _ALL_TAGS in attributes and _TAGS in attributes:
        attributes[_TAGS] = attributes[_ALL_TAGS]
    return {
        name: value
        for name, value in attributes.items()
        if name not in without and not made_by_provider(instance.type, name, attributes)
    }


class _Writing:
    """One resource on its way."""

    def __init__(self, types: ResourceTypes, secrets: SecretValues) -> None:
        self.found = Inputs()
        self._types = types
        self._secrets = secrets

    def argument(self, argument: Argument, value: Any, path: AttributePath, around: Mapping[str, Any]) -> Any:
        """Write the value of an argument, or `_ABSENT`."""
        if value is None:
            return _ABSENT
        if self._secrets.has(path, value, around) and value not in _EMPTY:
            return self._mark(path)
        if argument.shape.kind is ShapeKind.FILE:
            return self._leave_out(path, "a file or archive, which no state has: the program has to give it")
        written = self._value(argument.shape, value, path, around)
        if written is _ABSENT or argument.required:
            return written
        silent = path == (_ARN,) or _says_nothing(argument, written, value, nested=len(path) > 1)
        return _ABSENT if silent else written

    def _value(self, shape: Shape, value: Any, path: AttributePath, around: Mapping[str, Any]) -> Any:
        match shape.kind, value:
            case (ShapeKind.LIST | ShapeKind.ANY, list()):
                return self._list(shape, value, path)
            case (ShapeKind.MAP | ShapeKind.ANY, dict()):
                return self._map(shape, value, path)
            case ShapeKind.OBJECT, dict():
                return self._object(shape, value, path)
            case ((ShapeKind.LIST | ShapeKind.MAP), _):
                return self._leave_out(path, "its value has another form than the SDK's argument")
            case _, list():
                return self._single(shape, value, path, around)
            case _:
                return scalar(shape, value)

    def _single(
        self, shape: Shape, values: Sequence[Any], path: AttributePath, around: Mapping[str, Any]
    ) -> Any:
        """Write the only item of a list: a block of which there is at most one is no list in Pulumi."""
        if len(values) > 1:
            return self._leave_out(path, "it has several values where the SDK takes one")
        if not values or values[0] is None:
            return _ABSENT
        return self._item(shape, values[0], (*path, 0), around)

    def _list(self, shape: Shape, values: Sequence[Any], path: AttributePath) -> Any:
        item = shape.item or _ANYTHING
        written = [
            self._item(item, value, (*path, number), {})
            for number, value in enumerate(values)
            if value is not None
        ]
        return [each for each in written if each is not _ABSENT]

    def _map(self, shape: Shape, values: Mapping[str, Any], path: AttributePath) -> Any:
        item = shape.item or _ANYTHING
        written = {
            key: self._item(item, value, (*path, key), values)
            for key, value in values.items()
            if value is not None
        }
        return {key: each for key, each in written.items() if each is not _ABSENT}

    def _item(self, shape: Shape, value: Any, path: AttributePath, around: Mapping[str, Any]) -> Any:
        if self._secrets.has(path, value, around):
            return self._mark(path)
        return self._value(shape, value, path, around)

    def _object(self, shape: Shape, values: Mapping[str, Any], path: AttributePath) -> Any:
        fields = self._types.fields(shape)
        names = match_names(values, fields, {})
        for lost in sorted(set(values) - set(names)):
            if values[lost] not in (*_EMPTY, False, 0):
                self._leave_out((*path, lost), "the SDK has no such argument")
        written = {
            fields[names[name]].wire: one
            for name, value in values.items()
            if name in names
            and (one := self.argument(fields[names[name]], value, (*path, name), values)) is not _ABSENT
        }
        return written or ({} if all(value in _EMPTY for value in values.values()) else _ABSENT)

    def _mark(self, path: AttributePath) -> dict[str, Any]:
        """Put a mark in place of a secret."""
        self.found.secrets.append(".".join(map(str, path)))
        return {SECRET: list(path)}

    def _leave_out(self, path: AttributePath, why: str) -> Any:
        self.found.notes.append(f"{'.'.join(map(str, path))} is left out: {why}")
        return _ABSENT


_ANYTHING: Final = Shape(kind=ShapeKind.ANY)


def _says_nothing(argument: Argument, written: Any, value: Any, *, nested: bool) -> bool:
    """Whether leaving an optional argument out says the same; an empty block that was written does not.

    A number that is zero within a block was not set: Terraform's older SDK has no other word for that.
    """
    if argument.shape.kind is ShapeKind.OBJECT and written == {} and value not in _EMPTY:
        return False
    unset = nested and written == 0 and not isinstance(written, bool)
    return unset or is_default(argument, written)


def scalar(shape: Shape, value: Any) -> Any:
    """Write a scalar in the type that the SDK wants; Terraform may have it as a text, or the reverse."""
    match shape.kind, value:
        case ShapeKind.TEXT, bool():
            return str(value).lower()
        case ShapeKind.TEXT, int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case ShapeKind.WHOLE | ShapeKind.NUMBER, str() if _NUMBER.fullmatch(value):
            return float(value) if "." in value else int(value)
        case ShapeKind.TRUTH, str() if value in {"true", "false"}:
            return value == "true"
        case _:
            return value


def _without_conflicts(kept: Mapping[str, Any], arguments: Mapping[str, Argument]) -> dict[str, Any]:
    """Of arguments that conflict keep the required one, else the one that is no prefix, else the first."""
    excluded = {name: conflicts(arguments[name]) for name in kept if conflicts(arguments[name])}
    if not excluded:
        return dict(kept)
    chosen: dict[str, Any] = {}
    for name in sorted(kept, key=lambda each: (not arguments[each].required, each.endswith("_prefix"), each)):
        own = excluded.get(name, frozenset())
        taken = any(each in own or name in excluded.get(each, ()) for each in chosen)
        if arguments[name].required or not taken:
            chosen[name] = kept[name]
    return chosen


def _terraform_names(names: Mapping[str, str], secrets: frozenset[str]) -> list[str]:
    return [attribute for attribute, argument in names.items() if argument in secrets]


def _top(way: str, names: Mapping[str, str]) -> str:
    return names.get(way.partition(".")[0], "")
