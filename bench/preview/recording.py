"""What a preview registered, as rows that the bare program can register again."""

import json
from typing import Any, Final

_STACK: Final = "pulumi:pulumi:Stack"
_PROVIDERS: Final = "pulumi:providers:"


def rows(preview: str) -> list[dict[str, Any]]:
    """Turn the JSON of `pulumi preview --json` into rows, parents before children.

    Returns:
        One mapping a resource: urn, type, name, custom, protect, parent, inputs, dependencies by input,
        and what it waits for as a whole.
    """
    states = [step["newState"] for step in json.loads(preview)["steps"] if "newState" in step]
    return [_row(state) for state in states if not _is_of_the_engine(state["type"])]


def _is_of_the_engine(token: str) -> bool:
    """Whether every program has it without asking; a StackReference is the program's own wish."""
    return token == _STACK or token.startswith(_PROVIDERS)


def _row(state: dict[str, Any]) -> dict[str, Any]:
    by_input = state.get("propertyDependencies", {})
    from_inputs = {urn for urns in by_input.values() for urn in urns}
    return {
        "urn": state["urn"],
        "type": state["type"],
        "name": state["urn"].rsplit("::", 1)[1],
        "custom": state["custom"],
        "protect": state.get("protect", False),
        "parent": state.get("parent"),
        "inputs": {key: value for key, value in state.get("inputs", {}).items() if not key.startswith("__")},
        "dependencies": by_input,
        "waits_for": [urn for urn in state.get("dependencies", []) if urn not in from_inputs],
    }
