"""What a dbt build found, as findings with file and line. Pure: results and texts in, findings out.

A finding may be kept for years as evidence: what a database error quotes from rows is struck out.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from slipway.checks.dbt_commands import NodeResult
from slipway.checks.outcomes import problem
from slipway.checks.properties import line_of
from slipway.lineage.extract.dbt import DbtProject, Resource
from slipway.model.evidence import Finding, Severity

_BAD: Final = frozenset({"error", "fail", "runtime error"})
_MISMATCH: Final = re.compile(
    r"^\s*\|\s*(\w+)\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|\s*([^|]+?)\s*\|\s*$", re.MULTILINE
)
_SQL_LINE: Final = re.compile(r"error line (\d+) at position")
_UNKNOWN_NAME: Final = re.compile(r"invalid identifier '([^']+)'")
_DATA_ERROR: Final = re.compile(r"\b1\d{5} \(\w+\)")
"""Snowflake numbers errors that depend on data from 100000."""
_QUOTED: Final = re.compile(r"'[^']*'")
_UNREAD: Final = re.compile(
    r"Not able to get columns for unit test '([^']+)' from relation [^.\s]+\.(\S+) because"
)
_LONGEST: Final = 1200

ReadText = Callable[[str], str]
"""Reads a file of the project, or a statement that dbt ran; empty when there is none."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Turns results into findings.

    Attributes:
        project: what dbt understood.
        folder: the project's folder, relative to the workspace, with a slash at its end; empty for its root.
        source: reads a file of the project.
        statement: reads the statement that dbt ran for a file of the project.
        because: tells how a change gets to a node; empty for what was changed itself.
    """

    project: DbtProject
    folder: str
    source: ReadText
    statement: ReadText
    because: Callable[[Resource], str]

    def of(self, results: Iterable[NodeResult]) -> list[Finding]:
        """Read results; those that are well give none."""
        return [found for result in results for found in self._of(result)]

    def skipped(self, results: Iterable[NodeResult]) -> list[str]:
        """Names of what was left out because something before it failed."""
        return sorted(
            self.project.resources[result.unique_id].name
            for result in results
            if result.status == "skipped" and result.unique_id in self.project.resources
        )

    def _of(self, result: NodeResult) -> Iterator[Finding]:
        resource = self.project.resources.get(result.unique_id)
        if resource is None or result.status not in {*_BAD, "warn"}:
            return
        severity = Severity.WARNING if result.status == "warn" else Severity.ERROR
        if "enforced contract" in result.message:
            yield from self._contract(resource, result.message)
        elif resource.resource_type == "unit_test":
            yield self._unit_test(resource, result.message)
        elif resource.resource_type == "test":
            yield self._data_test(resource, result.message, severity)
        else:
            yield self._failure(resource, result.message)

    def _contract(self, resource: Resource, message: str) -> Iterator[Finding]:
        """One finding a column where the contract says otherwise; the model's own line where none is told."""
        path = _described_in(resource) or resource.original_file_path
        text = self.source(path)
        rows = [row for row in _MISMATCH.findall(message) if row[0] != "column_name"]
        for column, defined, promised, reason in rows:
            yield problem(
                "dbt-contract",
                self.folder + path,
                f"{resource.name}.{column.lower()}: the query gives {defined or 'nothing'}, "
                f"the contract says {promised or 'nothing'} ({reason}){self.because(resource)}",
                line=line_of(text, resource.name, column, field="data_type"),
                remedy="cast the column to what is promised; promise something else in a new model version",
            )
        if not rows:
            yield self._failure(resource, message)

    def _unit_test(self, resource: Resource, message: str) -> Finding:
        path = resource.original_file_path
        if (lacking := _UNREAD.search(message)) is not None:
            return self._without_columns(resource, lacking[1], lacking[2])
        return problem(
            "dbt-unit-test",
            self.folder + path,
            f"{resource.name}: {_tidy(message)}{self.because(resource)}",
            line=line_of(self.source(path), resource.name),
            remedy="correct the model, or the test's expectation when the rule has changed",
        )

    def _without_columns(self, resource: Resource, parent: str, relation: str) -> Finding:
        """Neither the model nor the test is wrong: what it reads is nowhere yet."""
        path = resource.original_file_path
        return problem(
            "dbt-unit-test",
            self.folder + path,
            f"{resource.name} needs the columns of {parent}, and neither the database of this check nor the "
            f"environment that it reads from has {relation.upper()}{self.because(resource)}",
            line=line_of(self.source(path), resource.name),
            remedy=f"release what makes {parent} there first (or dbt run --select {parent} there)",
        )

    def _data_test(self, resource: Resource, message: str, severity: Severity) -> Finding:
        path = resource.original_file_path
        line = 0
        about = self.project.resources.get(resource.attached_node or "")
        if about is not None:
            line = line_of(self.source(path), about.name, *filter(None, (resource.column_name,)))
        return problem(
            "dbt-data-test",
            self.folder + path,
            f"{resource.name}: {_tidy(message)}{self.because(resource)}",
            line=line,
            severity=severity,
            remedy="look at the rows that the test selects: build the model in your own schema and test it",
        )

    def _failure(self, resource: Resource, message: str) -> Finding:
        path = resource.original_file_path
        return problem(
            "dbt-model",
            self.folder + path,
            f"{resource.name}: {_tidy(message)}{self.because(resource)}",
            line=self._source_line(path, message),
            remedy="correct the model, or what it rests on",
        )

    def _source_line(self, path: str, message: str) -> int:
        """Find the line of the file from that of the statement: the one line with the same text."""
        found = _SQL_LINE.search(message)
        if found is None:
            return _told_line(message) or _line_with(self.source(path), message)
        statement = self.statement(path).splitlines()
        number = int(found[1])
        if not 0 < number <= len(statement):
            return 0
        text = statement[number - 1].strip()
        same = [n for n, line in enumerate(self.source(path).splitlines(), start=1) if line.strip() == text]
        return same[0] if len(same) == 1 and text else 0


def _described_in(resource: Resource) -> str:
    return (resource.patch_path or "").partition("://")[2]


def _told_line(message: str) -> int:
    found = re.search(r"^\s*line (\d+)\s*$", message, re.MULTILINE)
    return int(found[1]) if found else 0


def _line_with(text: str, message: str) -> int:
    """The one line that has the name which the warehouse does not know; 0 when several have it."""
    named = _UNKNOWN_NAME.search(message)
    if named is None:
        return 0
    word = re.compile(rf"\b{re.escape(named[1].rsplit('.', 1)[-1])}\b", re.IGNORECASE)
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if word.search(line)]
    return lines[0] if len(lines) == 1 else 0


def _tidy(message: str) -> str:
    """Keep what matters of a message: no row's value, no path of ours, no more than a person reads."""
    lines = [line.strip() for line in message.strip().splitlines()]
    kept = [line for line in lines if line and not line.startswith("compiled code at")]
    text = "; ".join(kept[1:] if len(kept) > 1 and kept[0].endswith(")") else kept)
    if _DATA_ERROR.search(text):
        text = _QUOTED.sub("'...'", text)
    return text[:_LONGEST]
