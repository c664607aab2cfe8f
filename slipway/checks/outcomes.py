"""How a check ends: passed, failed on findings, or not judged for want of something that it needs."""

from collections.abc import Iterable
from typing import Final

from slipway.checks.names import CheckName
from slipway.model.errors import DependencyError, SlipwayError
from slipway.model.evidence import CheckOutcome, CheckResult, Finding, Severity

UNJUDGED: Final = "unjudged"
"""Rule of the finding that says why a check could not be judged."""

MISSING: Final = "dependency-missing"
"""Rule of the finding that names a tool, server or setting without which a check could not be judged."""

SKIPPED: Final = "not-asked-for"
"""Rule of the finding on a check that the change needs and the person left out."""


def judged(
    check: CheckName, *, tool: str, subjects: Iterable[str], findings: Iterable[Finding], seconds: float = 0
) -> CheckOutcome:
    """Judge by findings: an error fails a check, a warning does not."""
    kept = tuple(sorted(set(findings), key=lambda found: (found.file, found.line, found.rule, found.message)))
    failed = any(found.severity is Severity.ERROR for found in kept)
    return CheckOutcome(
        check=check,
        result=CheckResult.FAILED if failed else CheckResult.PASSED,
        tool=tool,
        subjects=tuple(sorted(set(subjects))),
        findings=kept,
        seconds=seconds,
    )


def unjudged(
    check: CheckName, *, message: str, remedy: str, tool: str = "", rule: str = UNJUDGED, seconds: float = 0
) -> CheckOutcome:
    """Say why a check could not be judged, which is no pass."""
    return CheckOutcome(
        check=check,
        result=CheckResult.UNJUDGED,
        tool=tool,
        subjects=(),
        findings=(problem(rule, "", message, remedy=remedy),),
        seconds=seconds,
    )


def unjudged_by(check: CheckName, error: SlipwayError) -> CheckOutcome:
    """Say that an error kept a check from being judged."""
    rule = MISSING if isinstance(error, DependencyError) else UNJUDGED
    return unjudged(check, message=error.message, remedy=error.remedy, rule=rule)


def problem(
    rule: str, file: str, message: str, *, remedy: str, line: int = 0, severity: Severity = Severity.ERROR
) -> Finding:
    """Write a finding down."""
    return Finding(rule=rule, severity=severity, file=file, line=line, message=message, remedy=remedy)
