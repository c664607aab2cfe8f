"""What Airflow saw is judged: by the changed files, with file and line."""

from pathlib import Path
from typing import Any

import pytest

from slipway.checks.dag_import import Report, check, findings, scope_of
from slipway.model.evidence import CheckResult
from slipway.ports.tools import Tool, ToolCall, ToolResult
from tests.checks.conftest import Contexts
from tests.doubles.scripted_tools import ScriptedTools, says

HEAD = Path("/head")
GOOD_TASK = {"id": "build", "owner": "settlements", "retries": 3}
GOOD_DAG = {"id": "revenue", "line": 18, "tags": ["pipeline:revenue"], "tasks": [GOOD_TASK]}


def seen(name: str, *dags: dict[str, Any], errors: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the probe writes of one file."""
    return {"file": f"/head/dags/{name}.py", "seconds": 0.1, "errors": errors, "dags": dags}


def report(*files: dict[str, Any], outside: tuple[tuple[str, int, str], ...] = ()) -> Report:
    """What the probe writes."""
    return Report.model_validate({"files": files, "outside": outside})


def judged(
    *files: dict[str, Any], outside: tuple[tuple[str, int, str], ...] = ()
) -> list[tuple[str, str, int]]:
    """Rule, file and line of what is found when revenue's DAG was changed."""
    found = findings(report(*files, outside=outside), HEAD, frozenset({"dags/revenue.py"}))
    return [(each.rule, each.file, each.line) for each in found]


def test_a_dag_that_keeps_the_rules_has_no_finding() -> None:
    """The example's own."""
    assert judged(seen("revenue", GOOD_DAG)) == []


@pytest.mark.parametrize(
    ("dag", "rule"),
    [
        ({"tags": []}, "dag-without-tags"),
        ({"tasks": [GOOD_TASK | {"owner": "airflow"}]}, "dag-without-owner"),
        ({"tasks": [GOOD_TASK | {"owner": ""}]}, "dag-without-owner"),
        ({"tasks": [GOOD_TASK | {"retries": 0}]}, "dag-without-retries"),
    ],
)
def test_a_broken_rule_is_found_where_the_dag_is_made(dag: dict[str, Any], rule: str) -> None:
    """One field of a good DAG is another."""
    assert judged(seen("revenue", GOOD_DAG | dag)) == [(rule, "dags/revenue.py", 18)]


def test_an_import_error_is_where_python_says_it_is() -> None:
    """The innermost line of the workspace: what Airflow and importlib do around it helps nobody."""
    error = (
        'Traceback (most recent call last):\n  File "/venv/airflow/models/dagbag.py", line 383, in parse\n'
        '  File "/head/dags/revenue.py", line 7, in <module>\n    import finedge.broken\n'
        "  File \"/head/dags/finedge/broken.py\", line 3\n    dag = (\nSyntaxError: '(' was never closed\n"
    )
    found = findings(report(seen("revenue", errors=(error,))), HEAD, frozenset({"dags/revenue.py"}))
    assert [(each.file, each.line) for each in found] == [("dags/finedge/broken.py", 3)]
    assert found[0].message == "Airflow cannot import it: SyntaxError: '(' was never closed"


def test_what_was_broken_before_is_no_finding_of_this_change() -> None:
    """Nobody could merge anything while a colleague's file is broken."""
    error = 'File "/head/dags/risk.py", line 1\nSyntaxError: invalid syntax'
    assert judged(seen("revenue", GOOD_DAG), seen("risk", GOOD_DAG | {"tags": []}, errors=(error,))) == [
        ("dag-duplicate-id", "dags/revenue.py", 18)
    ]


def test_a_dag_id_that_another_file_has_is_found_in_the_changed_file() -> None:
    """Airflow says nothing, and runs one of the two."""
    found = findings(
        report(seen("revenue", GOOD_DAG), seen("risk", GOOD_DAG)), HEAD, frozenset({"dags/revenue.py"})
    )
    assert [each.rule for each in found] == ["dag-duplicate-id"]
    assert "made in dags/risk.py too" in found[0].message


def test_what_a_file_does_while_it_is_imported_is_found_at_its_line() -> None:
    """And what Airflow's own code does is not."""
    outside = (
        ("/head/dags/revenue.py", 6, "connects to a server"),
        ("/head/dags/risk.py", 1, "starts a process"),
    )
    assert judged(seen("revenue", GOOD_DAG), outside=outside) == [("dag-top-level-io", "dags/revenue.py", 6)]


def test_shared_code_makes_every_dag_worth_importing(context_of: Contexts) -> None:
    """A changed pipeline's own file is judged alone."""
    alone = scope_of(context_of({"dags/revenue.py": "changed"}))
    assert alone is not None
    assert alone.files == {"dags/revenue.py"}
    shared = scope_of(context_of({"dags/finedge/dbt.py": "changed"}))
    assert shared is not None
    assert {"dags/risk.py", "dags/finedge/dbt.py"} < shared.files
    assert scope_of(context_of({"dbt/macros/money.sql": "changed"})) is None


def test_a_dag_that_ends_the_interpreter_is_no_pass(context_of: Contexts) -> None:
    """`sys.exit()` at the top of a file, or a crash in a C library."""
    tools = ScriptedTools({Tool.AIRFLOW: says(errors="Fatal Python error", code=139)})
    outcome = check(context_of({"dags/revenue.py": "changed"}, tools), print)
    assert outcome.result is CheckResult.UNJUDGED
    assert "exit code 139 while it imported the DAGs: Fatal Python error" in outcome.findings[0].message


def test_the_probe_gets_a_home_of_its_own_and_the_folder(context_of: Contexts) -> None:
    """Nobody's ~/airflow/airflow.cfg decides what is found."""

    def probe(call: ToolCall) -> ToolResult:
        Path(call.arguments[3]).write_text(report().model_dump_json(), encoding="utf-8")
        return ToolResult(exit_code=0, output="revenue.py\n", errors="", seconds=1)

    tools = ScriptedTools({Tool.AIRFLOW: probe})
    context = context_of({"dags/revenue.py": "changed"}, tools)
    outcome = check(context, print)
    call = tools.calls[0]
    assert (outcome.result, outcome.subjects, outcome.tool) == (
        CheckResult.PASSED,
        ("dags/revenue.py",),
        "airflow 1.0",
    )
    assert call.python
    assert call.arguments[2] == str(context.head / "dags")
    assert call.environment["AIRFLOW_HOME"].startswith(str(context.scratch))
