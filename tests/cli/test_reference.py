"""docs/reference says what the command does: generated pages are current, written ones complete."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from slipway.catalog import RuleId
from slipway.cli.reference import FOLDER, pages, stale_pages, write_pages
from slipway.model.errors import ExitCode


def _rows(page: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", (FOLDER / page).read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_the_generated_pages_are_current() -> None:
    """Help that changes without its page misleads whoever reads the page."""
    assert stale_pages(FOLDER) == []


def test_every_rule_has_one_row() -> None:
    """A finding's id leads to its reason; a row that outlives its rule is a lie."""
    assert sorted(_rows("catalog-rules.md")) == sorted(rule.value for rule in RuleId)


def test_every_exit_code_has_one_row() -> None:
    """Scripts rely on them."""
    assert _rows("exit-codes.md") == [str(code.value) for code in ExitCode]


def test_every_command_has_help() -> None:
    """A section for each, with more than its name."""
    sections = re.findall(
        r"^#+ (slipway.*)\n\n```text\n[Uu]sage: \1 .*\n(?: {9,}.*\n)*\n *[A-Z]",
        pages()["cli.md"],
        flags=re.MULTILINE,
    )
    headings = re.findall(r"^##+ (.*)$", pages()["cli.md"], flags=re.MULTILINE)
    assert sections == headings
    assert {"slipway catalog lint", "slipway catalog graph"} <= set(sections)


@pytest.mark.parametrize("page", sorted(pages()))
def test_a_changed_page_is_stale_and_named(tmp_path: Path, page: str) -> None:
    """The check would fail a change of the help that forgot its page."""
    write_pages(tmp_path)
    assert stale_pages(tmp_path) == []
    (tmp_path / page).write_text("changed", encoding="utf-8")
    assert stale_pages(tmp_path) == [page]


def test_the_check_names_what_is_stale_and_changes_nothing(tmp_path: Path) -> None:
    """`make check` fails with the page and the command that mends it."""
    write_pages(tmp_path)
    page = tmp_path / "cli.md"
    page.unlink()
    command = [sys.executable, "-m", "slipway.cli.reference", "--check", "--to", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == ExitCode.FINDINGS
    assert ended.stderr.splitlines() == [
        f"{page} is not current",
        "  remedy: run python -m slipway.cli.reference and commit what it writes",
    ]
    assert not page.exists()
