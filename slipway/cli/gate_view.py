"""A report of the gates, written for people, programs and pull requests."""

import json
from collections.abc import Iterator
from typing import assert_never

from slipway.attest.approval_count import Weighed
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.release.gates.report import GateReport, GateResult


def render_report(report: GateReport, style: Format) -> str:
    """Write how each gate stands, why, and what to do.

    Args:
        report: what the gates say.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_lines(report))
        case Format.JSON:
            return json.dumps(_plain(report), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_markdown(report))
        case _:
            assert_never(style)


def weighed_lines(result: GateResult) -> Iterator[str]:
    """Write each approval that a gate looked at: whether it counts, and if not, why."""
    for each in result.weighed:
        given = f"{each.person}'s of {each.at:%Y-%m-%d %H:%M} UTC"
        if each.counts:
            yield f"counts: {given}, until {each.expires:%Y-%m-%d %H:%M} UTC"
        else:
            yield f"does not count: {given}: {each.complaint}"


def weighed_plain(weighed: Weighed) -> dict[str, object]:
    """Write one of them as data."""
    return {
        "evidence": weighed.evidence,
        "person": weighed.person,
        "at": weighed.at.isoformat(),
        "expires": weighed.expires.isoformat(),
        "counts": weighed.counts,
        "complaint": weighed.complaint,
    }


def _lines(report: GateReport) -> Iterator[str]:
    for result in report.results:
        yield f"{result.state:<8} {result.gate}: {result.asks}"
        yield f"         {result.why}"
        for line in weighed_lines(result):
            yield f"         - {line}"
        if result.remedy:
            yield f"         remedy: {result.remedy}"


def _plain(report: GateReport) -> dict[str, object]:
    return {
        "release": report.release,
        "environment": report.environment,
        "passed": report.passed,
        "gates": [
            {
                "gate": result.gate,
                "state": result.state,
                "asks": result.asks,
                "why": result.why,
                "remedy": result.remedy,
                "approvals": [weighed_plain(each) for each in result.weighed],
            }
            for result in report.results
        ],
    }


def _markdown(report: GateReport) -> Iterator[str]:
    yield "| gate | state | why | remedy |"
    yield "|---|---|---|---|"
    for result in report.results:
        why = "; ".join((result.why, *weighed_lines(result)))
        said = f"{markdown_cell(why)} | {markdown_cell(result.remedy)}"
        yield f"| `{result.gate}` | {result.state} | {said} |"
