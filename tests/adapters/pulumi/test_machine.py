"""The Pulumi CLI of the PATH, asked for its version and plugins; a program of the test's own plays it."""

from pathlib import Path

import pytest

from slipway.adapters.pulumi.machine import PulumiMachine
from slipway.ports.machine import MachineError

PLUGINS = """[
  {"name": "aws", "kind": "resource", "version": "7.51.1"},
  {"name": "aws", "kind": "resource", "version": "6.0.0"},
  {"name": "python", "kind": "language", "version": "3.259.0"}
]"""


def _play(folder: Path, script: str) -> None:
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of the PATH beside the system's shell."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    return tmp_path


def test_a_machine_without_the_cli(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault: the doctor says what to install."""
    monkeypatch.setenv("PATH", str(path))
    assert PulumiMachine().pulumi() is None


@pytest.mark.parametrize("said", ["v3.259.0", "3.259.0-dev.0+abc"])
def test_the_version(path: Path, said: str) -> None:
    """With or without what a build of one's own adds."""
    _play(path, f"echo {said}")
    assert PulumiMachine().pulumi() == "3.259.0"


def test_resource_plugins_by_name(path: Path) -> None:
    """A language host is none."""
    _play(path, f"cat <<'END'\n{PLUGINS}\nEND")
    assert PulumiMachine().plugins() == {"aws": frozenset({"7.51.1", "6.0.0"})}


def test_a_cli_that_fails_is_told_with_its_words(path: Path) -> None:
    """And which command it was."""
    _play(path, "echo broken >&2; exit 255")
    with pytest.raises(MachineError, match="`pulumi version` fails: broken"):
        PulumiMachine().pulumi()


def test_what_is_wanted_is_what_the_packages_say() -> None:
    """The plugin of a package has the package's version."""
    assert set(PulumiMachine().wanted_plugins()) == {"aws", "github", "snowflake"}
