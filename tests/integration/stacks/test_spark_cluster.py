"""The life of an EMR cluster on the real engine; no environment of the example has one."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.urns import HERE, urns
from tests.integration.running_sandbox import RunningSandbox

pytestmark = pytest.mark.integration

PROGRAM = Path(__file__).parents[1] / "programs" / "cluster"
QUIETLY = ["-s", "cluster", "--suppress-progress"]


@pytest.fixture(scope="module")
def folder(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The program in a folder of its own, up once and taken down at the end."""
    made = tmp_path_factory.mktemp("cluster") / "cluster"
    shutil.copytree(PROGRAM, made)
    sandbox.expect("stack", "init", "cluster", folder=made)
    sandbox.expect("config", "set", "aws:region", "us-east-1", "-s", "cluster", folder=made)
    sandbox.expect("up", *QUIETLY, "--yes", "--skip-preview", folder=made)
    yield made
    # The bucket of logs holds what nobody can make again: it goes when somebody says so, never by itself.
    sandbox.expect("state", "unprotect", "--all", "--yes", "-s", "cluster", folder=made)
    sandbox.expect("destroy", *QUIETLY, "--yes", "--skip-preview", folder=made)


def test_urns_are_those_of_the_golden_file(sandbox: RunningSandbox, folder: Path) -> None:
    """A resource that came under another name would be made anew, and with it a cluster that works."""
    exported = json.loads(sandbox.expect("stack", "export", "-s", "cluster", folder=folder))
    assert urns(exported) == (HERE / "urns-cluster.txt").read_text(encoding="utf-8").splitlines()


def test_a_second_up_changes_nothing(sandbox: RunningSandbox, folder: Path) -> None:
    """Also after the world was read anew."""
    sandbox.expect("preview", *QUIETLY, "--refresh", "--expect-no-changes", folder=folder)


def test_another_limit_changes_the_scaling_alone(sandbox: RunningSandbox, folder: Path) -> None:
    """Nodes that run stay."""
    sandbox.expect("config", "set", "cluster:units", "32", "-s", "cluster", folder=folder)
    steps = json.loads(sandbox.expect("preview", "-s", "cluster", "--json", folder=folder))["steps"]
    changed = [step["urn"].split("::")[2].rsplit("$", 1)[-1] for step in steps if step["op"] != "same"]
    assert changed == ["aws:emr/managedScalingPolicy:ManagedScalingPolicy"]
