"""`slipway check --shard I/N` and `--fan-in N` as a person or a build server meets them."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from slipway.attest import read_document
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.model.errors import ExitCode
from slipway.model.events import EventKind, Outcome
from slipway.model.evidence import CheckRun, CheckShard
from slipway.ports.source_control_results import StatusState
from slipway.ports.tools import Tool
from tests.cli.checks.conftest import DAG, finds
from tests.cli.conftest import Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.git_repository import GitRepository
from tests.doubles.scripted_tools import Script, says

BASE = ("check", "--base", "main")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> MemoryDesk:
    """The audit account and GitHub, in memory."""
    made = MemoryDesk()
    monkeypatch.setattr(wiring, "build_desk", lambda: made)
    return made


@pytest.fixture
def files(slipway: Slipway, tmp_path: Path) -> tuple[Path, Path]:
    """The evidence of both shards of the change."""
    found = (tmp_path / "1.json", tmp_path / "2.json")
    for number, file in enumerate(found, start=1):
        assert slipway(*BASE, "--shard", f"{number}/2", "--evidence", str(file)).code == ExitCode.OK
    return found


def named(files: Iterable[Path]) -> list[str]:
    """Options that name shards."""
    return [word for file in files for word in ("--shard-evidence", str(file))]


def test_a_shard_says_what_was_its_own_and_what_is_elsewhere(slipway: Slipway) -> None:
    """Both together have every check that the change needs, each once."""
    said = [slipway(*BASE, "--shard", f"{number}/2").out for number in (1, 2)]
    passed = sorted(name for out in said for name in re.findall(r"^passed +(\S+)", out, re.MULTILINE))
    elsewhere = sorted(name for out in said for name in re.findall(r"^elsewhere +(\S+)", out, re.MULTILINE))
    assert passed == elsewhere == ["catalog-lint", "dag-import", "ruff"]
    assert "; this is shard 1/2, with 1 target\n" in said[0]
    assert "; this is shard 2/2, with 2 targets\n" in said[1]
    markdown = slipway(*BASE, "--shard", "1/2", "--format", "markdown").out
    assert "| elsewhere | other shards look at it |" in markdown


def test_programs_learn_which_shard_it_was(slipway: Slipway) -> None:
    """And what its work was."""
    report = json.loads(slipway(*BASE, "--shard", "1/2", "--format", "json").out)
    assert report["shard"] == {"number": 1, "of": 2, "work": ["dag-import dags"]}


def test_one_shard_of_one_is_the_whole_check(slipway: Slipway, tmp_path: Path) -> None:
    """Its evidence is that of a check without shards."""
    file = tmp_path / "evidence.json"
    ended = slipway(*BASE, "--shard", "1/1", "--evidence", str(file), "--format", "json")
    assert "shard" not in json.loads(ended.out)
    assert read_document(file.read_bytes(), CheckRun).passed


def test_evidence_of_a_shard_is_bound_to_tree_and_shard(
    repository: GitRepository, files: tuple[Path, Path]
) -> None:
    """It is no check run: nobody can take it for one."""
    first, second = (read_document(file.read_bytes(), CheckShard) for file in files)
    assert [str(first.shard), str(second.shard)] == ["1/2", "2/2"]
    assert first.run.tree == second.run.tree == repository.git("rev-parse", "HEAD^{tree}")
    assert first.selection == second.selection
    assert sorted((*first.work, *second.work)) == [
        "catalog-lint slipway.yaml",
        "dag-import dags",
        "ruff dags/revenue.py",
    ]


def test_shards_are_joined_to_the_evidence_of_the_check(
    slipway: Slipway, files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whoever joins them runs no tool."""
    run = tmp_path / "run.json"
    ended = slipway(*BASE, "--fan-in", "2", *named(files), "--evidence", str(run))
    assert ended.code == ExitCode.OK
    assert [line.split()[:2] for line in ended.out.splitlines()[:3]] == [
        ["passed", "catalog-lint"],
        ["passed", "ruff"],
        ["passed", "dag-import"],
    ]
    assert ended.out.splitlines()[-1] == "this is what all shards found together"
    assert read_document(run.read_bytes(), CheckRun).passed
    for style in ("json", "markdown"):
        assert "dag-import" in slipway(*BASE, "--fan-in", "2", *named(files), "--format", style).out


