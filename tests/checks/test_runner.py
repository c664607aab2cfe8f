"""A run ends with a word on every check that the change needs, whatever happens to some of them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from slipway.checks.fan_in import fan_in
from slipway.checks.names import CheckName
from slipway.checks.outcomes import MISSING
from slipway.checks.report import Report
from slipway.checks.runner import CheckRunner
from slipway.cli.snowflake_settings import SnowflakeNotConfigured
from slipway.model.errors import ExitCode
from slipway.model.evidence import CheckResult
from slipway.model.shard import Shard
from slipway.ports.clock import Clock
from slipway.ports.reporter import SilentReporter
from slipway.ports.tools import Tool, ToolCall, ToolResult
from tests.checks.conftest import finedge_files
from tests.doubles.commits import Commits
from tests.doubles.dbt_manifest import manifest, model, resource
from tests.doubles.scripted_tools import Script, ScriptedTools, says

NO_SNOWFLAKE = SnowflakeNotConfigured("SNOWFLAKE_ACCOUNT is not set", remedy="set it")
REVENUE = "dbt/models/marts/revenue/revenue.sql"


class NoonClock(Clock):
    """It is noon."""

    def now(self) -> datetime:
        """Noon."""
        return datetime(2026, 11, 26, 12, tzinfo=UTC)

    def wait(self, seconds: float) -> None:
        """Nothing passes."""


def parses(content: bytes) -> Script:
    """A dbt that understands the project so."""

    def parse(call: ToolCall) -> ToolResult:
        target = Path(call.arguments[list(call.arguments).index("--target-path") + 1])
        target.mkdir(parents=True, exist_ok=True)
        (target / "manifest.json").write_bytes(content)
        return ToolResult(exit_code=0, output="", errors="", seconds=1)

    return parse


def imports(call: ToolCall) -> ToolResult:
    """An Airflow that likes every DAG."""
    Path(call.arguments[3]).write_text('{"files": [], "outside": []}', encoding="utf-8")
    return ToolResult(exit_code=0, output="", errors="", seconds=1)


GOOD: Mapping[Tool, Script] = {
    Tool.RUFF: says("[]"),
    Tool.SQLFLUFF: says("[]"),
    Tool.AIRFLOW: imports,
    Tool.DBT: parses(manifest(model("revenue", relation_name="FINEDGE.MARTS.REVENUE"))),
}


def run(
    history: Commits,
    changes: dict[str, str | None],
    *only: CheckName,
    scripts: Mapping[Tool, Script] = GOOD,
) -> Report:
    """Check a change without Snowflake."""
    base = history.ids[-1]
    history.change(**changes)
    runner = CheckRunner(
        revisions=history,
        tools=ScriptedTools(scripts),
        snowflake=NO_SNOWFLAKE,
        clock=NoonClock(),
        reporter=SilentReporter(),
    )
    return runner.run(base, only=frozenset(only))


def results(report: Report) -> dict[str, CheckResult]:
    """How each check ended."""
    return {outcome.check: outcome.result for outcome in report.run.outcomes}


def test_a_change_of_a_dag_needs_neither_dbt_nor_snowflake(history: Commits) -> None:
    """The evidence is about the tree, and says what was compared."""
    report = run(history, {"dags/revenue.py": "x = 1\n"})
    assert results(report) == dict.fromkeys(["catalog-lint", "ruff", "dag-import"], CheckResult.PASSED)
    assert report.exit_code is ExitCode.OK
    assert report.run.passed
    assert (report.run.commit, report.run.base) == (history.ids[-1], history.ids[0])
    assert report.run.tree == history.resolve("HEAD").tree
    assert "consumer finance-dashboard" in report.run.impact
    assert set(report.not_needed) == set(CheckName) - {CheckName(name) for name in results(report)}


def test_without_snowflake_what_needs_it_is_not_judged(history: Commits) -> None:
    """And the shell is told that something is missing, not that something is wrong."""
    report = run(history, {REVENUE: "select 1"})
    assert results(report) == {
        "catalog-lint": CheckResult.PASSED,
        "sqlfluff": CheckResult.PASSED,
        "dbt-parse": CheckResult.PASSED,
        "dbt-unit-tests": CheckResult.UNJUDGED,
        "dbt-build": CheckResult.UNJUDGED,
    }
    assert report.exit_code is ExitCode.ENVIRONMENT
    assert not report.run.passed
    (finding,) = report.run.outcomes[-1].findings
    assert (finding.rule, finding.message, finding.remedy) == (
        MISSING,
        "SNOWFLAKE_ACCOUNT is not set",
        "set it",
    )


def test_a_missing_tool_leaves_the_other_checks_their_say(history: Commits) -> None:
    """Exit code 3, unless there are findings too."""
    less: dict[Tool, Script] = {tool: script for tool, script in GOOD.items() if tool is not Tool.RUFF}
    report = run(history, {"dags/revenue.py": "x = 1\n"}, scripts=less)
    assert results(report)["ruff"] is CheckResult.UNJUDGED
    assert results(report)["dag-import"] is CheckResult.PASSED
    assert report.exit_code is ExitCode.ENVIRONMENT
    broken = run(history, {"dags/revenue.py": "x", "catalog/risk.yaml": "pipeline: risk\n"}, scripts=less)
    assert broken.exit_code is ExitCode.FINDINGS


def test_a_check_that_breaks_takes_no_other_along(history: Commits) -> None:
    """Its fault is a finding, not a traceback; and no pass."""
    report = run(history, {"dags/revenue.py": "x = 1\n"}, scripts={**GOOD, Tool.RUFF: says("no JSON")})
    assert results(report)["ruff"] is CheckResult.UNJUDGED
    assert results(report)["dag-import"] is CheckResult.PASSED
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "ruff").findings
    assert finding.message.startswith("the check itself failed: JSONDecodeError: ")
    assert report.exit_code is ExitCode.FINDINGS


def test_a_check_that_was_left_out_is_seen_and_is_no_pass(history: Commits) -> None:
    """Otherwise `--only ruff` would be a way around a failing test."""
    report = run(history, {"dags/revenue.py": "x = 1\n", REVENUE: "select 1"}, CheckName.RUFF)
    assert results(report)["ruff"] is CheckResult.PASSED
    assert {outcome.check for outcome in report.skipped} == set(results(report)) - {"ruff"}
    assert report.exit_code is ExitCode.OK
    assert not report.run.passed
    assert not report.is_whole


def test_a_build_goes_on_from_a_parse(history: Commits) -> None:
    """Asked for alone it brings with it what it rests on."""
    report = run(history, {REVENUE: "select 1"}, CheckName.DBT_BUILD)
    assert {outcome.check for outcome in report.skipped} == {"catalog-lint", "sqlfluff"}
    assert results(report)["dbt-parse"] is CheckResult.PASSED


def test_a_wrong_catalog_is_one_finding_and_not_seven(history: Commits) -> None:
    """What cannot be known without it is not judged, and says so."""
    report = run(history, {"catalog/revenue.yaml": "pipeline: revenue\n", REVENUE: "select 1"})
    assert results(report)["catalog-lint"] is CheckResult.FAILED
    assert results(report)["sqlfluff"] is CheckResult.PASSED
    for name in ("dbt-parse", "dbt-unit-tests", "dbt-build"):
        (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == name).findings
        assert (finding.message, finding.remedy) == (
            "the catalog is wrong",
            "mend what catalog-lint found first",
        )
    assert report.exit_code is ExitCode.FINDINGS


def test_a_project_that_dbt_cannot_read_is_found_and_not_built(history: Commits) -> None:
    """In the file and on the line that dbt names."""
    message = f"Encountered an error:\nCompilation Error in model revenue ({REVENUE[4:]})\n  line 2"
    event = json.dumps({"info": {"name": "MainEncounteredError", "level": "error", "msg": message}})
    good = parses(manifest(model("revenue", relation_name="FINEDGE.MARTS.REVENUE")))

    def breaks_at_head(call: ToolCall) -> ToolResult:
        if (call.folder / REVENUE[4:]).read_text(encoding="utf-8") == "select 1":
            return ToolResult(exit_code=2, output=event, errors="", seconds=1)
        return good(call)

    report = run(history, {REVENUE: "select 1"}, scripts={**GOOD, Tool.DBT: breaks_at_head})
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "dbt-parse").findings
    assert (finding.rule, finding.file, finding.line) == ("dbt-parse-error", REVENUE, 2)
    assert report.run.outcomes[-1].findings[0].message == "dbt cannot read the project"
    assert "snowflake://FINEDGE.MARTS.REVENUE" in report.run.impact


def test_a_file_of_which_dbt_tells_nothing_counts_for_its_whole_pipeline(history: Commits) -> None:
    """The manifest names other files: whatever the pipeline produces may be another."""
    report = run(history, {"dbt/models/marts/risk/nobody_knows.sql": "select 1"})
    assert {"snowflake://FINEDGE.MARTS.MERCHANT_RISK", "consumer risk-api"} <= set(report.run.impact)
    assert "consumer regulator" not in report.run.impact


def test_a_model_that_is_gone_and_still_read_is_found(history: Commits) -> None:
    """dbt warns of nothing: it never selects what is not there."""
    whole = manifest(
        model("revenue", relation_name="FINEDGE.MARTS.REVENUE"),
        model("kept", relation_name="FINEDGE.MARTS.KEPT"),
    )
    less = manifest(model("kept", relation_name="FINEDGE.MARTS.KEPT"))

    def either(call: ToolCall) -> ToolResult:
        return parses(whole if (call.folder / REVENUE[4:]).exists() else less)(call)

    report = run(history, {REVENUE: None}, scripts={**GOOD, Tool.DBT: either})
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "dbt-parse").findings
    assert finding.rule == "dbt-model-gone"
    assert finding.message == (
        "snowflake://FINEDGE.MARTS.REVENUE is built no more: consumer finance-dashboard reads it, "
        "pipeline revenue promises it"
    )


@pytest.mark.parametrize(
    ("was", "becomes", "rule", "message"),
    [
        (
            "incremental",
            "view",
            "dbt-model-kind",
            "is a table and would become a view: neither can take the other's place",
        ),
        (
            "view",
            "table",
            "dbt-model-kind",
            "is a view and would become a table: neither can take the other's place",
        ),
        ("table", "dynamic_table", "dbt-model-unshipped", "is a dynamic_table, which no rollout publishes"),
    ],
)
def test_a_model_that_no_release_could_publish_is_found(
    history: Commits, was: str, becomes: str, rule: str, message: str
) -> None:
    """On the pull request: a deployment would refuse it, and dbt by hand would drop the table."""

    def either(call: ToolCall) -> ToolResult:
        changed = (call.folder / REVENUE[4:]).read_text(encoding="utf-8") == "select 1"
        config = {"materialized": becomes if changed else was}
        return parses(manifest(model("revenue", relation_name="FINEDGE.MARTS.REVENUE", config=config)))(call)

    report = run(history, {REVENUE: "select 1"}, scripts={**GOOD, Tool.DBT: either})
    assert results(report)["dbt-parse"] is CheckResult.FAILED
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "dbt-parse").findings
    assert finding.rule == rule
    assert finding.message.endswith(message)


@pytest.mark.parametrize("becomes", ["table", "snapshot", "ephemeral"])
def test_a_model_that_a_release_can_publish_is_well(history: Commits, becomes: str) -> None:
    """A table that is built otherwise is a table still; a model that is new may be anything of that."""

    def either(call: ToolCall) -> ToolResult:
        changed = (call.folder / REVENUE[4:]).read_text(encoding="utf-8") == "select 1"
        known = model("revenue", config={"materialized": becomes if changed else "incremental"})
        return parses(manifest(known, *([model("later", config={"materialized": "view"})] * changed)))(call)

    report = run(history, {REVENUE: "select 1"}, scripts={**GOOD, Tool.DBT: either})
    assert results(report)["dbt-parse"] is CheckResult.PASSED


def test_a_model_that_is_gone_and_that_nobody_reads_is_said_to_stay(history: Commits) -> None:
    """Its table is in every environment still, and is as old as the last run: no error, and no silence."""

    def either(call: ToolCall) -> ToolResult:
        there = [model("lonely")] if (call.folder / "models/lonely.sql").exists() else []
        return parses(manifest(model("kept"), *there))(call)

    history.change(**{"dbt/models/lonely.sql": "select 1"})
    report = run(history, {"dbt/models/lonely.sql": None}, scripts={**GOOD, Tool.DBT: either})
    assert results(report)["dbt-parse"] is CheckResult.PASSED
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "dbt-parse").findings
    assert (finding.rule, finding.severity.value) == ("dbt-model-gone", "warning")
    assert finding.message.endswith(
        "LONELY is built no more: it stays in each environment with the rows that it has then"
    )


@pytest.mark.parametrize(
    ("project", "message"),
    [
        ({"dbt/dbt_project.yml": None}, "the dbt project is gone: no folder has a dbt_project.yml"),
        ({"old/dbt_project.yml": "name: old\n", REVENUE: "select 1"}, "there are 2 dbt projects: dbt, old"),
    ],
)
def test_without_exactly_one_project_nothing_is_guessed(
    history: Commits, project: dict[str, str | None], message: str
) -> None:
    """The first of two would be half of the truth."""
    report = run(history, project)
    assert results(report)["dbt-parse"] is CheckResult.UNJUDGED
    (finding,) = next(outcome for outcome in report.run.outcomes if outcome.check == "dbt-parse").findings
    assert finding.message == message
    assert report.exit_code is ExitCode.FINDINGS


def test_what_interrupts_the_run_ends_the_tools(history: Commits) -> None:
    """The lanes are threads: nobody but this one hears Ctrl-C."""
    tools = ScriptedTools(GOOD)

    def interrupted(_call: ToolCall) -> ToolResult:
        raise KeyboardInterrupt

    tools._scripts = {**GOOD, Tool.RUFF: interrupted}
    base = history.ids[-1]
    history.change(**{"dags/revenue.py": "x = 1\n"})
    runner = CheckRunner(
        revisions=history, tools=tools, snowflake=NO_SNOWFLAKE, clock=NoonClock(), reporter=SilentReporter()
    )
    with pytest.raises(KeyboardInterrupt):
        runner.run(base)
    assert tools.stopped


@pytest.mark.parametrize("change", [{}, {"docs/notes.md": "words"}])
def test_a_change_of_nothing_that_runs_is_checked_all_the_same(
    history: Commits, change: dict[str, str | None]
) -> None:
    """Evidence without an outcome would prove nothing."""
    report = run(history, change)
    assert results(report) == {"catalog-lint": CheckResult.PASSED}
    assert report.run.impact == ()


def test_a_pipeline_that_changes_hands_needs_its_line_in_codeowners(history: Commits) -> None:
    """Else the old team's approval would still let changes in, and the new one would not be asked."""
    revenue = finedge_files()["catalog/revenue.yaml"].decode()
    moved = revenue.replace("owner: finance-reporting", "owner: payments")
    report = run(history, {"catalog/revenue.yaml": moved})
    (outcome,) = (each for each in report.run.outcomes if each.check == "catalog-lint")
    assert outcome.result is CheckResult.FAILED
    assert [(each.rule, each.file) for each in outcome.findings] == [("code-owners", ".github/CODEOWNERS")]
    assert outcome.findings[0].remedy == "run slipway catalog owners --write and commit the file"


