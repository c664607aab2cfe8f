"""ruff and sqlfluff: which files they are given, with which settings, and what becomes of what they say."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway.checks import ruff, sqlfluff
from slipway.checks.context import CheckContext
from slipway.model.evidence import CheckOutcome, CheckResult
from slipway.ports.tools import Tool
from tests.checks.conftest import Contexts
from tests.doubles.scripted_tools import ScriptedTools, says

REVENUE = "dbt/models/marts/revenue/revenue.sql"


def ruff_on(context: CheckContext) -> CheckOutcome:
    """Lint all Python that the change asks for."""
    return ruff.check(context, ruff.python_files(context), print)


def sqlfluff_on(context: CheckContext) -> CheckOutcome:
    """Lint all SQL that the change asks for."""
    return sqlfluff.check(context, sqlfluff.sql_files(context), print)


def test_ruff_is_given_what_was_written_and_our_settings(context_of: Contexts) -> None:
    """Where a workspace has settings for ruff, they hold."""
    tools = ScriptedTools({Tool.RUFF: says("[]")})
    outcome = ruff_on(context_of({"dags/revenue.py": "x = 1\n", "dags/risk.py": None}, tools))
    words = tools.words(Tool.RUFF)
    assert (outcome.result, outcome.subjects) == (CheckResult.PASSED, ("dags/revenue.py",))
    assert words[words.index("--") + 1 :] == ["dags/revenue.py"]
    assert Path(words[words.index("--config") + 1]).is_file()


@pytest.mark.parametrize(
    ("name", "text", "ours"),
    [
        ("ruff.toml", "line-length = 100", False),
        (".ruff.toml", "line-length = 100", False),
        ("pyproject.toml", "[tool.ruff]\nline-length = 100", False),
        ("pyproject.toml", "[tool.black]\nline-length = 100", True),
    ],
)
def test_a_workspace_with_settings_is_judged_by_them_as_a_whole(
    context_of: Contexts,
    name: str,
    text: str,
    ours: bool,  # noqa: FBT001 - the third column of the table
) -> None:
    """And settings that change are a change of every file."""
    tools = ScriptedTools({Tool.RUFF: says("[]")})
    outcome = ruff_on(context_of({name: text}, tools))
    assert ("--config" in tools.words(Tool.RUFF)) is ours
    assert {"dags/revenue.py", "spark/settlement_enrichment/main.py"} <= set(outcome.subjects)


def test_what_ruff_finds_has_place_rule_and_remedy(context_of: Contexts, tmp_path: Path) -> None:
    """A syntax error has no rule of its own."""
    said: list[dict[str, Any]] = [
        {
            "code": "F401",
            "filename": str(tmp_path / "head/dags/revenue.py"),
            "message": "`os` imported but unused",
            "location": {"row": 3, "column": 1},
            "fix": {"message": "Remove unused import: `os`"},
            "url": "https://docs.astral.sh/ruff/rules/unused-import",
        },
        {
            "code": None,
            "filename": str(tmp_path / "head/dags/revenue.py"),
            "message": "SyntaxError: '(' was never closed",
            "location": {"row": 9, "column": 1},
            "fix": None,
            "url": None,
        },
    ]
    tools = ScriptedTools({Tool.RUFF: says(json.dumps(said), code=1)})
    outcome = ruff_on(context_of({"dags/revenue.py": "x"}, tools))
    assert outcome.result is CheckResult.FAILED
    assert [(f.rule, f.file, f.line, f.remedy) for f in outcome.findings] == [
        ("F401", "dags/revenue.py", 3, "Remove unused import: `os`"),
        ("invalid-syntax", "dags/revenue.py", 9, "correct the syntax there"),
    ]


def test_a_linter_that_cannot_start_is_no_pass(context_of: Contexts) -> None:
    """Settings that it does not understand: no output is not no findings."""
    tools = ScriptedTools(
        {Tool.RUFF: says(errors="unknown field `lin`", code=2), Tool.SQLFLUFF: says(errors="bad", code=2)}
    )
    context = context_of({"dags/revenue.py": "x", REVENUE: "select 1"}, tools)
    assert ruff_on(context).findings[0].message == "ruff failed: unknown field `lin`"
    outcome = sqlfluff_on(context)
    assert (outcome.result, outcome.findings[0].message) == (CheckResult.UNJUDGED, "sqlfluff failed: bad")


def test_sqlfluff_is_given_models_tests_and_snapshots_and_no_macros(context_of: Contexts) -> None:
    """A macro is a template: it is judged where it is used."""
    tools = ScriptedTools({Tool.SQLFLUFF: says("[]")})
    changes: dict[str, str | None] = {REVENUE: "x", "dbt/macros/money.sql": "x", "dbt/tests/t.sql": "x"}
    outcome = sqlfluff_on(context_of(changes, tools))
    assert outcome.subjects == (REVENUE, "dbt/tests/t.sql")
    call = tools.calls[0]
    assert call.environment["SLIPWAY_DBT_PROJECT"].endswith("head/dbt/dbt_project.yml")
    assert "--dialect" not in call.arguments


def test_a_workspace_without_settings_is_snowflake_sql(context_of: Contexts) -> None:
    """The platform's own default; and the SQL of the project is all judged anew."""
    tools = ScriptedTools({Tool.SQLFLUFF: says("[]")})
    outcome = sqlfluff_on(context_of({".sqlfluff": None}, tools))
    words = tools.words(Tool.SQLFLUFF)
    assert words[words.index("--dialect") + 1] == "snowflake"
    assert len(outcome.subjects) > 20


def test_what_sqlfluff_finds_has_place_rule_and_remedy(context_of: Contexts) -> None:
    """An unparsable statement has no rule that could be fixed."""
    violations = [
        {"start_line_no": 8, "code": "CP01", "description": "Keywords\n must be lower.", "name": "caps"},
        {"start_line_no": 9, "code": "PRS", "description": "Found unparsable section", "name": ""},
    ]
    said = json.dumps([{"filepath": REVENUE, "violations": violations}])
    tools = ScriptedTools({Tool.SQLFLUFF: says(said, code=1)})
    outcome = sqlfluff_on(context_of({REVENUE: "x"}, tools))
    assert [(f.rule, f.line, f.message) for f in outcome.findings] == [
        ("CP01 caps", 8, "Keywords must be lower."),
        ("PRS unparsable", 9, "Found unparsable section"),
    ]
    assert outcome.findings[0].remedy.startswith(f"run `sqlfluff fix --rules CP01 {REVENUE}`")
    assert outcome.findings[1].remedy == "correct the SQL there"
