"""The command's frame: help, version, errors, streams and exit codes."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from slipway.cli import catalog
from slipway.cli.main import GROUPS, CommandGroup, SingleCommand
from slipway.model.errors import DependencyError, ExitCode
from tests.cli.conftest import Slipway
from tests.doubles.workspace_folder import WorkspaceFolder

COMMAND = Path(sys.executable).with_name("slipway")


def test_help_teaches(slipway: Slipway) -> None:
    """What it is, what there is, how it is used, what the exit codes mean."""
    ended = slipway("--help")
    assert ended.code == 0
    assert "One way to ship data pipelines" in ended.out
    assert "slipway catalog lint " in ended.out
    assert "Exit codes: 0 ok, 1 findings, 2 usage" in ended.out
    for group in GROUPS:
        assert f"  {group.name} " in ended.out


def test_no_word_at_all_is_a_question_for_help(slipway: Slipway) -> None:
    """Nothing was asked for, so nothing went wrong."""
    assert slipway() == slipway("--help")


def test_the_version_is_the_package_s(slipway: Slipway) -> None:
    """As pip would say it."""
    ended = slipway("--version")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("slipway 0.")


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_group_s_module_keeps_the_summary_of_the_table(
    slipway: Slipway, group: CommandGroup | SingleCommand
) -> None:
    """The help is written without importing the group, so the two could drift."""
    ended = slipway(group.name, "--help")
    assert ended.code == 0
    assert group.summary in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (["catlog"], "No such command 'catlog'. Did you mean 'catalog'?", "see slipway --help"),
        (["--colour"], "No such option: --colour", "see slipway --help"),
        (["catalog"], "Missing command", "see slipway catalog --help"),
        (["catalog", "lnt"], "No such command 'lnt'. Did you mean 'lint'?", "see slipway catalog --help"),
        (
            ["catalog", "lint", "--formt", "json"],
            "No such option: --formt (Possible options: --format)",
            "see slipway catalog lint --help",
        ),
        (
            ["catalog", "lint", "--format", "xml"],
            "Invalid value for '--format': 'xml' is not one of 'text', 'json', 'markdown'",
            "see slipway catalog lint --help",
        ),
        (
            ["catalog", "schema", "pipelin"],
            "Invalid value for 'KIND': 'pipelin' is not one of 'pipeline', 'workspace', 'team'",
            "see slipway catalog schema --help",
        ),
        (
            ["catalog", "schema"],
            "Missing argument 'KIND'. Choose from: pipeline, workspace, team",
            "see slipway catalog schema --help",
        ),
        (
            ["catalog", "show", "a", "b"],
            "Got unexpected extra argument(s) (b)",
            "see slipway catalog show --help",
        ),
    ],
)
def test_a_wrong_command_line_is_two_lines_and_exit_code_2(
    slipway: Slipway, words: list[str], message: str, remedy: str
) -> None:
    """What is wrong, and what to do; nothing on stdout, where a program would read it as a result."""
    ended = slipway(*words)
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    first, second = ended.err.splitlines()
    assert first == f"error: {message}"
    assert second == f"  remedy: {remedy}"


def test_details_come_with_v_only(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """A traceback helps who looks for a fault in slipway and nobody else."""
    (folder.root / "slipway.yaml").unlink()
    quiet, verbose = slipway("catalog", "show"), slipway("-v", "catalog", "show")
    assert "Traceback" not in quiet.err
    assert "Traceback" in verbose.err
    assert verbose.err.endswith(quiet.err)
    assert quiet.code == verbose.code == ExitCode.USAGE


@pytest.mark.usefixtures("folder")
def test_a_fault_of_slipway_s_own_is_no_finding(slipway: Slipway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 would tell a script that the workspace is wrong."""
    monkeypatch.setattr(catalog, "lint_workspace", _raising(RecursionError("too deep")))
    ended = slipway("catalog", "lint")
    assert (ended.code, ended.out) == (ExitCode.ENVIRONMENT, "")
    assert ended.err.splitlines() == [
        "error: slipway itself failed: RecursionError: too deep",
        "  remedy: run the command as slipway -v ... and report what it prints",
    ]
    assert "RecursionError: too deep" in slipway("-v", "catalog", "lint").err.partition("Traceback")[2]


@pytest.mark.usefixtures("folder")
def test_an_interrupt_ends_as_shells_expect(slipway: Slipway, monkeypatch: pytest.MonkeyPatch) -> None:
    """128 and the signal's number, without a traceback."""
    monkeypatch.setattr(catalog, "lint_workspace", _raising(KeyboardInterrupt()))
    ended = slipway("catalog", "lint")
    assert (ended.code, ended.out) == (130, "")
    assert "Traceback" not in ended.err


def _raising(error: BaseException) -> Callable[[Path], NoReturn]:
    def raising(_root: Path) -> NoReturn:
        raise error

    return raising


def test_an_error_s_exit_code_is_its_family_s() -> None:
    """docs/reference/exit-codes.md is what scripts rely on."""
    assert DependencyError("a", remedy="b").exit_code is ExitCode.ENVIRONMENT


def _run(*words: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *words], stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["catlog"], 2)])
def test_the_installed_command_ends_with_the_exit_code(words: list[str], code: int) -> None:
    """The function's value is the process's exit status."""
    assert _run(*words).returncode == code


def test_a_reader_that_leaves_is_no_error() -> None:
    """`slipway catalog graph | head -1` ends without a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = _run("catalog", "schema", "pipeline", stdout=writing)
    os.close(writing)
    assert "Traceback" not in ended.stderr


def test_help_imports_nothing_that_only_commands_need() -> None:
    """Start-up is felt a hundred times a day; a module list does not vary with the machine as seconds do."""
    program = (
        "import sys; from slipway.cli.main import main; main(['--help']); "
        "sys.exit(' '.join({'pydantic', 'yaml', 'rich', 'boto3', 'pulumi'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr.strip() == ""


@pytest.mark.parametrize(
    "words", [("deploy",), ("approve",), ("rollback",), ("gate", "explain"), ("audit", "trace")]
)
def test_usage_names_arguments_first_as_examples_do(slipway: Slipway, words: tuple[str, ...]) -> None:
    """What is copied from an example looks like what the help says."""
    usage = slipway(*words, "--help").out.splitlines()[0]
    assert re.fullmatch(rf"Usage: slipway {' '.join(words)} \{{[A-Z|]+\}} \[OPTIONS\]", usage)
