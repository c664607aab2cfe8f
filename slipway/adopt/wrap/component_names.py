"""What the parts of a component are called where it is written, and of which types they are. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from slipway.adopt.addresses import ModulePath
from slipway.adopt.identifiers import class_name, plural, snake, words_of
from slipway.adopt.wrap import python_text
from slipway.adopt.wrap.component import Component, Placed, Rows, WrittenResource
from slipway.adopt.wrap.fields import Field, type_text
from slipway.adopt.wrap.siblings import class_of

PACKAGE: Final = "components.adopted"
"""The package of components that were Terraform's."""


def module_name(component: Component) -> str:
    """The name of the Python module that has a component."""
    return "layer" if component.shape.is_layer else snake(component.name)


def args_module(component: Component) -> str:
    """The name of the Python module that has a component's arguments: its own, unless it is divided."""
    return f"{module_name(component)}_args" if component.parts else module_name(component)


def args_class(component: Component) -> str:
    """The name of a component's arguments."""
    return f"{component.name}Args"


def own_class(component: Component) -> str:
    """The name of what the program tells a component: some of its arguments where others are given to it."""
    return f"{component.name}Settings" if given_fields(component) else args_class(component)


def given_fields(component: Component) -> list[Field]:
    """The arguments that the component around it gives."""
    return [each for each in component.fields if each.around]


def own_fields(component: Component) -> list[Field]:
    """The arguments that the program tells it."""
    fields = [each for each in component.fields if not each.around]
    return [*fields, *row_fields(component), *module_fields(component)]


def has_args(component: Component) -> bool:
    """Whether a component is told anything."""
    return bool(component.fields or own_fields(component))


def is_told(placed: Placed) -> bool:
    """Whether what is around a call has to be told of it: arguments, or how many there are."""
    return bool(own_fields(placed.component)) or placed.numbered or optional_module(placed)


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
            yield Field(
                name=rows_field(component, each), type=rows_type(each, each.rows), says=says, values={}
            )


def module_fields(component: Component) -> Iterator[Field]:
    """The arguments that have those of modules in it."""
    for each in component.modules:
        if not is_told(each):
            continue
        has_own = bool(own_fields(each.component))
        kind = own_class(each.component) if has_own else "bool"
        if each.named:
            kind = f"Sequence[{kind}]"
        elif each.numbered:
            kind = f"Mapping[int, {kind}]" if has_own else "Sequence[int]"
        says = f"what {'the' if each.single else 'each'} {words_of(each.call)} has of its own."
        yield Field(
            name=module_attribute(each),
            type=kind,
            says=says,
            values={},
            optional=has_own and optional_module(each),
        )


def module_attribute(placed: Placed) -> str:
    """What the component of a call, or several, is called in the one around it."""
    name = snake(placed.call)
    return name if placed.single else plural(name)


def optional_module(placed: Placed) -> bool:
    """Whether a component that has no key is not in every one around it."""
    return placed.single and placed.missing


def rows_text(resource: WrittenResource, owner: ModulePath) -> str:
    """Write the rows that an instance has; empty for a resource that has none."""
    rows = resource.rows
    if rows is None:
        return ""
    keys = rows.by_owner[owner]
    if not rows.columns:
        return python_text.several([python_text.literal(key) for key in keys])
    return python_text.mapping(
        {python_text.literal(key): _row_text(resource, rows.row(owner, key)) for key in keys}
    )


def _row_text(resource: WrittenResource, row: Mapping[str, Any]) -> str:
    written = [(name, python_text.literal(value)) for name, value in row.items()]
    return written[0][1] if len(written) == 1 else python_text.call(row_class(resource), written)


def rows_type(resource: WrittenResource, rows: Rows) -> str:
    """Write the type of a keyed resource's rows."""
    if not rows.columns:
        return f"Sequence[{key_type(rows)}]"
    value = rows.columns[0].type if len(rows.columns) == 1 else row_class(resource)
    return f"Mapping[{key_type(rows)}, {value}]"


def key_type(rows: Rows) -> str:
    """Write the type of a keyed resource's keys."""
    return type_text([key for keys in rows.by_owner.values() for key in keys])
