"""The stack files of the checkout, in the form in which Pulumi hands configuration to a program."""

import json
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Network
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


def networks_beside(root: Path, stack: StackName) -> Mapping[StackName, IPv4Network]:
    """Return the networks that the other stacks' files ask for.

    A file that is not there, or that names no network, asks for none: what is wrong in it is told where its
    own stack is read.

    Args:
        root: folder of Pulumi.yaml.
        stack: whose file is left out.
    """
    found: dict[StackName, IPv4Network] = {}
    for other in StackName:
        path = root / f"Pulumi.{other}.yaml"
        if other is stack or not path.is_file():
            continue
        with suppress(yaml.YAMLError, ValueError, AttributeError):
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            found[other] = IPv4Network(document.get("config", {}).get("slipway:networkCidr"))
    return found
