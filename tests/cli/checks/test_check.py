"""`slipway check` as a person or a program meets it: words, places, exit codes, files."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from slipway.attest import read_document
from slipway.audit import EvidenceStore
from slipway.cli import wiring
from slipway.cli.snowflake_settings import KEY_FILE, SnowflakeNotConfigured, connection_variables
from slipway.model.errors import ExitCode
from slipway.model.events import EventKind, Outcome
from slipway.model.evidence import CheckRun
from slipway.ports.source_control_results import StatusState
from slipway.ports.tools import Tool, ToolCall, ToolResult
from tests.cli.checks.conftest import DAG, finds
from tests.cli.conftest import Slipway
from tests.doubles.desk import MemoryDesk
from tests.doubles.git_repository import GitRepository
from tests.doubles.scripted_tools import Script


def test_a_passed_change_says_what_was_looked_at(slipway: Slipway) -> None:
    """Also what was not, and how far the change reaches."""
    ended = slipway("check", "--base", "main")
    assert ended.code == ExitCode.OK
    lines = ended.out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["passed", "catalog-lint"],
        ["passed", "ruff"],
        ["passed", "dag-import"],
    ]
    assert "not needed sqlfluff" in " ".join(ended.out.split())
    (reach,) = [number for number, line in enumerate(lines) if line.startswith("this change can touch ")]
    assert lines[-1].startswith("  snowflake://FINEDGE.MARTS.REVENUE: part revenue/dag")
    assert len(lines) > reach + 1
    assert "ruff: passed (" in ended.err


def test_findings_have_a_place_that_a_terminal_opens(
    repository: GitRepository, tools: dict[Tool, Script], slipway: Slipway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As seen from the folder in which the command was typed."""
    tools[Tool.RUFF] = finds(DAG)
    monkeypatch.chdir(repository.root / "dags")
    ended = slipway("check", "--base", "main")
    assert ended.code == ExitCode.FINDINGS
    assert ended.out.splitlines()[:2] == [
        "revenue.py:3: error: `os` is unused [ruff F401]",
        "  remedy: see https://docs.astral.sh/ruff/rules/unused-import",
    ]


def test_programs_get_the_evidence_and_every_path(repository: GitRepository, slipway: Slipway) -> None:
    """One document on stdout, and nothing else."""
    report = json.loads(slipway("check", "--base", "main", "--format", "json").out)
    assert report["passed"]
    assert report["run"]["commit"] == repository.git("rev-parse", "HEAD")
    touched = {each["name"]: [step["from"] for step in each["path"]] for each in report["impact"]}
    assert touched["revenue/dag"] == []
    assert touched["finance-dashboard"] == ["part revenue/dag", "snowflake://FINEDGE.MARTS.REVENUE"]


def test_a_pull_request_gets_tables(tools: dict[Tool, Script], slipway: Slipway) -> None:
    """What was found, and by what way the change reaches whom."""
    tools[Tool.RUFF] = finds(DAG)
    written = slipway("check", "--base", "main", "--format", "markdown").out
    assert "| ruff | FAILED | 1 finding |" in written
    assert f"| {DAG}:3 | `os` is unused |" in written
    assert (
        "| consumer finance-dashboard | part revenue/dag (assumed) -> snowflake://FINEDGE.MARTS.REVENUE |"
        in written
    )


def test_evidence_is_written_in_its_canonical_form(
    repository: GitRepository, slipway: Slipway, tmp_path: Path
) -> None:
    """`slipway build --evidence` reads it back."""
    file = tmp_path / "evidence.json"
    assert slipway("check", "--base", "main", "--evidence", str(file)).code == ExitCode.OK
    run = read_document(file.read_bytes(), CheckRun)
    assert run.passed
    assert run.tree == repository.git("rev-parse", "HEAD^{tree}")


def test_a_part_of_the_checks_is_no_evidence(slipway: Slipway, tmp_path: Path) -> None:
    """And is seen to be a part."""
    file = tmp_path / "evidence.json"
    ended = slipway("check", "--base", "main", "--only", "ruff", "--evidence", str(file))
    assert ended.code == ExitCode.OK
    assert not file.exists()
    assert f"warning: {file} is not written: a run of some checks is no evidence" in ended.err
    assert "not asked dag-import this change needs it" in " ".join(ended.out.split())


@pytest.mark.parametrize("style", ["text", "markdown"])
def test_what_was_not_asked_for_is_no_error_of_a_run_that_ends_with_0(
    slipway: Slipway, tmp_path: Path, style: str
) -> None:
    """Text, report and exit code say the same; JSON and JUnit name what was left out."""
    file = tmp_path / "junit.xml"
    ended = slipway("check", "--base", "main", "--only", "ruff", "--junit", str(file), "--format", style)
    assert ended.code == ExitCode.OK
    assert "error: " not in ended.out
    assert "NOT JUDGED" not in ended.out
    suite = fromstring(file.read_bytes())  # noqa: S314 - our own
    assert (suite.get("errors"), suite.get("skipped")) == ("0", str(len(suite.findall("*/skipped"))))
    told = json.loads(slipway("check", "--base", "main", "--only", "ruff", "--format", "json").out)
    assert "dag-import" in told["not_asked"]


