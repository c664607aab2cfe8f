"""The module of Python that has one component. The linter takes away what it need not import. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from slipway.adopt.identifiers import name_of_calls, words_of
from slipway.adopt.naming import component_type, wrapped_type
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, Placed
from slipway.adopt.wrap.component_names import (
    args_class,
    args_module,
    given_fields,
    has_args,
    module_attribute,
    module_name,
    optional_module,
    own_class,
    own_fields,
)
from slipway.adopt.wrap.groups import AT_MOST, grouped
from slipway.adopt.wrap.part_text import (
    PartText,
    by_parts,
    creation_of_part,
    part_class,
    part_module,
    place_of_module,
)
from slipway.adopt.wrap.resource_text import (
    BASE,
    HEAD,
    ResourceTexts,
    creation,
    dataclass_text,
    row_classes,
    sdk_imports,
)


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
        self._resources = ResourceTexts(component)

    def files(self) -> dict[str, str]:
        """Write its modules, by their names: where it is divided, one for each part and one for arguments."""
        component, name = self._component, module_name(self._component)
        if not component.parts:
            rows = [
                *row_classes(component.resources, constant_=True),
                *row_classes(component.resources, constant_=False),
            ]
            constants = self._resources.constants(component.resources)
            return {
                name: _module(
                    [self._imports(self._of_modules()), *rows, constants, *self._args(), self._class()]
                )
            }
        args = [*row_classes(component.resources, constant_=False), *self._args()]
        parts = {
            part_module(component, each): PartText(component, each, self._layer, self._resources).text()
            for each in component.parts
        }
        main = {name: _module([self._imports([*self._of_modules(), *self._of_parts()]), self._class()])}
        if args:
            main[args_module(component)] = _module([self._imports(self._of_modules()), *args])
        return main | parts

    def _imports(self, names: Iterable[tuple[str, str]]) -> str:
        """Import what a module may need, and names of modules of the layer."""
        lines = [f'"""{self._title()}."""', HEAD, *sdk_imports(self._component.resources), "", BASE]
        lines += [f"from {place_of_module(self._layer, module)} import {name}" for module, name in names]
        return "\n".join(lines)

    def _of_modules(self) -> Iterator[tuple[str, str]]:
        for each in self._component.modules:
            yield from _imported(each.component)

    def _of_parts(self) -> Iterator[tuple[str, str]]:
        component = self._component
        yield from ((part_module(component, each), part_class(component, each)) for each in component.parts)
        if has_args(component):
            names = dict.fromkeys([own_class(component), args_class(component)])
            yield from ((args_module(component), each) for each in names)

    def _title(self) -> str:
        if self._root:
            return f"The layer {self._layer}, which was Terraform's"
        ways = [".".join(call) for call in self._component.shape.calls]
        modules = f"module{'s' if ways[1:] else ''} {', '.join(ways)}"
        return python_text.sentence(f"The {self._noun()} of the layer {self._layer}: Terraform's {modules}")

    def _args(self) -> Iterator[str]:
        own, given = own_fields(self._component), given_fields(self._component)
        if own:
            what = "What the layer is told." if self._root else f"What one {self._noun()} has of its own."
            yield dataclass_text(own_class(self._component), what, own)
        if given:
            what = f"What one {self._noun()} is given by what is around it."
            base = own_class(self._component) if own else ""
            yield dataclass_text(args_class(self._component), what, given, base)

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
        own = [] if component.parts else component.resources
        methods = [*self._groups(), *map(self._resources.resource, own)]
        return "\n".join(lines) + "\n" + "\n\n".join([*methods, *map(self._module, component.modules)])

    def _contents(self) -> Iterator[str]:
        """Write what the constructor does: it creates resources, or groups of them where there are many."""
        component = self._component
        if component.parts:
            yield from (creation_of_part(component, each, self._resources) for each in component.parts)
        elif len(component.resources) <= AT_MOST:
            yield from self._resources.creations(component.resources)
        else:
            for name, resources in grouped(component.resources):
                told = any("(args)" in line for line in self._resources.creations(resources))
                yield f"self._create_all_of_{name}({'args' if told else ''})"
        for module in component.modules:
            yield creation(module_attribute(module), self._module(module))

    def _groups(self) -> Iterator[str]:
        if self._component.parts or len(self._component.resources) <= AT_MOST:
            return
        for name, resources in grouped(self._component.resources):
            lines = self._resources.creations(resources)
            told = any("(args)" in line for line in lines)
            args = f", args: {args_class(self._component)}" if told else ""
            head = f"    def _create_all_of_{name}(self{args}) -> None:"
            yield "\n".join([head, *(f"        {line}" for line in lines)])

    def _module(self, placed: Placed) -> str:
        """Write what declares the instances of a call; those of the layer have names of their own."""
        name, call, class_ = module_attribute(placed), placed.call, placed.component.name
        key = "" if placed.single else ", each.name" if placed.named else ", key"
        part = f'self.part("{call}"{key})'
        own = part if not placed.short else f'"{call}"' if placed.single else "each.name"
        was = f'type_="{component_type(placed.instances[0])}"' + (f", name={part}" if placed.short else "")
        told = _told(placed.component, f"args.{name}" if placed.single else "each")
        told = by_parts(told, self._component)
        made = f"{class_}({own}{told}, self.child(was=pulumi.Alias({was})))"
        has_own = bool(own_fields(placed.component))
        if placed.single:
            absent = f"args.{name} is None" if has_own else f"not args.{name}"
            condition = absent if optional_module(placed) else ""
            return self._resources.method(name, class_, f"return {made}", condition)
        if placed.named:
            made = f"{{each.name: {made} for each in args.{name}}}"
            return self._resources.method(name, f"dict[str, {class_}]", f"return {made}")
        source = f"key, each in args.{name}.items()" if has_own else f"key in args.{name}"
        made = f"{{key: {made} for {source}}}"
        return self._resources.method(name, f"dict[int, {class_}]", f"return {made}")


def _module(parts: Sequence[str]) -> str:
    return "\n\n\n".join(each for each in parts if each) + "\n"


def _imported(component: Component) -> Iterator[tuple[str, str]]:
    """The names that what is around a component has to know, each with its module."""
    yield module_name(component), component.name
    if own_fields(component):
        yield args_module(component), own_class(component)
    if given_fields(component):
        yield args_module(component), args_class(component)


def _told(component: Component, own: str) -> str:
    """Write what a component is told: its own arguments, and what the one around it has for it."""
    given = [(each.name, each.around) for each in given_fields(component)]
    if not given:
        return f", {own}" if has_args(component) else ""
    told = [("", f"**vars({own})")] if own_fields(component) else []
    return f", {python_text.call(args_class(component), [*told, *given])}"
