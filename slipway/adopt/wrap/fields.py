"""The arguments of a component that is written: what its instances do not have in common. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slipway.adopt.identifiers import snake

_RESERVED: Final = frozenset({"name", "tags"})
"""What every component is told by these words: its own name, and the tags of all resources."""
_SCALARS: Final = {str: "str", bool: "bool", int: "int", float: "float"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One argument.

    Attributes:
        name: its own.
        type: as Python writes it.
        says: what it is, for the docstring.
        values: in each instance, by what names the instance.
        optional: some instances have none.
        shared: every instance has the same: an object from elsewhere, or tags.
        around: what the component around it gives, as Python's text; empty where it is told by the program.
    """

    name: str
    type: str
    says: str
    values: Mapping[Any, Any]
    optional: bool = False
    shared: bool = False
    around: str = ""


@dataclass(kw_only=True)
class Fields:
    """The arguments of one class, as they are found.

    Attributes:
        found: in the order of finding.
    """

    found: list[Field] = field(default_factory=list)

    def named(self, wanted: str, longer: str, values: Mapping[Any, Any], says: str, **more: Any) -> str:
        """Return the argument with these values: one that is there, or a new one.

        Args:
            wanted: what it would be called.
            longer: what it is called where that is taken.
            values: in each instance.
            says: what it is.
            more: of `Field`.
        """
        for each in self.found:
            if _same(each.values, values):
                return each.name
        taken = {*_RESERVED, *(each.name for each in self.found)}
        name = next(each for each in _candidates(wanted, longer) if each not in taken)
        optional = any(value is None for value in values.values())
        type_ = more.pop("type", "") or type_text([value for value in values.values() if value is not None])
        self.found.append(
            Field(name=name, type=type_, says=says, values=dict(values), optional=optional, **more)
        )
        return name


def _candidates(wanted: str, longer: str) -> Sequence[str]:
    first, second = snake(wanted), snake(longer)
    return [first, second, *(f"{second}_{number}" for number in range(2, 100))]


def _same(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    return one.keys() == other.keys() and all(
        type(one[key]) is type(other[key]) and one[key] == other[key] for key in one
    )


def type_text(values: Sequence[Any]) -> str:
    """Write the type that all values have."""
    kinds = {_type(value) for value in values}
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "Any"


def _type(value: Any) -> str:
    match value:
        case dict():
            return f"Mapping[str, {type_text(list(value.values())) if value else 'Any'}]"
        case list() | tuple():
            return f"Sequence[{type_text(value) if value else 'Any'}]"
        case _:
            return _SCALARS.get(type(value), "Any")
