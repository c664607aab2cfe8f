"""A report of the gates, written for people, programs and pull requests."""

import json
from collections.abc import Iterator
from typing import assert_never

from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.release.gates.report import GateReport


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


def _lines(report: GateReport) -> Iterator[str]:
    for result in report.results:
        yield f"{result.state:<8} {result.gate}: {result.asks}"
        yield f"         {result.why}"
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
            }
            for result in report.results
        ],
    }


def _markdown(report: GateReport) -> Iterator[str]:
    yield "| gate | state | why | remedy |"
    yield "|---|---|---|---|"
    for result in report.results:
        said = f"{markdown_cell(result.why)} | {markdown_cell(result.remedy)}"
        yield f"| `{result.gate}` | {result.state} | {said} |"
