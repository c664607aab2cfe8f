"""`slipway catalog` as a person and a program use it: results, formats, messages, exit codes."""

import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Slipway
from tests.doubles.workspace_folder import FILES, WorkspaceFolder

READING = [("catalog", "lint"), ("catalog", "show"), ("catalog", "graph")]


@pytest.mark.usefixtures("folder")
def test_a_right_workspace_lints_with_nothing_on_stdout(slipway: Slipway) -> None:
    """Findings are the result; there are none. The story is on stderr."""
    ended = slipway("catalog", "lint")
    assert (ended.code, ended.out, ended.err) == (0, "", "3 pipelines, no findings\n")


def test_findings_are_the_result_and_exit_code_1(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """All of them, each with place and remedy."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: bach")
    folder.change("catalog/settlements.yaml", "owner: settlements", "ownr: settlements")
    ended = slipway("catalog", "lint")
    assert ended.code == 1
    assert ended.err == "3 findings\n"
    assert ended.out.splitlines() == [
        "catalog/revenue.yaml:3:7: kind: 'bach' is none of batch, streaming [wrong-value]",
        "  remedy: did you mean 'batch'?",
        "catalog/settlements.yaml:1:1: owner: the field is missing [missing-field]",
        "  remedy: write owner: settlements",
        "catalog/settlements.yaml:5:1: ownr: there is no such field [unknown-field]",
        "  remedy: did you mean 'owner'?",
    ]


def test_findings_name_the_file_as_the_terminal_sees_it(
    slipway: Slipway, folder: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a click opens it, from wherever the command was run."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: bach")
    monkeypatch.chdir(folder.root / "dbt")
    assert slipway("catalog", "lint").out.startswith("../catalog/revenue.yaml:3:7: ")
    monkeypatch.chdir(folder.root.parent)
    assert slipway("catalog", "lint", "--workspace", "finedge").out.startswith(
        "finedge/catalog/revenue.yaml:3:7: "
    )


def test_findings_for_programs_and_pull_requests(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """The same findings in each format, with the same exit code."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: a|b")
    folder.write("team.yaml", "people: [")
    as_json = slipway("catalog", "lint", "--format", "json")
    document = json.loads(as_json.out)
    assert document["findings"][0] == {
        "path": "catalog/revenue.yaml",
        "line": 3,
        "column": 7,
        "rule": "wrong-value",
        "field": "kind",
        "message": "'a|b' is none of batch, streaming",
        "remedy": "use one of batch, streaming",
    }
    as_markdown = slipway("catalog", "lint", "--format", "markdown")
    header, _, first, *_ = as_markdown.out.splitlines()
    assert header == "| where | field | finding | remedy | rule |"
    assert "'a\\|b' is none of" in first
    assert as_json.code == as_markdown.code == 1


@pytest.mark.usefixtures("folder")
def test_no_findings_for_programs_and_pull_requests(slipway: Slipway) -> None:
    """A program reads an empty list, a pull request a sentence."""
    assert json.loads(slipway("catalog", "lint", "--format", "json").out)["findings"] == []
    assert slipway("catalog", "lint", "--format", "markdown").out == "No findings.\n"


