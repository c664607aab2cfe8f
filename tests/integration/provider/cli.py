"""The Pulumi CLI on a running sandbox, as a person uses it after `eval "$(slipway sandbox env)"`."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
SANDBOX = ROOT / "sandbox" / ".venv" / "bin" / "slipway-sandbox"
PROGRAMS = ROOT / "tests" / "integration" / "programs"
TIMEOUT_SECONDS = 300
ACCOUNTS = {"shared": "111122223333", "dev": "222233334444"}
ROLE = "arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
PROJECT = """\
name: {name}
runtime:
  name: python
  options: {{toolchain: pip, virtualenv: {virtualenv}}}
"""


def environment(home: Path, project: Path) -> dict[str, str]:
    """What `slipway sandbox env` sets, over the environment of the test; without the shadow project."""
    lines = subprocess.run(
        [SANDBOX, "env", "--home", home, "--project", project], check=True, capture_output=True, text=True
    ).stdout
    result = dict(os.environ)
    for line in lines.splitlines():
        verb, *words = shlex.split(line)
        for word in words:
            name, _, value = word.partition("=")
            if verb == "unset":
                result.pop(name, None)
            else:
                result[name] = value
    result.pop("PULUMI_OPTION_CWD", None)
    return result


@dataclass(frozen=True)
class Stack:
    """One stack of one project; every command runs in the project's folder.

    Attributes:
        folder: the project's folder.
        env: the environment of every command.
        name: the stack.
    """

    folder: Path
    env: dict[str, str]
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
        self.run("preview", "--expect-no-changes")

    def destroy(self) -> None:
        """`pulumi destroy`, without asking."""
        self.run("destroy", "--yes", "--skip-preview", "--suppress-progress")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets shown."""
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets")))

    def resources(self) -> dict[str, dict[str, Any]]:
        """The state's resources by their names in the program; those of the engine itself left out."""
        state = json.loads(self.run("stack", "export"))
        found = state["deployment"].get("resources", [])
        return {
            resource["urn"].rpartition("::")[2]: resource
            for resource in found
            if not resource["type"].startswith("pulumi:")
        }

    def operations(self, *words: str) -> dict[str, str]:
        """What a preview would do, by the resource's name; what stays as it is left out."""
        digest = json.loads(self.run("preview", "--json", *words))
        return {
            step["urn"].rpartition("::")[2]: step["op"]
            for step in digest["steps"]
            if step["op"] != "same" and "pulumi:pulumi:Stack" not in step["urn"]
        }
