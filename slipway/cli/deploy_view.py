"""How the end of a deployment is written."""

import json
from typing import assert_never

from slipway.cli.console import Format
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.stages import Completed, Outcome, Parked, Undone


def render_outcome(
    deployment: DeploymentId, environment: Environment, outcome: Outcome, style: Format
) -> str:
    """Write how a deployment ended, for this time."""
    state, text = _ended(environment, outcome)
    if style is Format.JSON:
        document = {"deployment": deployment, "environment": environment.value, "state": state, "why": text}
        return json.dumps(document, indent=2)
    return f"{deployment}: {text}"


def _ended(environment: Environment, outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Completed():
            return "completed", "every stage is done"
        case Parked(wait=wait, overdue=True):
            return "waiting", (
                f"the way back waits until {wait.condition}, which should have come true by "
                f"{wait.deadline:%Y-%m-%d %H:%M} UTC: see to that; slipway rollout tick -s {environment} "
                "goes on with it then"
            )
        case Parked():
            return "waiting", (
                f"waits until {outcome.wait.condition}, {outcome.wait.deadline:%Y-%m-%d %H:%M} UTC at the "
                f"latest; slipway rollout tick -s {environment} continues it"
            )
        case Undone():
            left = "".join(f"\nowed: {each}" for each in outcome.owed)
            return "taken back", f"was taken back: {outcome.reason}{left}"
        case _:
            assert_never(outcome)
