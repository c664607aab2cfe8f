"""`slipway build` as people use it: results, messages, exit codes."""

import json
from pathlib import Path

import pytest

from slipway.attest import canonical, digest_of_document
from slipway.model.events import EventKind, Outcome
from slipway.model.evidence import CheckOutcome, CheckResult
from slipway.ports.source_control_results import Carried, DirectCommit
from tests.cli.conftest import Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.releases import NOW, check_run
from tests.doubles.workspace_folder import WorkspaceFolder


def test_build_prints_the_release_and_the_next_command(desk: MemoryDesk, slipway: Slipway) -> None:
    """The result on stdout, the story on stderr."""
    ended = slipway("build")
    assert ended.code == 0, ended.err
    first, *lines = ended.out.splitlines()
    digest = first.removeprefix("release ")
    assert f"next: slipway deploy {digest[7:19]} -s dev" in ended.err
    (part,) = [line.split() for line in lines if "/dbt" in line]
    assert (part[0], part[3:]) == ("settlements/dbt", ["bytes", "written"])
    assert "  #7 Settle refunds too (by anasilva, approved by benokafor)" in lines
    assert f"releases/{digest[7:]}.json" in desk.artifacts.stored
    (event,) = [event for event in desk.told if event.kind is EventKind.BUILT]
    assert (event.release, event.outcome, len(event.evidence)) == (digest, Outcome.SUCCESS, 1)


def test_building_again_writes_nothing_and_says_so(desk: MemoryDesk, slipway: Slipway) -> None:
    """Neither objects nor events; the same release."""
    first = slipway("build", "--format", "json")
    before, told = dict(desk.artifacts.stored), len(desk.told)
    again = slipway("build", "--format", "json")
    assert (again.code, desk.artifacts.stored, len(desk.told)) == (0, before, told)
    assert "was built before" in again.err
    assert json.loads(again.out)["stored"] == {"settlements/dbt": "was there"}
    assert json.loads(again.out)["manifest"] == json.loads(first.out)["manifest"]


def test_a_build_whose_ledger_was_lost_is_completed_by_the_next(desk: MemoryDesk, slipway: Slipway) -> None:
    """The event is missing, the release is there: the second run records it."""
    desk.ledger.stored.clear()
    desk.check()
    slipway("build")
    desk.ledger.stored = {place: entry for place, entry in desk.ledger.stored.items() if place[1] == 0}
    assert [event.kind for event in desk.told] == [EventKind.CHECKED]
    assert slipway("build").code == 0
    assert [event.kind for event in desk.told] == [EventKind.CHECKED, EventKind.BUILT]


def test_a_dry_run_writes_nothing(desk: MemoryDesk, slipway: Slipway) -> None:
    """And prints the very release that would be written."""
    before, told = dict(desk.artifacts.stored), len(desk.told)
    dry = slipway("build", "--dry-run", "--format", "json")
    assert (dry.code, desk.artifacts.stored, len(desk.told)) == (0, before, told)
    assert "dry run: nothing was written or signed" in dry.err
    assert json.loads(dry.out)["release"] == json.loads(slipway("build", "--format", "json").out)["release"]


def test_what_is_not_committed_is_named(desk: MemoryDesk, slipway: Slipway) -> None:
    """People who forgot to commit would wonder; of another commit than HEAD it says nothing."""
    desk.commits.changed = ("a.sql", "b.sql", "c.sql", "d.sql")
    assert "warning: not committed, so not built: a.sql, b.sql, c.sql and more\n" in slipway("build").err
    assert "not committed" not in slipway("build", desk.commits.ids[-1]).err


def test_nothing_to_release_is_no_failure(desk: MemoryDesk, slipway: Slipway) -> None:
    """Every merge is built, also one of a README."""
    desk.commits.change(**{"README.md": "for people"})
    ended = slipway("build")
    assert (ended.code, ended.out) == (0, "No release.\n")
    assert "nothing that ships changed between" in ended.err
    assert slipway("build", "--format", "json").out == "null\n"


def test_a_build_says_what_will_be_held_against_it(desk: MemoryDesk, slipway: Slipway) -> None:
    """No check run, a push past all reviews, a file that no rule knows."""
    desk.commits.change(**{"limits/limits.json": "{}"})
    pushed = DirectCommit(sha="e" * 40, title="Hot fix", author="benokoro", committed_at=NOW)
    desk.pull_requests.carries = Carried(direct=(pushed,))
    ended = slipway("build")
    assert ended.code == 0
    assert "warning: no check run passed on tree" in ended.err
    assert "the gate checks-passed will refuse this release" in ended.err
    assert "warning: eeeeeeeeeeee by benokoro came past all pull requests" in ended.err
    assert "warning: limits/limits.json is no part's file; it ships with platform/entry" in ended.err
    assert "eeeeeeeeeeee Hot fix (pushed by benokoro, not reviewed)" in ended.out


