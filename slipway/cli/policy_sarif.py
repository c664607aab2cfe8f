"""What policies say of a stack as SARIF 2.1.0, which GitHub's code scanning and most viewers read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/. A stack has no lines of a file: a result names the
resource by its URN, as a logical location. A waived one is suppressed, with the reason.
"""

from collections.abc import Mapping
from typing import Any, Final

from slipway.model.policy_report import PolicyFinding, PolicyLevel, PolicyReport

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[Mapping[PolicyLevel, str]] = {
    PolicyLevel.MANDATORY: "error",
    PolicyLevel.ADVISORY: "warning",
    PolicyLevel.DISABLED: "none",
}


def sarif(report: PolicyReport) -> Mapping[str, Any]:
    """Write a report."""
    rules = {each.rule: each.remedy for each in report.findings}
    driver = {
        "name": "slipway policy check",
        "version": report.digest,
        "rules": [{"id": name, "help": {"text": remedy}} for name, remedy in sorted(rules.items())],
    }
    hygiene = [
        {"ruleId": "waivers", "level": "error", "message": {"text": sentence}} for sentence in report.waivers
    ]
    results = [*(_result(each) for each in report.findings), *hygiene]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _result(found: PolicyFinding) -> Mapping[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "level": _LEVELS[found.level],
        "message": {"text": f"{found.message}. {found.remedy}"},
        "locations": [{"logicalLocations": [{"fullyQualifiedName": found.urn, "kind": "resource"}]}],
        "partialFingerprints": {"resource/v1": f"{found.rule} {found.urn}"},
    }
    if found.waiver is not None:
        waiver = found.waiver
        why = f"{waiver.reason} ({waiver.ticket}, {waiver.approver}, until {waiver.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result
