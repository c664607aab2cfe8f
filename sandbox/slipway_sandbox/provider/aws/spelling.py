"""How the blocks of a type are spelled on the wire (camelCase) and in an AWS API.

Owned here: renaming the keys of nested values, both ways. Not owned: which call takes which block.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

POLICIES = frozenset({"policy", "assumeRolePolicy"})  # texts to the program, documents to boto3's IAM
UTC_SECONDS = "%Y-%m-%dT%H:%M:%SZ"  # RFC 3339 as the real provider writes times


def words(text: str) -> dict[str, str]:
    """A table from one line: "wire=Api other" gives {"wire": "Api", "other": ""}; "" is: by rule."""
    return {wire: api for wire, _, api in (word.partition("=") for word in text.split())}


def pairs(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """A map as the list of key-value objects that many APIs take."""
    return [{key: name, value: text} for name, text in tags.items()]


def unpaired(items: Iterable[Mapping[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    """The map that a list of key-value objects stands for."""
    return {item[key]: item.get(value, "") for item in items}


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """The rule of one API, and its exceptions.

    Attributes:
        names: wire name -> API name where the rule does not hold.
        maps: wire names whose keys are the user's data and stay as they are.
        pairs: wire names of maps that the API has as lists of objects -> the objects' field beside "Value".
        pascal: the API writes PascalCase; else camelCase like the wire.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    maps: frozenset[str] = frozenset()
    pairs: Mapping[str, str] = field(default_factory=dict)
    pascal: bool = True

    def api_name(self, wire: str) -> str:
        """The API's name of a wire name."""
        if wire in self.names:
            return self.names[wire]
        return wire[0].upper() + wire[1:] if self.pascal else wire

    def wire_name(self, api: str) -> str:
        """The wire's name of an API name."""
        known = {spelled: wire for wire, spelled in self.names.items()}
        return known.get(api) or api[0].lower() + api[1:]

    def to_api(self, value: Any, wire: str = "") -> Any:
        """A value of the program as the API takes it; `wire` is the property that holds it."""
        if isinstance(value, list):
            return [self.to_api(item, wire) for item in value if item is not None]
        if not isinstance(value, dict):
            return value
        if wire in self.pairs:
            return pairs(value, self.pairs[wire])
        if wire in self.maps:
            return dict(value)
        return {self.api_name(k): self.to_api(v, k) for k, v in value.items() if v is not None}

    def to_wire(self, value: Any, wire: str = "") -> Any:
        """A value of the API as the program reads it; `wire` is the property that will hold it."""
        if isinstance(value, list) and wire in self.pairs:
            return unpaired(value, self.pairs[wire])
        if isinstance(value, list):
            return [self.to_wire(item, wire) for item in value]
        if isinstance(value, datetime):
            return value.strftime(UTC_SECONDS)
        if not isinstance(value, dict) or wire in self.maps:
            return value
        if wire in POLICIES:
            return json.dumps(value, separators=(",", ":"))
        named = ((self.wire_name(k), v) for k, v in value.items())
        return {name: self.to_wire(v, name) for name, v in named}


PASCAL = Spelling()
CAMEL = Spelling(pascal=False)
