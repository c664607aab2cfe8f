"""What a run of checks found, written for people, programs and pull requests."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, assert_never

from slipway.checks.names import PURPOSES, CheckName
from slipway.checks.report import Report
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.lineage.graph import NodeKind, Origin
from slipway.model.evidence import CheckOutcome, CheckResult, Finding

_WORDS: Final = {
    CheckResult.PASSED: "passed",
    CheckResult.FAILED: "FAILED",
    CheckResult.UNJUDGED: "NOT JUDGED",
}
_KINDS: Final = (NodeKind.PIPELINE, NodeKind.PART, NodeKind.DATASET, NodeKind.CONSUMER)


def render_report(root: Path, report: Report, style: Format) -> str:
    """Write a report.

    Args:
        root: the workspace's folder: paths are written as seen from here.
        report: what was found.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_text(root, report))
        case Format.JSON:
            return json.dumps(_plain(report), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(report))
        case _:
            assert_never(style)


def _text(root: Path, report: Report) -> Iterator[str]:
    for outcome in report.run.outcomes:
        for finding in outcome.findings:
            rule = f"[{outcome.check} {finding.rule}]"
            yield f"{_where(root, finding)}{finding.severity}: {finding.message} {rule}"
            yield f"  remedy: {finding.remedy}"
    if any(outcome.findings for outcome in report.run.outcomes):
        yield ""
    for outcome in report.run.outcomes:
        seconds = f"{outcome.seconds:7.1f} s" if outcome.tool else ""
        yield f"{_WORDS[outcome.result]:<11}{outcome.check:<16}{outcome.tool:<20}{seconds}".rstrip()
    for name in report.not_needed:
        yield f"{'not needed':<11}{name:<16}nothing of it was changed"
    yield ""
    yield _reach(report)


def _where(root: Path, finding: Finding) -> str:
    """A place that a terminal or an editor opens."""
    if not finding.file:
        return ""
    return f"{os.path.relpath(root / finding.file)}:{finding.line or 1}: "


def _reach(report: Report) -> str:
    """What the change can touch, counted."""
    counts = [(kind, len(report.impact.of_kind(kind))) for kind in _KINDS]
    told = ", ".join(f"{count} {kind}{'s' if count != 1 else ''}" for kind, count in counts if count)
    return f"this change can touch {told}" if told else "this change can touch nothing that runs"


def _plain(report: Report) -> dict[str, object]:
    return {
        "run": report.run.model_dump(mode="json"),
        "passed": report.run.passed,
        "not_needed": list(report.not_needed),
        "impact": [
            {
                "kind": node.kind,
                "name": node.name,
                "path": [
                    {"from": str(step.source), "to": str(step.target), "origin": step.origin}
                    for step in report.impact.path(node)
                ],
            }
            for node in report.impact
        ],
    }


def _markdown(report: Report) -> Iterator[str]:
    yield "| check | result | what it says | seconds |"
    yield "| --- | --- | --- | --- |"
    for outcome in report.run.outcomes:
        yield _row(outcome.check, _WORDS[outcome.result], _says(outcome), f"{outcome.seconds:.1f}")
    for name in report.not_needed:
        yield _row(name, "not needed", "nothing of it was changed", "")
    found = [(outcome, finding) for outcome in report.run.outcomes for finding in outcome.findings]
    if found:
        yield ""
        yield "| where | finding | remedy | rule |"
        yield "| --- | --- | --- | --- |"
        for _, finding in found:
            place = f"{finding.file}:{finding.line}" if finding.file else ""
            yield _row(place, finding.message, finding.remedy, finding.rule)
    yield ""
    yield _reach(report)
    yield ""
    yield from _paths(report)


def _says(outcome: CheckOutcome) -> str:
    if outcome.result is CheckResult.PASSED:
        return PURPOSES[CheckName(outcome.check)]
    return f"{len(outcome.findings)} finding{'s' if len(outcome.findings) != 1 else ''}"


def _paths(report: Report) -> Iterator[str]:
    """How the change gets to each consumer and dataset: what a reviewer asks first."""
    reached = [n for kind in (NodeKind.CONSUMER, NodeKind.DATASET) for n in report.impact.of_kind(kind)]
    if not reached:
        return
    yield "| touched | by way of |"
    yield "| --- | --- |"
    for node in reached:
        steps = report.impact.path(node)
        told = (f"{step.source}{' (assumed)' if step.origin is Origin.ASSUMED else ''}" for step in steps)
        yield _row(str(node), " -> ".join(told) or "changed itself")


def _row(*cells: str) -> str:
    return f"| {' | '.join(markdown_cell(cell) for cell in cells)} |"
