"""The ToolRunner port without processes: what each tool answers is written down in the test."""

from collections.abc import Callable, Mapping

from slipway.ports.tools import Tool, ToolCall, ToolMissing, ToolResult, ToolRunner

Script = Callable[[ToolCall], ToolResult]


def says(output: str = "", *, errors: str = "", code: int = 0) -> Script:
    """A tool that always says the same."""
    return lambda _call: ToolResult(exit_code=code, output=output, errors=errors, seconds=0.1)


class ScriptedTools(ToolRunner):
    """Tools that are scripts.

    Attributes:
        calls: every run, in order.
        stopped: whether `stop` was called.
    """

    def __init__(self, scripts: Mapping[Tool, Script]) -> None:
        self._scripts = scripts
        self.calls: list[ToolCall] = []
        self.stopped = False

    def version(self, tool: Tool) -> str:  # noqa: ARG002 - the port's signature
        """One version for all."""
        return "1.0"

    def run(self, call: ToolCall, *, on_line: Callable[[str], None] | None = None) -> ToolResult:
        """Run the script, and tell its lines."""
        self.calls.append(call)
        if call.tool not in self._scripts:
            raise ToolMissing(f"{call.tool} is not installed", remedy="run `make setup`")
        result = self._scripts[call.tool](call)
        for line in result.output.splitlines():
            if on_line is not None:
                on_line(line)
        return result

    def stop(self) -> None:
        """Remember it."""
        self.stopped = True

    def words(self, tool: Tool) -> list[str]:
        """What a tool was told last."""
        return list(next(call for call in reversed(self.calls) if call.tool is tool).arguments)
