"""A change of one DAG for the tests of `slipway check`, and what its tools answer."""

import json
from pathlib import Path

import pytest

from slipway.cli import check_wiring
from slipway.cli.snowflake_settings import KEY_FILE
from slipway.ports.tools import Tool, ToolCall, ToolResult
from tests.doubles.git_repository import GitRepository
from tests.doubles.scripted_tools import Script, ScriptedTools, says
from tests.doubles.workspace_folder import WorkspaceFolder

DAG = "dags/revenue.py"


def finds(path: str) -> Script:
    """A ruff that finds one thing in a file."""

    def lint(call: ToolCall) -> ToolResult:
        found = {
            "code": "F401",
            "filename": str(call.folder / path),
            "message": "`os` is unused",
            "location": {"row": 3, "column": 1},
            "fix": None,
            "url": "https://docs.astral.sh/ruff/rules/unused-import",
        }
        return ToolResult(exit_code=1, output=json.dumps([found]), errors="", seconds=0.1)

    return lint


def imports(call: ToolCall) -> ToolResult:
    """An Airflow that likes every DAG."""
    Path(call.arguments[3]).write_text('{"files": [], "outside": []}', encoding="utf-8")
    return ToolResult(exit_code=0, output="", errors="", seconds=1)


@pytest.fixture(autouse=True)
def repository(folder: WorkspaceFolder, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """The small workspace in a repository, with a changed DAG on a branch; no connection is configured."""
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", *KEY_FILE):
        monkeypatch.delenv(name, raising=False)
    made = GitRepository(folder.root, folder.root)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit("main")
    made.git("switch", "--quiet", "--create", "change")
    made.write(DAG, "# changed\n")
    made.commit("change")
    return made


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> dict[Tool, Script]:
    """What the tools answer; a test puts another answer in."""
    scripts: dict[Tool, Script] = {Tool.RUFF: says("[]"), Tool.AIRFLOW: imports}
    monkeypatch.setattr(check_wiring, "build_tools", lambda: ScriptedTools(scripts))
    return scripts