def test_a_finding_of_one_shard_fails_the_check(
    slipway: Slipway, tools: dict[Tool, Script], tmp_path: Path
) -> None:
    """With its place."""
    tools[Tool.RUFF] = finds(DAG)
    files = (tmp_path / "1.json", tmp_path / "2.json")
    codes = [
        slipway(*BASE, "--shard", f"{number}/2", "--evidence", str(file)).code
        for number, file in enumerate(files, start=1)
    ]
    assert sorted(codes) == [ExitCode.OK, ExitCode.FINDINGS]
    ended = slipway(*BASE, "--fan-in", "2", *named(files))
    assert ended.code == ExitCode.FINDINGS
    assert ended.out.startswith(f"{DAG}:3: error: `os` is unused [ruff F401]")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shard", "x"], "'x' is no shard"),
        (["--shard", "3/2"], "3/2: the shards of 2 are numbered from 1 to 2"),
        (["--shard", "0/2"], "0/2: the shards of 2 are numbered from 1 to 2"),
        (["--shard", "1/2", "--only", "ruff"], "--shard divides all that the change needs, and --only"),
        (["--fan-in", "2", "--shard", "1/2"], "--fan-in checks nothing, and --shard and --only say"),
        (["--fan-in", "2", "--only", "ruff"], "--fan-in checks nothing, and --shard and --only say"),
        (["--fan-in", "0"], "Input should be greater than or equal to 1"),
        (["--shard-evidence", "1.json"], "--shard-evidence names shards, and nothing joins them"),
        (["--fan-in", "1", "--shard-evidence", "/nowhere"], "/nowhere cannot be read"),
    ],
)
def test_what_cannot_be_right_is_refused(slipway: Slipway, words: list[str], message: str) -> None:
    """Before anything is run."""
    ended = slipway(*BASE, *words)
    assert (ended.code, ended.out) == (ExitCode.USAGE, "")
    assert message in ended.err
    assert "remedy: " in ended.err


def test_a_missing_shard_is_named(slipway: Slipway, files: tuple[Path, Path]) -> None:
    """And how to get it."""
    ended = slipway(*BASE, "--fan-in", "2", *named(files[:1]))
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    assert "error: shard 2/2 missing: a part of the checks is no evidence" in ended.err
    assert "remedy: run slipway check --shard 2/2 at the same commit and base" in ended.err


def test_shards_of_another_tree_are_refused(
    slipway: Slipway, repository: GitRepository, files: tuple[Path, Path]
) -> None:
    """They are of what HEAD was before."""
    old = repository.git("rev-parse", "HEAD^{tree}")
    repository.write(DAG, "# changed once more\n")
    repository.commit("again")
    ended = slipway(*BASE, "--fan-in", "2", *named(files))
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    assert f"error: shard 1/2 is of tree {old[:12]} against " in ended.err
    assert f"not of tree {repository.git('rev-parse', 'HEAD^{tree}')[:12]}" in ended.err


def test_what_is_no_shard_is_refused(slipway: Slipway, tmp_path: Path) -> None:
    """A whole check run needs nobody to join it."""
    file = tmp_path / "run.json"
    slipway(*BASE, "--evidence", str(file))
    ended = slipway(*BASE, "--fan-in", "1", *named([file]))
    assert ended.code == ExitCode.FINDINGS
    assert f"{file} holds a whole check run and no shard" in ended.err


def test_junit_tells_whose_it_is(slipway: Slipway, tmp_path: Path) -> None:
    """A report group shows the reports of all builds."""
    file = tmp_path / "checks.xml"
    slipway(*BASE, "--shard", "2/2", "--junit", str(file))
    assert '<testsuite name="slipway check --shard 2/2"' in file.read_text(encoding="utf-8")


