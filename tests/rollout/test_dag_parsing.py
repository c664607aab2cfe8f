"""Parsing where there is no Airflow: what Airflow's interpreter says, and what it does not come to say."""

from slipway.attest import digest_of
from slipway.ports.orchestrator import PublishedFile
from slipway.ports.tools import Tool, ToolCall, ToolResult, ToolTimedOut
from slipway.rollout.dag_parsing import DagParsing
from tests.doubles.scripted_tools import ScriptedTools

GENERATION, OTHER = digest_of(b"one"), digest_of(b"other")


def _late(call: ToolCall) -> ToolResult:
    raise ToolTimedOut(f"{call.tool} took longer than the 10 minutes it may and was ended", remedy="look")


def test_a_file_that_takes_too_long_is_a_problem_of_the_file() -> None:
    """Not of Airflow: it would take as long for whoever comes next, and no rerun would end."""
    files = [PublishedFile(path="revenue.py", content=b"while True: pass")]
    parsed = DagParsing(tools=ScriptedTools({Tool.AIRFLOW: _late})).parse(GENERATION, files)
    assert (parsed.dags, parsed.by) == ((), "Airflow 1.0")
    assert parsed.problem == "airflow took longer than the 10 minutes it may and was ended"


def test_what_was_parsed_ahead_is_not_parsed_again() -> None:
    """Airflow takes seconds to start: once for all, and once more for what nobody has announced."""
    asked: list[ToolCall] = []

    def answer(call: ToolCall) -> ToolResult:
        asked.append(call)
        lines = "\n".join(
            f'parsed: {{"dags": ["{at}"], "errors": []}}' for at in range(len(call.arguments) - 1)
        )
        return ToolResult(exit_code=0, output=lines, errors="", seconds=0.0)

    parsing = DagParsing(tools=ScriptedTools({Tool.AIRFLOW: answer}))
    files = [PublishedFile(path="revenue.py", content=b"")]
    parsing.parse_ahead({GENERATION: files, OTHER: files})
    parsing.parse_ahead({GENERATION: files})
    assert [parsing.parse(each, files).dags for each in (GENERATION, OTHER)] == [("0",), ("1",)]
    assert len(asked) == 1
    assert parsing.parse(digest_of(b"new"), files).dags == ("0",)
    assert len(asked) == 2


def test_what_takes_too_long_together_is_parsed_one_by_one() -> None:
    """Else a generation would be at fault for another one."""

    def answer(call: ToolCall) -> ToolResult:
        if len(call.arguments) > 2:
            return _late(call)
        return ToolResult(exit_code=0, output='parsed: {"dags": ["a"], "errors": []}', errors="", seconds=0.0)

    parsing = DagParsing(tools=ScriptedTools({Tool.AIRFLOW: answer}))
    files = [PublishedFile(path="revenue.py", content=b"")]
    parsing.parse_ahead({GENERATION: files, OTHER: files})
    assert parsing.parse(GENERATION, files).problem == ""