def test_what_is_not_committed_is_named_and_does_not_count(
    repository: GitRepository, slipway: Slipway
) -> None:
    """Whoever forgets to commit is told; the evidence is HEAD's."""
    for name in ("one", "two", "three", "four"):
        repository.write(name, "")
    ended = slipway("check", "--base", "main")
    assert "warning: not committed, so not checked: four, one, three and 1 more" in ended.err
    assert ended.code == ExitCode.OK


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--base", "nowhere"], ExitCode.USAGE, "'nowhere' is no commit of the repository"),
        ([], ExitCode.USAGE, "Missing option '--base'"),
        (["--base", "main", "--only", "mypy"], ExitCode.USAGE, "'mypy' is not one of"),
        (["--base", "main", "--workspace", "/nowhere"], ExitCode.ENVIRONMENT, "/nowhere is no folder"),
        (
            ["--base", "main", "--evidence", "/nowhere/x"],
            ExitCode.USAGE,
            "/nowhere/x cannot be written: No such",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_remedy(
    slipway: Slipway,
    words: list[str],
    code: ExitCode,
    message: str,
) -> None:
    """Nothing was run for nothing, but for a file that turns out not to be writable."""
    ended = slipway("check", *words)
    assert ended.code == code
    assert message in ended.err
    assert "remedy: " in ended.err


def test_a_missing_tool_is_exit_code_3(tools: dict[Tool, Script], slipway: Slipway) -> None:
    """The change may be right: nobody knows."""
    del tools[Tool.AIRFLOW]
    ended = slipway("check", "--base", "main")
    assert ended.code == ExitCode.ENVIRONMENT
    assert "error: airflow is not installed [dag-import dependency-missing]" in ended.out


def test_an_interrupted_run_says_so_and_keeps_nothing(tools: dict[Tool, Script], slipway: Slipway) -> None:
    """Neither a traceback nor a report."""

    def interrupted(_call: ToolCall) -> ToolResult:
        raise KeyboardInterrupt

    tools[Tool.RUFF] = interrupted
    ended = slipway("check", "--base", "main")
    assert (ended.code, ended.out) == (ExitCode.PARTIAL, "")
    assert "interrupted: tools are ended, the clone is dropped; nothing was kept" in ended.err


def test_a_connection_is_read_under_both_names_of_its_key(tmp_path: Path) -> None:
    """Snowflake's tools and dbt's profiles call it differently."""
    given = {
        "SNOWFLAKE_ACCOUNT": "acme",
        "SNOWFLAKE_USER": "CI",
        "SNOWFLAKE_ROLE": "CI",
        "SNOWFLAKE_WAREHOUSE": "CI",
        "SNOWFLAKE_PASSWORD": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    for name in KEY_FILE:
        found = connection_variables({**given, name: str(tmp_path / "key.p8")}, whose="the CI user")
        assert {found[other] for other in KEY_FILE} == {str(tmp_path / "key.p8")}
        assert "secret" not in found.values()


def test_an_unconfigured_connection_names_what_is_missing() -> None:
    """All of it at once."""
    with pytest.raises(SnowflakeNotConfigured) as caught:
        connection_variables({"SNOWFLAKE_ACCOUNT": "acme", "SNOWFLAKE_ROLE": ""}, whose="the deployer of dev")
    assert caught.value.message == (
        "the connection to Snowflake is not configured: SNOWFLAKE_USER, SNOWFLAKE_ROLE, SNOWFLAKE_WAREHOUSE, "
        "SNOWFLAKE_PRIVATE_KEY_FILE not set"
    )
    assert caught.value.remedy.startswith("set them to a key pair and the role of the deployer of dev; ")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> MemoryDesk:
    """The audit account and GitHub, in memory."""
    made = MemoryDesk()
    monkeypatch.setattr(wiring, "build_desk", lambda: made)
    return made


def test_a_recorded_run_is_evidence_event_and_status(
    repository: GitRepository, desk: MemoryDesk, slipway: Slipway
) -> None:
    """`slipway build` finds the evidence by the tree, the branch's rules the status by the commit."""
    ended = slipway("check", "--base", "main", "--record", "--format", "json")
    assert ended.code == ExitCode.OK
    (event,) = desk.told
    assert (event.kind, event.outcome) == (EventKind.CHECKED, Outcome.SUCCESS)
    assert event.subject == repository.git("rev-parse", "HEAD^{tree}")
    kept = EvidenceStore(desk.evidence, desk.clock).get(event.evidence[0])
    assert kept.model_dump(mode="json") == json.loads(ended.out)["run"]
    status = desk.statuses.said[repository.git("rev-parse", "HEAD")]
    assert (status.context, status.state) == ("slipway/check", StatusState.SUCCESS)
    assert status.description.startswith("3 checks passed on tree ")


def test_a_failed_run_is_recorded_too(
    repository: GitRepository, tools: dict[Tool, Script], desk: MemoryDesk, slipway: Slipway
) -> None:
    """The ledger tells of attempts; the commit cannot be merged."""
    tools[Tool.RUFF] = finds(DAG)
    assert slipway("check", "--base", "main", "--record").code == ExitCode.FINDINGS
    assert [event.outcome for event in desk.told] == [Outcome.FAILURE]
    status = desk.statuses.said[repository.git("rev-parse", "HEAD")]
    assert status.state is StatusState.FAILURE
    assert status.description.startswith("ruff did not pass on tree ")


def test_what_could_not_be_judged_is_an_error_on_the_commit(
    repository: GitRepository, tools: dict[Tool, Script], desk: MemoryDesk, slipway: Slipway
) -> None:
    """Not a failure: the author has nothing to mend."""
    del tools[Tool.AIRFLOW]
    assert slipway("check", "--base", "main", "--record").code == ExitCode.ENVIRONMENT
    assert desk.statuses.said[repository.git("rev-parse", "HEAD")].state is StatusState.ERROR


@pytest.mark.parametrize(("red", "others"), [(False, ""), (True, "; ruff did not pass on tree ")])
def test_an_author_whom_github_does_not_know_keeps_a_change_out(
    repository: GitRepository,
    tools: dict[Tool, Script],
    desk: MemoryDesk,
    slipway: Slipway,
    *,
    red: bool,
    others: str,
) -> None:
    """While the commits can still be written anew; the tree itself has passed, and its evidence says so."""
    desk.pull_requests.wrote = ("anasilva", "benokoro@users.noreply.github.com", "someone@home.example")
    if red:
        tools[Tool.RUFF] = finds(DAG)
    ended = slipway("check", "--base", "main", "--record")
    assert ended.code == ExitCode.FINDINGS
    assert (
        "warning: no GitHub account has someone@home.example, who wrote of this change: it may be one of "
        "the approvers, so nobody could approve its release; have them add the address to "
        "their GitHub account, or write the commits anew as LOGIN@users.noreply.github.com; then check again"
    ) in ended.err
    status = desk.statuses.said[repository.git("rev-parse", "HEAD")]
    assert status.state is StatusState.FAILURE
    said = f"no GitHub account has someone@home.example, who wrote of this change{others}"
    assert status.description.startswith(said)
    assert [event.outcome for event in desk.told] == [Outcome.FAILURE if red else Outcome.SUCCESS]


def test_a_part_of_the_checks_is_not_recorded(desk: MemoryDesk, slipway: Slipway) -> None:
    """Refused before anything is run."""
    ended = slipway("check", "--base", "main", "--record", "--only", "ruff")
    assert (ended.code, ended.out, desk.told) == (ExitCode.USAGE, "", [])
    assert "--record keeps evidence, and --only runs a part" in ended.err


def test_without_the_ledger_no_commit_turns_green(
    repository: GitRepository, desk: MemoryDesk, slipway: Slipway
) -> None:
    """It could be merged and never released."""
    desk.ledger.reachable = False
    ended = slipway("check", "--base", "main", "--record")
    assert ended.code == ExitCode.ENVIRONMENT
    assert "the ledger does not answer" in ended.err
    assert repository.git("rev-parse", "HEAD") not in desk.statuses.said


def test_a_run_is_written_as_junit_too(slipway: Slipway, tools: dict[Tool, Script], tmp_path: Path) -> None:
    """Each check a case; a finding with its place; written whatever the result."""
    file = tmp_path / "checks.xml"
    assert slipway("check", "--base", "main", "--junit", str(file)).code == ExitCode.OK
    suite = file.read_text(encoding="utf-8")
    assert 'failures="0" errors="0"' in suite
    assert re.findall(r'<testcase [^>]*name="([^"]+)"', suite) == ["catalog-lint", "ruff", "dag-import"]
    tools[Tool.RUFF] = finds(DAG)
    assert slipway("check", "--base", "main", "--junit", str(file)).code == ExitCode.FINDINGS
    suite = file.read_text(encoding="utf-8")
    assert 'failures="1"' in suite
    assert f'<failure message="`os` is unused">{DAG}:3: error: `os` is unused [F401]; ' in suite


def test_junit_that_cannot_be_written_is_named(slipway: Slipway, tmp_path: Path) -> None:
    """With the folder that is missing."""
    ended = slipway("check", "--base", "main", "--junit", str(tmp_path / "no" / "checks.xml"))
    assert ended.code == ExitCode.USAGE
    assert "checks.xml cannot be written" in ended.err
