"""What the installed SDKs of Pulumi say of their own resource types.

They are imported when a type is first asked for, by name: nothing of slipway is built upon one of them.
"""

import collections.abc
import importlib
import importlib.metadata
import inspect
import re
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, Final

from slipway.ports.resource_types import (
    Argument,
    ResourceType,
    ResourceTypes,
    SdkMissing,
    Shape,
    ShapeKind,
)

_SECRETS: Final = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
_SCALARS: Final[Mapping[Any, ShapeKind]] = {
    str: ShapeKind.TEXT,
    int: ShapeKind.WHOLE,
    float: ShapeKind.NUMBER,
    bool: ShapeKind.TRUTH,
}
_UNIONS: Final = (typing.Union, types.UnionType)


class InstalledTypes(ResourceTypes):
    """The SDKs of this process's environment."""

    def version(self, package: str) -> str:
        """Ask the package's metadata."""
        try:
            return importlib.metadata.version(f"pulumi-{package}")
        except importlib.metadata.PackageNotFoundError as error:
            raise SdkMissing(f"pulumi-{package} is not installed", remedy="run make setup") from error

    @cache  # noqa: B019 - there is one object a process
    def resource(self, path: str) -> ResourceType:
        """Read a class's `InitArgs` or, where it has none, `Args`; and its `_State`."""
        module, _, name = path.rpartition(".")
        found = getattr(_module(module), name, None)
        if found is None:
            raise SdkMissing(f"{path} is in no SDK that is installed", remedy="run make setup")
        # `<Class>Args` may be a nested block of another type (s3.BucketVersioningArgs is one of Bucket's).
        own = _module(found.__module__)
        arguments = getattr(own, f"{name}InitArgs", None) or getattr(own, f"{name}Args")
        return ResourceType(
            arguments=_arguments(arguments),
            properties=_arguments(getattr(own, f"_{name}State")),
            secrets=_secrets(found),
        )

    @cache  # noqa: B019 - same
    def fields(self, shape: Shape) -> Mapping[str, Argument]:
        """Read a nested class."""
        module, _, name = shape.name.rpartition(".")
        return _arguments(getattr(_module(module), name))


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SdkMissing(f"{name} is in no SDK that is installed", remedy="run make setup") from error


def _arguments(inputs: type) -> Mapping[str, Argument]:
    """Read the properties of an input class.

    Pulumi's own reading of its generated classes (pulumi._types) unwraps inputs and forward references.
    """
    names = _types().input_type_py_to_pulumi_names(inputs)
    hints = _types().input_type_types(inputs)
    return {
        name: Argument(
            name=name,
            wire=wire,
            shape=_shape(hints[wire]),
            required=not _may_be_none(inputs, name),
            says=" ".join((inspect.getdoc(getattr(inputs, name)) or "").split()),
        )
        for name, wire in names.items()
    }


def _types() -> Any:
    return importlib.import_module("pulumi._types")


def _may_be_none(inputs: type, name: str) -> bool:
    hint = getattr(inputs, name).fget.__annotations__["return"]
    return type(None) in typing.get_args(hint)


def _shape(hint: Any) -> Shape:
    plain = _types().unwrap_type(hint)
    origin, within = typing.get_origin(plain), typing.get_args(plain)
    if plain in _SCALARS:
        return Shape(kind=_SCALARS[plain])
    if origin is collections.abc.Sequence:
        return Shape(kind=ShapeKind.LIST, item=_shape(within[0]))
    if origin is collections.abc.Mapping:
        return Shape(kind=ShapeKind.MAP, item=_shape(within[1]))
    if origin in _UNIONS:
        return Shape(kind=ShapeKind.TEXT if str in within else ShapeKind.ANY)
    return _class_shape(plain)


def _class_shape(plain: Any) -> Shape:
    if not isinstance(plain, type):
        return Shape(kind=ShapeKind.ANY)
    if _types().is_input_type(plain):
        return Shape(kind=ShapeKind.OBJECT, name=f"{plain.__module__}.{plain.__qualname__}")
    if issubclass(plain, Enum):
        return Shape(kind=ShapeKind.TEXT)
    return Shape(kind=ShapeKind.FILE if plain.__module__.startswith("pulumi.asset") else ShapeKind.ANY)


def _secrets(resource: Any) -> frozenset[str]:
    """Read the names that the class marks as secret when it registers itself, as Python has them."""
    listed = _SECRETS.findall(inspect.getsource(resource._internal_init))  # noqa: SLF001 - it says so nowhere else
    wires = {name.strip("\"' ") for names in listed for name in names.split(",")}
    by_wire = {wire: name for name, wire in _types().resource_py_to_pulumi_names(resource).items()}
    return frozenset(by_wire.get(wire, wire) for wire in wires)
