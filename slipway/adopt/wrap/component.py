"""A module of a layer as a component: its arguments, its resources and the modules in it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import attribute_names, class_name, name_of_calls, words_of
from slipway.adopt.wrap.fields import Field, Fields
from slipway.adopt.wrap.shape import Call, ModuleShape, ResourceShape
from slipway.adopt.wrap.siblings import Siblings, class_of, place_of
from slipway.adopt.wrap.values import At, Scope, Values
from slipway.model.instance_keys import Key
from slipway.ports.resource_types import Argument, ResourceTypes, Shape, ShapeKind

_MISSING: Final = Argument(name="", wire="", shape=Shape(kind=ShapeKind.ANY), required=False)


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What the instances of a keyed resource do not have in common.

    Attributes:
        columns: none where their keys tell everything.
        by_owner: the keys that there are in each instance of the module.
        constant: all instances have the same rows: the module itself has them.
    """

    columns: tuple[Field, ...]
    by_owner: Mapping[ModulePath, tuple[Key, ...]]
    constant: bool

    def row(self, owner: ModulePath, key: Key) -> Mapping[str, Any]:
        """Return the values of one row."""
        return {each.name: each.values[owner, key] for each in self.columns}


@dataclass(frozen=True, kw_only=True)
class WrittenResource:
    """A resource as the component declares it.

    Attributes:
        shape: which.
        attribute: what it is in the component.
        arguments: name and Python's text of each.
        kept: paths to its secrets.
        rows: of a keyed one.
        condition: the argument that says whether there is one; empty where there always is.
    """

    shape: ResourceShape
    attribute: str
    arguments: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]
    rows: Rows | None = None
    condition: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some resources of a component that is too large for one file.

    Attributes:
        name: tells it from the others.
        resources: in the order in which they are created.
    """

    name: str
    resources: tuple[WrittenResource, ...]


@dataclass(kw_only=True)
class Component:
    """A component that is to be written.

    Attributes:
        shape: of the module.
        name: of the class.
        fields: its arguments, but for those of modules in it.
        resources: in the order in which they are created.
        modules: in it, by their calls.
        parts: that its resources are divided into; none where it is one file.
    """

    shape: ModuleShape
    name: str
    fields: list[Field] = field(default_factory=list)
    resources: list[WrittenResource] = field(default_factory=list)
    modules: list["Placed"] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def walk(self) -> Iterator["Component"]:
        """Those in it first, each once, then itself."""
        for each in {id(placed.component): placed.component for placed in self.modules}.values():
            yield from each.walk()
        yield self


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One call of a module, in the component around it.

    Attributes:
        component: the module.
        call: its name.
        instances: that it makes.
        missing: not every component around it has one.
    """

    component: Component
    call: str
    instances: tuple[ModulePath, ...]
    missing: bool

    @property
    def _keys(self) -> frozenset[type]:
        return frozenset(type(each[-1].key) for each in self.instances)

    @property
    def named(self) -> bool:
        """Whether each instance has a text as its key, which is its name."""
        return self._keys == {str}

    @property
    def numbered(self) -> bool:
        """Whether each instance has a number."""
        return self._keys == {int}

    @property
    def single(self) -> bool:
        """Whether there is one at most in what is around it."""
        return not self.named and not self.numbered

    @property
    def short(self) -> bool:
        """Whether its instances have names without the layer's before them."""
        return all(self.component.shape.short_name(each) is not None for each in self.instances)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What components are made of.

    Attributes:
        types: what the SDK says.
        outputs: texts that the stack's state has of each resource, by URN and Python's name.
        tags: that all tagged resources of the layer have.
    """

    types: ResourceTypes
    outputs: Mapping[str, Mapping[str, str]]
    tags: Mapping[str, str]


def component_of(shape: ModuleShape, names: Mapping[tuple[str, ...], str], sources: Sources) -> Component:
    """Make a component of a module, and of every module in it.

    Args:
        shape: of the module.
        names: of the classes, by the calls that lead to their modules.
        sources: what they are made of.
    """
    made = Component(shape=shape, name=names[shape.calls[0]])
    fields = Fields()
    attributes = attribute_names((each.name, class_of(each)) for each in shape.resources)
    by_type = {(each.type, each.name): attributes[each.name, class_of(each)] for each in shape.resources}
    siblings = Siblings(shape, sources.outputs, by_type)
    written = {
        (each.type, each.name): _Resource(each, attribute, made).written(fields, siblings, sources)
        for each in shape.resources
        for attribute in [by_type[each.type, each.name]]
    }
    made.resources = [written[each.type, each.name] for each in siblings.in_order()]
    made.modules = [
        placed
        for each in shape.modules
        for placed in _placed(_given(component_of(each, names, sources), siblings), shape)
    ]
    made.modules.sort(key=lambda each: each.call)
    made.fields = [*_name(made), *fields.found, *_tags(made, sources)]
    return made


def _given(component: Component, around: Siblings) -> Component:
    """Have what is around a component give it the objects that are made there."""
    component.fields = [
        replace(each, around=found) if each.shared and (found := around.known_as(_only(each))) else each
        for each in component.fields
    ]
    return component


def _only(field_: Field) -> str:
    """The one text that all instances are told; empty where it is none."""
    value = next(iter(field_.values.values()))
    return value if isinstance(value, str) else ""


def _placed(component: Component, around: ModuleShape) -> Iterator[Placed]:
    for call in component.shape.steps:
        instances = tuple(each for each in component.shape.instances if each[-1].name == call)
        missing = {each[:-1] for each in instances} != set(around.instances)
        yield Placed(component=component, call=call, instances=instances, missing=missing)


def class_names(layer: str, shape: ModuleShape) -> dict[Call, str]:
    """Name the classes of a layer's modules, by every way to them.

    A class has the name of its call, what several calls have in common, or the way to it where two are alike.
    """
    modules = [each for each in shape.walk() if not each.is_layer]
    short = [class_name([name_of_calls(each.steps)]) for each in modules]
    names = {
        call: name if short.count(name) == 1 else class_name([*each.calls[0][:-1], name_of_calls(each.steps)])
        for each, name in zip(modules, short, strict=True)
        for call in each.calls
    }
    return {(): f"{class_name([layer])}Layer", **names}


@dataclass(frozen=True)
class _Resource:
    """One resource on its way into a component."""

    shape: ResourceShape
    attribute: str
    made: Component

    def written(self, fields: Fields, siblings: Siblings, sources: Sources) -> WrittenResource:
        """Write its arguments; what differs goes into the component's, or into rows."""
        rows = Fields() if self.shape.keyed else None
        scope = Scope(
            resource=self.shape,
            fields=fields,
            rows=rows,
            siblings=siblings,
            types=sources.types,
            tags=sources.tags,
            names=self.made.shape.names,
            owners=self.made.shape.instances,
        )
        return WrittenResource(
            shape=self.shape,
            attribute=self.attribute,
            arguments=tuple(self._arguments(Values(scope), sources)),
            kept=tuple(dict.fromkeys(way for each in self.shape.met for way in each.resource.secrets)),
            rows=_rows(self.shape, rows, self.made.shape.instances) if rows is not None else None,
            condition="" if self.shape.keyed else self._condition(fields),
        )

    def _arguments(self, writing: Values, sources: Sources) -> Iterator[tuple[str, str]]:
        known = sources.types.resource(self.shape.py).arguments
        for name in sorted({name for each in self.shape.met for name in each.resource.arguments}):
            values = {place_of(each): each.resource.arguments.get(name) for each in self.shape.met}
            yield name, writing.write(values, At(words=(name,), shape=known.get(name, _MISSING).shape))

    def _condition(self, fields: Fields) -> str:
        """Name the argument that says whether there is one; it is there where some instances have none."""
        owners = self.made.shape.instances
        there = {each.owner for each in self.shape.met}
        if there == set(owners):
            return ""
        return fields.named(
            f"has_{self.attribute}",
            f"has_{self.attribute}_resource",
            {owner: owner in there for owner in owners},
            f"whether there is the {words_of(class_of(self.shape))} `{self.shape.name}`.",
        )


