"""External tools, each run in an environment of its own that is locked: ruff, sqlfluff, Airflow, dbt, ..."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum, unique
from pathlib import Path
from typing import Protocol

from slipway.model.errors import DependencyError


@unique
class Tool(StrEnum):
    """A tool, named as its command is."""

    RUFF = "ruff"
    SQLFLUFF = "sqlfluff"
    AIRFLOW = "airflow"
    DBT = "dbt"


class ToolMissing(DependencyError):  # noqa: N818 - it says what is the case
    """The tool's environment is not installed."""


class ToolTimedOut(DependencyError):  # noqa: N818 - same
    """It took longer than it may; its whole process group was ended."""


class ToolStopped(DependencyError):  # noqa: N818 - same
    """The run that wanted it was stopped, by a person or because another part of it failed."""


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One run of a tool.

    Attributes:
        tool: which.
        arguments: after the command's name.
        folder: where it runs.
        environment: variables beyond PATH, HOME and locale; no others of this process are passed on.
        limit: after this long its process group is ended.
        python: run a module or script with the tool's interpreter instead of its command: `("-m", "x")`.
    """

    tool: Tool
    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    limit: timedelta = timedelta(minutes=10)
    python: bool = False


@dataclass(frozen=True, kw_only=True)
class ToolResult:
    """How it ended.

    Attributes:
        exit_code: the tool's own.
        output: its stdout.
        errors: its stderr.
        seconds: how long it took.
    """

    exit_code: int
    output: str
    errors: str
    seconds: float


class ToolRunner(Protocol):
    """Runs tools; threads may share it."""

    def version(self, tool: Tool) -> str:
        """The version of a tool as its lockfile installed it."""
        ...

    def run(self, call: ToolCall, *, on_line: Callable[[str], None] | None = None) -> ToolResult:
        """Run a tool until it and all that it started has ended; the exit code is the caller's to judge.

        Args:
            call: what to run.
            on_line: told each line of stdout as it comes, for progress.

        Raises:
            ToolMissing: its environment is not there.
            ToolTimedOut: it took too long.
            ToolStopped: `stop` was called, by another thread.
        """
        ...

    def stop(self) -> None:
        """End every tool that runs, and start none any more: what a command does when it is interrupted."""
        ...
