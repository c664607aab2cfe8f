"""What a server says about a resource, brought into the form that the program wrote.

Servers answer with defaults filled in, lists in their own order and JSON documents respelt. None of that is
drift.
Owned: outputs after create, read and update; refreshed inputs after read; inputs of an imported resource.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from slipway_sandbox.provider.contract import Archive, Asset, Properties
from slipway_sandbox.provider.naming import DEFAULTS
from slipway_sandbox.provider.schema import ANY, Kind, ResourceType, Role, Schema, Shape
from slipway_sandbox.provider.values import Secret, Unknown, bare, secretly

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

EMPTY: tuple[Any, ...] = (None, "", [], {}, False, 0)
Filler: TypeAlias = Callable[[str, Shape], Any]
"""Gives an output that nobody gave a value of its declared type."""


def is_empty(value: Any) -> bool:
    """Whether the value says no more than leaving it out would."""
    return any(value == empty and isinstance(value, type(empty)) for empty in EMPTY)


class Settler:
    """Joins the program's and the server's view of the resources of one type.

    Args:
        schema: the package's.
        type_: the type.
        defaults: what the server has where the program says nothing, as `Materialiser.defaults`.
    """

    def __init__(
        self, schema: Schema, type_: ResourceType, defaults: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self._schema = schema
        self._type = type_
        self._defaults = defaults

    def outputs(self, inputs: Properties, server: Properties, fill: Filler) -> Properties:
        """Every output that the type declares: the server's, else the program's, else what ``fill`` gives."""
        result: Properties = {}
        for name, prop in self._type.properties.items():
            if prop.role is Role.INPUT_ONLY:
                continue
            if name in server:
                value = self._agreed(prop.shape, inputs.get(name), server[name], whole=True)
            elif name in inputs:
                value = inputs[name]
            else:
                value = fill(name, prop.shape) if prop.role.is_computed else None
            if value is not None:
                result[name] = value
        return self.marked(result)

    def marked(self, outputs: Properties) -> Properties:
        """The outputs with those secret that the type declares so."""
        return {
            name: Secret(bare(value)) if name in self._type.secret else value
            for name, value in outputs.items()
        }

    def refreshed(
        self, inputs: Properties, olds: Properties, outputs: Properties, unset: AbstractSet[str]
    ) -> Properties:
        """The program's inputs as the server has them now.

        What the server does not report stays as the program gave it; what somebody else switched on, and the
        program never gave, is added, so that the next preview shows it.

        Args:
            inputs: as the program gave them.
            olds: the outputs as last known.
            outputs: as the server has them now.
            unset: what the server says is not set.
        """
        result: Properties = {}
        for name, given in inputs.items():
            prop = self._type.properties.get(name)
            if prop is None or name not in outputs:
                value = None if name in unset and not is_empty(bare(given)) else given
            else:
                value = self._agreed(prop.shape, given, outputs[name], whole=False)
            if value is not None:
                result[name] = value
        return result | self._switched_on(inputs, olds, outputs)

    def _switched_on(self, inputs: Properties, olds: Properties, outputs: Properties) -> Properties:
        return {
            name: self._inputs_only(prop.shape, outputs[name])
            for name, prop in self._type.inputs.items()
            if name not in inputs and name in outputs and prop.role is Role.OPTIONAL
            if not is_empty(bare(outputs[name])) and bare(outputs[name]) != bare(olds.get(name))
        }

    def imported(self, outputs: Properties, autoname: str | None) -> Properties:
        """The least inputs that describe an existing resource: required, its name, or no mere default."""
        result: Properties = {}
        for name, prop in self._type.inputs.items():
            value = outputs.get(name)
            wanted = prop.role is not Role.COMPUTED or name == autoname
            says = prop.role is Role.REQUIRED or not _is_default(bare(value), self._defaults.get(name))
            if value is not None and wanted and says:
                result[name] = self._inputs_only(prop.shape, value)
        return result

    def is_there(self, name: str, wanted: Any, real: Any) -> bool:
        """Whether the server has what the program says; it may have more, and lists in its own order."""
        prop = self._type.properties.get(name)
        if prop is None or isinstance(wanted, Unknown | Asset | Archive):
            return False
        return bool(self._agreed(prop.shape, wanted, real, whole=False) == wanted)

    def _inputs_only(self, shape: Shape, value: Any) -> Any:
        match shape.kind, value:
            case _, Secret(value=inner):
                return Secret(self._inputs_only(shape, inner))
            case Kind.LIST, list():
                return [self._inputs_only(shape.item or ANY, item) for item in value]
            case Kind.OBJECT, dict():
                fields = self._schema.object(shape.name)
                return {
                    name: self._inputs_only(fields[name].shape, item)
                    for name, item in value.items()
                    if name in fields and fields[name].role.is_input
                    if fields[name].role is Role.REQUIRED
                    or not _is_default(bare(item), self._defaults.get(f"{shape.name}.{name}"))
                }
            case _:
                return value

    def _agreed(self, shape: Shape, given: Any, real: Any, *, whole: bool) -> Any:
        """``given`` where it means the same as ``real``, else ``real``.

        Args:
            shape: the form of both.
            given: the program's value; None when it gave none.
            real: the server's value; None when it is not set there.
            whole: keep the fields of objects that only the server has (outputs), or drop them (inputs).
        """
        if given is None or real is None:
            return given if is_empty(bare(given)) and given is not None else real
        if isinstance(given, Secret):
            return secretly(given, self._agreed(shape, given.value, bare(real), whole=whole))
        if same(given, real):
            return given
        match shape.kind, given, real:
            case Kind.OBJECT, dict(), dict():
                return self._object(shape, given, real, whole=whole)
            case Kind.LIST, list(), list() if len(given) == len(real) or not whole:
                return self._list(shape.item or ANY, given, real, whole=whole)
            case _:
                return secretly(given, real)

    def _object(self, shape: Shape, given: Properties, real: Properties, *, whole: bool) -> Properties:
        fields = self._schema.object(shape.name)
        agreed = {
            name: self._agreed(fields[name].shape if name in fields else ANY, value, real[name], whole=whole)
            if name in real
            else value
            for name, value in given.items()
        }
        if whole:
            return {**real, **agreed}
        return self._beside(shape, given, real) | {n: v for n, v in agreed.items() if v is not None}

    def _beside(self, shape: Shape, given: Properties, real: Properties) -> Properties:
        """What an object has on the server that the program leaves out and that is not the known default."""
        keys = {name: f"{shape.name}.{name}" for name in real.keys() - given.keys()}
        return {
            name: real[name]
            for name, key in keys.items()
            if key in self._defaults and real[name] is not None and real[name] != self._defaults[key]
        }

    def _list(self, item: Shape, given: list[Any], real: list[Any], *, whole: bool) -> list[Any]:
        if len(given) != len(real):
            return self._other_list(item, given, real)
        ordered = self._in_given_order(item, given, real)
        return [
            self._agreed(item, mine, theirs, whole=whole) for mine, theirs in zip(given, ordered, strict=True)
        ]

    def _other_list(self, item: Shape, given: list[Any], real: list[Any]) -> list[Any]:
        """The server's entries where it has more or fewer: those that the program gave, as it gave them."""
        left, found = list(given), []
        for theirs in real:
            place = next((at for at, mine in enumerate(left) if self._is_same(item, mine, theirs)), None)
            found.append(self._inputs_only(item, theirs) if place is None else left.pop(place))
        return found

    def _in_given_order(self, item: Shape, given: list[Any], real: list[Any]) -> list[Any]:
        """The server's entries beside those of the program that they equal; as they are when one has none."""
        left = list(real)
        ordered = []
        for mine in given:
            place = self._place(item, mine, left)
            if place is None:
                return real
            ordered.append(left.pop(place))
        return ordered

    def _place(self, item: Shape, mine: Any, candidates: Iterable[Any]) -> int | None:
        for place, theirs in enumerate(candidates):
            if self._is_same(item, mine, theirs):
                return place
        return None

    def _is_same(self, item: Shape, mine: Any, theirs: Any) -> bool:
        return bool(bare(self._agreed(item, mine, theirs, whole=False)) == bare(mine))


def _is_default(value: Any, default: Any) -> bool:
    return is_empty(value) if default is None else bool(value == default)


def same(given: Any, real: Any) -> bool:
    """Whether two values mean the same: equal, both empty, respelt JSON, or an asset (none returns it)."""
    if isinstance(given, Asset | Archive) or given == real:
        return True
    if is_empty(given) and is_empty(real):
        return True
    if same_document(given, real):
        return True
    return (
        not isinstance(given, dict | list) and str(given).lower() == str(real).lower() and _mixed(given, real)
    )


def _mixed(given: Any, real: Any) -> bool:
    """Numbers and booleans that one side has as text."""
    return isinstance(given, str) is not isinstance(real, str)


def same_document(given: Any, real: Any) -> bool:
    """Whether both are JSON text, and of the same content."""
    if not (isinstance(given, str) and isinstance(real, str)):
        return False
    if given[:1] not in {"{", "["} or real[:1] not in {"{", "["}:
        return False
    try:
        return bool(json.loads(given) == json.loads(real))
    except ValueError:
        return False


def without_markers(inputs: Properties) -> Properties:
    """The inputs that are a type's own, without what the bridge keeps among them."""
    return {name: value for name, value in inputs.items() if name != DEFAULTS}
