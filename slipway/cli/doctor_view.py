"""How the findings of `slipway doctor` are written."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from slipway.cli.console import Format
from slipway.doctor.findings import Finding, State
from slipway.model.counted import counted
from slipway.model.errors import ExitCode

_MARKS: Final = {State.FINE: "ok", State.LACKING: "lacks", State.UNCLEAR: "?"}


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What is written in one place.

    Attributes:
        first: the finding that is told.
        others: what else the same remedy mends: the names of their checks.
    """

    first: Finding
    others: tuple[str, ...]


def render_findings(findings: Sequence[Finding], style: Format) -> str:
    """Write each remedy once, with all that it mends, and a sum."""
    match style:
        case Format.JSON:
            return json.dumps({"findings": [asdict(each) for each in findings]}, indent=2)
        case Format.MARKDOWN:
            rows = [
                f"| {_MARKS[each.first.state]} | {each.first.check} | {_text(each, '<br>')} |"
                for each in _by_remedy(findings)
            ]
            return "\n".join(["| | check | |", "|---|---|---|", *rows, "", _sum(findings)])
        case Format.TEXT:
            width = max(len(each.check) for each in findings)
            lines = [_line(each, width) for each in _by_remedy(findings)]
            return "\n".join([*lines, "", _sum(findings)])


def exit_code_of(findings: Sequence[Finding]) -> ExitCode:
    """Return 1 when something lacks, else 3 when something could not be judged, else 0."""
    states = {each.state for each in findings}
    if State.LACKING in states:
        return ExitCode.FINDINGS
    return ExitCode.ENVIRONMENT if State.UNCLEAR in states else ExitCode.OK


def _by_remedy(findings: Sequence[Finding]) -> list[_Told]:
    """One lack can be found in many places: who mends it once is not told twelve times."""
    groups: dict[str, list[Finding]] = {}
    for each in findings:
        groups.setdefault(each.remedy or each.check, []).append(each)
    return [
        _Told(first=group[0], others=tuple(dict.fromkeys(each.check for each in group[1:])))
        for group in groups.values()
    ]


def _line(told: _Told, width: int) -> str:
    indent = " " * (7 + width)
    finding = told.first
    return f"{_MARKS[finding.state]:<5} {finding.check:<{width}} {_text(told, chr(10) + indent)}"


def _text(told: _Told, between: str) -> str:
    others = f"{between}with it: {', '.join(told.others)}" if told.others else ""
    remedy = f"{between}remedy: {told.first.remedy}" if told.first.remedy else ""
    return f"{told.first.message}{others}{remedy}"


def _sum(findings: Sequence[Finding]) -> str:
    lacking = sum(each.state is State.LACKING for each in findings)
    unclear = sum(each.state is State.UNCLEAR for each in findings)
    more = f", {unclear} could not be judged" if unclear else ""
    remedies = len({each.remedy for each in findings if each.remedy})
    todo = f"; {counted(remedies, 'remedy', 'remedies')}" if lacking + unclear > remedies else ""
    return (
        f"{len(findings)} looked at: {lacking or 'nothing'} {'lack' if lacking > 1 else 'lacks'}{more}{todo}"
    )
