"""One running sandbox for all tests of this folder, and a fresh Pulumi project for each."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.integration.provider.cli import ACCOUNTS, PROJECT, ROLE, ROOT, SANDBOX, Stack, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    NewStack = Callable[..., Stack]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a sandbox with two accounts; it ends with the tests."""
    project, home = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("world") / "home"
    (project / "Pulumi.yaml").write_text(PROJECT.format(name="ground", virtualenv=ROOT / ".venv"))
    (project / ".venv").symlink_to(ROOT / ".venv")
    for stack, account in ACCOUNTS.items():
        settings = f'config:\n  aws:region: us-east-1\n  aws:allowedAccountIds: ["{account}"]\n'
        owner = "  github:owner: finedge\n" if stack == "shared" else ""
        (project / f"Pulumi.{stack}.yaml").write_text(settings + owner)
    where = ["--home", home, "--project", project]
    up = subprocess.run(
        [SANDBOX, "up", "aws", "github", *where], check=False, capture_output=True, text=True, timeout=120
    )
    assert up.returncode == 0, up.stderr
    yield environment(home, project)
    subprocess.run([SANDBOX, "down", *where], check=True, capture_output=True, timeout=60)


@pytest.fixture
def new_stack(sandbox: dict[str, str], tmp_path: Path, request: pytest.FixtureRequest) -> NewStack:
    """Makes a project with one stack in the dev account."""

    def make(program: str, *, name: str = "dev", project: str = "", **settings: str) -> Stack:
        project = project or request.node.name.replace("[", "-").replace("]", "")
        folder = tmp_path / f"{project}-{name}"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(PROJECT.format(name=project, virtualenv=ROOT / ".venv"))
        stack = Stack(folder, sandbox, name)
        stack.write(program)
        subprocess.run(
            ["pulumi", "stack", "init", name], check=True, cwd=folder, env=sandbox, capture_output=True
        )
        stack.run("config", "set", "aws:region", "us-east-1")
        stack.run(
            "config", "set", "--path", "aws:assumeRoles[0].roleArn", ROLE.format(account=ACCOUNTS["dev"])
        )
        for key, value in settings.items():
            stack.run("config", "set", "--path", key.replace("__", ":"), value)
        return stack

    return make


@pytest.fixture(scope="session")
def dev(sandbox: dict[str, str]) -> Callable[[str], Any]:
    """boto3 clients in the dev account: what somebody beside Pulumi sees and does."""
    own = boto3.Session(
        sandbox["AWS_ACCESS_KEY_ID"], sandbox["AWS_SECRET_ACCESS_KEY"], region_name="us-east-1"
    )
    url = sandbox["AWS_ENDPOINT_URL"]
    granted = own.client("sts", endpoint_url=url).assume_role(
        RoleArn=ROLE.format(account=ACCOUNTS["dev"]), RoleSessionName="somebody"
    )["Credentials"]
    session = boto3.Session(
        granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"], region_name="us-east-1"
    )
    return lambda service: session.client(service, endpoint_url=url)
