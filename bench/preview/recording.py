"""What a preview registered, as rows that the bare program can register again."""

import json
from collections.abc import Mapping
from typing import Any, Final

_STACK: Final = "pulumi:pulumi:Stack"
_PROVIDERS: Final = "pulumi:providers:"
_SECRET: Final = "[secret]"  # noqa: S105 - what stands in the place of one


def rows(preview: str, plan: str) -> list[dict[str, Any]]:
    """Turn the JSON of `pulumi preview --json` into rows, parents before children.

    Args:
        preview: it says everything but what is secret.
        plan: the same preview's `--save-plan` with `--show-secrets`, which says that too.

    Returns:
        One mapping a resource: urn, type, name, custom, protect, parent, inputs, dependencies by input,
        and what it waits for as a whole.
    """
    states = [step["newState"] for step in json.loads(preview)["steps"] if "newState" in step]
    goals = {urn: planned["goal"] for urn, planned in json.loads(plan)["resourcePlans"].items()}
    return [_row(state, goals) for state in states if not _is_of_the_engine(state["type"])]


def _is_of_the_engine(token: str) -> bool:
    """Whether every program has it without asking; a StackReference is the program's own wish."""
    return token == _STACK or token.startswith(_PROVIDERS)


def _row(state: dict[str, Any], goals: Mapping[str, Any]) -> dict[str, Any]:
    by_input = state.get("propertyDependencies", {})
    from_inputs = {urn for urns in by_input.values() for urn in urns}
    return {
        "urn": state["urn"],
        "type": state["type"],
        "name": state["urn"].rsplit("::", 1)[1],
        "custom": state["custom"],
        "protect": state.get("protect", False),
        "parent": state.get("parent"),
        "inputs": {
            key: _told(value, key, state["urn"], goals)
            for key, value in state.get("inputs", {}).items()
            if not key.startswith("__")
        },
        "dependencies": by_input,
        "waits_for": [urn for urn in state.get("dependencies", []) if urn not in from_inputs],
    }


def _told(value: Any, key: str, urn: str, goals: Mapping[str, Any]) -> Any:
    """A value, also where a preview keeps it to itself."""
    if value != _SECRET:
        return value
    return json.loads(goals[urn]["inputDiff"]["adds"][key]["plaintext"])
