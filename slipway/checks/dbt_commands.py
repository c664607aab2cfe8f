"""Runs dbt on an exported project and reads what it says: structured log lines, and its run_results.json.

Variables of the profile come from here and nowhere else: no database of the person's own environment can be
the target of unreviewed code.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slipway.checks.context import Tell
from slipway.ports.tools import Tool, ToolCall, ToolRunner

NOWHERE: Final = {
    "SNOWFLAKE_ACCOUNT": "none",
    "SNOWFLAKE_USER": "NONE",
    "SNOWFLAKE_ROLE": "NONE",
    "SNOWFLAKE_WAREHOUSE": "NONE",
}
"""A connection that is enough to parse: a profile must be rendered, nothing is connected to."""


@dataclass(frozen=True, kw_only=True)
class DbtEvent:
    """A line of dbt's log.

    Attributes:
        name: what happened, such as `MainEncounteredError`.
        level: `error`, `warn`, `info`.
        message: for people.
    """

    name: str
    level: str
    message: str


@dataclass(frozen=True, kw_only=True)
class NodeResult:
    """How one node of a build ended.

    Attributes:
        unique_id: dbt's id.
        status: `success`, `error`, `fail`, `pass`, `warn`, `skipped`, `no-op`.
        message: why, empty when all is well.
    """

    unique_id: str
    status: str
    message: str


@dataclass(frozen=True, kw_only=True)
class DbtRun:
    """What a command did.

    Attributes:
        exit_code: 0 done, 1 a node failed, 2 dbt itself could not go on.
        events: its log.
        results: of its nodes; none when it did not get there.
    """

    exit_code: int
    events: tuple[DbtEvent, ...]
    results: tuple[NodeResult, ...]

    @property
    def fatal(self) -> str:
        """Why dbt could not go on, in its words; empty when it could."""
        errors = [event for event in self.events if event.name == "MainEncounteredError"]
        if errors:
            return errors[-1].message.removeprefix("Encountered an error:").strip()
        return f"dbt ended with exit code {self.exit_code}" if self.exit_code not in {0, 1} else ""


@dataclass(frozen=True, kw_only=True)
class Dbt:
    """dbt on one project.

    Attributes:
        tools: runs it.
        project: the project's folder.
        target: where it keeps manifest, results and its cache of the parse.
        home: its HOME.
        database: the target database.
        connection: variables of the profile. The same for a parse, which connects to nothing, as for a
            build: dbt keeps its cache of a parse for one profile.
    """

    tools: ToolRunner
    project: Path
    target: Path
    home: Path
    database: str
    connection: Mapping[str, str]

    @property
    def manifest(self) -> Path:
        """What the last command understood of the project."""
        return self.target / "manifest.json"

    def parse(self, tell: Tell) -> DbtRun:
        """Parse the project; no connection is made."""
        return self._run(("parse",), tell)

    def listed(self, words: Sequence[str], tell: Tell) -> DbtRun:
        """Tell what words select: an event each, with its id; no connection is made."""
        return self._run(("ls", "--output", "json", "--output-keys", "unique_id", *words), tell)

    def build(self, words: Sequence[str], tell: Tell) -> DbtRun:
        """Build and test on the target database."""
        return self._run(("build", *words), tell)

    def _run(self, words: Sequence[str], tell: Tell) -> DbtRun:
        results = self.target / "run_results.json"
        results.unlink(missing_ok=True)
        lines: list[dict[str, Any]] = []

        def hear(line: str) -> None:
            event = _event(line)
            if event is not None:
                lines.append(event)
                if _STARTED.match(str(event["msg"])):
                    tell(" ".join(str(event["msg"]).split())[:80])

        ended = self.tools.run(
            ToolCall(
                tool=Tool.DBT,
                arguments=[*_OPTIONS, *words, *self._places()],
                folder=self.project,
                environment=self._environment(),
            ),
            on_line=hear,
        )
        return DbtRun(
            exit_code=ended.exit_code,
            events=tuple(_told(line) for line in lines),
            results=tuple(_results(results)),
        )

    def _places(self) -> tuple[str, ...]:
        here, there = str(self.project), str(self.target)
        return ("--project-dir", here, "--profiles-dir", here, "--target-path", there, "--log-path", there)

    def _environment(self) -> dict[str, str]:
        return {
            **self.connection,
            "HOME": str(self.home),
            "SLIPWAY_ENVIRONMENT": "ci",
            "SNOWFLAKE_DATABASE": self.database,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }


_STARTED: Final = re.compile(r"\d+ of \d+ START ")
_OPTIONS: Final = ("--no-version-check", "--no-use-colors", "--log-format", "json", "--log-level", "info")


def _event(line: str) -> dict[str, Any] | None:
    """Read a log line; what a macro prints is none."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event["info"] if isinstance(event, dict) and "info" in event else None


def _told(event: Mapping[str, Any]) -> DbtEvent:
    return DbtEvent(name=str(event["name"]), level=str(event["level"]), message=str(event["msg"]))


def _results(file: Path) -> Iterator[NodeResult]:
    if file.is_file():
        for each in json.loads(file.read_text(encoding="utf-8"))["results"]:
            yield NodeResult(
                unique_id=each["unique_id"], status=each["status"], message=str(each["message"] or "")
            )
