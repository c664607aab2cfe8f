"""What a package's types look like: the compact, committed form of the SDKs' own declarations.

The grammar of a property, as `sandbox/tools/generate_schema.py` writes it:

    string integer number boolean any asset archive    a scalar
    [T] {T} #name                                       a list, a map with free keys, a nested object type
    T! T~ T=                                            required input; computed when left out; output only
    T=? T-                                              output that may be absent; input only
    T                                                   optional input, echoed as output when given
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Kind(Enum):
    """The forms a value can have."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ANY = "any"
    ASSET = "asset"
    ARCHIVE = "archive"
    LIST = "list"
    MAP = "map"
    OBJECT = "object"


class Role(Enum):
    """Who gives a property its value; the values are the marks of the grammar."""

    REQUIRED = "!"
    OPTIONAL = ""
    COMPUTED = "~"
    OUTPUT = "="
    MAYBE_OUTPUT = "=?"
    INPUT_ONLY = "-"

    @property
    def is_input(self) -> bool:
        """Whether a program may set it."""
        return self not in {Role.OUTPUT, Role.MAYBE_OUTPUT}

    @property
    def is_computed(self) -> bool:
        """Whether the provider gives it a value when the program does not."""
        return self in {Role.COMPUTED, Role.OUTPUT, Role.MAYBE_OUTPUT}


@dataclass(frozen=True)
class Shape:
    """The form of a value; ``item`` is set for lists and maps, ``name`` for objects."""

    kind: Kind
    item: Shape | None = None
    name: str = ""


@dataclass(frozen=True)
class Property:
    """One property of a resource or of a nested object."""

    shape: Shape
    role: Role


ANY = Shape(Kind.ANY)
_MARKS = sorted((role.value for role in Role if role.value), key=len, reverse=True)


def parse(text: str) -> Property:
    """The property that ``text`` writes in the grammar above."""
    mark = next((mark for mark in _MARKS if text.endswith(mark)), "")
    return Property(_shape(text.removesuffix(mark)), Role(mark))


def _shape(text: str) -> Shape:
    match text[0]:
        case "[":
            return Shape(Kind.LIST, _shape(text[1:-1]))
        case "{":
            return Shape(Kind.MAP, _shape(text[1:-1]))
        case "#":
            return Shape(Kind.OBJECT, name=text[1:])
        case _:
            return Shape(Kind(text))


@dataclass(frozen=True)
class ResourceType:
    """One type of a package.

    Attributes:
        token: for example "aws:s3/bucket:Bucket".
        properties: inputs and outputs by their wire names.
        secret: outputs that are secret whatever the program says.
        replace: inputs whose prose says that a change forces a new resource.
    """

    token: str
    properties: Mapping[str, Property]
    secret: frozenset[str] = frozenset()
    replace: frozenset[str] = frozenset()

    @cached_property
    def inputs(self) -> Mapping[str, Property]:
        """What a program may set."""
        return {name: prop for name, prop in self.properties.items() if prop.role.is_input}

    @property
    def taggable(self) -> bool:
        """Whether resources of the type carry AWS tags."""
        tags = self.inputs.get("tags")
        return tags is not None and tags.shape.kind is Kind.MAP

    @property
    def regional(self) -> bool:
        """Whether a resource can be put in another region than its provider's."""
        region = self.inputs.get("region")
        return self.token.startswith("aws:") and region is not None and region.shape.kind is Kind.STRING


@dataclass
class Schema:
    """The schema of one package; types are parsed when they are first asked for."""

    package: str
    version: str
    functions: frozenset[str]
    config: Mapping[str, Property]
    _resources: Mapping[str, Mapping[str, Any]]
    _types: Mapping[str, Mapping[str, str]]
    _parsed: dict[str, ResourceType] = field(default_factory=dict)
    _objects: dict[str, Mapping[str, Property]] = field(default_factory=dict)

    @property
    def tokens(self) -> Iterable[str]:
        """Every resource type of the package."""
        return self._resources.keys()

    @property
    def objects(self) -> Iterable[str]:
        """Every nested object type of the package."""
        return self._types.keys()

    def resource(self, token: str) -> ResourceType:
        """The type that ``token`` names.

        Raises:
            ProviderFault: the package has no such type; names the nearest.
        """
        if token not in self._parsed:
            raw = self._resources.get(token)
            if raw is None:
                raise ProviderFault(
                    f"{token} is not a type of pulumi-{self.package} {self.version}",
                    remedy=suggestion(token, self._resources),
                )
            self._parsed[token] = ResourceType(
                token=token,
                properties={name: parse(text) for name, text in raw["properties"].items()},
                secret=frozenset(raw.get("secret", ())),
                replace=frozenset(raw.get("replace", ())),
            )
        return self._parsed[token]

    def object(self, name: str) -> Mapping[str, Property]:
        """The fields of a nested object type."""
        if name not in self._objects:
            self._objects[name] = {field_: parse(text) for field_, text in self._types[name].items()}
        return self._objects[name]


def load(package: str) -> Schema:
    """Read the committed schema of ``package``.

    Raises:
        ProviderFault: there is none.
    """
    source = files("slipway_sandbox.provider") / "schemas" / f"{package}.json"
    if not source.is_file():
        raise ProviderFault(f"the sandbox has no provider for the package {package}")
    raw = json.loads(source.read_text(encoding="utf-8"))
    return Schema(
        package=raw["package"],
        version=raw["version"],
        functions=frozenset(raw["functions"]),
        config={name: parse(text) for name, text in raw["config"].items()},
        _resources=raw["resources"],
        _types=raw["types"],
    )


def suggestion(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word; nothing when none is near."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return f"did you mean {lower[near[0]]}?" if near else ""
