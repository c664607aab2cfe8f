"""What the engine's own SDK says of resource types: arguments, their shapes, which are required or secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol

from slipway.model.errors import DependencyError


class SdkMissing(DependencyError):  # noqa: N818 - it says what is the case
    """An SDK is not installed, or another version of it is than the tables are of."""


@unique
class ShapeKind(StrEnum):
    """The form of a value."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "truth"
    ANY = "anything"
    FILE = "file"
    LIST = "list"
    MAP = "map"
    OBJECT = "object"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The form of an argument's value.

    Attributes:
        kind: its form.
        item: of the items of a list or map.
        name: of an object, which `ResourceTypes.fields` takes; the names of two SDKs differ.
    """

    kind: ShapeKind
    item: "Shape | None" = None
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument of a resource, or one field of an object in it.

    Attributes:
        name: in Python, which is Terraform's word but for plurals, digits and renames.
        wire: what the engine calls it.
        shape: of its value.
        required: it has to be given.
        says: what the SDK's documentation says of it, in one line.
    """

    name: str
    wire: str
    shape: Shape
    required: bool
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """A type of resource.

    Attributes:
        arguments: by Python name.
        properties: everything that the engine keeps of it, arguments too, by Python name.
        secrets: Python names of properties that the SDK keeps secret.
    """

    arguments: Mapping[str, Argument]
    properties: Mapping[str, Argument]
    secrets: frozenset[str]


class ResourceTypes(Protocol):
    """The SDKs that are installed."""

    def version(self, package: str) -> str:
        """Return the version of a package's SDK, such as `aws`.

        Raises:
            SdkMissing: it is not installed.
        """
        ...

    def resource(self, path: str) -> ResourceType:
        """Describe a type.

        Args:
            path: the way to its class, such as `pulumi_aws.s3.Bucket`.

        Raises:
            SdkMissing: there is no such class.
        """
        ...

    def fields(self, shape: Shape) -> Mapping[str, Argument]:
        """Return the fields of an object, by Python name."""
        ...
