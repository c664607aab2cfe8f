"""An SDK in memory, for tests of what is made of its types."""

from collections.abc import Mapping, Sequence
from typing import Final

from slipway.ports.resource_types import Argument, ResourceType, ResourceTypes, Shape, ShapeKind

TEXT: Final = Shape(kind=ShapeKind.TEXT)
WHOLE: Final = Shape(kind=ShapeKind.WHOLE)
TRUTH: Final = Shape(kind=ShapeKind.TRUTH)
TEXTS: Final = Shape(kind=ShapeKind.LIST, item=TEXT)
TEXT_MAP: Final = Shape(kind=ShapeKind.MAP, item=TEXT)
BLOCK: Final = Shape(kind=ShapeKind.OBJECT, name="block")
BLOCKS: Final = Shape(kind=ShapeKind.LIST, item=BLOCK)


def an_argument(name: str, shape: Shape = TEXT, *, required: bool = False, says: str = "") -> Argument:
    """An optional text, whose wire name is the camel-cased one."""
    first, *rest = name.split("_")
    wire = first + "".join(word.capitalize() for word in rest)
    return Argument(name=name, wire=wire, shape=shape, required=required, says=says)


def a_type(
    *arguments: Argument, computed: Sequence[Argument] = (), secrets: frozenset[str] = frozenset()
) -> ResourceType:
    """A type with these arguments, and what its provider adds."""
    given = {each.name: each for each in arguments}
    return ResourceType(
        arguments=given, properties={**given, **{each.name: each for each in computed}}, secrets=secrets
    )


class MemoryTypes(ResourceTypes):
    """One nested object, whatever its name, and one type for every class.

    Args:
        type_: of every class.
        fields: of every object.
    """

    def __init__(self, type_: ResourceType, *fields: Argument) -> None:
        self._type = type_
        self._fields = {each.name: each for each in fields}

    def version(self, package: str) -> str:
        """Every package has one."""
        return f"1.0.0+{package}"

    def resource(self, path: str) -> ResourceType:  # noqa: ARG002 - of every class
        """The type."""
        return self._type

    def fields(self, shape: Shape) -> Mapping[str, Argument]:  # noqa: ARG002 - of every object
        """The fields."""
        return self._fields
