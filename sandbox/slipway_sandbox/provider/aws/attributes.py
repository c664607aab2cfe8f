"""Resources whose settings are one map of texts: SNS topics and subscriptions, SQS queues.

Owned here: the translation between such a map and typed properties. Not owned: the calls.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slipway_sandbox.provider.contract import Properties


class Kind(Enum):
    """What a property is to the program; AWS has texts only."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"


Field = tuple[str, Kind]
"""The API's name of an attribute, and the property's kind."""


def encode(value: Any) -> str:
    """A property as AWS takes it; nothing is the empty text, which takes an attribute away."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def _decode(text: str | None, kind: Kind) -> Any:
    match kind:
        case Kind.FLAG:
            return text == "true"
        case Kind.NUMBER:
            return int(text) if text else None
        case Kind.TEXT:
            return text or None


def given(inputs: Properties, fields: Mapping[str, Field]) -> dict[str, str]:
    """The attributes that the program speaks of."""
    return {api: encode(inputs[key]) for key, (api, _) in fields.items() if inputs.get(key) is not None}


def changed(inputs: Properties, fields: Mapping[str, Field], names: Iterable[str]) -> dict[str, str]:
    """The attributes of changed properties; the empty text for those that the program no longer gives."""
    return {fields[key][0]: encode(inputs.get(key)) for key in sorted(names) if key in fields}


def read(attributes: Mapping[str, str], fields: Mapping[str, Field]) -> Properties:
    """The properties of an attribute map."""
    return {key: _decode(attributes.get(api), kind) for key, (api, kind) in fields.items()}


def text(*names: str) -> dict[str, Field]:
    """Properties that are texts, under their names with a capital."""
    return {name: (name[0].upper() + name[1:], Kind.TEXT) for name in names}


def numbers(*names: str) -> dict[str, Field]:
    """Properties that are whole numbers."""
    return {name: (name[0].upper() + name[1:], Kind.NUMBER) for name in names}


def flags(*names: str) -> dict[str, Field]:
    """Properties that are true or false."""
    return {name: (name[0].upper() + name[1:], Kind.FLAG) for name in names}