def test_a_check_run_that_is_brought_along_is_kept_and_told_once(
    desk: MemoryDesk, slipway: Slipway, tmp_path: Path
) -> None:
    """As `slipway check --evidence` writes it; a dry run keeps nothing."""
    desk.commits.change(**{"dbt/models/marts/settlements/settlements.sql": "select 3"})
    head, base = desk.commits.resolve("HEAD"), desk.commits.resolve("HEAD^")
    run = check_run(tree=head.tree, base=base.commit)
    file = tmp_path / "run.json"
    file.write_bytes(canonical(run))
    told = len(desk.told)
    assert slipway("build", "--evidence", str(file), "--dry-run").code == 0
    assert len(desk.told) == told
    for _ in range(2):
        built = slipway("build", "--evidence", str(file), "--format", "json")
        assert json.loads(built.out)["manifest"]["evidence"] == [digest_of_document(run)]
    assert len([event for event in desk.told if event.kind is EventKind.CHECKED]) == 2
    assert json.loads(slipway("build", "--format", "json").out)["stored"] == {"settlements/dbt": "was there"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tree": "2" * 40}, "it is on tree 222222222222 against"),
        ({"base": "3" * 40}, "against 333333333333"),
        ({"outcomes": ()}, "holds no passed check run"),
    ],
)
def test_a_check_run_of_something_else_is_refused(
    desk: MemoryDesk, slipway: Slipway, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    """By the name of its file; nothing is built on it."""
    head, base = desk.commits.resolve("HEAD"), desk.commits.resolve("HEAD^")
    file = tmp_path / "run.json"
    file.write_bytes(canonical(check_run(tree=head.tree, base=base.commit).model_copy(update=changes)))
    before = dict(desk.artifacts.stored)
    ended = slipway("build", "--evidence", str(file))
    assert (ended.code, ended.out, desk.artifacts.stored) == (1, "", before)
    assert f"error: {file} holds no passed check run on tree {head.tree[:12]}" in ended.err
    assert message in ended.err
    file.write_text("{}", encoding="utf-8")
    assert slipway("build", "--evidence", str(file)).code == 1
    assert slipway("build", "--evidence", str(tmp_path / "nowhere.json")).code == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("nowhere",), 2, "nowhere is no commit"),
        (("--base", "nowhere"), 2, "nowhere is no commit"),
        (("HEAD^", "--base", "HEAD"), 2, "does not descend from HEAD"),
        (("HEAD^",), 2, "has none before it here"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_a_build_of_what_is_no_commit(
    slipway: Slipway, words: tuple[str, ...], code: int, message: str
) -> None:
    """Named, with a remedy."""
    ended = slipway("build", *words)
    assert (ended.code, ended.out) == (code, "")
    assert message in ended.err
    assert "\n  remedy: " in ended.err


def test_a_build_outside_of_any_repository(slipway: Slipway, tmp_path: Path) -> None:
    """The workspace has no history."""
    alone = WorkspaceFolder(tmp_path / "alone")
    ended = slipway("build", "--workspace", str(alone.root))
    assert ended.code == 3
    assert "is in no git repository" in ended.err


def test_a_failed_check_run_is_not_built_into_a_release(desk: MemoryDesk, slipway: Slipway) -> None:
    """Only what passed is evidence; the gate then says that there is none."""
    desk.commits.change(**{"dbt/models/marts/settlements/settlements.sql": "select 3"})
    failed = CheckOutcome(
        check="dbt-build", result=CheckResult.FAILED, tool="dbt 1.11", subjects=(), findings=(), seconds=1
    )
    desk.check(outcomes=(failed,))
    built = slipway("build", "--format", "json")
    assert json.loads(built.out)["manifest"]["evidence"] == []
    ended = slipway("gate", "explain", json.loads(built.out)["release"], "-s", "dev", "--format", "json")
    assert ended.code == 1
    assert "names no check run" in ended.out


PROJECT = {"dbt/dbt_project.yml": "name: finedge\n"}
"""With it dbt has something to check."""


def test_a_run_that_lacks_what_the_change_needs_lets_nothing_in(
    desk: MemoryDesk, slipway: Slipway, tmp_path: Path
) -> None:
    """Which those are follows from the two commits: the build says so, and the gate asks for them."""
    desk.commits.change(**PROJECT)
    desk.commits.change(**{"dbt/models/marts/settlements/settlements.sql": "select 3"})
    head, base = desk.commits.resolve("HEAD"), desk.commits.resolve("HEAD^")
    file = tmp_path / "by-hand.json"
    file.write_bytes(canonical(check_run(tree=head.tree, base=base.commit, checks=["catalog-lint"])))
    built = slipway("build", "--evidence", str(file), "--format", "json")
    assert built.code == 0, built.err
    lacking = "sqlfluff, dbt-parse, dbt-unit-tests, dbt-build"
    assert f"has {lacking}, which it needs: the gate checks-passed will refuse this release" in built.err
    needed = json.loads(built.out)["manifest"]["checks"]
    assert needed == ["catalog-lint", "sqlfluff", "dbt-parse", "dbt-unit-tests", "dbt-build"]
    ended = slipway("gate", "explain", json.loads(built.out)["release"], "-s", "dev")
    assert ended.code == 1
    assert f"has {lacking}, which its change needs" in ended.out
