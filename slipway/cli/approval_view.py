"""Effects and approvals, written for people, programs and pull requests."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import assert_never

from slipway.cli.console import Format
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.pipeline import PipelineName
from slipway.release.admissions import LetIn
from slipway.release.approvals import Given


def render_effects(effects: Effects) -> Iterator[str]:
    """Write effects, one a line, as an approver reads them."""
    if not effects.effects:
        yield "no effects"
    for effect in effects.effects:
        yield f"{effect.operation:<8} {effect.target}  (undone by: {effect.reversibility})"


def render_given(given: Given, style: Format) -> str:
    """Write an approval.

    Args:
        given: the approval that holds.
        style: how to write it.
    """
    approval = given.approval
    match style:
        case Format.TEXT | Format.MARKDOWN:
            until = f"{approval.expires:%Y-%m-%d %H:%M} UTC"
            said = f"{approval.approver.person} approves {short(approval.release)} for {approval.environment}"
            return f"{said}, effects {short(approval.effects_digest)}, until {until}"
        case Format.JSON:
            plain = {"digest": given.digest, "new": given.new, "approval": approval.model_dump(mode="json")}
            return json.dumps(plain, indent=2)
        case _:
            assert_never(style)


def render_let_in(
    found: Sequence[LetIn], pipelines: Sequence[PipelineName], environment: Environment, style: Format
) -> str:
    """Write which deployments a revoked approval had let in, and what to do about each.

    Args:
        found: the deployments, the oldest first.
        pipelines: which the release touches.
        environment: where.
        style: how to write it.
    """
    back = " and ".join(f"slipway rollback {pipeline} -s {environment}" for pipeline in pipelines)
    match style:
        case Format.TEXT | Format.MARKDOWN:
            nothing = f"no deployment in {environment} has counted it, and from now on none will"
            return "\n".join(_let_in(each, environment, back) for each in found) or nothing
        case Format.JSON:
            return json.dumps({"deployments": [_let_in_plain(each) for each in found]}, indent=2)
        case _:
            assert_never(style)


def _let_in(deployment: LetIn, environment: Environment, back: str) -> str:
    counted = f"deployment {deployment.deployment} has counted it"
    if deployment.ended is None:
        return (
            f"{counted} and is under way since {_minute(deployment.begun)}: its gates were asked then, it "
            f"goes on; {back} takes it back where it is"
        )
    if not deployment.completed:
        return f"{counted} and was taken back at {_minute(deployment.ended)}: nothing of it runs"
    done = f"{counted} and was completed at {_minute(deployment.ended)}"
    if deployment.rolled_back is not None:
        return f"{done}; the release was rolled back at {_minute(deployment.rolled_back)}"
    return f"{done}: what it brought stays; {back} takes it back (slipway status -s {environment}: what runs)"


def _let_in_plain(deployment: LetIn) -> dict[str, object]:
    return {
        "deployment": deployment.deployment,
        "begun": deployment.begun.isoformat(),
        "ended": None if deployment.ended is None else deployment.ended.isoformat(),
        "completed": deployment.completed,
        "rolled_back": None if deployment.rolled_back is None else deployment.rolled_back.isoformat(),
    }


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
