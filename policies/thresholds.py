"""The thresholds of rules as JSON schemas, each with what it means: once, in the docstring of its class."""

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

from slipway.model.frozen import Frozen

_SECTION: Final = "Attributes:"
_NAMED: Final = re.compile(r"^    (\w+): ", re.MULTILINE)


def shapes_of(limits: type[Frozen]) -> dict[str, dict[str, Any]]:
    """Return the schema of each threshold, by its name."""
    meanings = meanings_of(limits)
    properties = limits.model_json_schema().get("properties", {})
    return {name: {**shape, "description": meanings.get(name, "")} for name, shape in properties.items()}


def meanings_of(limits: type[Frozen]) -> Mapping[str, str]:
    """Return what the docstring of a class says of each of its attributes."""
    section = inspect.getdoc(limits) or ""
    said = _NAMED.split(section.partition(_SECTION)[2])[1:]
    return {name: " ".join(text.split()) for name, text in zip(said[::2], said[1::2], strict=True)}