def _rows(shape: ResourceShape, columns: Fields, owners: Sequence[ModulePath]) -> Rows:
    keys: dict[ModulePath, tuple[Key, ...]] = dict.fromkeys(owners, ())
    for each in shape.met:
        if each.key is not None:
            keys[each.owner] += (each.key,)
    rows = Rows(columns=tuple(columns.found), by_owner=keys, constant=False)
    alike = {repr([(key, rows.row(owner, key)) for key in found]) for owner, found in keys.items()}
    return Rows(columns=rows.columns, by_owner=keys, constant=len(alike) == 1)


def _name(made: Component) -> Iterator[Field]:
    """Its name, where the program or one of its resources has to know it."""
    names = made.shape.names
    keyed = any(isinstance(each[-1].key, str) for each in made.shape.instances if each)
    if names and (keyed or any("args.name" in text for each in made.resources for _, text in each.arguments)):
        yield Field(name="name", type="str", says="tells it from the others.", values=names)


def _tags(made: Component, sources: Sources) -> Iterator[Field]:
    if sources.tags and any("args.tags" in text for each in made.resources for _, text in each.arguments):
        values = {each: dict(sources.tags) for each in made.shape.instances}
        yield Field(
            name="tags", type="Mapping[str, str]", says="of every resource.", values=values, shared=True
        )
