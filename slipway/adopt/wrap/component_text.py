"""The module of Python that has one component. Imports that it does not need are the linter's to take away. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from slipway.adopt.naming import LAYER, component_type
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, Rows, WrittenResource
from slipway.adopt.wrap.fields import Field, type_text
from slipway.adopt.wrap.identifiers import class_name, constant, plural, snake, words_of
from slipway.adopt.wrap.siblings import class_of

PACKAGE: Final = "components.adopted"
_COLUMN: Final = re.compile("\1([a-z0-9_]+)\1")
_OF_EACH: Final = re.compile(r"\bself\.([a-z0-9_]+)\[key\]")
_HEAD: Final = '''
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
'''
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
        self._root = not component.shape.call
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
            yield f"from {PACKAGE}.{snake(self._layer)}.{module_name(each)} import {_imported(each)}"

    def _title(self) -> str:
        if self._root:
            return f"The layer {self._layer}, which was Terraform's"
        way = ".".join(self._component.shape.call)
        return f"The {words_of(self._component.shape.call[-1])} of the layer {self._layer}: Terraform's module {way}"

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
                yield _dataclass(row_class(each), f"What one `{each.shape.name}` has of its own.", each.rows.columns)

    def _args(self) -> Iterator[str]:
        fields = [*self._component.fields, *row_fields(self._component), *module_fields(self._component)]
        if fields:
            what = "What the layer is told." if self._root else f"What one {self._noun()} has of its own."
            yield _dataclass(args_class(self._component), what, fields)

    def _noun(self) -> str:
        return words_of(self._component.shape.call[-1])

    def _class(self) -> str:
        component = self._component
        base = "WrappedLayer" if self._root else "WrappedComponent"
        token = f"slipway:{snake(self._layer)}:{component.name}"
        what = f"All that was adopted as {self._layer}." if self._root else f"One {self._noun()}."
        lines = [f'class {component.name}({base}, token="{token}"):', f'    """{what}"""', ""]
        args = f"args: {args_class(component)}, " if has_args(component) else ""
        lines.append(f"    def __init__(self, name: str, {args}opts: pulumi.ResourceOptions | None = None) -> None:")
        lines.append("        super().__init__(name, opts)")
        lines += [f"        self.{name} = {made}" for name, made in self._created()]
        lines += ["        self.register_outputs({})", ""]
        methods = [*map(self._resource, component.resources), *map(self._module, component.modules)]
        return "\n".join(lines) + "\n" + "\n\n".join(methods)

    def _created(self) -> Iterator[tuple[str, str]]:
        for each in self._component.resources:
            args = "args" if "args" in self._resource(each).partition("->")[0] else ""
            made = f"self._create_{each.attribute}({args})"
            yield each.attribute, f"{made} if args.{each.condition} else None" if each.condition else made
        for module in self._component.modules:
            name = module_attribute(module)
            args = "args" if has_args(module) else ""
            made = f"self._create_{name}({args})"
            yield name, f"{made} if args.{name} else None" if optional_module(module) else made

    def _resource(self, each: WrittenResource) -> str:
        class_ = each.shape.py.removeprefix("pulumi_")
        name = each.shape.name
        key = ", key" if each.rows is not None else ", 0" if each.shape.counted else ""
        kept = f"kept={python_text.listing([python_text.text(way) for way in each.kept])}" if each.kept else ""
        made = python_text.call(
            class_,
            [("", f'self.part("{name}"{key})'), *each.arguments, ("opts", f"self.child({kept})")],
        )
        if each.rows is None:
            return self._method(each.attribute, class_, f"return {made}")
        single = len(each.rows.columns) == 1
        made = _COLUMN.sub(lambda found: "each" if single else f"each.{found[1]}", made)
        source = self._loops.get(each.attribute) or f"args.{rows_field(self._component, each)}"
        loop = f"key, each in {source}.items()" if each.rows.columns else f"key in {source}"
        key_type = _key_type(each.rows)
        return self._method(each.attribute, f"dict[{key_type}, {class_}]", f"return {{key: {made} for {loop}}}")

    def _module(self, module: Component) -> str:
        name, call = module_attribute(module), module.shape.call[-1]
        type_ = _alias(module)
        args = ", each" if has_args(module) else ""
        if module.keys <= {type(None)}:
            own = f'"{call}"' if self._root else f'self.part("{call}")'
            given = f", args.{name}" if has_args(module) else ""
            was = _was(type_, f'self.part("{call}")' if self._root else "")
            return self._method(name, module.name, f"return {module.name}({own}{given}, self.child(was={was}))")
        if module.named:
            own = "each.name" if self._root else f'self.part("{call}", each.name)'
            was = _was(type_, f'self.part("{call}", each.name)' if self._root else "")
            made = f"{{each.name: {module.name}({own}{args}, self.child(was={was})) for each in args.{name}}}"
            return self._method(name, f"dict[str, {module.name}]", f"return {made}")
        made = (
            f'{{key: {module.name}(self.part("{call}", key){args}, self.child(was={_was(type_, "")})) '
            f"for key, each in args.{name}.items()}}"
        )
        return self._method(name, f"dict[int, {module.name}]", f"return {made}")

    def _method(self, name: str, returns: str, body: str) -> str:
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


def module_name(component: Component) -> str:
    """The name of the Python module that has a component."""
    return snake(component.name) if component.shape.call else "layer"


def args_class(component: Component) -> str:
    """The name of a component's arguments."""
    return f"{component.name}Args"