SQL = {f"dbt/models/marts/revenue/more_{name}.sql": "select 1" for name in "abcde"}


def shards_of(
    history: Commits, changes: dict[str, str | None], of: int, scripts: Mapping[Tool, Script] = GOOD
) -> tuple[Report, list[Report]]:
    """Check a change whole, and then in shards, each with tools of its own."""
    whole = run(history, changes, scripts=scripts)
    runners = [
        CheckRunner(
            revisions=history,
            tools=ScriptedTools(scripts),
            snowflake=NO_SNOWFLAKE,
            clock=NoonClock(),
            reporter=SilentReporter(),
        )
        for _ in range(of)
    ]
    base = history.ids[-2]
    parts = [each.run(base, shard=Shard(number=n, of=of)) for n, each in enumerate(runners, start=1)]
    return whole, parts


@pytest.mark.parametrize("of", [2, 3, 20])
def test_shards_together_are_the_whole_check(history: Commits, of: int) -> None:
    """Also more shards than there is work; what could not be judged is one shard's word."""
    changes: dict[str, str | None] = {"dags/revenue.py": "x = 1\n", REVENUE: "select 1", **SQL}
    whole, parts = shards_of(history, changes, of)
    assert len(parts) == of
    shards = [part.shard for part in parts if part.shard is not None]
    joined = fan_in(shards, of)
    assert [(o.check, o.result, o.subjects, o.findings) for o in joined.outcomes] == [
        (o.check, o.result, o.subjects, o.findings) for o in whole.run.outcomes
    ]
    assert (joined.tree, joined.base, joined.impact) == (whole.run.tree, whole.run.base, whole.run.impact)
    linted = [len(o.subjects) for part in parts for o in part.run.outcomes if o.check == "sqlfluff"]
    assert sum(linted) == len(SQL) + 1
    assert of <= len(SQL) or max(linted) == 1
    assert {part.exit_code for part in parts} <= {ExitCode.OK, ExitCode.ENVIRONMENT}


