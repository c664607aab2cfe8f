"""The parts of a component that would be too long a file: a module and a class for each service. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from slipway.adopt.identifiers import class_name, snake
from slipway.adopt.wrap.component import Component, Part, WrittenResource
from slipway.adopt.wrap.component_names import PACKAGE, args_class, args_module, module_name, row_class
from slipway.adopt.wrap.groups import grouped
from slipway.adopt.wrap.resource_text import BASE, HEAD, ResourceTexts, row_classes, sdk_imports

AT_MOST_LINES: Final = 300
"""How long a file may be."""
_HEAD_LINES: Final = 60
"""What a part has beside the methods that create its resources."""
_METHOD: Final = re.compile(r"^    def _create_(\w+)\(", re.MULTILINE)
_OWN: Final = re.compile(r"\bself\.(part|child)\(")
_USED: Final = re.compile(r"\bself\.([a-z0-9_]+)\b")


def parts_of(component: Component, text: str) -> list[Part]:
    """Divide a component by services, and a service whose file would be too long in the order of creation.

    Args:
        component: which.
        text: its module in one piece, laid out.
    """
    lengths = _lengths(text)
    parts: list[Part] = []
    for service, resources in grouped(component.resources):
        chunks: list[list[WrittenResource]] = [[]]
        lines = _HEAD_LINES
        for each in resources:
            needed = lengths.get(each.attribute, 0) + 1
            if chunks[-1] and lines + needed > AT_MOST_LINES:
                chunks.append([])
                lines = _HEAD_LINES
            chunks[-1].append(each)
            lines += needed
        for number, chunk in enumerate(chunks, 1):
            name = service if len(chunks) == 1 else f"{service}_{number}"
            parts.append(Part(name=name, resources=tuple(chunk)))
    return parts


def _lengths(text: str) -> dict[str, int]:
    starts = list(_METHOD.finditer(text))
    ends = [each.start() for each in starts[1:]] + [len(text)]
    return {each[1]: text.count("\n", each.start(), end) + 1 for each, end in zip(starts, ends, strict=True)}


def part_module(component: Component, part: Part) -> str:
    """The name of the Python module that has a part."""
    return f"{module_name(component)}_{part.name}"


def part_class(component: Component, part: Part) -> str:
    """The name of a part's class."""
    return f"{component.name}{class_name([part.name])}"


def _attribute(part: Part) -> str:
    return f"{part.name}_resources"


def place_of_module(layer: str, module: str) -> str:
    """The whole name of a module of a layer."""
    return f"{PACKAGE}.{snake(layer)}.{module}"


def by_parts(text: str, component: Component, own: Part | None = None) -> str:
    """Have a text refer to what is in another part by way of that.

    Args:
        text: of the component as if it were undivided.
        component: which.
        own: the part that has the text; None: the component itself.
    """
    places = {each.attribute: part for part in component.parts for each in part.resources}

    def through(found: re.Match[str]) -> str:
        part = places.get(found[1])
        if part is None or part is own:
            return found[0]
        return f"self.{'_' if own else ''}{_attribute(part)}.{found[1]}"

    return _USED.sub(through, text)


def creation_of_part(component: Component, part: Part, texts: ResourceTexts) -> str:
    """Write the statement of a component's constructor that creates a part."""
    others = [f"self.{_attribute(each)}" for each in _needed(component, part, texts)]
    told = ["args"] if _is_told(part, texts) else []
    made = f"{part_class(component, part)}({', '.join(['self', *told, *others])})"
    return f"self.{_attribute(part)} = {made}"


def _is_told(part: Part, texts: ResourceTexts) -> bool:
    return any("(args)" in line for line in texts.creations(part.resources))


def _needed(component: Component, part: Part, texts: ResourceTexts) -> list[Part]:
    """The other parts that a part refers to, in their order."""
    used = {name for each in part.resources for name in _USED.findall(texts.resource(each))}
    return [
        each
        for each in component.parts
        if each is not part and used & {resource.attribute for resource in each.resources}
    ]


class PartText:
    """Writes one part.

    Args:
        component: which is divided.
        part: of it.
        layer: the layer's name.
        texts: of the component's resources.
    """

    def __init__(self, component: Component, part: Part, layer: str, texts: ResourceTexts) -> None:
        self._component = component
        self._part = part
        self._layer = layer
        self._texts = texts

    def text(self) -> str:
        """Write the module."""
        resources = self._part.resources
        blocks = [
            "\n".join(self._imports()),
            *row_classes(resources, constant_=True),
            self._texts.constants(resources),
            "\n".join(self._class()) + "\n" + "\n\n".join(map(self._method, resources)),
        ]
        return "\n\n\n".join(each for each in blocks if each) + "\n"

    def _imports(self) -> Iterator[str]:
        component, layer = self._component, self._layer
        yield f'"""What {component.name} has of {self._part.name.replace("_", " ")}."""'
        yield HEAD
        yield from sdk_imports(self._part.resources)
        yield ""
        yield BASE
        names = [args_class(component), *(row_class(each) for each in self._part.resources if each.rows)]
        arguments = [names[0], *(each for each in names[1:] if not self._has_class(each))]
        yield f"from {place_of_module(layer, args_module(component))} import {', '.join(arguments)}"
        for each in _needed(component, self._part, self._texts):
            place = place_of_module(layer, part_module(component, each))
            yield f"from {place} import {part_class(component, each)}"

    def _has_class(self, row: str) -> bool:
        return any(f"class {row}:" in each for each in row_classes(self._part.resources, constant_=True))

    def _class(self) -> Iterator[str]:
        component, part = self._component, self._part
        others = _needed(component, part, self._texts)
        told = [f"args: {args_class(component)}"] if _is_told(part, self._texts) else []
        given = [f"{_attribute(each)}: {part_class(component, each)}" for each in others]
        yield f"class {part_class(component, part)}:"
        yield '    """Created in the order in which one needs another."""'
        yield ""
        signature = ", ".join(["self", "around: WrappedComponent", *told, *given])
        yield f"    def __init__({signature}) -> None:"
        yield "        self._around = around"
        yield from (f"        self._{_attribute(each)} = {_attribute(each)}" for each in others)
        yield from (f"        {line}" for line in self._texts.creations(part.resources))
        yield ""

    def _method(self, resource: WrittenResource) -> str:
        text = by_parts(self._texts.resource(resource), self._component, self._part)
        return _OWN.sub(r"self._around.\1(", text)
