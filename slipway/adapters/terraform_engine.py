"""Runs `terraform plan`, or `tofu plan` where there is no Terraform.

Of what it writes only addresses, actions and summaries of errors are read: values may be secrets.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from slipway.ports.terraform_engine import PlannedChange, TerraformEngine, TerraformUnable

_BINARIES: Final = ("terraform", "tofu")
_OPTIONS: Final = ("-detailed-exitcode", "-input=false", "-json")
_NO_CHANGE, _CHANGES = 0, 2
_FORGETS: Final = "remove"
"""How both call it that an object is no longer managed (internal/command/views/json/change.go)."""


class CommandTerraform(TerraformEngine):
    """The binary of the PATH."""

    def plan(self, folder: Path) -> tuple[PlannedChange, ...]:
        """Plan, with a look at the cloud, as an apply would; the state's lock is held meanwhile."""
        binary = next((each for each in _BINARIES if shutil.which(each)), None)
        if binary is None:
            raise TerraformUnable(
                "neither terraform nor tofu is on the PATH",
                remedy="install the one that the layer is applied with",
            )
        try:
            ended = subprocess.run(
                [binary, f"-chdir={folder}", "plan", *_OPTIONS],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise TerraformUnable(
                f"{binary} cannot be run: {error.strerror}", remedy="install it anew"
            ) from error
        told = list(_told(ended.stdout))
        if ended.returncode not in {_NO_CHANGE, _CHANGES}:
            raise TerraformUnable(
                f"{binary} cannot plan {folder}: {_summary(told)}",
                remedy=f"run {binary} init there, and plan it by hand",
            )
        return tuple(sorted(_changes(told))) if ended.returncode == _CHANGES else ()


def _told(output: str) -> Iterator[dict[str, Any]]:
    """Read the lines that are messages of the machine-readable UI."""
    for line in output.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _changes(told: list[dict[str, Any]]) -> Iterator[PlannedChange]:
    """Addresses with their actions; outputs are no objects of a cloud, and yet a change."""
    for message in told:
        if message["type"] == "planned_change":
            action = message["change"]["action"]
            address = message["change"]["resource"]["addr"]
            yield PlannedChange(address=address, action=action, forgets=action == _FORGETS)
        if message["type"] == "outputs":
            for name, output in message["outputs"].items():
                if (action := output.get("action", "noop")) != "noop":
                    yield PlannedChange(address=f"output.{name}", action=action, is_output=True)


def _summary(told: list[dict[str, Any]]) -> str:
    errors = [
        message["diagnostic"]["summary"]
        for message in told
        if message["type"] == "diagnostic" and message["diagnostic"]["severity"] == "error"
    ]
    return "; ".join(dict.fromkeys(errors)) or "it does not say why"