def has_args(component: Component) -> bool:
    """Whether a component is told anything."""
    return bool(component.fields or [*row_fields(component), *module_fields(component)])


def row_class(resource: WrittenResource) -> str:
    """The name of the rows of a keyed resource."""
    return f"{class_name([resource.attribute])}Row"


def rows_field(component: Component, resource: WrittenResource) -> str:
    """The argument that has the rows of a keyed resource."""
    taken = {each.name for each in component.fields}
    return f"{resource.attribute}_rows" if resource.attribute in taken else resource.attribute


def row_fields(component: Component) -> Iterator[Field]:
    """The arguments that have rows, where instances differ in them."""
    for each in component.resources:
        if each.rows is not None and not each.rows.constant:
            says = f"each {words_of(class_of(each.shape))} `{each.shape.name}`, by its key."
            yield Field(name=rows_field(component, each), type=_rows_type(each), says=says, values={})


def module_fields(component: Component) -> Iterator[Field]:
    """The arguments that have those of modules in it."""
    for each in component.modules:
        if not has_args(each):
            continue
        kind = args_class(each)
        if each.named:
            kind = f"Sequence[{kind}]"
        elif each.keys == {int}:
            kind = f"Mapping[int, {kind}]"
        says = f"what each {words_of(each.shape.call[-1])} has of its own."
        yield Field(
            name=module_attribute(each), type=kind, says=says, values={}, optional=optional_module(each)
        )


def module_attribute(component: Component) -> str:
    """What a component, or several, is called in the one around it."""
    name = snake(component.shape.call[-1])
    return name if component.keys <= {type(None)} else plural(name)


def optional_module(component: Component) -> bool:
    """Whether a component that has no key is not in every one around it."""
    return False if component.keys != {type(None)} else component.missing


def rows_text(resource: WrittenResource, owner: tuple[object, ...]) -> str:
    """Write the rows that an instance has."""
    rows = resource.rows
    assert rows is not None  # noqa: S101 - only keyed resources have rows
    keys = rows.by_owner[owner]  # type: ignore[index]
    if not rows.columns:
        return python_text.several([python_text.literal(key) for key in keys])
    if len(rows.columns) == 1:
        (only,) = rows.columns
        return python_text.mapping(
            {python_text.literal(key): python_text.literal(only.values[owner, key]) for key in keys}
        )
    return python_text.mapping(
        {
            python_text.literal(key): python_text.call(
                row_class(resource), [(name, python_text.literal(value)) for name, value in rows.row(owner, key).items()]  # type: ignore[arg-type]
            )
            for key in keys
        }
    )


def _rows_type(resource: WrittenResource) -> str:
    rows = resource.rows
    assert rows is not None  # noqa: S101 - same
    if not rows.columns:
        return f"Sequence[{_key_type(rows)}]"
    value = rows.columns[0].type if len(rows.columns) == 1 else row_class(resource)
    return f"Mapping[{_key_type(rows)}, {value}]"


def _key_type(rows: Rows) -> str:
    return type_text([key for keys in rows.by_owner.values() for key in keys])


def _imported(component: Component) -> str:
    return f"{component.name}, {args_class(component)}" if has_args(component) else component.name


def _alias(module: Component) -> str:
    return component_type(module.shape.instances[0]) if module.shape.call else LAYER


def _was(type_: str, name: str) -> str:
    named = f", name={name}" if name else ""
    return f'pulumi.Alias(type_="{type_}"{named})'


def _dataclass(name: str, what: str, fields: list[Field] | tuple[Field, ...]) -> str:
    documented = python_text.docstring(what, [(each.name, each.says) for each in fields], indent=4)
    lines = ["@dataclass(frozen=True, kw_only=True)", f"class {name}:", f"    {documented}", ""]
    for each in fields:
        lines.append(f"    {each.name}: {each.type}{' | None = None' if each.optional else ''}")
    return "\n".join(lines)