def test_one_shard_of_one_is_the_check(history: Commits) -> None:
    """Its evidence too."""
    whole, (only,) = shards_of(history, {"dags/revenue.py": "x = 1\n"}, 1)
    assert only.shard is None
    assert only.evidence == only.run
    assert results(only) == results(whole)


def test_a_shard_says_which_checks_are_elsewhere(history: Commits) -> None:
    """Not needed is another thing; a shard without work is no failure."""
    _, parts = shards_of(history, {"dags/revenue.py": "x = 1\n"}, 4)
    for part in parts:
        here = {CheckName(name) for name in results(part)}
        assert set(part.elsewhere) == {CheckName.CATALOG_LINT, CheckName.RUFF, CheckName.DAG_IMPORT} - here
    (idle,) = [part for part in parts if not part.run.outcomes]
    assert idle.exit_code is ExitCode.OK


def test_a_tool_that_one_machine_lacks_turns_that_shard_red(history: Commits) -> None:
    """Each shard parses: one that cannot knows nothing of its part, whoever tells what a parse finds."""
    less: dict[Tool, Script] = {tool: script for tool, script in GOOD.items() if tool is not Tool.DBT}
    _, parts = shards_of(history, {REVENUE: "select 1"}, 3, less)
    for part in parts:
        assert results(part)["dbt-parse"] is CheckResult.UNJUDGED
        assert part.exit_code is ExitCode.ENVIRONMENT


