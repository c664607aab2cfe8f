"""One line for each document of evidence: what an auditor reads first of it."""

from typing import assert_never

from slipway.model.adoption import AdoptionProof, OwnershipChange
from slipway.model.counted import counted
from slipway.model.digest import short
from slipway.model.evidence import (
    Admission,
    Approval,
    AuditRun,
    CheckRun,
    CheckShard,
    Evidence,
    GateAnswer,
    Revocation,
    Verdict,
)


def evidence_line(evidence: Evidence) -> tuple[str, str]:
    """Write a document.

    Returns:
        Its title, and what it says.
    """
    match evidence:
        case CheckRun() | CheckShard():
            return _checks_line(evidence)
        case Approval() | Revocation():
            return _approval_line(evidence)
        case Admission():
            said = "; ".join(_gate_line(each) for each in evidence.gates)
            return "let in", f"{evidence.deployment}: effects {short(evidence.effects_digest)}; {said}"
        case AuditRun():
            failed = [each.message for each in evidence.audits if not each.passed]
            passed = f"{len(evidence.audits) - len(failed)} of {len(evidence.audits)} passed"
            return "audits", "; ".join([f"{evidence.deployment}: {passed}", *failed])
        case AdoptionProof() | OwnershipChange():
            return _adoption_line(evidence)
        case Verdict():
            result = "; ".join((evidence.result, *evidence.basis))
            return "verdict", f"{result} in {evidence.environment} ({evidence.deployment})"
        case _:
            assert_never(evidence)


def _approval_line(evidence: Approval | Revocation) -> tuple[str, str]:
    who = f"{evidence.approver.person} ({evidence.approver.caller.arn})"
    by = f"for {evidence.environment} by {who} at {evidence.at:%Y-%m-%d %H:%M}"
    if isinstance(evidence, Revocation):
        return "revoked", by
    effects = f"{counted(len(evidence.effects.effects), 'effect')} {short(evidence.effects_digest)}"
    return "approved", f"{by} until {evidence.expires:%Y-%m-%d %H:%M}: {effects}"


def _adoption_line(evidence: AdoptionProof | OwnershipChange) -> tuple[str, str]:
    of = f"{evidence.layer} of {evidence.stack}"
    if isinstance(evidence, OwnershipChange):
        return "ownership", f"{of}: {evidence.owner}, {counted(len(evidence.objects), 'object')}"
    sides = ", ".join(f"{each.side} {each.result}" for each in evidence.findings)
    return "adoption proof", f"{of}: {evidence.result} ({sides})"


def _checks_line(evidence: CheckRun | CheckShard) -> tuple[str, str]:
    run, of = (evidence, "") if isinstance(evidence, CheckRun) else (evidence.run, f"{evidence.shard} of ")
    results = ", ".join(f"{each.check} {each.result}" for each in run.outcomes)
    return "shard of checks" if of else "checks", f"{of}tree {run.tree[:12]}: {results or 'none was needed'}"


def _gate_line(answer: GateAnswer) -> str:
    counted = ", ".join(short(digest) for digest in answer.rests_on)
    return f"{answer.gate}: {answer.why}" + (f" (evidence {counted})" if counted else "")
