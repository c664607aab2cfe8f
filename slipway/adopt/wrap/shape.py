"""An adopted layer as modules: each once, however many instances it has. Pure.

What Terraform calls `module.batch_pipeline["fx_rates"].aws_glue_job.this` becomes the resource `this` of the
module `batch_pipeline`, met in the instance `fx_rates`. A state does not say which module a call is of: calls
beside each other whose resources have the same types, names and kinds of keys are taken for calls of one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slipway.adopt.addresses import ModulePath, ResourceAddress, resource_address
from slipway.model.adopted import AdoptedLayer, AdoptedResource
from slipway.model.instance_keys import Key

Call = tuple[str, ...]
"""The names of the calls that lead to a module, from the root down; the root itself is empty."""


@dataclass(frozen=True, kw_only=True)
class Met:
    """A resource in one instance of its module.

    Attributes:
        address: in Terraform.
        resource: as it was adopted.
    """

    address: ResourceAddress
    resource: AdoptedResource

    @property
    def owner(self) -> ModulePath:
        """The module's instance."""
        return self.address.module

    @property
    def key(self) -> Key | None:
        """The key among those of the same name in the instance."""
        return self.address.key


@dataclass(frozen=True, kw_only=True)
class ResourceShape:
    """A resource of a module.

    Attributes:
        type: Terraform's.
        name: Terraform's.
        py: the way to its Python class.
        met: in every instance of the module, in the order of instances, then of keys.
    """

    type: str
    name: str
    py: str
    met: tuple[Met, ...]

    @cached_property
    def keyed(self) -> bool:
        """Whether there may be several in one instance."""
        keys = {each.key for each in self.met}
        return not keys <= {None} and keys != {0}

    @cached_property
    def counted(self) -> bool:
        """Whether there is one or none: `count` was a condition."""
        return {each.key for each in self.met} == {0}


@dataclass(frozen=True, kw_only=True)
class ModuleShape:
    """A module.

    Attributes:
        calls: the ways to it, sorted.
        instances: every one, sorted.
        resources: its own, sorted.
        modules: that it calls, sorted.
    """

    calls: tuple[Call, ...]
    instances: tuple[ModulePath, ...]
    resources: tuple[ResourceShape, ...]
    modules: tuple["ModuleShape", ...]

    @property
    def is_layer(self) -> bool:
        """Whether it is the outermost one: the layer itself."""
        return self.calls == ((),)

    @property
    def steps(self) -> tuple[str, ...]:
        """The names by which it is called in the module around it."""
        return tuple(sorted({call[-1] for call in self.calls if call}))

    @property
    def names(self) -> Mapping[ModulePath, str]:
        """What its instances are called: by a key, or by the call where there are several; else nothing."""
        named = {path: _name(path, calls=len(self.steps)) for path in self.instances}
        found = {path: name for path, name in named.items() if name is not None}
        return found if len(found) == len(self.instances) else {}

    def short_name(self, path: ModulePath) -> str | None:
        """What an instance right in the layer is called; None where the layer's name stays before it."""
        step = path[-1]
        if len(path) > 1 or isinstance(step.key, int):
            return None
        if step.key is None:
            return step.name
        return step.key if len(self.steps) == 1 else None  # two calls may have the same keys

    def walk(self) -> Iterator["ModuleShape"]:
        """Itself, and every module below it."""
        yield self
        for each in self.modules:
            yield from each.walk()


def shape_of(layer: AdoptedLayer) -> ModuleShape:
    """Tell the modules of a layer; the outermost is the layer itself."""
    found = [Met(address=resource_address(each.address), resource=each) for each in layer.resources]
    owners = {each.owner[:depth] for each in found for depth in range(len(each.owner) + 1)} | {()}
    return _Modules(sorted(owners, key=_order), found).shape([()])


@dataclass(frozen=True)
class _Modules:
    """Every instance of a module, and every resource of a layer."""

    owners: Sequence[ModulePath]
    found: Sequence[Met]

    def shape(self, instances: Sequence[ModulePath]) -> ModuleShape:
        """Tell the module that has these instances."""
        alike: dict[object, list[ModulePath]] = {}
        for below in self._below(instances).values():
            alike.setdefault(self._looks(below), []).extend(below)
        return ModuleShape(
            calls=tuple(sorted({_call(each) for each in instances})),
            instances=tuple(sorted(instances, key=_order)),
            resources=tuple(_resources(self._met(instances))),
            modules=tuple(map(self.shape, alike.values())),
        )

    def _below(self, instances: Sequence[ModulePath]) -> dict[str, list[ModulePath]]:
        """The instances in these ones, by the names of their calls, sorted."""
        around, below = set(instances), [each for each in self.owners if each]
        inner = [each for each in below if each[:-1] in around]
        return {
            name: [each for each in inner if each[-1].name == name]
            for name in sorted({each[-1].name for each in inner})
        }

    def _looks(self, instances: Sequence[ModulePath]) -> object:
        """What calls of one module have in common; what is there on a condition need not be everywhere."""
        resources = [each for each in _resources(self._met(instances)) if not each.counted]
        modules = {name: self._looks(below) for name, below in self._below(instances).items()}
        if not resources and not modules:
            return tuple(instances)  # nothing that could be compared
        return (
            frozenset((each.type, each.name, each.keyed) for each in resources),
            frozenset(modules.items()),
            isinstance(instances[0][-1].key, int),
        )

    def _met(self, instances: Sequence[ModulePath]) -> list[Met]:
        within = set(instances)
        return [each for each in self.found if each.owner in within]


def _name(path: ModulePath, *, calls: int) -> str | None:
    if not path or isinstance(path[-1].key, int):
        return None
    return path[-1].name if path[-1].key is None and calls > 1 else path[-1].key


def _resources(found: Iterable[Met]) -> Iterator[ResourceShape]:
    by_name: dict[tuple[str, str], list[Met]] = {}
    for each in found:
        by_name.setdefault((each.address.type, each.address.name), []).append(each)
    for (type_, name), met in sorted(by_name.items()):
        ordered = sorted(met, key=lambda each: (_order(each.owner), _key_order(each.key)))
        yield ResourceShape(type=type_, name=name, py=met[0].resource.py, met=tuple(ordered))


def _call(path: ModulePath) -> Call:
    return tuple(step.name for step in path)


def _order(path: ModulePath) -> tuple[tuple[str, tuple[int, int, str]], ...]:
    return tuple((step.name, _key_order(step.key)) for step in path)


def _key_order(key: Key | None) -> tuple[int, int, str]:
    match key:
        case None:
            return (0, 0, "")
        case int():
            return (1, key, "")
        case str():
            return (2, 0, key)
