"""Inputs for any type, made from its schema: every input is given, nested ones two levels deep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.generic import NAMES
from slipway_sandbox.provider.schema import ANY, Kind, ResourceType, Role, Schema, Shape
from tests.provider.engine import SIG, UNKNOWN, secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.schema import Property

DEPTH = 3
SECRET_TEXT = "hush-never-shown"
"""What every secret holds; nowhere may it stand outside of a secret."""
IDENTIFYING = {*NAMES, "database", "schema"}
"""Inputs from which ids and ARNs are made: a program that hides them still shows those."""
ASSET = {SIG: "c44067f5952c0a294b673a41bacd8c17", "text": "content", "hash": "ab" * 32}
ARCHIVE = {SIG: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {"a.txt": ASSET}, "hash": "cd" * 32}


def value(schema: Schema, name: str, shape: Shape, salt: str, depth: int = DEPTH) -> Any:
    """A value of ``shape``; another salt gives another value."""
    match shape.kind:
        case Kind.LIST:
            return [value(schema, name, shape.item or ANY, salt, depth)]
        case Kind.MAP:
            return {"key": value(schema, name, shape.item or ANY, salt, depth)}
        case Kind.OBJECT:
            return fields(schema, schema.object(shape.name), salt, depth - 1)
        case _:
            return _scalar(name, shape.kind, salt)


def _scalar(name: str, kind: Kind, salt: str) -> Any:
    return {
        Kind.STRING: f"{name}-{salt}",
        Kind.ANY: f"{name}-{salt}",
        Kind.INTEGER: float(ord(salt[0])),
        Kind.NUMBER: ord(salt[0]) + 0.5,
        Kind.BOOLEAN: salt != "b",
        Kind.ASSET: ASSET | {"hash": salt * 8},
        Kind.ARCHIVE: ARCHIVE | {"hash": salt * 8},
    }[kind]


def fields(schema: Schema, properties: Mapping[str, Property], salt: str, depth: int) -> dict[str, Any]:
    """An object with its required fields, and its optional ones while ``depth`` lasts."""
    return {
        name: value(schema, name, prop.shape, salt, depth)
        for name, prop in properties.items()
        if prop.role is Role.REQUIRED or (prop.role.is_input and depth > 0)
    }


@dataclass(frozen=True)
class Program:
    """The inputs of one resource in four forms.

    Attributes:
        inputs: all known; declared secrets, and one more property, are secret.
        unknown: the same with one property unknown, and one unknown inside another.
        changed: the same as inputs with one property changed, "" when nothing can change.
        change: the name of that property.
        hidden: the names of the properties that are secret.
    """

    inputs: dict[str, Any]
    unknown: dict[str, Any]
    changed: dict[str, Any]
    change: str
    hidden: frozenset[str]


def program(schema: Schema, type_: ResourceType) -> Program:
    """The inputs of a program that uses every input of the type."""
    inputs = fields(schema, type_.inputs, "a", DEPTH)
    inputs.pop("tagsAll", None)  # two old types declare it as an input; the provider makes it all the same
    inputs |= {"region": "eu-west-1"} if type_.regional else {}
    strings = [
        name for name, prop in type_.inputs.items() if prop.shape.kind is Kind.STRING and name != "region"
    ]
    ordinary = [name for name in strings if name not in IDENTIFYING]
    hidden: set[str] = (set(type_.secret) & inputs.keys()) | {*ordinary[:1]}
    inputs |= {name: secret(SECRET_TEXT if name in strings else inputs[name]) for name in hidden}
    change = _changeable(schema, type_, hidden)
    changed = {**inputs}
    if change:
        changed[change] = value(schema, change, type_.inputs[change].shape, "b")
    return Program(inputs, _with_unknowns(type_, inputs, hidden), changed, change, frozenset(hidden))


def _changeable(schema: Schema, type_: ResourceType, hidden: set[str]) -> str:
    """An input whose change is an update; nested ones may be too deep for another value."""
    for name, prop in type_.inputs.items():
        differs = value(schema, name, prop.shape, "a") != value(schema, name, prop.shape, "b")
        if differs and name not in hidden | type_.replace | {"region", "tags", "tagsAll"}:
            return name
    return ""


def _with_unknowns(type_: ResourceType, inputs: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    """One property unknown as a whole, one unknown inside a list, one secret unknown."""
    result = {**inputs}
    names = [name for name in inputs if name not in hidden | {"region"}]
    if names:
        result[names[-1]] = UNKNOWN
    for name in names[:-1]:
        if type_.inputs[name].shape.kind is Kind.LIST:
            result[name] = [UNKNOWN, *inputs[name]]
            break
    return result | {name: secret(UNKNOWN) for name in sorted(hidden)[1:2]}
