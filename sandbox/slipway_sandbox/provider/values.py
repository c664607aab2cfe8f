"""Values between the wire (protobuf structs, and their JSON in the store) and plain Python.

Owned: unknowns, secrets, assets, archives and output values in both directions, and taking secrets off and
putting them back on. Not owned: what a property means.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from slipway_sandbox.provider.contract import Archive, Asset, Properties, ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a special object on the wire; its values are the kinds below."""


class Sig(StrEnum):
    """The kinds of special objects."""

    SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's constant
    ASSET = "c44067f5952c0a294b673a41bacd8c17"
    ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
    OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
    REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"


UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown(Enum):
    """A value that only exists once the resource it comes from does."""

    UNKNOWN = UNKNOWN_STRING


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that must be encrypted wherever it is kept."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


def decode(struct: Struct) -> Properties:
    """The properties of a message; integral numbers become int."""
    return {name: _decoded(value) for name, value in struct.fields.items()}


def _decoded(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "number_value":
            return _number(value.number_value)
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_decoded(item) for item in value.list_value.values]
        case "struct_value":
            return _special(decode(value.struct_value))
        case _:
            return None


def _number(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def revived(value: Any) -> Any:
    """The plain form of what `flat` made: secrets, assets and archives are themselves again."""
    if isinstance(value, dict):
        return _special({name: revived(item) for name, item in value.items()})
    if isinstance(value, list):
        return [revived(item) for item in value]
    return UNKNOWN if value == UNKNOWN_STRING else value


def _special(fields: Properties) -> Any:
    if SIGNATURE not in fields:
        return fields
    try:
        kind = Sig(fields[SIGNATURE])
    except ValueError as error:
        raise ProviderFault(f"the engine sent a value of the unknown kind {fields[SIGNATURE]}") from error
    match kind:
        case Sig.SECRET:
            return Secret(fields.get("value"))
        case Sig.OUTPUT:
            value = fields.get("value", UNKNOWN)
            return Secret(value) if fields.get("secret") else value
        case Sig.REFERENCE:
            return fields.get("id") or fields["urn"]
        case Sig.ASSET:
            return Asset(**{key: fields[key] for key in ("text", "path", "uri", "hash") if key in fields})
        case Sig.ARCHIVE:
            return Archive(**{key: fields[key] for key in ("assets", "path", "uri", "hash") if key in fields})


def encode(properties: Mapping[str, Any]) -> Struct:
    """The message of plain properties."""
    struct = Struct()
    for name, value in properties.items():
        _put(struct.fields[name], flat(value))
    return struct


def _put(target: Value, value: Any) -> None:
    match value:
        case None:
            target.null_value = NULL_VALUE
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case list():
            target.list_value.CopyFrom(_list(value))
        case dict():
            target.struct_value.SetInParent()
            for name, item in value.items():
                _put(target.struct_value.fields[name], item)
        case _:
            raise TypeError(f"a {type(value).__name__} has no form on the wire")


def _list(items: list[Any]) -> ListValue:
    filled = ListValue()
    for item in items:
        _put(filled.values.add(), item)
    return filled


def flat(value: Any) -> Any:
    """The JSON form of a plain value, special objects marked as on the wire."""
    flattened = value
    match value:
        case Secret(value=inner):
            flattened = {SIGNATURE: Sig.SECRET.value, "value": flat(inner)}
        case Unknown():
            flattened = UNKNOWN_STRING
        case dict():
            flattened = {name: flat(item) for name, item in value.items()}
        case list() | tuple():
            flattened = [flat(item) for item in value]
        case Asset():
            flattened = {SIGNATURE: Sig.ASSET.value, **_given(value)}
        case Archive():
            flattened = {SIGNATURE: Sig.ARCHIVE.value, **flat(_given(value))}
    return flattened


def _given(asset: Asset | Archive) -> dict[str, Any]:
    fields = {**vars(asset)}
    return {
        name: dict(v) if name == "assets" else v for name, v in fields.items() if v is not None and v != ""
    }


def bare(value: Any) -> Any:
    """The value without its secret marks."""
    match value:
        case Secret(value=inner):
            return bare(inner)
        case dict():
            return {name: bare(item) for name, item in value.items()}
        case list():
            return [bare(item) for item in value]
        case _:
            return value


def is_unknown(value: Any) -> bool:
    """Whether the value, or anything inside it, is not known yet."""
    match value:
        case Unknown():
            return True
        case Secret(value=inner):
            return is_unknown(inner)
        case dict():
            return any(is_unknown(item) for item in value.values())
        case list():
            return any(is_unknown(item) for item in value)
        case _:
            return False


def is_secret(value: Any) -> bool:
    """Whether the value, or anything inside it, is secret."""
    match value:
        case Secret():
            return True
        case dict():
            return any(is_secret(item) for item in value.values())
        case list():
            return any(is_secret(item) for item in value)
        case _:
            return False


def secretly(marks: Any, value: Any) -> Any:
    """The value with the secret marks of ``marks``.

    Where the two have different shapes, a value that is marked anywhere is secret as a whole.
    """
    match marks, value:
        case _, Secret():
            return value
        case Secret(value=inner), _:
            return Secret(bare(secretly(inner, value)))
        case dict(), dict():
            return {name: secretly(marks.get(name), item) for name, item in value.items()}
        case list(), list() if len(marks) == len(value):
            return [secretly(mark, item) for mark, item in zip(marks, value, strict=True)]
        case _:
            return Secret(value) if is_secret(marks) and value is not None else value
