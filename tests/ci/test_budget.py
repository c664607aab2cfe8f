"""The table of minutes: a suite that is over is marked, the sum decides, a run without suites says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BUDGET = Path(__file__).parents[2] / ".ci" / "budget.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a budget of 2 minutes for unit, 3 for setup, 4 in all; both suites within it."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(BUDGET, tmp_path / ".ci")
    (tmp_path / "ci-budget.toml").write_text("sum = 4\n[minutes]\nsetup = 3\nunit = 2\n", encoding="utf-8")
    _record(tmp_path, "unit\t60")
    return tmp_path


def _record(checkout: Path, *lines: str) -> None:
    record = checkout / ".slipway" / "suite-seconds.tsv"
    record.parent.mkdir(exist_ok=True)
    record.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _compare(checkout: Path, seconds: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(checkout / ".ci" / "budget.py"), str(seconds)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_within_the_budget(checkout: Path) -> None:
    """What no suite took is setup's."""
    ended = _compare(checkout, 150)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        "suite          minutes  budget\n"
        "unit               1.0       2\n"
        "setup              1.5       3\n"
        "sum                2.5       4\n"
    )


def test_runs_of_one_suite_are_summed(checkout: Path) -> None:
    """Two runs of 66 seconds each are over two minutes: marked, and left to the sum."""
    _record(checkout, "unit\t66", "unit\t66")
    ended = _compare(checkout, 140)
    assert ended.returncode == 0
    assert "unit               2.2       2  OVER\n" in ended.stdout


def test_a_suite_without_a_budget_is_over(checkout: Path) -> None:
    """A new suite has to ask for its minutes."""
    _record(checkout, "unit\t60", "chaos\t30")
    ended = _compare(checkout, 120)
    assert ended.returncode == 1
    assert "chaos              0.5       0  OVER\n" in ended.stdout


def test_the_sum_can_be_over_alone(checkout: Path) -> None:
    """Each suite within its own, all of them not."""
    _record(checkout, "unit\t114")
    ended = _compare(checkout, 270)
    assert ended.returncode == 1
    assert "OVER" not in ended.stdout
    assert "sum                4.5       4\n" in ended.stdout


def test_without_any_suite(checkout: Path) -> None:
    """Setup failed before the first one: one line, not a traceback over the message that matters."""
    (checkout / ".slipway" / "suite-seconds.tsv").unlink()
    ended = _compare(checkout, 10)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "no minutes to compare: no suite has run (.slipway/suite-seconds.tsv is missing); setup failed\n"
    )


def test_a_suite_hangs_after_twice_its_budget_and_two_minutes(checkout: Path) -> None:
    """What .ci/suite ends it after, in seconds; a suite without a budget is none."""
    command = [sys.executable, str(checkout / ".ci" / "budget.py"), "--limit"]
    told = subprocess.run([*command, "unit"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "360\n")
    unknown = subprocess.run([*command, "load"], capture_output=True, text=True, check=False)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == "suite load has no budget\n  remedy: add its minutes to ci-budget.toml\n"
