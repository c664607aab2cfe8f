"""A fresh Pulumi project for each test, in the dev account of the running sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.provider.cli import PROJECT, ROOT, Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.running_sandbox import RunningSandbox

    NewStack = Callable[..., Stack]

SETTINGS = """
config:
  aws:region: us-east-1
  aws:assumeRoles: [{{roleArn: "{role}"}}]
"""
ROLE = "arn:aws:iam::{account}:role/OrganizationAccountAccessRole"


@pytest.fixture
def role_of(sandbox: RunningSandbox) -> Callable[[str], str]:
    """The role through which the platform engineer reaches a stack's account."""
    return lambda stack: ROLE.format(account=sandbox.endpoints["accounts"][stack])


@pytest.fixture
def new_stack(
    sandbox: RunningSandbox,
    role_of: Callable[[str], str],
    tmp_path: Path,
) -> NewStack:
    """Makes a stack of the test's own project."""
    environment = {name: value for name, value in sandbox.environment.items() if name != "PULUMI_OPTION_CWD"}

    def make(program: str, *, stack: str = "dev") -> Stack:
        folder = tmp_path / stack
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(PROJECT.format(name=tmp_path.name, virtualenv=ROOT / ".venv"))
        made = Stack(folder, environment, stack)
        made.write(program)
        made.run("stack", "init")
        settings = SETTINGS.format(role=role_of("dev"))
        with (folder / f"Pulumi.{stack}.yaml").open("a") as file:
            file.write(settings)  # three `pulumi config set` would start the CLI three times
        return made

    return make
