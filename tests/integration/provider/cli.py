"""The Pulumi CLI on a running sandbox, as a person uses it after `eval "$(slipway sandbox env)"`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[3]
PROGRAMS = ROOT / "tests" / "integration" / "programs"
TIMEOUT_SECONDS = 300
PROJECT = """\
name: {name}
runtime:
  name: python
  options: {{toolchain: pip, virtualenv: {virtualenv}}}
"""


@dataclass(frozen=True)
class Stack:
    """One stack of one project; every command runs in the project's folder.

    Attributes:
        folder: the project's folder.
        env: the environment of every command.
        name: the stack.
    """

    folder: Path
    env: Mapping[str, str]
    name: str = "dev"

    def write(self, program: str) -> None:
        """Replace the program."""
        (self.folder / "__main__.py").write_text(program, encoding="utf-8")

    def try_(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi WORDS` on the stack, whatever comes of it."""
        return subprocess.run(
            ["pulumi", *words, "--stack", self.name, "--non-interactive"],
            check=False,
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )

    def run(self, *words: str) -> str:
        """Run `pulumi WORDS` on the stack; its output. Anything but success fails the test."""
        done = self.try_(*words)
        assert done.returncode == 0, f"pulumi {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self, *words: str) -> str:
        """`pulumi up`, without asking."""
        return self.run("up", "--yes", "--skip-preview", "--suppress-progress", *words)

    def unchanged(self) -> None:
        """A second `up`, and a refresh, find nothing to do."""
        self.up("--expect-no-changes")
        self.run("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--suppress-progress")

    def destroy(self) -> None:
        """`pulumi destroy`, without asking."""
        self.run("destroy", "--yes", "--skip-preview", "--suppress-progress")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets shown."""
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets")))

    def resources(self) -> dict[str, dict[str, Any]]:
        """The state's resources, as `Type name`; those of the engine itself left out."""
        state = json.loads(self.run("stack", "export"))
        found = state["deployment"].get("resources", [])
        return {_label(one["urn"]): one for one in found if not one["type"].startswith("pulumi:")}

    def operations(self, *words: str) -> dict[str, str]:
        """What a preview would do to each resource, as `Type name`; what stays as it is left out."""
        steps = json.loads(self.run("preview", "--json", *words))["steps"]
        return {
            _label(step["urn"]): step["op"]
            for step in steps
            if step["op"] != "same" and "pulumi:pulumi:Stack" not in step["urn"]
        }


def _label(urn: str) -> str:
    """`Bucket lake` of a URN."""
    _, _, type_, name = urn.split("::")
    return f"{type_.rpartition(':')[2]} {name}"
