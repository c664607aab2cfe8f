"""Evaluates EventBridge's patterns and input transformers as AWS does, as far as the platform uses them.

Source: EventBridge user guide, "Comparison operators", "Input transformation". What it does not know it
refuses to judge, by an error that names it. moto's own evaluator knows no wildcards.
"""

import json
import re
from collections.abc import Mapping
from typing import Any


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether an event has every field of a pattern, with one of the values that it names."""
    return all(key in event and _fits(wanted, event[key]) for key, wanted in pattern.items())


def transformed(event: Mapping[str, Any], paths: Mapping[str, str], template: str) -> Any:
    """Fill a JSON template with values of an event; what is not there becomes the empty text."""
    for name, path in paths.items():
        template = template.replace(f"<{name}>", str(_at(event, path)))
    return json.loads(template)


def _fits(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and matches(wanted, found)
    return any(_is(each, found) for each in wanted)


def _is(wanted: Any, found: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(wanted == found)
    ((operator, value),) = wanted.items()
    match operator:
        case "prefix":
            return str(found).startswith(value)
        case "wildcard":
            return re.fullmatch(re.escape(value).replace(r"\*", ".*"), str(found)) is not None
        case _:
            raise NotImplementedError(f"the comparison {operator}")


def _at(event: Any, path: str) -> Any:
    """Follow dots and indices: `$.detail.list[0].value`."""
    found = event
    for name, index in re.findall(r"\.([\w-]+)|\[(\d+)\]", path.removeprefix("$")):
        try:
            found = found[name] if name else found[int(index)]
        except (IndexError, KeyError):
            return ""
    return found
