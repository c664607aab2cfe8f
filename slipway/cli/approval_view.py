"""Effects and approvals, written for people, programs and pull requests."""

import json
from collections.abc import Iterator
from typing import assert_never

from slipway.cli.console import Format
from slipway.model.digest import short
from slipway.model.effects import Effects
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
