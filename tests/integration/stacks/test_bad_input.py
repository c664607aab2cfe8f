"""What cannot be right is one message with its remedy, before anything is made."""

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml

from stacks.outputs import SharedOutputs
from tests.integration.running_sandbox import PACK, RunningSandbox, running_sandbox

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
_NOTICE_SECONDS = 30.0
WRITE = f"remedy: write it into {ROOT / 'Pulumi.prod.yaml'}, and bring the copy that was read up to date"


def _refused(sandbox: RunningSandbox, *arguments: str, folder: Path | None = None) -> str:
    ended = sandbox.pulumi(*arguments, folder=folder)
    output = ended.stdout + ended.stderr
    assert ended.returncode != 0, output
    assert "Traceback" not in output, output
    return output


@pytest.mark.parametrize(
    ("key", "value", "message", "remedy"),
    [
        ("slipway:logRetentionDays", "15", "'slipway:logRetentionDays' is wrong", WRITE),
        ("slipway:logRetentionDay", "14", "which stack 'prod' does not know", "did you mean"),
        ("slipway:workspace", "examples/nowhere", "examples/nowhere", "remedy"),
    ],
)
def test_a_wrong_setting(sandbox: RunningSandbox, key: str, value: str, message: str, remedy: str) -> None:
    """The preview stops at the settings; nothing is asked of any server."""
    with _set(sandbox, "prod", key, value):
        output = _refused(sandbox, "preview", "-s", "prod")
    assert message in output
    assert remedy in output


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "aws:allowedAccountIds",
            ["999999999999"],
            "it is of another account than the 999999999999 of aws:allowedAccountIds",
        ),
        (
            "aws:assumeRoles",
            [{"roleArn": "arn:aws:iam::111122223333:role/Nobody"}],
            "the aws provider cannot assume arn:aws:iam::111122223333:role/Nobody: AccessDenied: ",
        ),
    ],
)
def test_a_wrong_account_or_role(sandbox: RunningSandbox, key: str, value: object, message: str) -> None:
    """The preview fails, as an `up` would: a plan that nobody could apply is worse than none."""
    with _set(sandbox, "shared", key, value):
        output = _refused(sandbox, "preview", "-s", "shared", "--suppress-progress")
    assert message in output


@contextmanager
def _set(sandbox: RunningSandbox, stack: str, key: str, value: object) -> Iterator[None]:
    """Another setting in the sandbox's copy of a stack file, for a while."""
    stack_file = Path(sandbox.environment["PULUMI_OPTION_CWD"]) / f"Pulumi.{stack}.yaml"
    before = stack_file.read_text(encoding="utf-8")
    document = yaml.safe_load(before)
    document["config"][key] = value
    stack_file.write_text(yaml.safe_dump(document), encoding="utf-8")
    try:
        yield
    finally:
        stack_file.write_text(before, encoding="utf-8")


def test_a_stack_that_is_none_of_ours(sandbox: RunningSandbox) -> None:
    """The engine itself refuses a stack that was never initialised; the program refuses one that was."""
    assert "no stack named 'production' found" in _refused(sandbox, "preview", "-s", "production")
    sandbox.expect("stack", "init", "production")
    try:
        output = _refused(sandbox, "preview", "-s", "production")
    finally:
        sandbox.expect("stack", "rm", "production", "--yes")
    assert "'production' is not a stack of this project" in output
    assert "use one of dev, prod, shared, staging" in output


def test_an_environment_before_shared(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The message names the output that is missing and the command that makes it."""
    fresh = _with_empty_state(sandbox, tmp_path)
    for stack in ("shared", "prod"):
        fresh.expect("stack", "init", stack)
    output = _refused(fresh, "preview", "-s", "prod")
    missing = re.search(r"stack 'shared' has no output '(\w+)'", output)
    assert missing, output
    assert missing[1] in {field.name for field in fields(SharedOutputs)}
    assert "pulumi up -s shared, then run this again" in output


def _with_empty_state(sandbox: RunningSandbox, folder: Path) -> RunningSandbox:
    """The same project, with a state of its own in which there is no stack yet."""
    project, state = folder / "project", folder / "state"
    shutil.copytree(sandbox.environment["PULUMI_OPTION_CWD"], project, symlinks=True)
    state.mkdir()
    place = {"PULUMI_OPTION_CWD": str(project), "PULUMI_BACKEND_URL": f"file://{state}"}
    return replace(sandbox, environment={**sandbox.environment, **place})


def test_a_dead_server(tmp_path: Path) -> None:
    """A killed AWS server takes its world along; a preview says so too, instead of 'unchanged'."""
    with running_sandbox(tmp_path / "sandbox", project=ROOT, servers=["aws"]) as doomed:
        _kill_server(doomed, "aws")
        output = _refused(doomed, "preview", "-s", "shared")
    assert f"no sandbox is up in {doomed.home} (start one with `slipway sandbox up`)" in output


def _kill_server(sandbox: RunningSandbox, server: str) -> None:
    """Kill a server by its id and wait until the supervisor has noticed."""
    recorded = json.loads((sandbox.home / "supervisor.json").read_text(encoding="utf-8"))
    os.kill(recorded[server]["pid"], signal.SIGKILL)
    deadline = time.monotonic() + _NOTICE_SECONDS
    while (sandbox.home / "endpoints.json").exists():
        assert time.monotonic() < deadline, f"nobody noticed that {server} died"
        time.sleep(0.1)


def test_an_untagged_resource_fails_the_preview(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """The planted bucket is named with every tag that it lacks, and what to do."""
    folder = tmp_path / "untagged"
    shutil.copytree(ROOT / "tests" / "integration" / "programs" / "untagged", folder)
    sandbox.expect("stack", "init", "plant", folder=folder)
    output = _refused(sandbox, "preview", "-s", "plant", *PACK, folder=folder)
    assert "required-tags" in output
    assert "'nobodys' lacks the tags Owner, Pipeline, Criticality, CostCenter, DataClass" in output
    assert "Give the component Tags" in output
