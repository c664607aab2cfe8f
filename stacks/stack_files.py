"""The stack files of the checkout, in the form in which Pulumi hands configuration to a program."""

import json
from pathlib import Path

import yaml

from slipway.model.environment import StackName


def configuration(root: Path, stack: StackName) -> dict[str, str]:
    """Read the project's defaults and a stack's own values: structured ones as JSON, others as text.

    Args:
        root: folder of Pulumi.yaml.
        stack: whose file is read.
    """
    project = yaml.safe_load((root / "Pulumi.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    values = {key: declared["default"] for key, declared in project["config"].items()} | own["config"]
    return {
        key: json.dumps(value) if isinstance(value, list | dict) else str(value)
        for key, value in values.items()
    }
