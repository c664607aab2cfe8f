"""When the server's answer says the same as the program's input, in other words.

AWS gives back policies reformatted, sets in another order and keys as ARNs. Where the meaning is the same the
program's own words are kept, so that only real drift shows. Owned here: that comparison, of one value with
another. Not owned: which property holds what.
"""

from __future__ import annotations

import json
from typing import Any


def settle(given: Any, found: Any) -> Any:
    """The server's value, in the program's words wherever both mean the same.

    Args:
        given: what the program says; None when it says nothing.
        found: what the server has; None when it has nothing.

    Returns:
        A value of the server's meaning: equal to `given` when nothing drifted.
    """
    if given is None or given == found:
        return found
    if found is None:
        return given if _is_empty(given) else None
    if isinstance(given, dict) and isinstance(found, dict):
        return _settled_block(given, found)
    if isinstance(given, list) and isinstance(found, list):
        return _settled_list(given, found)
    return given if _same_scalar(given, found) else found


def _is_empty(value: Any) -> bool:
    """A block that says nothing but false and empty is what AWS reports as absent."""
    if isinstance(value, dict):
        return all(_is_empty(inner) for inner in value.values())
    return value in (None, "", [], False)


def _settled_block(given: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    settled = {name: settle(given.get(name), found.get(name)) for name in {**found, **given}}
    return {name: value for name, value in settled.items() if value is not None or name in found}


def _settled_list(given: list[Any], found: list[Any]) -> list[Any]:
    """AWS's lists are sets nearly everywhere: the items that the program names come first, in its order."""
    left = list(found)
    settled = []
    for wanted in given:
        same = next((item for item in left if agrees(wanted, item)), None)
        if same is not None:
            left.remove(same)
            settled.append(settle(wanted, same))
    return settled + left


def agrees(given: Any, found: Any) -> bool:
    """Whether the server's value is what the program asked for; fields that it left out are AWS's to fill."""
    if isinstance(given, dict) and isinstance(found, dict):
        return all(agrees(value, found.get(name)) for name, value in given.items())
    if isinstance(given, list) and isinstance(found, list):
        settled = _settled_list(given, found)
        return len(settled) == len(given) and all(map(agrees, given, settled))
    return given == found or (found is None and _is_empty(given)) or _same_scalar(given, found)


def _same_scalar(given: Any, found: Any) -> bool:
    if isinstance(given, str) and isinstance(found, str):
        return _same_arn(given, found) or _same_document(given, found)
    return str(given).lower() == str(found).lower() and not isinstance(given, (dict, list))


def _same_arn(given: str, found: str) -> bool:
    """A program may name a key, topic or role by its ARN or by its id; AWS answers with one of the two."""
    shorter, longer = sorted((given, found), key=len)
    return bool(shorter) and longer.startswith("arn:") and longer.endswith((f"/{shorter}", f":{shorter}"))


def _same_document(given: str, found: str) -> bool:
    ours, theirs = _parsed(given), _parsed(found)
    return ours is not None and theirs is not None and canonical(ours) == canonical(theirs)


def _parsed(text: str) -> Any | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def canonical(document: Any) -> Any:
    """A document without the freedoms of the IAM grammar: one value is a list of one, lists are sets."""
    if isinstance(document, dict):
        return {name: canonical(value) for name, value in sorted(document.items())}
    if isinstance(document, list):
        items = sorted(
            (canonical(item) for item in document), key=lambda item: json.dumps(item, sort_keys=True)
        )
        return items[0] if len(items) == 1 else items
    return str(document) if isinstance(document, (int, float, bool)) else document
