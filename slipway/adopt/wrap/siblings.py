"""Which resource of a module another one refers to: told by values, and by names of arguments. Pure.

An ARN, or an id that a cloud has made, names one object. A plain name may be that of several: it refers to
one only where the argument's name says which kind is meant (`rule` an `EventRule`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import is_elsewhere, points_at
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.shape import Met, ModuleShape, ResourceShape
from slipway.model.instance_keys import Key

Place = tuple[ModulePath, Key | None]
"""Where a resource was met: the module's instance, and its own key."""

_PREFERRED: Final = ("arn", "name", "key_id", "id", "url", "bucket", "function_name")
"""What resources are referred to by, the best first."""
_OWN_NAMES: Final = frozenset({"name", "bucket", "function_name"})
"""Of these, the arguments that name the resource itself."""


def place_of(met: Met) -> Place:
    """Where a resource was met."""
    return met.owner, met.key


class Siblings:
    """The resources of one module, and what each is known by.

    Args:
        module: which.
        outputs: texts that the stack's state has of each resource, by URN; by Python's names.
        attributes: what each is called in the component, by the type and name that Terraform has.
    """

    def __init__(
        self,
        module: ModuleShape,
        outputs: Mapping[str, Mapping[str, str]],
        attributes: Mapping[tuple[str, str], str],
    ) -> None:
        self._owners = frozenset(module.instances)
        self._shapes = {(each.type, each.name): each for each in module.resources}
        self._attributes = attributes
        self._known = {
            (identity, name): values
            for identity, shape in self._shapes.items()
            for name in _PREFERRED
            if (values := _values(shape, outputs, name))
        }
        self.uses: dict[tuple[str, str], set[tuple[str, str]]] = {}

    def refer(self, user: ResourceShape, argument: str, values: Mapping[Place, object]) -> str | None:
        """Find what an argument's values are of; None where they are of no sibling.

        Args:
            user: whose argument.
            argument: its name.
            values: where the user was met.
        """
        if not all(isinstance(each, str) and each for each in values.values()):
            return None
        one_of_its_kind = all(is_elsewhere(str(each)) for each in values.values())
        for identity, name in sorted(self._known, key=lambda each: _rank(argument, each[1])):
            shape = self._shapes[identity]
            if shape is user or not (one_of_its_kind or points_at(argument, class_of(shape))):
                continue
            found = self._expression(shape, name, values)
            if found and not self._reaches(identity, (user.type, user.name)):
                self.uses.setdefault((user.type, user.name), set()).add(identity)
                return found
        return None

    def known_as(self, value: str) -> str | None:
        """Find what names one object in every instance of the module; None where no resource of it does.

        Args:
            value: an ARN, or an id that a cloud has made.
        """
        everywhere = dict.fromkeys(self._owners, value)
        for identity, name in sorted(self._known, key=lambda each: _PREFERRED.index(each[1])):
            if found := self._expression_of_one(self._shapes[identity], name, everywhere):
                return found
        return None

    def in_order(self) -> list[ResourceShape]:
        """Return the resources, each behind what it refers to."""
        done: dict[tuple[str, str], None] = {}

        def visit(identity: tuple[str, str]) -> None:
            if identity not in done:
                for each in sorted(self.uses.get(identity, ())):
                    visit(each)
                done[identity] = None

        for identity in sorted(self._shapes):
            visit(identity)
        return [self._shapes[each] for each in done]

    def _reaches(self, start: tuple[str, str], end: tuple[str, str]) -> bool:
        return start == end or any(self._reaches(each, end) for each in self.uses.get(start, ()))

    def _expression(self, shape: ResourceShape, name: str, values: Mapping[Place, object]) -> str | None:
        known = self._known[(shape.type, shape.name), name]
        if shape.keyed and all(known.get(place) == value for place, value in values.items()):
            return f"self.{self._attributes[shape.type, shape.name]}[key].{name}"
        by_owner: dict[ModulePath, object] = {}
        if any(by_owner.setdefault(owner, value) != value for (owner, _), value in values.items()):
            return None
        return self._expression_of_one(shape, name, by_owner)

    def _expression_of_one(
        self, shape: ResourceShape, name: str, by_owner: Mapping[ModulePath, object]
    ) -> str | None:
        """Write what has one value in an instance of the module: a resource without keys, or of one key."""
        known = self._known[(shape.type, shape.name), name]
        attribute = f"self.{self._attributes[shape.type, shape.name]}"
        if shape.keyed:
            for key in _keys(known):
                if all(known.get((owner, key)) == value for owner, value in by_owner.items()):
                    return f"{attribute}[{python_text.literal(key)}].{name}"
            return None
        if {owner for owner, _ in known} != self._owners:
            return None  # it is not there in every instance
        there = {owner: value for (owner, _), value in known.items()}
        alike = all(there[owner] == value for owner, value in by_owner.items())
        return f"{attribute}.{name}" if alike else None


def class_of(shape: ResourceShape) -> str:
    """The name of a resource's Python class."""
    return shape.py.rpartition(".")[2]


def _keys(known: Mapping[Place, str]) -> Iterator[Key]:
    for key in dict.fromkeys(key for _, key in known):
        if key is not None:
            yield key


def _values(shape: ResourceShape, outputs: Mapping[str, Mapping[str, str]], name: str) -> dict[Place, str]:
    if name not in _OWN_NAMES and any(name in each.resource.arguments for each in shape.met):
        return {}  # it is what the resource points at itself
    found = {place_of(each): outputs.get(each.resource.urn, {}).get(name, "") for each in shape.met}
    return found if all(found.values()) else {}


def _rank(argument: str, name: str) -> tuple[bool, int]:
    return not argument.endswith(name), _PREFERRED.index(name)


def common_tags(module: ModuleShape) -> dict[str, str]:
    """Tags that every tagged resource of a layer has."""
    tagged: Sequence[Mapping[str, str]] = [
        tags
        for each in module.walk()
        for shape in each.resources
        for met in shape.met
        if isinstance(tags := met.resource.arguments.get("tags"), dict) and tags
    ]
    if not tagged:
        return {}
    return {key: value for key, value in tagged[0].items() if all(tags.get(key) == value for tags in tagged)}
