"""How the plan and the end of an account's bootstrap are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from slipway.bootstrap.blueprints import resources_of
from slipway.cli.console import Format
from slipway.cli.estate import StackPlace
from slipway.model.counted import counted
from slipway.ports.account_stacks import Blueprint
from slipway.stages import Completed, Explanation, Outcome, Parked, Undone


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How it ended, for this time.

    Attributes:
        place: of the Pulumi stack.
        outcome: of the plan.
        changes: action and resource to type; empty where there is nothing to change.
        dry_run: whether nothing was meant to be changed.
    """

    place: StackPlace
    outcome: Outcome
    changes: Mapping[str, str]
    dry_run: bool

    @property
    def word(self) -> str:
        """The end in one word."""
        match self.outcome:
            case Completed() if self.dry_run:
                return "proposed"
            case Completed():
                return "bootstrapped" if self.changes else "unchanged"
            case Parked():
                return "waiting"
            case Undone():
                return "refused"
            case _:
                assert_never(self.outcome)


def render_plan(plan: Explanation, blueprint: Blueprint, style: Format) -> str:
    """Write the stages and what the template is told."""
    if style is Format.JSON:
        does = [{"stage": line.stage.kind, "does": line.sentence} for line in plan.stages]
        told = {"stages": does, "resources": dict(resources_of(blueprint.template))}
        return json.dumps({**told, "parameters": dict(blueprint.parameters)}, indent=2)
    mark = "- " if style is Format.MARKDOWN else "  "
    stages = [f"{at}. {line.stage.kind}: {line.sentence}" for at, line in enumerate(plan.stages, start=1)]
    values = [f"{mark}{name}: {value or '(none)'}" for name, value in blueprint.parameters.items()]
    title = f"{blueprint.stack}: {counted(len(stages), 'stage')}"
    return "\n".join([title, "", *stages, "", "values", *values])


def render_ended(ended: Ended, style: Format) -> str:
    """Write how it ended and what comes next."""
    if style is Format.JSON:
        return json.dumps(_as_data(ended), indent=2)
    mark = "- " if style is Format.MARKDOWN else "  "
    changes = [f"{mark}{change} ({type_})" for change, type_ in ended.changes.items()]
    return "\n".join([_title(ended), *changes, *_next(ended)])


def _as_data(ended: Ended) -> dict[str, Any]:
    naming = ended.place.naming
    changes = [
        {"action": change.split(" ", 1)[0], "resource": change.split(" ", 1)[1], "type": type_}
        for change, type_ in ended.changes.items()
    ]
    told = {
        "stack": naming.stack.value,
        "account": naming.account_id,
        "cloudformation_stack": naming.account_stack,
        "outcome": ended.word,
        "changes": changes,
        "operator_role": naming.operator_role_arn,
    }
    return {**told, "reason": ended.outcome.reason} if isinstance(ended.outcome, Undone) else told


def _title(ended: Ended) -> str:
    naming = ended.place.naming
    where = f"{naming.account_stack} in account {naming.account_id}"
    match ended.outcome:
        case Completed() if not ended.changes:
            return f"nothing to change: {where} is up to date"
        case Completed() if ended.dry_run:
            changes = counted(len(ended.changes), "change")
            return f"CloudFormation would make {changes} to {where}; it was left as it is"
        case Completed():
            return f"{where} is up to date, after {counted(len(ended.changes), 'change')}"
        case Parked(wait=wait):
            return f"CloudFormation is at {where} still ({wait.condition}): run the command again to go on"
        case Undone(reason=reason):
            return f"{where} was not brought up to date: {reason}"
        case _:
            assert_never(ended.outcome)


def _next(ended: Ended) -> list[str]:
    naming = ended.place.naming
    if ended.dry_run or not isinstance(ended.outcome, Completed):
        return []
    if ended.place.role_arn == naming.operator_role_arn:
        return []
    file = f"Pulumi.{naming.stack}.yaml"
    return [f"Pulumi can work with {naming.operator_role_arn}: name it in {file} (aws:assumeRoles)"]
