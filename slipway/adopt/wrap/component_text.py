"""The module of Python that has one component. The linter takes away what it need not import. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from slipway.adopt.identifiers import constant, name_of_calls, plural, snake, words_of
from slipway.adopt.naming import component_type, wrapped_type
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, Placed, WrittenResource
from slipway.adopt.wrap.component_names import (
    args_class,
    given_fields,
    has_args,
    key_type,
    module_attribute,
    module_name,
    optional_module,
    own_class,
    own_fields,
    row_class,
    rows_field,
    rows_text,
)
from slipway.adopt.wrap.fields import Field
from slipway.adopt.wrap.groups import AT_MOST, grouped

PACKAGE: Final = "components.adopted"
_COLUMN: Final = re.compile("\1([a-z0-9_]+)\1")
_OF_EACH: Final = re.compile(r"\bself\.([a-z0-9_]+)\[key\]")
_HEAD: Final = """
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
"""
_BASE: Final = "from components.adopted.base import KEPT_IN_STATE, WrappedComponent, WrappedLayer"


class ComponentText:
    """Writes one component.

    Args:
        component: which.
        layer: the layer's name.
    """

    def __init__(self, component: Component, layer: str) -> None:
        self._component = component
        self._layer = layer
        self._root = component.shape.is_layer
        self._loops = dict(_loops_over_others(component))

    def text(self) -> str:
        """Write the module."""
        constants = "\n".join(self._constants())
        parts = ["\n".join(self._imports()), *self._rows(), constants, *self._args(), self._class()]
        return "\n\n\n".join(each for each in parts if each) + "\n"

    @property
    def file(self) -> str:
        """The name of the module."""
        return module_name(self._component)

    def _imports(self) -> Iterator[str]:
        yield f'"""{self._title()}."""'
        yield _HEAD
        for package in sorted({each.shape.py.partition(".")[0] for each in self._component.resources}):
            yield f"import {package} as {package.removeprefix('pulumi_')}"
        yield ""
        yield _BASE
        for each in self._component.modules:
            module = f"{PACKAGE}.{snake(self._layer)}.{module_name(each.component)}"
            yield f"from {module} import {', '.join(_imported(each.component))}"

    def _title(self) -> str:
        if self._root:
            return f"The layer {self._layer}, which was Terraform's"
        ways = [".".join(call) for call in self._component.shape.calls]
        modules = f"module{'s' if ways[1:] else ''} {', '.join(ways)}"
        return python_text.sentence(f"The {self._noun()} of the layer {self._layer}: Terraform's {modules}")

    def _constants(self) -> Iterator[str]:
        """Write the rows that all instances have, once where several resources have the same keys."""
        names: dict[str, str] = {}
        for each in self._component.resources:
            if each.rows is not None and each.rows.constant and each.attribute not in self._loops:
                rows = rows_text(each, self._component.shape.instances[0])
                if rows not in names:
                    wanted = plural(each.attribute) if each.rows.columns else f"{each.shape.name}_keys"
                    name = constant(wanted)
                    names[rows] = name if name not in names.values() else constant(plural(each.attribute))
                    yield f"{names[rows]}: Final = {rows}"
                self._loops[each.attribute] = names[rows]

    def _rows(self) -> Iterator[str]:
        for each in self._component.resources:
            if each.rows is not None and len(each.rows.columns) > 1:
                what = f"What one `{each.shape.name}` has of its own."
                yield _dataclass(row_class(each), what, each.rows.columns)

    def _args(self) -> Iterator[str]:
        own, given = own_fields(self._component), given_fields(self._component)
        if own:
            what = "What the layer is told." if self._root else f"What one {self._noun()} has of its own."
            yield _dataclass(own_class(self._component), what, own)
        if given:
            what = f"What one {self._noun()} is given by what is around it."
            base = own_class(self._component) if own else ""
            yield _dataclass(args_class(self._component), what, given, base)

    def _noun(self) -> str:
        return words_of(name_of_calls(self._component.shape.steps))

    def _class(self) -> str:
        component = self._component
        base = "WrappedLayer" if self._root else "WrappedComponent"
        token = wrapped_type(self._layer, component.name)
        what = f"All that was adopted as {self._layer}." if self._root else f"One {self._noun()}."
        lines = [f'class {component.name}({base}, token="{token}"):', f'    """{what}"""', ""]
        args = f"args: {args_class(component)}, " if has_args(component) else ""
        options = "opts: pulumi.ResourceOptions | None = None"
        lines.append(f"    def __init__(self, name: str, {args}{options}) -> None:")
        lines.append("        super().__init__(name, opts)")
        lines += [f"        {each}" for each in self._contents()]
        lines += ["        self.register_outputs({})", ""]
        methods = [*self._groups(), *map(self._resource, component.resources)]
        return "\n".join(lines) + "\n" + "\n\n".join([*methods, *map(self._module, component.modules)])

    def _contents(self) -> Iterator[str]:
        """Write what the constructor does: it creates resources, or groups of them where there are many."""
        component = self._component
        if len(component.resources) <= AT_MOST:
            yield from self._creations(component.resources)
        else:
            for name, resources in grouped(component.resources):
                told = any("(args)" in line for line in self._creations(resources))
                yield f"self._create_all_of_{name}({'args' if told else ''})"
        for module in component.modules:
            yield self._creation(module_attribute(module), self._module(module))

    def _groups(self) -> Iterator[str]:
        if len(self._component.resources) <= AT_MOST:
            return
        for name, resources in grouped(self._component.resources):
            lines = self._creations(resources)
            told = any("(args)" in line for line in lines)
            args = f", args: {args_class(self._component)}" if told else ""
            head = f"    def _create_all_of_{name}(self{args}) -> None:"
            yield "\n".join([head, *(f"        {line}" for line in lines)])

    def _creations(self, resources: Sequence[WrittenResource]) -> list[str]:
        return [self._creation(each.attribute, self._resource(each)) for each in resources]

    @staticmethod
    def _creation(attribute: str, method: str) -> str:
        args = "args" if "args" in method.partition("->")[0] else ""
        return f"self.{attribute} = self._create_{attribute}({args})"

    def _resource(self, each: WrittenResource) -> str:
        class_ = each.shape.py.removeprefix("pulumi_")
        name = each.shape.name
        key = ", key" if each.rows is not None else ", 0" if each.shape.counted else ""
        kept = f"kept={python_text.literal(each.kept)}" if each.kept else ""
        made = python_text.call(
            class_,
            [("", f'self.part("{name}"{key})'), *each.arguments, ("opts", f"self.child({kept})")],
        )
        if each.rows is None:
            condition = f"not args.{each.condition}" if each.condition else ""
            return self._method(each.attribute, class_, f"return {made}", condition)
        single = len(each.rows.columns) == 1
        made = _COLUMN.sub(lambda found: "each" if single else f"each.{found[1]}", made)
        source = self._loops.get(each.attribute) or f"args.{rows_field(self._component, each)}"
        loop = f"key, each in {source}.items()" if each.rows.columns else f"key in {source}"
        returns = f"dict[{key_type(each.rows)}, {class_}]"
        return self._method(each.attribute, returns, f"return {{key: {made} for {loop}}}")

    def _module(self, placed: Placed) -> str:
        """Write what declares the instances of a call; those of the layer have names of their own."""
        name, call, class_ = module_attribute(placed), placed.call, placed.component.name
        key = "" if placed.single else ", each.name" if placed.named else ", key"
        part = f'self.part("{call}"{key})'
        own = part if not placed.short else f'"{call}"' if placed.single else "each.name"
        was = f'type_="{component_type(placed.instances[0])}"' + (f", name={part}" if placed.short else "")
        told = _told(placed.component, f"args.{name}" if placed.single else "each")
        made = f"{class_}({own}{told}, self.child(was=pulumi.Alias({was})))"
        has_own = bool(own_fields(placed.component))
        if placed.single:
            absent = f"args.{name} is None" if has_own else f"not args.{name}"
            condition = absent if optional_module(placed) else ""
            return self._method(name, class_, f"return {made}", condition)
        if placed.named:
            made = f"{{each.name: {made} for each in args.{name}}}"
            return self._method(name, f"dict[str, {class_}]", f"return {made}")
        source = f"key, each in args.{name}.items()" if has_own else f"key in args.{name}"
        made = f"{{key: {made} for {source}}}"
        return self._method(name, f"dict[int, {class_}]", f"return {made}")

    def _method(self, name: str, returns: str, body: str, absent: str = "") -> str:
        """Write a method; under the condition of being absent it creates nothing."""
        if absent:
            returns, body = f"{returns} | None", f"if {absent}:\n    return None\n{body}"
        args = f", args: {args_class(self._component)}" if re.search(r"\bargs\.", body) else ""
        indented = "\n".join(f"        {line}" for line in body.split("\n"))
        return f"    def _create_{name}(self{args}) -> {returns}:\n{indented}"


def _loops_over_others(component: Component) -> Iterator[tuple[str, str]]:
    """Tell which resources are there for each of another, whose keys they have."""
    by_name = {each.attribute: each.rows for each in component.resources}
    for each in component.resources:
        others = {name for _, text in each.arguments for name in _OF_EACH.findall(text)}
        for other in sorted(others):
            rows = by_name[other]
            if each.rows and not each.rows.columns and rows and rows.by_owner == each.rows.by_owner:
                yield each.attribute, f"self.{other}"


def _imported(component: Component) -> list[str]:
    own = [own_class(component)] if own_fields(component) else []
    given = [args_class(component)] if given_fields(component) else []
    return [component.name, *own, *given]


def _told(component: Component, own: str) -> str:
    """Write what a component is told: its own arguments, and what the one around it has for it."""
    given = [(each.name, each.around) for each in given_fields(component)]
    if not given:
        return f", {own}" if has_args(component) else ""
    told = [("", f"**vars({own})")] if own_fields(component) else []
    return f", {python_text.call(args_class(component), [*told, *given])}"


def _dataclass(name: str, what: str, fields: Sequence[Field], base: str = "") -> str:
    documented = python_text.docstring(what, [(each.name, each.says) for each in fields], indent=4)
    rows = [f"    {each.name}: {each.type}{' | None = None' if each.optional else ''}" for each in fields]
    head = [
        "@dataclass(frozen=True, kw_only=True)",
        f"class {name}({base}):" if base else f"class {name}:",
        f"    {documented}",
        "",
    ]
    return "\n".join([*head, *rows])
