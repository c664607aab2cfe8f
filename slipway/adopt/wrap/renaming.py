"""What the parts of a layer are called once it is wrapped, and what they were. Pure.

Types are those of the classes that are written. A module's instance directly in the layer is called by its
key, or its call; all else keeps the rest of its name behind what it is in: one alias renames all below it.
"""

from collections.abc import Mapping

from slipway.adopt.addresses import ModulePath, resource_address
from slipway.adopt.naming import component_name, wrapped_type
from slipway.adopt.wrap.component import class_names
from slipway.adopt.wrap.shape import ModuleShape
from slipway.model.adopted import AdoptedComponent, AdoptedLayer, AdoptedResource
from slipway.model.instance_keys import short_key


def wrapped(layer: AdoptedLayer, shape: ModuleShape, program: str) -> AdoptedLayer:
    """Return the layer as its file has it once it is wrapped.

    Args:
        layer: as it was adopted.
        shape: its modules.
        program: the module of the program that declares it.
    """
    renaming = _Renaming(layer, shape)
    return layer.model_copy(
        update={
            "program": program,
            "components": tuple(renaming.component(each) for each in layer.components),
            "resources": tuple(renaming.resource(each) for each in layer.resources),
        }
    )


class _Renaming:
    def __init__(self, layer: AdoptedLayer, shape: ModuleShape) -> None:
        self._layer = layer.layer
        self._classes = class_names(layer.layer, shape)
        self._short = {
            path: each.short_name(path)
            for each in shape.walk()
            if not each.is_layer
            for path in each.instances
        }
        self._stem = layer.components[0].urn.split("::")[:2]
        paths = {path for each in shape.walk() for path in each.instances}
        self._paths = {component_name(layer.layer, path): path for path in paths}

    def component(self, component: AdoptedComponent) -> AdoptedComponent:
        """Rename a component."""
        path = self._paths[component.name]
        return component.model_copy(
            update={
                "type": self._type(path),
                "name": self._name(path),
                "urn": self._urn(path),
                "parent": self._urn(path[:-1]) if path else "",
                "was": component.urn,
            }
        )

    def resource(self, resource: AdoptedResource) -> AdoptedResource:
        """Rename a resource; its arguments are the program's from now on."""
        address = resource_address(resource.address)
        name = self._below(address.module, f"{address.name}{short_key(address.key)}")
        types = "$".join([*self._types(address.module), resource.type])
        return resource.model_copy(
            update={
                "name": name,
                "urn": "::".join([*self._stem, types, name]),
                "parent": self._urn(address.module),
                "was": resource.urn,
                "arguments": {},
            }
        )

    def _urn(self, path: ModulePath) -> str:
        return "::".join([*self._stem, "$".join(self._types(path)), self._name(path)])

    def _types(self, path: ModulePath) -> list[str]:
        return [self._type(path[:depth]) for depth in range(len(path) + 1)]

    def _type(self, path: ModulePath) -> str:
        return wrapped_type(self._layer, self._classes[tuple(step.name for step in path)])

    def _name(self, path: ModulePath) -> str:
        if not path:
            return self._layer
        if (short := self._short[path]) is not None:
            return short
        step = path[-1]
        return self._below(path[:-1], f"{step.name}{short_key(step.key)}")

    def _below(self, path: ModulePath, rest: str) -> str:
        return f"{self._name(path)}{'.' if path else '/'}{rest}"


def renamed(layer: AdoptedLayer) -> Mapping[str, str]:
    """Return the URNs of a wrapped layer by those that it was adopted by."""
    return {each.was: each.urn for each in layer.rows}
