"""Rules, verdicts and waivers, written for people, programs and pull requests."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import assert_never

from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.policy_report import (
    PolicyFinding,
    PolicyLevel,
    PolicyPack,
    PolicyReport,
    PolicyRule,
    PolicyRules,
    PolicyWaiver,
    PolicyWaivers,
)


def render_policies(rules: PolicyRules, style: Format) -> str:
    """Write every rule, a line each."""
    rows = [(each.id, each.level.value, each.severity.value, each.rationale) for each in rules.rules]
    match style:
        case Format.TEXT:
            wide = max((len(row[0]) for row in rows), default=0)
            lines = (f"{name:<{wide}}  {level:<9}  {cost:<8}  {why}" for name, level, cost, why in rows)
            return "\n".join([*lines, "", f"{len(rows)} rules of {rules.pack}, {rules.digest}"])
        case Format.JSON:
            return rules.model_dump_json(indent=2)
        case Format.MARKDOWN:
            return "\n".join(_table(("rule", "level", "severity", "why"), rows))
        case _:
            assert_never(style)


def render_policy(rule: PolicyRule, pack: PolicyPack, style: Format) -> str:
    """Write one rule, with everything that a person needs to know about a violation of it."""
    match style:
        case Format.TEXT:
            return "\n".join(_explained(rule, pack))
        case Format.JSON:
            return rule.model_dump_json(indent=2)
        case Format.MARKDOWN:
            return "\n".join(f"- {line}" for line in _explained(rule, pack))
        case _:
            assert_never(style)


def _explained(rule: PolicyRule, pack: PolicyPack) -> Iterator[str]:
    yield f"{rule.id}: {rule.rationale}"
    yield f"remedy: {rule.remedy}"
    yield f"severity {rule.severity}, {rule.level} in {pack}, serves {', '.join(rule.frameworks)}"
    for limit in rule.limits:
        meaning = f": {limit.meaning}" if limit.meaning else ""
        yield f"{limit.name} = {json.dumps(limit.value)}{meaning}"
    yield f"looks at {_looked_at(rule.judges)}"


def _looked_at(types: Sequence[str]) -> str:
    named = 12
    if not types:
        return "the whole stack"
    more = f" and {len(types) - named} more types" if len(types) > named else ""
    return ", ".join(types[:named]) + more


def render_verdict(report: PolicyReport, style: Format) -> str:
    """Write what a pack says of a stack."""
    match style:
        case Format.TEXT:
            return "\n".join(_verdict(report))
        case Format.JSON:
            return json.dumps({"passed": report.passed, **report.model_dump(mode="json")}, indent=2)
        case Format.MARKDOWN:
            return "\n".join(_verdict_rows(report))
        case _:
            assert_never(style)


def _verdict(report: PolicyReport) -> Iterator[str]:
    for found in report.standing:
        yield f"{found.level}: {found.message} [{found.rule}]"
        yield f"  {found.urn}"
        yield f"  remedy: {found.remedy}"
    for sentence in report.waivers:
        yield f"mandatory: {sentence}"
    for found in report.waived:
        yield f"waived: {found.message} [{found.rule}] {_until(found)}"
    if report.undecided:
        yield undecided(report)
    yield summary(report)


def undecided(report: PolicyReport) -> str:
    """Say once what could not be judged."""
    rules = sorted({each.rule for each in report.undecided})
    return f"undecided: {len(report.undecided)} judgements of {', '.join(rules)} need values that are hidden"


def summary(report: PolicyReport) -> str:
    """Say in a line how a stack stands."""
    levels = Counter(each.level for each in report.standing)
    told = (
        f"{levels[PolicyLevel.MANDATORY]} violations, {levels[PolicyLevel.ADVISORY]} advised, "
        f"{len(report.waived)} waived, {len(report.undecided)} undecided"
    )
    verdict = "passed" if report.passed else "NOT passed"
    return f"{verdict}: {report.rules} rules of {report.pack} on {report.resources} resources: {told}"


def _until(found: PolicyFinding) -> str:
    waiver = found.waiver
    if waiver is None:
        raise AssertionError
    return f"until {waiver.expires} by {waiver.approver} ({waiver.ticket})"


def _verdict_rows(report: PolicyReport) -> Iterator[str]:
    yield summary(report)
    if report.undecided:
        yield ""
        yield undecided(report)
    rows = [(each.level.value, each.rule, each.message, each.remedy) for each in report.standing]
    rows += [("waived", each.rule, each.message, _until(each)) for each in report.waived]
    rows += [("mandatory", "waivers", each, "") for each in report.waivers]
    if rows:
        yield ""
        yield from _table(("level", "rule", "finding", "remedy"), rows)


def render_waivers(waivers: PolicyWaivers, today: date, style: Format) -> str:
    """Write what is exempt, and what of adopted resources is left to mend."""
    own = [each for each in waivers.waivers if not each.baseline]
    left = Counter((each.layer, each.rule) for each in waivers.waivers if each.baseline)
    match style:
        case Format.TEXT:
            lines = [_waiver_line(each, today) for each in own]
            lines += [
                f"{layer}: {number} of {rule} left to mend" for (layer, rule), number in sorted(left.items())
            ]
            return "\n".join(lines or ["Nothing is waived."])
        case Format.JSON:
            rows = [{**each.model_dump(mode="json"), "days": _days(each, today)} for each in waivers.waivers]
            return json.dumps({"digest": waivers.digest, "waivers": rows}, indent=2)
        case Format.MARKDOWN:
            rows_ = [(each.rule, each.urn, each.ticket, each.approver, _holds(each, today)) for each in own]
            return "\n".join(_table(("rule", "resources", "ticket", "approver", "holds"), rows_))
        case _:
            assert_never(style)


def _waiver_line(waiver: PolicyWaiver, today: date) -> str:
    return (
        f"{waiver.rule} for {waiver.urn}: {waiver.reason} ({waiver.ticket}, {waiver.approver}, "
        f"{_holds(waiver, today)})"
    )


def _days(waiver: PolicyWaiver, today: date) -> int:
    return (waiver.expires - today).days


def _holds(waiver: PolicyWaiver, today: date) -> str:
    days = _days(waiver, today)
    return f"expired on {waiver.expires}" if days < 0 else f"until {waiver.expires}, {days} days more"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(markdown_cell(cell) for cell in row) + " |"
