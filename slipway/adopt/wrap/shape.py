"""An adopted layer as modules: each once, however many instances it has. Pure.

What Terraform calls `module.batch_pipeline["fx_rates"].aws_glue_job.this` becomes the resource `this` of the
module `batch_pipeline`, met in the instance `fx_rates`.
"""

from collections.abc import Iterable, Iterator
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
        call: the way to it.
        instances: every one, sorted.
        resources: its own, sorted.
        modules: that it calls, sorted.
    """

    call: Call
    instances: tuple[ModulePath, ...]
    resources: tuple[ResourceShape, ...]
    modules: tuple["ModuleShape", ...]

    def walk(self) -> Iterator["ModuleShape"]:
        """Itself, and every module below it."""
        yield self
        for each in self.modules:
            yield from each.walk()


def shape_of(layer: AdoptedLayer) -> ModuleShape:
    """Tell the modules of a layer; the outermost is the layer itself."""
    found = [Met(address=resource_address(each.address), resource=each) for each in layer.resources]
    owners = {each.owner[:depth] for each in found for depth in range(len(each.owner) + 1)} | {()}
    return _module((), sorted(owners, key=_order), found)


def _module(call: Call, owners: Iterable[ModulePath], found: Iterable[Met]) -> ModuleShape:
    owners, found = tuple(owners), tuple(found)
    instances = tuple(each for each in owners if _call(each) == call)
    below = sorted({_call(each) for each in owners if _call(each)[:-1] == call and each})
    return ModuleShape(
        call=call,
        instances=instances,
        resources=tuple(_resources([each for each in found if _call(each.owner) == call])),
        modules=tuple(_module(each, owners, found) for each in below),
    )


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
