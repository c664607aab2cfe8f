"""A module of a layer as a component: its arguments, its resources and the modules in it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import attribute_names, class_name, words_of
from slipway.adopt.wrap.fields import Field, Fields
from slipway.adopt.wrap.shape import ModuleShape, ResourceShape
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


@dataclass(kw_only=True)
class Component:
    """A component that is to be written.

    Attributes:
        shape: of the module.
        name: of the class.
        fields: its arguments, but for those of modules in it.
        resources: in the order in which they are created.
        modules: in it.
        missing: not every component around it has one.
    """

    shape: ModuleShape
    name: str
    missing: bool = False
    fields: list[Field] = field(default_factory=list)
    resources: list[WrittenResource] = field(default_factory=list)
    modules: list["Component"] = field(default_factory=list)

    @property
    def keys(self) -> frozenset[type]:
        """Of which types the keys of its instances are."""
        return frozenset(type(each[-1].key) for each in self.shape.instances if each)

    @property
    def named(self) -> bool:
        """Whether each instance has a text as its key, which is its name."""
        return self.keys == {str}

    @property
    def numbered(self) -> bool:
        """Whether each instance has a number."""
        return self.keys == {int}

    @property
    def single(self) -> bool:
        """Whether there is one at most in what is around it."""
        return not self.named and not self.numbered

    def walk(self) -> Iterator["Component"]:
        """Those in it first, then itself."""
        for each in self.modules:
            yield from each.walk()
        yield self


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
    made = Component(shape=shape, name=names[shape.call])
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
    made.fields = [*_name(made), *fields.found, *_tags(made, sources)]
    made.modules = [component_of(each, names, sources) for each in shape.modules]
    for each in made.modules:
        each.missing = {instance[:-1] for instance in each.shape.instances} != set(shape.instances)
    return made


def class_names(layer: str, shape: ModuleShape) -> dict[tuple[str, ...], str]:
    """Name the classes of a layer's modules: after the call, or the way to it where two are alike."""
    calls = [each.call for each in shape.walk() if each.call]
    short = [class_name(call[-1:]) for call in calls]
    names = {
        call: name if short.count(name) == 1 else class_name(call)
        for call, name in zip(calls, short, strict=True)
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
            named=self.made.named,
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
    if made.named:
        names = {each: each[-1].key for each in made.shape.instances}
        yield Field(name="name", type="str", says="tells it from the others.", values=names)


def _tags(made: Component, sources: Sources) -> Iterator[Field]:
    if sources.tags and any("args.tags" in text for each in made.resources for _, text in each.arguments):
        values = {each: dict(sources.tags) for each in made.shape.instances}
        yield Field(
            name="tags", type="Mapping[str, str]", says="of every resource.", values=values, shared=True
        )
