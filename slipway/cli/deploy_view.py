"""How the end of a deployment is written."""

import json
from collections.abc import Callable, Mapping
from typing import assert_never

from slipway.cli.console import Format
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.stages import Completed, Outcome, Parked, Undone


def render_outcome(
    deployment: DeploymentId, environment: Environment, outcome: Outcome, style: Format
) -> str:
    """Write how a deployment ended, for this time."""
    if style is Format.JSON:
        return json.dumps(_outcome_document(deployment, environment, outcome), indent=2)
    return _outcome_line(deployment, environment, outcome)


class OutcomesView:
    """How several deployments ended, for this time: a line each at once, or one JSON array at the end.

    Args:
        environment: whose they are.
        style: text or JSON.
        write: where to.
    """

    def __init__(self, environment: Environment, style: Format, write: Callable[[str], None]) -> None:
        self._environment = environment
        self._style = style
        self._write = write
        self._documents: list[Mapping[str, str]] = []

    def add(self, deployment: DeploymentId, outcome: Outcome) -> None:
        """One more has ended."""
        if self._style is Format.JSON:
            self._documents.append(_outcome_document(deployment, self._environment, outcome))
        else:
            self._write(_outcome_line(deployment, self._environment, outcome))

    def close(self) -> None:
        """No more will; JSON is written, of none too."""
        if self._style is Format.JSON:
            self._write(json.dumps(self._documents, indent=2))


def _outcome_document(
    deployment: DeploymentId, environment: Environment, outcome: Outcome
) -> Mapping[str, str]:
    state, text = _ended(environment, outcome)
    return {"deployment": deployment, "environment": environment.value, "state": state, "why": text}


def _outcome_line(deployment: DeploymentId, environment: Environment, outcome: Outcome) -> str:
    return f"{deployment}: {_ended(environment, outcome)[1]}"


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
