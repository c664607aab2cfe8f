"""What policies say of a stack as SARIF 2.1.0, which GitHub's code scanning and most viewers read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. A stack has no lines of a file: a result names the
resource by its URN, as a logical location, in the file of the stack's settings: GitHub refuses a result that
is in no file. A waived one is suppressed, with the reason. What could not be judged is no result: the run has
not succeeded, and says why.
"""

from collections.abc import Mapping
from typing import Any, Final

from slipway.cli.policy_view import undecided
from slipway.model.policy_report import PolicyFinding, PolicyLevel, PolicyReport

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[Mapping[PolicyLevel, str]] = {
    PolicyLevel.MANDATORY: "error",
    PolicyLevel.ADVISORY: "warning",
    PolicyLevel.DISABLED: "none",
}
_WAIVERS: Final = "waivers"
_WAIVERS_FILE: Final = "policies/waivers.yaml"
_WAIVERS_REMEDY: Final = "Correct policies/waivers.yaml: docs/reference/policies.md says what it may have."


def sarif(report: PolicyReport) -> Mapping[str, Any]:
    """Write a report."""
    rules = {each.rule: each.remedy for each in report.findings}
    if report.waivers:
        rules[_WAIVERS] = _WAIVERS_REMEDY
    driver = {
        "name": "slipway policy check",
        "version": report.digest,
        "rules": [{"id": name, "help": {"text": remedy}} for name, remedy in sorted(rules.items())],
    }
    hygiene = [_of_waivers(sentence) for sentence in report.waivers]
    results = [*(_result(each) for each in report.findings), *hygiene]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "invocations": [_invocation(report)], "results": results}],
    }


def _invocation(report: PolicyReport) -> Mapping[str, Any]:
    told = [{"level": "error", "message": {"text": undecided(report)}}] if report.undecided else []
    return {"executionSuccessful": not told, "toolExecutionNotifications": told}


def _of_waivers(sentence: str) -> Mapping[str, Any]:
    return {
        "ruleId": _WAIVERS,
        "level": "error",
        "message": {"text": sentence},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _WAIVERS_FILE}}}],
        "partialFingerprints": {"waiver/v1": sentence},
    }


def _result(found: PolicyFinding) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "level": _LEVELS[found.level],
        "message": {"text": f"{found.message}. {found.remedy}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": f"Pulumi.{found.urn.split(':')[2]}.yaml"}},
                "logicalLocations": [{"fullyQualifiedName": found.urn, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"resource/v1": f"{found.rule} {found.urn}"},
    }
    if found.waiver is not None:
        waiver = found.waiver
        why = f"{waiver.reason} ({waiver.ticket}, {waiver.approver}, until {waiver.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result
