"""What setup says when the machine lacks something: one clear line and the remedy, and nothing half made."""

import importlib.util
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from tests.toolchain.machine import Machine
from toolchain.installer import prerequisites
from toolchain.installer.layout import Layout
from toolchain.installer.uv import Uv


@pytest.mark.parametrize(
    ("program", "line"),
    [
        ("git", "setup: git 2.38.0 or later is missing (no git on the PATH)"),
        ("java", "setup: a JDK, version 17 or later, is missing (no java on the PATH)"),
        ("mvn", "setup: Maven 3.6.3 or later is missing (no mvn on the PATH)"),
        ("go", "setup: Go 1.26.0 or later is missing (no go on the PATH)"),
    ],
)
def test_a_missing_program_is_named_and_nothing_is_made(machine: Machine, program: str, line: str) -> None:
    """A prerequisite is looked for before the first step, not in the middle of the third."""
    machine.remove(program)

    outcome = machine.setup()

    assert (outcome.code, outcome.stdout) == (3, "")
    first, remedy = outcome.stderr.splitlines()
    assert first == line
    assert remedy.startswith("  remedy: install ")
    assert machine.made() == set()


@pytest.mark.parametrize(
    ("program", "version", "told"),
    [
        ("git", "2.34.1", "2.34.1"),
        ("java", "11.0.2", "11.0.2"),
        ("mvn", "3.5.0", "3.5.0"),
        ("go", "1.21.3", "1.21.3"),
    ],
)
def test_a_program_that_is_too_old_is_named_with_its_version(
    machine: Machine, program: str, version: str, told: str
) -> None:
    """The version that was found is part of the message: 'missing' alone would puzzle its owner."""
    machine.install(program, version)

    outcome = machine.setup()

    assert outcome.code == 3
    assert f"bin/{program} is {told})" in outcome.stderr
    assert machine.made() == set()


def test_everything_that_is_missing_is_named_at_once(machine: Machine) -> None:
    """Nobody wants to learn of the next gap after closing the first."""
    for program in ("java", "go", "mvn"):
        machine.remove(program)

    outcome = machine.setup()

    assert outcome.code == 3
    assert [line.split(" or later")[0] for line in outcome.stderr.splitlines()[::2]] == [
        "setup: a JDK, version 17",
        "setup: Go 1.26.0",
        "setup: Maven 3.6.3",
    ]


def test_go_is_not_asked_for_when_the_official_cli_is_there(machine: Machine) -> None:
    """Go is needed to build the CLI and for nothing else."""
    machine.remove("go")
    machine.install_official_pulumi("3.254.0")

    assert machine.setup().code == 0


def test_needs_on_one_disk_are_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps that fit one by one can be too much together; a folder that is yet to be made counts too."""
    usage = namedtuple("usage", ["total", "used", "free"])  # noqa: PYI024 - the shape of shutil.disk_usage's answer
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 3 * prerequisites.GIB))
    two = {tmp_path / "to" / "be" / "made": 2 * prerequisites.GIB}

    assert prerequisites.free_space([two]) == []
    (missing,) = prerequisites.free_space([two, {tmp_path: 2 * prerequisites.GIB}])

    assert missing.what == (
        f"disk space is missing: setup takes 4.0 GiB, the disk of {tmp_path} has 3.0 GiB free"
    )


def test_without_uv_and_without_pip_there_is_no_way_to_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's python3 comes without ensurepip; `python3 -m venv` would fail half way."""
    monkeypatch.setenv("PATH", str(tmp_path))
    uv = Uv(Layout(tmp_path))

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    (missing,) = uv.missing()
    monkeypatch.undo()
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "python3-venv" in missing.remedy
    assert uv.missing() == []
