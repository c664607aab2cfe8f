"""Texts that are JSON, such as policies: they are written as values, where that gives the same text. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

_COMPACT: Final = {"separators": (",", ":")}
_FORMATS: Final[Mapping[str, Mapping[str, Any]]] = {
    ', separators=(",", ":")': _COMPACT,
    "": {},
    ", indent=2": {"indent": 2},
    ', ensure_ascii=False, separators=(",", ":")': {"ensure_ascii": False, **_COMPACT},
}
"""Options of `json.dumps` as they are written, and what they mean."""


def json_format(texts: Sequence[Any]) -> str | None:
    """Find the options that give all texts; None where one is no JSON object or list, or no options do."""
    values = [json_value(text) for text in texts]
    if not all(isinstance(value, dict | list) and value for value in values):
        return None
    pairs = list(zip(texts, values, strict=True))
    for written, options in _FORMATS.items():
        if all(json.dumps(value, **options) == text for text, value in pairs):
            return written
    return None


def json_value(text: Any) -> Any:
    """Read a text; None where it is none of JSON."""
    if not isinstance(text, str) or text[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