def test_what_dbt_would_build_is_divided_by_what_hangs_together(history: Commits) -> None:
    """dbt is asked what it selects; each model is with its tests, and an exposure with one of its parents."""
    project = manifest(
        model("revenue", relation_name="FINEDGE.MARTS.REVENUE", fqn=["finedge", "marts", "revenue"]),
        model("risk", relation_name="FINEDGE.MARTS.RISK", fqn=["finedge", "marts", "risk"]),
        resource(
            "test.finedge.unique_risk", "_risk.yml", "model.finedge.risk", fqn=["finedge", "unique_risk"]
        ),
        resource("exposure.finedge.board", "_b.yml", "model.finedge.revenue", "model.finedge.risk"),
    )
    selected = [
        "exposure.finedge.board",
        "model.finedge.revenue",
        "model.finedge.risk",
        "test.finedge.unique_risk",
    ]

    def dbt(call: ToolCall) -> ToolResult:
        if "ls" not in call.arguments:
            return parses(project)(call)
        lines = [
            {"name": "PrintEvent", "level": "info", "msg": json.dumps({"unique_id": u})} for u in selected
        ]
        lines.append({"name": "PrintEvent", "level": "info", "msg": "a macro says hello"})
        said = "\n".join(json.dumps({"info": line}) for line in lines)
        return ToolResult(exit_code=0, output=said, errors="", seconds=1)

    _, parts = shards_of(history, {REVENUE: "select 1"}, 2, {**GOOD, Tool.DBT: dbt})
    built = [
        {name.partition(" ")[2] for name in part.shard.work if name.startswith("dbt-build ")}
        for part in parts
        if part.shard is not None
    ]
    assert sorted(map(sorted, built)) == [
        ["exposure.finedge.board", "model.finedge.revenue"],
        ["model.finedge.risk", "test.finedge.unique_risk"],
    ]