def test_what_was_not_checked_is_said(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """Two rules need every file; a person who sees one finding must know that more may follow."""
    folder.write("catalog/revenue.yaml", "pipeline: [")
    ended = slipway("catalog", "lint")
    unchecked = "consumer-reads-unknown, unknown-dataset"
    warning = f"warning: not checked until every catalogue file can be read: {unchecked}"
    assert ended.err.splitlines() == [warning, "1 finding"]


@pytest.mark.parametrize("words", READING)
def test_outside_a_workspace_is_a_usage_error(
    slipway: Slipway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The folder is named, and how to name another."""
    monkeypatch.chdir(tmp_path)
    ended = slipway(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [
        f"error: no workspace here: neither {tmp_path} nor a folder above has a slipway.yaml",
        "  remedy: go to a workspace, or name one with --workspace DIR",
    ]


@pytest.mark.parametrize("words", READING)
def test_a_named_folder_that_is_no_workspace(
    slipway: Slipway, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Whether it is there or not, it has no slipway.yaml."""
    ended = slipway(*words, "--workspace", str(tmp_path / "nowhere"))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [
        f"error: {tmp_path / 'nowhere'} is no workspace: it has no slipway.yaml",
        "  remedy: go to a folder below one with a slipway.yaml, or name it with --workspace DIR",
    ]


@pytest.mark.parametrize(
    "words", [("catalog", "show", "setlements"), ("catalog", "graph", "--pipeline", "setlements")]
)
@pytest.mark.usefixtures("folder")
def test_an_unknown_pipeline_names_the_nearest(slipway: Slipway, words: tuple[str, ...]) -> None:
    """Two lines, exit code 2."""
    ended = slipway(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "error: workspace 'finedge' has no pipeline 'setlements'\n  remedy: did you mean 'settlements'?\n"
    )


@pytest.mark.parametrize("words", READING[1:])
def test_nothing_is_shown_of_a_wrong_workspace(
    slipway: Slipway, folder: WorkspaceFolder, words: tuple[str, ...]
) -> None:
    """A half-read catalogue would be shown as if it were whole."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: bach")
    ended = slipway(*words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == [
        f"error: workspace {folder.root} has 1 finding",
        "catalog/revenue.yaml:3:7: kind: 'bach' is none of batch, streaming [wrong-value]",
        "  remedy: did you mean 'batch'?",
        "  remedy: correct these, then run the command again",
    ]


def test_a_broken_file_is_named_with_its_line(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """Broken YAML ends neither in a traceback nor in the parser's own words alone."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: batch: yes")
    ended = slipway("catalog", "lint")
    assert ended.code == 1
    assert ended.out.splitlines() == [
        "catalog/revenue.yaml:3:12: not YAML: mapping values are not allowed in this context [yaml-syntax]",
        "  remedy: quote a value that holds ': ', and check the indentation",
    ]


def test_the_limits_of_an_entry_are_shown_as_they_count(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """What is left out is as it is without limits."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: batch\nlimits: {run: 3h}")
    rows = dict(line.split("  ", 1) for line in slipway("catalog", "show", "revenue").out.splitlines())
    assert (rows["longest run"].strip(), rows["longest build"].strip()) == ("3h", "30m")
    plain = json.loads(slipway("catalog", "show", "revenue", "--format", "json").out)
    assert plain["limits"] == {"run": "3h", "build": "30m"}


def test_a_limit_that_is_no_length_of_time_is_named(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """With its place, and with what to write."""
    folder.change("catalog/revenue.yaml", "kind: batch", "kind: batch\nlimits: {build: soon}")
    ended = slipway("catalog", "lint")
    assert ended.code == 1
    assert "catalog/revenue.yaml:4:17: " in ended.out
    assert "write a whole number of minutes, hours or days: 90m, 6h or 2d" in ended.out


@pytest.mark.usefixtures("folder")
def test_a_pipeline_is_shown_with_its_readers(slipway: Slipway) -> None:
    """Everything a person asks first: who owns it, what it is made of, who would notice."""
    ended = slipway("catalog", "show", "settlements")
    assert (ended.code, ended.err) == (0, "")
    rows = dict(line.split(maxsplit=1) for line in ended.out.splitlines() if not line.startswith("part"))
    assert rows["owner"] == "settlements (settlements@finedge.example)"
    assert rows["freshness"] == "at most 90m old"
    assert rows["reads"] == "s3://settlement-files/incoming"
    assert rows["produces"].endswith(", contract contracts/settlements.odcs.yaml, read by revenue")
    assert [line.split() for line in ended.out.splitlines() if line.startswith("part")] == [
        ["part", "entry", "catalog/settlements.yaml"],
        ["part", "dag", "dags/settlements.py"],
        ["part", "dbt", "dbt/models/marts/settlements"],
        ["part", "spark", "spark/settlement_enrichment"],
    ]


@pytest.mark.usefixtures("folder")
def test_a_workspace_is_shown_as_a_table(slipway: Slipway) -> None:
    """One line a pipeline, and how many of everything."""
    assert slipway("catalog", "show").out.splitlines() == [
        "pipeline        kind       criticality  owner        freshness  reads  produces",
        "payment-events  streaming  critical     payments     10m        1      1",
        "revenue         batch      standard     settlements  -          2      1",
        "settlements     batch      critical     settlements  90m        1      1",
        "",
        "finedge: 3 pipelines, 2 sources, 1 consumer, 2 teams, 2 people",
    ]


@pytest.mark.usefixtures("folder")
def test_a_workspace_for_programs_and_pull_requests(slipway: Slipway) -> None:
    """JSON has everything, markdown the table."""
    document = json.loads(slipway("catalog", "show", "--format", "json").out)
    assert [pipeline["pipeline"] for pipeline in document["pipelines"]] == [
        "payment-events",
        "revenue",
        "settlements",
    ]
    assert document["sources"][0]["dataset"] == "kafka://payments.events"
    assert document["team"]["people"][0]["roles"] == ["data-engineer", "approver"]
    assert slipway("catalog", "show", "--format", "markdown").out.splitlines()[2] == (
        "| payment-events | streaming | critical | payments | 10m | 1 | 1 |"
    )
    assert "| kind | batch |" in slipway("catalog", "show", "revenue", "--format", "markdown").out
    assert (
        json.loads(slipway("catalog", "show", "revenue", "--format", "json").out)["path"]
        == "catalog/revenue.yaml"
    )


@pytest.mark.usefixtures("folder")
def test_the_flow_is_a_tree_from_its_sources(slipway: Slipway) -> None:
    """What comes together is drawn once and pointed to after that."""
    assert slipway("catalog", "graph").out.splitlines() == [
        "kafka://payments.events (from payments-gateway)",
        "└─ [payment-events] streaming, critical",
        "   └─ snowflake://FINEDGE.STREAMING.PAYMENT_EVENTS",
        "      └─ [revenue] batch, standard",
        "         └─ snowflake://FINEDGE.MARTS.REVENUE",
        "            └─ (finance-dashboard) consumer",
        "s3://settlement-files/incoming (from card-networks)",
        "└─ [settlements] batch, critical",
        "   └─ snowflake://FINEDGE.MARTS.SETTLEMENTS",
        "      └─ [revenue] batch, standard (see above)",
    ]


def test_branches_of_the_tree_are_joined_by_lines(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """Two readers of one dataset hang from one stem, in the order of their names."""
    folder.change("slipway.yaml", "reads: [snow", "reads: [snowflake://FINEDGE.MARTS.SETTLEMENTS, snow")
    ended = slipway("catalog", "graph", "--pipeline", "settlements")
    assert ended.out.splitlines()[2:] == [
        "   └─ snowflake://FINEDGE.MARTS.SETTLEMENTS",
        "      ├─ (finance-dashboard) consumer",
        "      └─ [revenue] batch, standard",
        "         └─ snowflake://FINEDGE.MARTS.REVENUE",
        "            └─ (finance-dashboard) consumer",
    ]


@pytest.mark.usefixtures("folder")
def test_around_a_pipeline_only_what_touches_it(slipway: Slipway) -> None:
    """The other source of its reader is left out."""
    document = json.loads(slipway("catalog", "graph", "--pipeline", "settlements", "--format", "json").out)
    assert {"from": "dataset:s3://settlement-files/incoming", "to": "pipeline:settlements"} in document[
        "edges"
    ]
    assert "dataset:kafka://payments.events" not in {node["id"] for node in document["nodes"]}


@pytest.mark.usefixtures("folder")
def test_the_flow_as_a_chart(slipway: Slipway) -> None:
    """A Mermaid block that GitHub draws in a pull request."""
    lines = slipway("catalog", "graph", "--pipeline", "revenue", "--format", "markdown").out.splitlines()
    assert lines[:2] == ["```mermaid", "flowchart LR"]
    assert '  n0(["finance-dashboard"])' in lines
    assert lines[-1] == "```"
    assert sum("-->" in line for line in lines) == 8


def test_the_schema_is_printed(slipway: Slipway) -> None:
    """Anywhere: an editor is set up before there is a workspace."""
    ended = slipway("catalog", "schema", "pipeline")
    assert ended.code == 0
    assert json.loads(ended.out)["title"] == "Slipway pipeline"


def test_a_thousand_pipelines_lint_in_two_seconds(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """In this process's own time, since the machine is shared; the bound is twice what was measured."""
    text = FILES["catalog/settlements.yaml"].replace("MARTS.SETTLEMENTS", "MARTS.S_{0}")
    text = text.replace("pipeline: settlements", "pipeline: s-{0}").replace("incoming]", "incoming{1}]")
    text = text.replace("{max_age: 90m}", "{{max_age: 90m}}")
    for number in range(1_000):
        feed = f", snowflake://FINEDGE.MARTS.S_{number - 1}" if number else ""
        folder.write(f"catalog/s-{number}.yaml", text.format(number, feed))
    slipway("catalog", "owners", "--write")
    begun = time.process_time()
    ended = slipway("catalog", "lint")
    assert (ended.code, ended.err) == (0, "1003 pipelines, no findings\n")
    assert time.process_time() - begun < 2


def test_owners_are_shown_as_the_file_that_github_reads(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """What is printed is what --write writes; without it nothing is touched."""
    folder.delete(".github/CODEOWNERS")
    shown = slipway("catalog", "owners")
    assert (shown.code, shown.out) == (0, FILES[".github/CODEOWNERS"])
    assert not (folder.root / ".github" / "CODEOWNERS").exists()
    written = slipway("catalog", "owners", "--write")
    assert (written.code, written.err) == (0, ".github/CODEOWNERS is written: commit it\n")
    assert folder.read(".github/CODEOWNERS") == FILES[".github/CODEOWNERS"]
    assert slipway("catalog", "lint").code == 0


@pytest.mark.usefixtures("folder")
def test_owners_for_programs_and_pull_requests(slipway: Slipway) -> None:
    """The same paths and teams, without the organization."""
    document = json.loads(slipway("catalog", "owners", "--format", "json").out)
    assert (document["path"], document["content"]) == (".github/CODEOWNERS", FILES[".github/CODEOWNERS"])
    assert {"path": "dags/revenue.py", "teams": ["settlements"]} in document["owned"]
    rows = slipway("catalog", "owners", "--format", "markdown").out.splitlines()
    assert "| dags/revenue.py | settlements |" in rows
    assert len(rows) == len(document["owned"]) + 2


def test_owners_that_cannot_be_written_are_told(slipway: Slipway, folder: WorkspaceFolder) -> None:
    """With the file and what to do; the exit code is that of the environment."""
    folder.delete(".github/CODEOWNERS")
    (folder.root / ".github" / "CODEOWNERS").mkdir()
    ended = slipway("catalog", "owners", "--write")
    assert (ended.code, ended.out) == (3, "")
    assert "CODEOWNERS cannot be written: Is a directory" in ended.err
    assert "  remedy: " in ended.err
