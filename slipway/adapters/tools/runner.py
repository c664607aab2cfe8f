"""Runs tools: which program, in which environment, with which variables; `group` does the waiting."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Final

from slipway.adapters.tools.group import ProcessGroup
from slipway.adapters.tools.table import TABLE
from slipway.ports.tools import Tool, ToolCall, ToolMissing, ToolResult, ToolRunner, ToolStopped

_SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin"


class ProcessTools(ToolRunner):
    """The tools of a checkout. Threads may share it: each run has a process group of its own."""

    def __init__(self, checkout: Path) -> None:
        self._checkout = checkout
        self._lock = Lock()
        self._running: set[ProcessGroup] = set()
        self._stopped = False

    def version(self, tool: Tool) -> str:
        """The version of a tool as its lockfile installed it."""
        return TABLE[tool].version(self._checkout)

    def run(self, call: ToolCall, *, on_line: Callable[[str], None] | None = None) -> ToolResult:
        """Run a tool until it ends."""
        group = self._start(call)
        try:
            return group.wait(call.limit, on_line or _ignore)
        finally:
            with self._lock:
                self._running.discard(group)

    def stop(self) -> None:
        """End every tool that runs, and start none any more."""
        with self._lock:
            self._stopped = True
            for group in self._running:
                group.stop()

    def _start(self, call: ToolCall) -> ProcessGroup:
        installation = TABLE[call.tool]
        locate = installation.interpreter if call.python else installation.program
        program = locate(self._checkout)
        if not os.access(program, os.X_OK):
            raise installation.missing(self._checkout)
        with self._lock:
            if self._stopped:
                raise ToolStopped(f"{call.tool} was not started: the run was stopped", remedy="run it again")
            group = self._launched(call, program)
            self._running.add(group)
        return group

    def _launched(self, call: ToolCall, program: Path) -> ProcessGroup:
        try:
            return ProcessGroup(
                call.tool,
                [str(program), *call.arguments],
                folder=call.folder,
                environment=_environment(program, call.environment),
            )
        except OSError as error:
            raise ToolMissing(
                f"{program} cannot be run in {call.folder}: {error.strerror}",
                remedy="check the folder, and run `make setup` to install the tool again",
            ) from error


def _environment(program: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """A run's result may not depend on what else the person has in the environment."""
    base = {
        "PATH": f"{program.parent}:{_SYSTEM_PATH}",
        "HOME": os.environ.get("HOME", "/"),
        "LC_ALL": "C.UTF-8",
    }
    return base | dict(extra)


def _ignore(_line: str) -> None:
    """Nobody listens."""
