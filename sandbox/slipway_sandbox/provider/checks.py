"""Check: are a program's inputs ones that the type takes?

Unknown names, missing required ones and values of a wrong basic type are reported by their path, with the
nearest name. Values that the real providers convert ("5" for an integer, 5 for a string) are converted here
too. What a server alone can judge (a bucket name that is taken) is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slipway_sandbox.provider.contract import Archive, Asset, Properties
from slipway_sandbox.provider.schema import Kind, Property, Role, Schema, Shape, suggestion
from slipway_sandbox.provider.values import Secret, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

INTERNAL = "__"
"""Names that begin so are the engine's and the bridge's own (`__defaults`, `__internal`), never a type's."""


_QUOTES = ", got "
"""What stands before the value itself in a reason."""


@dataclass(frozen=True)
class Failure:
    """One input that cannot be right, by its path."""

    path: str
    reason: str


@dataclass
class Checked:
    """Inputs after conversion, and what is wrong with them."""

    inputs: Properties
    failures: list[Failure] = field(default_factory=list)


def check(schema: Schema, properties: Mapping[str, Property], given: Properties, subject: str) -> Checked:
    """Judge ``given`` against the inputs among ``properties``; ``subject`` is the type in messages."""
    checker = _Checker(schema)
    inputs = checker.fields(properties, given, path="", subject=subject)
    return Checked(inputs, checker.failures)


@dataclass
class _Checker:
    schema: Schema
    failures: list[Failure] = field(default_factory=list)

    def fields(
        self, properties: Mapping[str, Property], given: Properties, *, path: str, subject: str
    ) -> Properties:
        """The object's converted fields; null is the same as not given."""
        result: Properties = {}
        for name, value in given.items():
            if value is None:
                continue
            known = properties.get(name)
            where = f"{path}.{name}" if path else name
            if name.startswith(INTERNAL):
                result[name] = value
            elif known is None or not known.role.is_input:
                self._refuse_name(where, name, known, properties, subject)
            else:
                result[name] = self.value(known.shape, value, where)
        self._require(properties, result, given, path=path, subject=subject)
        return result

    def _refuse_name(
        self, where: str, name: str, known: Property | None, properties: Mapping[str, Property], subject: str
    ) -> None:
        if known is not None:
            reason = f"{subject} computes the property {name}: it cannot be set"
        else:
            inputs = [other for other, prop in properties.items() if prop.role.is_input]
            reason = "; ".join(filter(None, [f"{subject} has no property {name}", suggestion(name, inputs)]))
        self.failures.append(Failure(where, reason))

    def _require(
        self,
        properties: Mapping[str, Property],
        result: Properties,
        given: Properties,
        *,
        path: str,
        subject: str,
    ) -> None:
        strangers = [name for name in given if name not in properties]
        for name, prop in properties.items():
            if prop.role is Role.REQUIRED and name not in result:
                near = suggestion(name, strangers).replace("did you mean", "is it what you wrote as")
                reason = "; ".join(filter(None, [f"{subject} needs the property {name}", near]))
                self.failures.append(Failure(f"{path}.{name}" if path else name, reason))

    def value(self, shape: Shape, value: Any, path: str) -> Any:
        """The converted value; a failure is noted when it cannot be one of ``shape``."""
        match shape.kind, value:
            case (Kind.ANY, _) | (_, Unknown()):
                converted = value
            case _, Secret(value=inner):
                converted = Secret(self._hidden(shape, inner, path))
            case Kind.LIST, _:
                converted = self._list(shape, value, path)
            case Kind.MAP, _:
                converted = self._map(shape, value, path)
            case Kind.OBJECT, _:
                converted = self._object(shape, value, path)
            case _:
                converted = self._scalar(shape.kind, value, path)
        return converted

    def _hidden(self, shape: Shape, inner: Any, path: str) -> Any:
        """The converted value of a secret; reasons are printed, so none may quote it."""
        before = len(self.failures)
        converted = self.value(shape, inner, path)
        self.failures[before:] = [
            Failure(failure.path, failure.reason.partition(_QUOTES)[0] + ", in a secret")
            for failure in self.failures[before:]
        ]
        return converted

    def _list(self, shape: Shape, value: Any, path: str) -> Any:
        if not isinstance(value, list):
            return self._wrong(path, "a list", value)
        item = shape.item or Shape(Kind.ANY)
        return [self.value(item, entry, f"{path}[{place}]") for place, entry in enumerate(value)]

    def _map(self, shape: Shape, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(path, "a map", value)
        item = shape.item or Shape(Kind.ANY)
        return {
            name: self.value(item, entry, f"{path}.{name}")
            for name, entry in value.items()
            if entry is not None
        }

    def _object(self, shape: Shape, value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return self._wrong(path, "an object", value)
        subject = shape.name.rpartition(".")[2]
        return self.fields(self.schema.object(shape.name), value, path=path, subject=subject)

    def _scalar(self, kind: Kind, value: Any, path: str) -> Any:
        converted = converted_scalar(kind, value)
        return self._wrong(path, f"a value of type {kind.value}", value) if converted is None else converted

    def _wrong(self, path: str, expected: str, value: Any) -> Any:
        self.failures.append(Failure(path, f"expected {expected}{_QUOTES}{described(value)}"))
        return value


def converted_scalar(kind: Kind, value: Any) -> Any | None:
    """The value as ``kind``, None when it has no such form; conversions are those of the real providers."""
    match kind:
        case Kind.ASSET | Kind.ARCHIVE:
            return value if isinstance(value, Asset | Archive) else None
        case Kind.STRING if isinstance(value, bool):
            return str(value).lower()
        case Kind.STRING:
            return str(value) if isinstance(value, str | int | float) else None
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else _BOOLEANS.get(str(value))
        case _:
            return _number(kind, value)


_BOOLEANS = {"true": True, "false": False}


def _number(kind: Kind, value: Any) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return int(value) if kind is Kind.INTEGER and value == str(value) else _fitting(kind, float(value))
    except ValueError:
        return None


def _fitting(kind: Kind, number: float) -> int | float | None:
    whole = number.is_integer()
    return int(number) if whole else None if kind is Kind.INTEGER else number


def described(value: Any) -> str:
    """A value in a message: what it is, and itself when it is short and plain."""
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case Asset() | Archive():
            return f"an {type(value).__name__.lower()}"
        case _:
            return f"{type(value).__name__} {str(value)[:40]!r}"
