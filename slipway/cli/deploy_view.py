"""How a plan and the end of a deployment are written."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, assert_never

from slipway.cli.console import Format
from slipway.model.digest import Digest, short
from slipway.model.environment import Environment
from slipway.model.events import DeploymentId
from slipway.model.release import Release
from slipway.release.gates.report import GateReport
from slipway.stages import Completed, Explanation, Outcome, Parked, Undone


@dataclass(frozen=True, kw_only=True)
class Explained:
    """What `slipway deploy --explain` prints.

    Attributes:
        release: what would go in.
        environment: where.
        plan: the stages.
        digest: of the effects: what approvers approve.
        gates: what each says now.
    """

    release: Release
    environment: Environment
    plan: Explanation
    digest: Digest
    gates: GateReport


def render_explanation(explained: Explained, style: Format) -> str:
    """Write a plan: its stages, its effects and what the gates say."""
    if style is Format.JSON:
        return json.dumps(_as_data(explained), indent=2)
    mark = "- " if style is Format.MARKDOWN else "  "
    plan = explained.plan
    stages = [
        f"{index:>2}. {line.stage.kind}: {line.sentence}" for index, line in enumerate(plan.stages, start=1)
    ]
    effects = [
        f"{mark}{effect.operation} {effect.target} (way back: {effect.reversibility})"
        for effect in plan.effects.effects
    ]
    gates = [f"{mark}{result.state} {result.gate}: {result.why}" for result in explained.gates.results]
    title = f"release {short(explained.release.digest)} in {explained.environment}"
    time = f"about {_minutes(plan.seconds)}; the way back: {_back(plan)}"
    return "\n".join(
        [
            f"{title}: {len(stages)} stages, {time}",
            "",
            *stages,
            "",
            f"effects {explained.digest}",
            *(effects or [f"{mark}none"]),
            "",
            f"gates of {explained.environment}",
            *gates,
        ]
    )


def _as_data(explained: Explained) -> dict[str, Any]:
    plan = explained.plan
    return {
        "release": explained.release.digest,
        "environment": explained.environment.value,
        "stages": [
            {
                "name": line.stage.name,
                "kind": line.stage.kind,
                "target": line.stage.target,
                "does": line.sentence,
                "reversibility": line.stage.reversibility.value,
                "seconds": line.stage.seconds,
            }
            for line in plan.stages
        ],
        "effects": plan.effects.model_dump(mode="json")["effects"],
        "effects_digest": explained.digest,
        "seconds": plan.seconds,
        "back_seconds": plan.back_seconds,
        "gates": [
            {"gate": result.gate.value, "state": result.state.value, "why": result.why}
            for result in explained.gates.results
        ],
    }


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
        case Parked():
            return "waiting", (
                f"waits until {outcome.wait.condition}, {outcome.wait.deadline:%Y-%m-%d %H:%M} UTC at the "
                f"latest; slipway rollout tick -s {environment} continues it"
            )
        case Undone():
            return "taken back", f"was taken back: {outcome.reason}"
        case _:
            assert_never(outcome)


def _back(explanation: Explanation) -> str:
    seconds = explanation.back_seconds
    return "there is none" if seconds is None else f"about {_minutes(seconds)} ({explanation.worst})"


def _minutes(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
