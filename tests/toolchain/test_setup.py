"""Setup as a person meets it: run once, run again, run after a change, a failure or an interruption."""

import re
import signal
from pathlib import Path

import pytest

from tests.toolchain.machine import PULUMI, Machine, write, write_program

EVERYTHING = {
    ".venv",
    "sandbox/.venv",
    "toolchain/envs/dbt/.venv",
    ".slipway/pulumi",
    ".slipway/java",
    ".slipway/stamps",
}
EXECUTABLES = {
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
}


def installed(machine: Machine) -> set[str]:
    """Name the executables of Pulumi in the environment, half-made ones included."""
    return {found.name for found in (machine.checkout / ".venv" / "bin").glob("*pulumi*")}


def test_the_first_run_makes_everything_and_tells_how_long_it_took(machine: Machine) -> None:
    """The table is the result, so it is all that stdout has; the story is on stderr."""
    outcome = machine.setup()

    assert outcome.code == 0, outcome.stderr
    assert machine.made() == EVERYTHING
    assert installed(machine) == EXECUTABLES
    assert (machine.checkout / ".slipway/java/dynamodb/libs/DynamoDBLocal.jar").read_text() == "the jar"
    assert re.sub(r"\d+\.\d", "N", outcome.stdout).splitlines() == [
        "setup: ready after N min",
        "  python  N min",
        "  pulumi  N min",
        "  java    N min",
        "  envs    N min",
    ]
    assert "no Pulumi CLI on the PATH: our own 3.259.0 is used" in outcome.stderr
    assert "building Pulumi 3.259.0; the first time takes 5 to 15 minutes" in outcome.stderr


def test_what_go_keeps_without_execute_bits_can_be_executed(machine: Machine) -> None:
    """Module folders are read-only, mode 0444: the executor copied as it is could not be started."""
    machine.setup()

    modes = {path.stat().st_mode & 0o777 for path in (machine.checkout / ".venv/bin").glob("pulumi*")}
    assert modes == {0o755}
    assert not any(path.is_symlink() for path in (machine.checkout / ".venv/bin").iterdir())


def test_the_second_run_does_nothing(machine: Machine) -> None:
    """`make demo` and `make test` both begin with setup."""
    machine.setup()
    before = [machine.calls(work) for work in ("uv sync", "go build", "go list", "mvn --batch-mode")]

    outcome = machine.setup()

    assert outcome.code == 0
    assert outcome.stdout.count("up to date") == 4
    assert [machine.calls(work) for work in ("uv sync", "go build", "go list", "mvn --batch-mode")] == before


@pytest.mark.parametrize(
    ("changed", "redone"),
    [
        ("uv.lock", "python"),
        ("sandbox/uv.lock", "python"),
        ("toolchain/pulumi/go.mod", "pulumi"),
        ("toolchain/pulumi/pulumi-language-python/main.go", "pulumi"),
        ("toolchain/java/dynamodb/pom.xml", "java"),
        ("toolchain/envs/dbt/uv.lock", "envs"),
    ],
)
def test_a_changed_input_redoes_its_own_step_alone(machine: Machine, changed: str, redone: str) -> None:
    """A stamp that missed an input would leave a stale tool in place."""
    machine.setup()
    path = machine.checkout / changed
    path.write_text(path.read_text() + "\n")

    outcome = machine.setup()

    fresh = [line.split()[0] for line in outcome.stdout.splitlines()[1:] if "up to date" not in line]
    assert fresh == [redone]


def test_a_newer_compiler_builds_anew(machine: Machine) -> None:
    """A security release of Go has to reach the binaries that it compiles."""
    machine.setup()
    machine.install("go", "1.26.9")

    machine.setup()

    assert len(machine.calls("go build")) == 2
    assert len(list((machine.checkout / ".slipway/pulumi").iterdir())) == 1


def test_a_new_environment_gets_the_kept_build(machine: Machine) -> None:
    """Removing .venv is common, and five minutes of compiling is a high price for it."""
    machine.setup()
    for path in (machine.checkout / ".venv/bin").iterdir():
        path.unlink()

    outcome = machine.setup()

    assert outcome.code == 0
    assert installed(machine) == EXECUTABLES
    assert len(machine.calls("go build")) == 1


def test_a_binary_that_was_replaced_is_put_back(machine: Machine) -> None:
    """Half a copy, or another tool's file of the same name, is noticed by its size."""
    machine.setup()
    path = machine.checkout / ".venv/bin/pulumi-language-python"
    whole = path.read_text()
    path.unlink()
    path.write_text(whole[:3])

    machine.setup()

    assert path.read_text() == whole
    assert len(machine.calls("go build")) == 1


