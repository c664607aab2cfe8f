"""Parsing where there is no Airflow: what Airflow's interpreter says, and what it does not come to say."""

from slipway.ports.orchestrator import PublishedFile
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolTimedOut
from slipway.rollout.dag_parsing import DagParsing
from tests.doubles.scripted_tools import ScriptedTools


def _late(call: ToolCall) -> ToolResult:
    raise ToolTimedOut(f"{call.tool} took longer than the 10 minutes it may and was ended", remedy="look")


def test_a_file_that_takes_too_long_is_a_problem_of_the_file() -> None:
    """Not of Airflow: it would take as long for whoever comes next, and no rerun would end."""
    files = [PublishedFile(path="revenue.py", content=b"while True: pass")]
    parsed = DagParsing(tools=ScriptedTools({Tool.AIRFLOW: _late})).parse(files)
    assert (parsed.dags, parsed.by) == ((), "Airflow 1.0")
    assert parsed.problem == "airflow took longer than the 10 minutes it may and was ended"
