"""When an installed Pulumi CLI is used, and what is said when it is not."""

import pytest

from tests.toolchain.machine import Machine
from tests.toolchain.test_setup import EXECUTABLES, installed


def test_an_official_cli_with_its_host_is_used_as_it_is(machine: Machine) -> None:
    """Nothing is built, and nothing of ours stands before it on the PATH of `uv run`."""
    path = machine.install_official_pulumi("3.260.1")

    outcome = machine.setup()

    assert outcome.code == 0
    assert machine.calls("go build") == []
    assert installed(machine) == set()
    assert str(path) not in outcome.stderr  # there was nothing to do for this step, so nothing to tell


def test_an_official_cli_that_comes_later_takes_over(machine: Machine) -> None:
    """A build in .venv/bin would hide it: `uv run` looks there first."""
    machine.setup()
    path = machine.install_official_pulumi("3.260.1")

    outcome = machine.setup()

    assert f"using the official Pulumi CLI 3.260.1 at {path}" in outcome.stderr
    assert installed(machine) == set()
    assert machine.setup().stdout.count("up to date") == 4


def test_a_cli_in_a_virtual_environment_is_not_an_official_one(machine: Machine) -> None:
    """With another checkout's environment active, its build would be taken for an installed CLI."""
    machine.install_official_pulumi("3.260.1")
    (machine.home / "pyvenv.cfg").touch()  # which makes bin/ an environment's

    machine.setup()

    assert installed(machine) == EXECUTABLES


@pytest.mark.parametrize(
    ("version", "host", "reason"),
    [
        ("3.253.9", True, "{path} is 3.253.9, older than 3.254.0"),
        ("3.260.0", False, "{path} has no pulumi-language-python beside it or on the PATH"),
        ("unknown", True, "{path} does not tell its version"),
    ],
)
def test_a_cli_that_does_not_serve_is_ignored_and_said_so(
    machine: Machine, version: str, *, host: bool, reason: str
) -> None:
    """Before 3.252 an import could delete live resources: an old CLI must not be used in silence."""
    path = machine.install_official_pulumi(version, host=host)

    outcome = machine.setup()

    assert outcome.code == 0
    assert f"{reason.format(path=path)}: ignored, our own 3.259.0 is used instead" in outcome.stderr
    assert installed(machine) == EXECUTABLES
