"""A run of checks as JUnit XML, which build servers show as a report of tests.

Format: the elements of Apache Ant's JUnit task that CodeBuild reads (user guide, "Create a test report").
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from slipway.checks.report import is_left_out
from slipway.model.evidence import CheckOutcome, CheckResult, CheckRun, Finding
from slipway.model.shard import Shard


def junit(run: CheckRun, shard: Shard | None = None) -> bytes:
    """Write a run: a case for each check, with what it found.

    Args:
        run: whole or in part.
        shard: whose it is; None when it is not divided.
    """
    asked = [outcome for outcome in run.outcomes if not is_left_out(outcome)]
    suite = Element(
        "testsuite",
        name="slipway check" if shard is None else f"slipway check --shard {shard}",
        tests=str(len(run.outcomes)),
        failures=str(_number(run.outcomes, CheckResult.FAILED)),
        errors=str(_number(asked, CheckResult.UNJUDGED)),
        skipped=str(len(run.outcomes) - len(asked)),
        timestamp=run.began.isoformat(),
    )
    for outcome in run.outcomes:
        _add_case(suite, outcome)
    return bytes(tostring(suite, encoding="utf-8", xml_declaration=True))


def _number(outcomes: Iterable[CheckOutcome], result: CheckResult) -> int:
    return sum(1 for outcome in outcomes if outcome.result is result)


def _add_case(suite: Element, outcome: CheckOutcome) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=outcome.tool or "slipway",
        name=outcome.check,
        time=f"{outcome.seconds:.3f}",
    )
    said = "\n".join(_line(finding) for finding in outcome.findings)
    match outcome.result:
        case CheckResult.PASSED:
            if said:
                SubElement(case, "system-out").text = said
        case CheckResult.FAILED:
            SubElement(case, "failure", message=_first(outcome)).text = said
        case CheckResult.UNJUDGED if is_left_out(outcome):
            SubElement(case, "skipped", message=_first(outcome))
        case CheckResult.UNJUDGED:
            SubElement(case, "error", message=_first(outcome)).text = said


def _first(outcome: CheckOutcome) -> str:
    return outcome.findings[0].message if outcome.findings else outcome.result.value


def _line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}: " if finding.file else ""
    return f"{place}{finding.severity}: {finding.message} [{finding.rule}]; {finding.remedy}"