def test_a_commit_is_green_when_the_last_shard_is(
    slipway: Slipway, repository: GitRepository, desk: MemoryDesk
) -> None:
    """Pending until then; the evidence of each is kept, and at the end that of all together."""
    commit = repository.git("rev-parse", "HEAD")
    assert slipway(*BASE, "--shard", "2/3", "--record").code == ExitCode.OK
    status = desk.statuses.said[commit]
    assert (status.context, status.state) == ("slipway/check", StatusState.PENDING)
    assert re.fullmatch(r"1 shard passed on tree \w{12}, 1/3, 3/3 missing", status.description)
    assert slipway(*BASE, "--shard", "1/3", "--record").code == ExitCode.OK
    assert desk.statuses.said[commit].description.endswith(", 3/3 missing")
    assert slipway(*BASE, "--shard", "3/3", "--record").code == ExitCode.OK
    status = desk.statuses.said[commit]
    assert (status.state, status.description[:23]) == (StatusState.SUCCESS, "3 checks passed on tree")
    assert [event.figures.get("shard") for event in desk.told] == ["2/3", "1/3", "3/3", None]
    assert desk.told[0].message.startswith("every check of shard 2/3 of tree ")
    run = EvidenceStore(desk.evidence, desk.clock).get(desk.told[-1].evidence[0])
    assert isinstance(run, CheckRun)
    assert run.passed
    assert len(run.outcomes) == 3


def test_a_failed_shard_turns_the_commit_red_at_once(
    slipway: Slipway, repository: GitRepository, tools: dict[Tool, Script], desk: MemoryDesk
) -> None:
    """Whatever the others still find; run again, it may turn green."""
    commit = repository.git("rev-parse", "HEAD")
    tools[Tool.RUFF] = finds(DAG)
    assert slipway(*BASE, "--shard", "2/2", "--record").code == ExitCode.FINDINGS
    assert desk.statuses.said[commit].state is StatusState.FAILURE
    assert slipway(*BASE, "--shard", "1/2", "--record").code == ExitCode.OK
    status = desk.statuses.said[commit]
    assert (status.state, status.description[:12]) == (StatusState.FAILURE, "ruff did not")
    assert desk.told[-1].outcome is Outcome.FAILURE
    tools[Tool.RUFF] = says("[]")
    assert slipway(*BASE, "--shard", "2/2", "--record").code == ExitCode.OK
    assert desk.statuses.said[commit].state is StatusState.SUCCESS


def test_recorded_shards_are_joined_from_the_audit_account(
    slipway: Slipway, repository: GitRepository, desk: MemoryDesk
) -> None:
    """Each of two machines may have missed the other: whoever joins again settles it, and writes nothing."""
    for number in (1, 2):
        slipway(*BASE, "--shard", f"{number}/2", "--record")
    commit = repository.git("rev-parse", "HEAD")
    del desk.statuses.said[commit]
    told = len(desk.told)
    ended = slipway(*BASE, "--fan-in", "2", "--record")
    assert ended.code == ExitCode.OK
    assert desk.statuses.said[commit].state is StatusState.SUCCESS
    assert len(desk.told) == told
    missing = slipway(*BASE, "--fan-in", "3", "--record")
    assert missing.code == ExitCode.FINDINGS
    assert "error: shards 1/3, 2/3, 3/3 missing" in missing.err


def test_a_release_is_built_on_all_shards_or_on_none(
    slipway: Slipway, files: tuple[Path, Path], repository: GitRepository, desk: MemoryDesk
) -> None:
    """A part of the checks is no evidence: the missing shard is named."""
    first, second = map(str, files)
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "change")
    ended = slipway("build", "--evidence", first)
    assert (ended.code, ended.out) == (ExitCode.FINDINGS, "")
    assert "error: shard 2/2 missing: a part of the checks is no evidence" in ended.err
    built = slipway("build", "--evidence", first, "--evidence", second, "--format", "json")
    assert built.code == ExitCode.OK, built.err
    (digest,) = json.loads(built.out)["manifest"]["evidence"]
    assert isinstance(EvidenceStore(desk.evidence, desk.clock).get(digest), CheckRun)


def test_a_release_is_built_on_shards_that_were_recorded(
    slipway: Slipway, repository: GitRepository, desk: MemoryDesk
) -> None:
    """Without one of them there is a release, and the warning says why no gate will let it in."""
    slipway(*BASE, "--shard", "1/2", "--record")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--ff-only", "change")
    before = slipway("build", "--format", "json")
    assert json.loads(before.out)["manifest"]["evidence"] == []
    assert "(shard 2/2 missing: a part of the checks is no evidence)" in before.err
    slipway("check", "--base", "HEAD^", "--shard", "2/2", "--record")
    after = json.loads(slipway("build", "--format", "json").out)
    runs = [event.evidence[0] for event in desk.told if event.kind is EventKind.CHECKED]
    assert after["manifest"]["evidence"] == runs[-1:]
