"""The module of the program that declares a layer: what tells its instances apart, as tables. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import constant, snake
from slipway.adopt.naming import LAYER
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, Placed
from slipway.adopt.wrap.component_names import (
    PACKAGE,
    args_module,
    is_told,
    module_attribute,
    module_name,
    own_class,
    own_fields,
    row_class,
    rows_field,
    rows_text,
)
from slipway.adopt.wrap.fields import Field

PROGRAM: Final = "stacks.layers"
"""The package of what declares layers."""


def program_of(layer: str) -> str:
    """The module of the program that declares a layer."""
    return f"{PROGRAM}.{snake(layer)}"


class ProgramText:
    """Writes the declaration of one layer.

    Args:
        root: the layer's component.
        layer: its name.
    """

    def __init__(self, root: Component, layer: str) -> None:
        self._root = root
        self._layer = layer
        self._constants: dict[str, str] = {}

    def text(self) -> str:
        """Write the module."""
        called = [each for each in self._root.walk() if each is not self._root and own_fields(each)]
        partials = [text for each in called if (text := self._partial(each))]
        tables = [self._table(each) for each in self._root.modules if is_told(each)]
        declared = self._deploy()
        constants = [f"{name}: Final = {value}" for value, name in self._constants.items()]
        blocks = [*self._imports(called), "\n".join(constants), *partials, *tables]
        return "\n\n".join(each for each in blocks if each) + "\n\n\n" + declared + "\n"

    def _imports(self, called: list[Component]) -> Iterator[str]:
        yield f'"""The layer {self._layer}, which was Terraform\'s: what tells its parts apart."""'
        lines = ["from functools import partial", "from typing import Final", "", "import pulumi", ""]
        for each in [self._root, *called]:
            place = f"{PACKAGE}.{snake(self._layer)}"
            if each is self._root:
                lines.append(f"from {place}.{module_name(each)} import {each.name}")
            args = [own_class(each)] if own_fields(each) else []
            if names := [*args, *_row_classes(each)]:
                lines.append(f"from {place}.{args_module(each)} import {', '.join(names)}")
        yield "\n".join(lines)

    def _partial(self, component: Component) -> str:
        """Write what all instances are told, once; empty where that is nothing, or there is one."""
        if not self._shares(component):
            return ""
        owner = component.shape.instances[0]
        given = [
            (each.name, self._shared(each.name, each.values[owner]))
            for each in component.fields
            if each.shared and not each.around
        ]
        made = python_text.call("partial", [("", own_class(component)), *given])
        return f"{_partial_name(component)} = {made}"

    def _shares(self, component: Component) -> bool:
        return len(component.shape.instances) > 1 and any(
            each.shared and not each.around for each in component.fields
        )

    def _shared(self, name: str, value: Any) -> str:
        """Name a value that several are told."""
        written = python_text.literal(value)
        if written not in self._constants:
            taken = set(self._constants.values())
            wanted = constant(name)
            self._constants[written] = next(
                each
                for each in [wanted, *(f"{wanted}_{number}" for number in range(2, 1000))]
                if each not in taken
            )
        return self._constants[written]

    def _table(self, placed: Placed) -> str:
        value = self._below(placed, ())
        return f"{constant(module_attribute(placed))}: Final = {value}"

    def _below(self, placed: Placed, around: ModulePath) -> str:
        """Write the arguments of the instances of a call that are in one instance of another module."""
        component = placed.component
        owners = [each for each in placed.instances if each[:-1] == around]
        if placed.named:
            return python_text.several([self._arguments(component, each) for each in owners])
        if placed.numbered:
            if not own_fields(component):
                return python_text.several([repr(each[-1].key) for each in owners])
            rows = {repr(each[-1].key): self._arguments(component, each) for each in owners}
            return python_text.mapping(rows)
        if not own_fields(component):
            return repr(bool(owners))
        return self._arguments(component, owners[0]) if owners else "None"

    def _arguments(self, component: Component, owner: ModulePath) -> str:
        shares = self._shares(component)
        given = [
            (each.name, text)
            for each in component.fields
            if (text := self._value(each, owner, shares=shares))
        ]
        given += [
            (rows_field(component, each), rows_text(each, owner))
            for each in component.resources
            if each.rows is not None and not each.rows.constant
        ]
        given += [
            (module_attribute(each), self._below(each, owner)) for each in component.modules if is_told(each)
        ]
        return python_text.call(_partial_name(component) if shares else own_class(component), given)

    def _value(self, field: Field, owner: ModulePath, *, shares: bool) -> str:
        """Write an argument; empty where it is not told here."""
        value = field.values[owner]
        if field.around or value is None or (field.shared and shares):
            return ""
        return self._shared(field.name, value) if field.shared else python_text.literal(value)

    def _deploy(self) -> str:
        root = self._root
        given = [(each.name, self._shared(each.name, each.values[()])) for each in root.fields]
        tables = [module_attribute(each) for each in root.modules if is_told(each)]
        given += [(each, constant(each)) for each in tables]
        args = f"{python_text.call(own_class(root), given)}, " if own_fields(root) else ""
        options = f'pulumi.ResourceOptions(protect=True, aliases=[pulumi.Alias(type_="{LAYER}")])'
        return (
            "def deploy() -> None:\n"
            '    """Declare the layer, protected; its aliases are what it was adopted as."""\n'
            f'    {root.name}("{self._layer}", {args}{options})'
        )


def _row_classes(component: Component) -> list[str]:
    return [
        row_class(each)
        for each in component.resources
        if each.rows and not each.rows.constant and len(each.rows.columns) > 1
    ]


def _partial_name(component: Component) -> str:
    return f"_{snake(component.name)}"
