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
from slipway.lineage.impact import Impact
from slipway.model.counted import counted
from slipway.model.evidence import CheckOutcome, CheckResult, CheckShard, Finding

_WORDS: Final = {
    CheckResult.PASSED: "passed",
    CheckResult.FAILED: "FAILED",
    CheckResult.UNJUDGED: "NOT JUDGED",
}
_LEFT_OUT: Final = "this change needs it: run slipway check without --only before it is merged"
_MOST_REACHED: Final = 10
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
    for outcome in report.asked:
        for finding in outcome.findings:
            rule = f"[{outcome.check} {finding.rule}]"
            yield f"{_where(root, finding)}{finding.severity}: {finding.message} {rule}"
            yield f"  remedy: {finding.remedy}"
    if any(outcome.findings for outcome in report.asked):
        yield ""
    yield from _results(report)
    yield ""
    yield _reach(report)
    if report.impact is not None:
        yield from _reached_in_short(report.impact)


def _results(report: Report) -> Iterator[str]:
    for outcome in report.asked:
        seconds = f"{outcome.seconds:7.1f} s" if outcome.tool else ""
        yield f"{_WORDS[outcome.result]:<11}{outcome.check:<16}{outcome.tool:<20}{seconds}".rstrip()
    for outcome in report.skipped:
        yield f"{'not asked':<11}{outcome.check:<16}{_LEFT_OUT}"
    for name in report.not_needed:
        yield f"{'not needed':<11}{name:<16}nothing of it was changed"
    for name in report.elsewhere:
        yield f"{'elsewhere':<11}{name:<16}other shards look at it"


def _reached_in_short(impact: Impact) -> Iterator[str]:
    reached = list(_ways(impact))
    for name, way in reached[:_MOST_REACHED]:
        yield f"  {name}: {way}"
    if len(reached) > _MOST_REACHED:
        yield f"  and {len(reached) - _MOST_REACHED} more; --format markdown lists all of them"


def _where(root: Path, finding: Finding) -> str:
    """A place that a terminal or an editor opens."""
    if not finding.file:
        return ""
    return f"{os.path.relpath(root / finding.file)}:{finding.line or 1}: "


def _reach(report: Report) -> str:
    """What the change can touch, counted; and whether somebody else looks at some of it."""
    if report.impact is None:
        return "this is what all shards found together"
    if report.shard is not None:
        done = counted(len(report.shard.work), "target")
        return f"{_touched(report.impact)}; this is shard {report.shard.shard}, with {done}"
    return _touched(report.impact)


def _touched(impact: Impact) -> str:
    counts = [(kind, len(impact.of_kind(kind))) for kind in _KINDS]
    told = ", ".join(counted(count, kind) for kind, count in counts if count)
    return f"this change can touch {told}" if told else "this change can touch nothing that runs"


def _plain(report: Report) -> dict[str, object]:
    return {
        "run": report.run.model_dump(mode="json"),
        "passed": report.run.passed,
        "not_asked": [outcome.check for outcome in report.skipped],
        "not_needed": list(report.not_needed),
        "impact": [] if report.impact is None else _plain_impact(report.impact),
        **_plain_shard(report.shard),
    }


def _plain_shard(shard: CheckShard | None) -> dict[str, object]:
    if shard is None:
        return {}
    return {"shard": {"number": shard.shard.number, "of": shard.shard.of, "work": list(shard.work)}}


def _plain_impact(impact: Impact) -> list[object]:
    return [
        {
            "kind": node.kind,
            "name": node.name,
            "path": [
                {"from": str(step.source), "to": str(step.target), "origin": step.origin}
                for step in impact.path(node)
            ],
        }
        for node in impact
    ]


def _markdown(report: Report) -> Iterator[str]:
    yield "| check | result | what it says | seconds |"
    yield "| --- | --- | --- | --- |"
    for outcome in report.asked:
        yield _row(outcome.check, _WORDS[outcome.result], _says(outcome), f"{outcome.seconds:.1f}")
    for outcome in report.skipped:
        yield _row(outcome.check, "not asked", _LEFT_OUT, "")
    for name in report.not_needed:
        yield _row(name, "not needed", "nothing of it was changed", "")
    for name in report.elsewhere:
        yield _row(name, "elsewhere", "other shards look at it", "")
    found = [finding for outcome in report.asked for finding in outcome.findings]
    if found:
        yield ""
        yield "| where | finding | remedy | rule |"
        yield "| --- | --- | --- | --- |"
        for finding in found:
            place = f"{finding.file}:{finding.line}" if finding.file else ""
            yield _row(place, finding.message, finding.remedy, finding.rule)
    yield ""
    yield _reach(report)
    yield ""
    if report.impact is not None:
        yield from _paths(report.impact)


def _says(outcome: CheckOutcome) -> str:
    if outcome.result is CheckResult.PASSED:
        return PURPOSES[CheckName(outcome.check)]
    return counted(len(outcome.findings), "finding")


def _paths(impact: Impact) -> Iterator[str]:
    reached = list(_ways(impact))
    if not reached:
        return
    yield "| touched | by way of |"
    yield "| --- | --- |"
    for name, way in reached:
        yield _row(name, way)


def _ways(impact: Impact) -> Iterator[tuple[str, str]]:
    """How the change gets to each consumer and dataset: what a reviewer asks first."""
    for node in (n for kind in (NodeKind.CONSUMER, NodeKind.DATASET) for n in impact.of_kind(kind)):
        steps = impact.path(node)
        told = (f"{step.source}{' (assumed)' if step.origin is Origin.ASSUMED else ''}" for step in steps)
        yield str(node), " -> ".join(told) or "changed itself"


def _row(*cells: str) -> str:
    return f"| {' | '.join(markdown_cell(cell) for cell in cells)} |"
