"""Finds the line of a properties file that describes something: dbt names a model, people need a line."""

from collections.abc import Iterator

import yaml


def line_of(text: str, *names: str, field: str = "") -> int:
    """Find where a thing is described.

    Args:
        text: a properties file.
        *names: the thing's name, then that of a column or test in it; upper and lower case are the same.
        field: the line of this field of it, where it has one.

    Returns:
        The line, from 1; that of the last name which is there, and 0 when none is or the file is no YAML.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 0
    found: yaml.Node | None = root
    line = 0
    for name in names:
        found = next(_named(found, name, set()), None) if found is not None else None
        if found is None:
            return line
        line = found.start_mark.line + 1
    return _line_of_field(found, field) or line


def _named(node: yaml.Node, name: str, seen: set[int]) -> Iterator[yaml.MappingNode]:
    """Every mapping below a node whose `name` it is, the outer ones first; an alias may lead back up."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            if isinstance(item, yaml.MappingNode) and _scalar(item, "name").lower() == name.lower():
                yield item
    children = node.value if isinstance(node, yaml.SequenceNode) else ()
    values = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else children
    for child in values:
        yield from _named(child, name, seen)


def _scalar(node: yaml.MappingNode, key: str) -> str:
    return next((str(value.value) for found, value in node.value if found.value == key), "")


def _line_of_field(node: yaml.Node | None, field: str) -> int:
    if not field or not isinstance(node, yaml.MappingNode):
        return 0
    return next((key.start_mark.line + 1 for key, _ in node.value if key.value == field), 0)