def test_a_failed_build_shows_its_last_words_and_leaves_no_binary(machine: Machine) -> None:
    """The output of a compiler is too long for the screen, and too useful to be lost."""
    (machine.home / "broken").touch()

    outcome = machine.setup()

    assert outcome.code == 3
    assert re.search(r"`go build .*` ended with exit code 1; it said last:", outcome.stderr)
    assert "    one.go:3:1: syntax error" in outcome.stderr
    log = machine.checkout / ".slipway/logs/setup-pulumi.log"
    assert f"the whole output is in {log}" in outcome.stderr
    assert log.read_text().endswith("example.org/m/one\none.go:3:1: syntax error\n")
    assert installed(machine) == set()

    (machine.home / "broken").unlink()
    assert machine.setup().code == 0
    assert len(machine.calls("mvn --batch-mode")) == 1


def test_a_build_of_another_version_is_refused(machine: Machine) -> None:
    """The SDK and the CLI move together; a linker flag that no longer fits would hide the difference."""
    write_program(machine.home / "built-pulumi", "#!/bin/sh\necho v{version}", machine.home, "3.1.0")

    outcome = machine.setup()

    assert outcome.code == 3
    assert f"the Pulumi CLI that was built says it is 3.1.0, not {PULUMI}" in outcome.stderr
    assert installed(machine) == set()


def test_a_jar_that_is_not_the_locked_one_is_refused(machine: Machine) -> None:
    """A repository that serves another file under the same name must not get it run."""
    write(machine.home / "jar", "another jar")

    outcome = machine.setup()

    assert outcome.code == 3
    assert "files of DynamoDB Local differ from" in outcome.stderr
    assert "DynamoDBLocal.jar" in outcome.stderr
    assert not (machine.checkout / ".slipway/java/dynamodb/libs").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_its_compiler_and_can_be_run_again(
    machine: Machine, number: signal.Signals
) -> None:
    """Ctrl-C in the fourth minute costs that step, not the finished ones, and leaves no process."""
    outcome = machine.interrupt_build(number)

    assert outcome.code == 4
    assert "interrupted; what was finished is kept" in outcome.stderr
    assert installed(machine) == set()
    assert machine.setup().code == 0
    assert len(machine.calls("uv sync")) == 3


def test_a_killed_run_takes_its_compiler_along_and_can_be_run_again(machine: Machine) -> None:
    """After SIGKILL no handler runs: the kernel ends the child, and half a build is not taken for one."""
    outcome = machine.interrupt_build(signal.SIGKILL)

    assert outcome.code == -signal.SIGKILL
    assert installed(machine) == set()
    assert machine.setup().code == 0
    assert installed(machine) == EXECUTABLES


def test_a_checkout_that_cannot_be_written_to_is_one_message(machine: Machine) -> None:
    """A full disk or a read-only folder is the machine's fault; a traceback would say it is setup's."""
    write(machine.checkout / ".slipway", "a file where the folder has to be")

    outcome = machine.setup()

    assert outcome.code == 3
    assert "File exists" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_second_setup_beside_the_first_is_refused(machine: Machine) -> None:
    """Two runs would write the same environment at once."""
    (machine.home / "hang").touch()
    first = machine.start()
    machine.await_build()

    second = machine.setup()
    (machine.home / "hang").unlink()
    first.communicate(timeout=30)

    assert second.code == 3
    assert f"another setup is running in {machine.checkout} (process {first.pid})\n" in second.stderr
    assert first.returncode == 0


def test_one_step_can_be_run_alone(machine: Machine) -> None:
    """A step's own prerequisites are asked for, not those of the others."""
    machine.remove("mvn")
    machine.remove("go")

    outcome = machine.setup("--only", "python")

    assert outcome.code == 0, outcome.stderr
    assert machine.made() == {".venv", "sandbox/.venv", ".slipway/stamps"}


def test_the_cli_without_an_environment_has_no_place(machine: Machine) -> None:
    """`--only pulumi` on a fresh checkout says what to run first, before it compiles for minutes."""
    outcome = machine.setup("--only", "pulumi")

    assert outcome.code == 3
    assert ".venv/bin does not exist, so there is no place for the Pulumi CLI" in outcome.stderr
    assert "`--only python` first" in outcome.stderr
    assert machine.calls("go build") == []


def test_an_unknown_step_is_a_usage_error(machine: Machine) -> None:
    """Exit code 2, as with every command."""
    outcome = machine.setup("--only", "rust")

    assert outcome.code == 2
    assert "rust" in outcome.stderr


def test_a_uv_that_is_too_old_is_passed_over(machine: Machine) -> None:
    """The lock files are of a format that an old uv does not read; our own uv is used if it is there."""
    machine.install("uv", "0.4.0")
    ours = machine.checkout / ".slipway/uv/bin/uv"
    ours.parent.mkdir(parents=True)
    machine.install("uv", "0.13.9")
    Path(machine.home / "bin/uv").rename(ours)
    machine.install("uv", "0.4.0")

    outcome = machine.setup("--only", "python")

    assert outcome.code == 0
    assert len(machine.calls("uv sync")) == 2
