"""One line for each document of evidence: what an auditor reads first of it."""

from typing import assert_never

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
        case Approval():
            who = f"{evidence.approver.person} ({evidence.approver.caller.arn})"
            effects = f"{counted(len(evidence.effects.effects), 'effect')} {short(evidence.effects_digest)}"
            when = f"at {evidence.at:%Y-%m-%d %H:%M} until {evidence.expires:%Y-%m-%d %H:%M}"
            return "approved", f"for {evidence.environment} by {who} {when}: {effects}"
        case Revocation():
            who = f"{evidence.approver.person} ({evidence.approver.caller.arn})"
            return "revoked", f"for {evidence.environment} by {who} at {evidence.at:%Y-%m-%d %H:%M}"
        case Admission():
            said = "; ".join(_gate_line(each) for each in evidence.gates)
            return "let in", f"{evidence.deployment}: effects {short(evidence.effects_digest)}; {said}"
        case AuditRun():
            failed = [each.message for each in evidence.audits if not each.passed]
            passed = f"{len(evidence.audits) - len(failed)} of {len(evidence.audits)} passed"
            return "audits", "; ".join([f"{evidence.deployment}: {passed}", *failed])
        case Verdict():
            result = "; ".join((evidence.result, *evidence.basis))
            return "verdict", f"{result} in {evidence.environment} ({evidence.deployment})"
        case _:
            assert_never(evidence)


def _checks_line(evidence: CheckRun | CheckShard) -> tuple[str, str]:
    run, of = (evidence, "") if isinstance(evidence, CheckRun) else (evidence.run, f"{evidence.shard} of ")
    results = ", ".join(f"{each.check} {each.result}" for each in run.outcomes)
    return "shard of checks" if of else "checks", f"{of}tree {run.tree[:12]}: {results or 'none was needed'}"


def _gate_line(answer: GateAnswer) -> str:
    counted = ", ".join(short(digest) for digest in answer.rests_on)
    return f"{answer.gate}: {answer.why}" + (f" (evidence {counted})" if counted else "")
