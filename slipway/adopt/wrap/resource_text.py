"""The methods of a class that create resources, and what they loop over. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from slipway.adopt.identifiers import constant, plural
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, WrittenResource
from slipway.adopt.wrap.component_names import args_class, key_type, row_class, rows_field, rows_text
from slipway.adopt.wrap.fields import Field

HEAD: Final = """
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
"""
BASE: Final = "from components.adopted.base import KEPT_IN_STATE, WrappedComponent, WrappedLayer"
_COLUMN: Final = re.compile("\1([a-z0-9_]+)\1")
_OF_EACH: Final = re.compile(r"\bself\.([a-z0-9_]+)\[key\]")


def sdk_imports(resources: Sequence[WrittenResource]) -> Iterator[str]:
    """Import the SDKs of resources, by their short names."""
    for package in sorted({each.shape.py.partition(".")[0] for each in resources}):
        yield f"import {package} as {package.removeprefix('pulumi_')}"


class ResourceTexts:
    """Writes what creates the resources of a component.

    Args:
        component: which.
    """

    def __init__(self, component: Component) -> None:
        self._component = component
        self._loops = dict(_loops_over_others(component))
        self._constants = dict(self._named_rows())

    def constants(self, resources: Sequence[WrittenResource]) -> str:
        """Write the rows that all instances have, as far as these resources loop over them."""
        used = dict.fromkeys(self._loops.get(each.attribute, "") for each in resources)
        return "\n".join(f"{name}: Final = {rows}" for name in used if (rows := self._constants.get(name)))

    def _named_rows(self) -> Iterator[tuple[str, str]]:
        """Name rows, once where several resources have the same keys."""
        names: dict[str, str] = {}
        for each in self._component.resources:
            if each.rows is not None and each.rows.constant and each.attribute not in self._loops:
                rows = rows_text(each, self._component.shape.instances[0])
                if rows not in names:
                    wanted = plural(each.attribute) if each.rows.columns else f"{each.shape.name}_keys"
                    name = constant(wanted)
                    names[rows] = name if name not in names.values() else constant(plural(each.attribute))
                    yield names[rows], rows
                self._loops[each.attribute] = names[rows]

    def creations(self, resources: Sequence[WrittenResource]) -> list[str]:
        """Write the statements of a constructor that create resources."""
        return [creation(each.attribute, self.resource(each)) for each in resources]

    def resource(self, each: WrittenResource) -> str:
        """Write the method that creates a resource."""
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
            return self.method(each.attribute, class_, f"return {made}", condition)
        single = len(each.rows.columns) == 1
        made = _COLUMN.sub(lambda found: "each" if single else f"each.{found[1]}", made)
        source = self._loops.get(each.attribute) or f"args.{rows_field(self._component, each)}"
        loop = f"key, each in {source}.items()" if each.rows.columns else f"key in {source}"
        returns = f"dict[{key_type(each.rows)}, {class_}]"
        return self.method(each.attribute, returns, f"return {{key: {made} for {loop}}}")

    def method(self, name: str, returns: str, body: str, absent: str = "") -> str:
        """Write a method; under the condition of being absent it creates nothing."""
        if absent:
            returns, body = f"{returns} | None", f"if {absent}:\n    return None\n{body}"
        args = f", args: {args_class(self._component)}" if re.search(r"\bargs\.", body) else ""
        indented = "\n".join(f"        {line}" for line in body.split("\n"))
        return f"    def _create_{name}(self{args}) -> {returns}:\n{indented}"


def creation(attribute: str, method: str) -> str:
    """Write the statement that calls what creates something; empty arguments where it takes none."""
    args = "args" if "args" in method.partition("->")[0] else ""
    return f"self.{attribute} = self._create_{attribute}({args})"


def row_classes(resources: Sequence[WrittenResource], *, constant_: bool) -> Iterator[str]:
    """Write the classes of rows, of those that all instances have or of those that are arguments."""
    for each in resources:
        if each.rows is not None and len(each.rows.columns) > 1 and each.rows.constant is constant_:
            what = f"What one `{each.shape.name}` has of its own."
            yield dataclass_text(row_class(each), what, each.rows.columns)


def _loops_over_others(component: Component) -> Iterator[tuple[str, str]]:
    """Tell which resources are there for each of another, whose keys they have."""
    by_name = {each.attribute: each.rows for each in component.resources}
    for each in component.resources:
        others = {name for _, text in each.arguments for name in _OF_EACH.findall(text)}
        for other in sorted(others):
            rows = by_name[other]
            if each.rows and not each.rows.columns and rows and rows.by_owner == each.rows.by_owner:
                yield each.attribute, f"self.{other}"


def dataclass_text(name: str, what: str, fields: Sequence[Field], base: str = "") -> str:
    """Write a class of arguments, or of rows."""
    documented = python_text.docstring(what, [(each.name, each.says) for each in fields], indent=4)
    rows = [f"    {each.name}: {each.type}{' | None = None' if each.optional else ''}" for each in fields]
    head = [
        "@dataclass(frozen=True, kw_only=True)",
        f"class {name}({base}):" if base else f"class {name}:",
        f"    {documented}",
        "",
    ]
    return "\n".join([*head, *rows])
