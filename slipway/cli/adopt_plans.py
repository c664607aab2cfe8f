"""What an adoption would do, stage by stage, when it is asked with --dry-run."""

import json

from slipway.cli.console import Format
from slipway.model.counted import counted
from slipway.stages import Explanation


def render_plan(layer: str, plan: Explanation, style: Format) -> str:
    """Write a plan.

    Args:
        layer: which it is of.
        plan: its stages.
        style: for whom.
    """
    if style is Format.JSON:
        stages = [
            {"stage": each.stage.name, "kind": each.stage.kind, "does": each.sentence} for each in plan.stages
        ]
        return json.dumps({"layer": layer, "state": "dry run", "stages": stages}, indent=2)
    rows = [f"  {number}. {each.stage.name}: {each.sentence}" for number, each in enumerate(plan.stages, 1)]
    title = f"{layer}: {counted(len(plan.stages), 'stage')}; nothing was changed"
    return "\n".join([title, *rows])
