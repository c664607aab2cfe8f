"""What Pulumi's state holds of an adopted resource: everything that Terraform's has, by the engine's names.

Inputs are the reviewed ones, with their secrets; outputs are all attributes. Both go to the engine and
nowhere else. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slipway.adopt.argument_names import match_names
from slipway.adopt.faults import NotAdoptable
from slipway.adopt.inputs import scalar, secret_way
from slipway.adopt.knowledge import property_names
from slipway.adopt.proposal import ProposedResource
from slipway.adopt.secret_values import SecretValues
from slipway.adopt.state import AttributePath, Instance
from slipway.ports.resource_types import Argument, ResourceType, ResourceTypes, Shape, ShapeKind
from slipway.ports.stack_imports import Secret

_ANYTHING: Final = Shape(kind=ShapeKind.ANY)
_ID: Final = "id"
_TAGS: Final = "tags"
_ALL_TAGS: Final = "tags_all"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A resource, with its secrets.

    Attributes:
        id: the cloud's, as the provider writes it.
        inputs: by the engine's names.
        outputs: same.
    """

    id: str
    inputs: dict[str, Any] = field(repr=False)
    outputs: dict[str, Any] = field(repr=False)


def whole(resource: ProposedResource, instance: Instance, types: ResourceTypes) -> Whole:
    """Put together what the state is to hold.

    Args:
        resource: as it was proposed.
        instance: as Terraform's state has it.
        types: what the SDK says.

    Raises:
        NotAdoptable: a secret of the proposal is not in the state.
    """
    outputs = _Outputs(instance, types.resource(resource.py), types).written()
    id_ = str((instance.attributes or {}).get(_ID) or resource.import_id)
    return Whole(
        id=id_,
        inputs=_filled(resource.inputs, outputs, resource.address),
        outputs={**outputs, _ID: id_},
    )


def _filled(value: Any, output: Any, address: str) -> Any:
    """Put the values of secrets in place of their marks: outputs have them at the same places."""
    if (way := secret_way(value)) is not None:
        if not isinstance(output, Secret):
            raise NotAdoptable(
                f"{address}: the state has no {'.'.join(map(str, way))}, which is to be a secret",
                remedy="run slipway adopt propose again, and review what it writes",
            )
        return output
    match value:
        case dict():
            around = output if isinstance(output, dict) else {}
            return {key: _filled(each, around.get(key), address) for key, each in value.items()}
        case list():
            found = output if isinstance(output, list) else []
            return [
                _filled(each, found[number] if number < len(found) else None, address)
                for number, each in enumerate(value)
            ]
        case _:
            return value


class _Outputs:
    """All attributes of one instance on their way."""

    def __init__(self, instance: Instance, type_: ResourceType, types: ResourceTypes) -> None:
        self._attributes = dict(instance.attributes or {})
        if _TAGS in self._attributes and _ALL_TAGS in self._attributes:
            self._attributes[_TAGS] = self._attributes[_ALL_TAGS]  # inputs carry all tags of an object
        self._properties = type_.properties
        self._names = match_names(self._attributes, self._properties, property_names(instance.type))
        by_sdk = [attribute for attribute, name in self._names.items() if name in type_.secrets]
        self._secrets = SecretValues(instance.sensitive, by_sdk)
        self._types = types

    def written(self) -> dict[str, Any]:
        """Write them; what the state does not have is not there."""
        return self._fields(self._attributes, self._names, self._properties, ())

    def _fields(
        self,
        values: Mapping[str, Any],
        names: Mapping[str, str],
        properties: Mapping[str, Argument],
        path: AttributePath,
    ) -> dict[str, Any]:
        written = {
            properties[names[name]].wire: self._item(
                properties[names[name]].shape, value, (*path, name), values
            )
            for name, value in values.items()
            if name in names and value is not None
        }
        return {wire: value for wire, value in written.items() if value is not None}

    def _item(self, shape: Shape, value: Any, path: AttributePath, around: Mapping[str, Any]) -> Any:
        written = self._value(shape, value, path)
        return Secret(_plain(written)) if self._secrets.has(path, value, around) else written

    def _value(self, shape: Shape, value: Any, path: AttributePath) -> Any:
        match shape.kind, value:
            case (ShapeKind.LIST | ShapeKind.ANY, list()):
                return self._list(shape.item or _ANYTHING, value, path)
            case (ShapeKind.MAP | ShapeKind.ANY, dict()):
                item = shape.item or _ANYTHING
                return {
                    key: self._item(item, one, (*path, key), value)
                    for key, one in value.items()
                    if one is not None
                }
            case ShapeKind.OBJECT, dict():
                fields = self._types.fields(shape)
                return self._fields(value, match_names(value, fields, {}), fields, path)
            case _, list():
                # A block of which there is at most one is no list in Pulumi.
                return self._item(shape, value[0], (*path, 0), {}) if value and value[0] is not None else None
            case _:
                return scalar(shape, value)

    def _list(self, item: Shape, values: Sequence[Any], path: AttributePath) -> list[Any]:
        return [
            self._item(item, one, (*path, number), {}) for number, one in enumerate(values) if one is not None
        ]


def _plain(value: Any) -> Any:
    """A secret within a secret is one secret."""
    match value:
        case Secret():
            return value.value
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
