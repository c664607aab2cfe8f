"""Traces, verifications and checkpoints, written for people, programs and pull requests."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from slipway.audit.checkpoints import Checkpoint
from slipway.audit.trace import Document, ReleaseTrace, Told, Trace
from slipway.audit.verify import Verification
from slipway.cli.approval_view import render_effects
from slipway.cli.console import Format
from slipway.cli.findings_view import markdown_cell
from slipway.model.digest import short
from slipway.model.events import Outcome
from slipway.model.evidence import Approval, AuditRun, CheckRun, Evidence, Revocation, Verdict
from slipway.model.release import Manifest, MergedPullRequest


def render_trace(trace: Trace, style: Format) -> str:
    """Write a trace.

    Args:
        trace: what is known.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(_trace_text(trace))
        case Format.JSON:
            return json.dumps(_trace_plain(trace), indent=2)
        case Format.MARKDOWN:
            return "\n".join(_trace_markdown(trace))
        case _:
            assert_never(style)


def render_verification(found: Verification, style: Format) -> str:
    """Write what a verification found.

    Args:
        found: what was found.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join([*_discrepancies_text(found), _counts(found)])
        case Format.JSON:
            return json.dumps(_verification_plain(found), indent=2)
        case Format.MARKDOWN:
            return "\n".join([_counts(found), "", *_discrepancies_markdown(found)])
        case _:
            assert_never(style)


def render_checkpoint(checkpoint: Checkpoint, style: Format) -> str:
    """Write a checkpoint.

    Args:
        checkpoint: that was signed.
        style: how to write it.
    """
    match style:
        case Format.TEXT:
            return "\n".join(
                f"{head.chain}  {head.entries} entries, the last {short(head.digest)}"
                for head in checkpoint.heads
            )
        case Format.JSON:
            return checkpoint.model_dump_json(indent=2)
        case Format.MARKDOWN:
            rows = ((head.chain, str(head.entries), head.digest) for head in checkpoint.heads)
            return "\n".join(_table(("chain", "entries", "last entry"), rows))
        case _:
            assert_never(style)


def _trace_text(trace: Trace) -> Iterator[str]:
    yield trace.subject
    for release in trace.releases:
        yield ""
        yield f"release {short(release.release)}"
        for title, line in _facts(release):
            yield f"  {title:<9} {line}"
        yield "  events"
        for told in release.told:
            yield f"    {_event_line(told)}"
    if trace.others:
        yield ""
        yield "outside any release"
        for told in trace.others:
            yield f"  {_event_line(told)}"
    if trace.earlier:
        yield ""
        yield f"{trace.earlier} earlier releases: --newest {len(trace.releases) + trace.earlier} tells of all"


def _trace_markdown(trace: Trace) -> Iterator[str]:
    yield f"# Trace of {trace.subject}"
    for release in trace.releases:
        yield ""
        yield f"## Release {short(release.release)}"
        yield ""
        yield from _table(("what", "fact"), _facts(release))
        yield ""
        yield from _event_table(release.told)
    if trace.others:
        yield ""
        yield "## Outside any release"
        yield ""
        yield from _event_table(trace.others)
    if trace.earlier:
        yield ""
        yield f"{trace.earlier} earlier releases are not shown."


def _trace_plain(trace: Trace) -> dict[str, Any]:
    return {
        "subject": trace.subject,
        "releases": [
            {
                "release": release.release,
                "manifest": release.manifest.model_dump(mode="json") if release.manifest else None,
                "trouble": release.trouble,
                "evidence": [_document_plain(each) for each in release.documents],
                "events": [_told_plain(each) for each in release.told],
            }
            for release in trace.releases
        ],
        "events": [_told_plain(each) for each in trace.others],
        "earlier": trace.earlier,
    }


def _document_plain(document: Document) -> dict[str, Any]:
    content = document.content.model_dump(mode="json") if document.content else None
    return {"digest": document.digest, "content": content, "trouble": document.trouble}


def _told_plain(told: Told) -> dict[str, Any]:
    return {"chain": told.chain, "sequence": told.sequence, "event": told.event.model_dump(mode="json")}


def _facts(release: ReleaseTrace) -> Iterator[tuple[str, str]]:
    """Yield what is known of a release, in the order in which it happened."""
    if release.manifest is None:
        yield "manifest", f"cannot be read: {release.trouble}"
    else:
        yield from _origin(release.manifest)
    for document in release.documents:
        yield from _evidence_fact(document)
    yield from _allowed(release.approvals)
    if release.manifest is not None:
        for artifact in release.manifest.artifacts:
            yield "artifact", f"{artifact.part}  {artifact.digest}"
    for told in release.written:
        figures = ", ".join(f"{name}: {value}" for name, value in sorted(told.event.figures.items()))
        wrote = f"{', '.join(told.event.datasets)} in {told.event.environment} ({told.chain})"
        yield "wrote", f"{wrote}: {figures}" if figures else wrote


def _allowed(approvals: Iterable[Approval]) -> Iterator[tuple[str, str]]:
    """Yield each list of effects that somebody allowed, once."""
    lists = {(each.environment, each.effects_digest): each.effects for each in approvals}
    for (environment, _), effects in lists.items():
        for line in render_effects(effects):
            yield "effect", f"in {environment}: {line}"


def _origin(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "change", f"{manifest.base[:12]}..{manifest.commit[:12]} of {manifest.repository}"
    for request in manifest.pull_requests:
        yield "request", _request_line(request)


def _request_line(request: MergedPullRequest) -> str:
    hands = f"by {request.author}"
    others = [login for login in request.committers if login != request.author]
    if others:
        hands += f" with {', '.join(others)}"
    for review in request.reviews:
        hands += f", {review.state.lower().replace('_', ' ')} by {review.login}"
    return (
        f"#{request.number} {request.title!r} {hands}, "
        f"merged by {request.merged_by} at {request.merged_at:%Y-%m-%d %H:%M}  {request.url}"
    )


def _evidence_fact(document: Document) -> Iterator[tuple[str, str]]:
    if document.content is None:
        yield "evidence", f"{short(document.digest)} cannot be read: {document.trouble}"
        return
    title, line = _evidence_line(document.content)
    yield title, f"{line}  (evidence {short(document.digest)})"


def _evidence_line(evidence: Evidence) -> tuple[str, str]:
    match evidence:
        case CheckRun():
            results = ", ".join(f"{each.check} {each.result}" for each in evidence.outcomes)
            return "checks", f"tree {evidence.tree[:12]}: {results or 'none was needed'}"
        case Approval():
            who = f"{evidence.approver.person} ({evidence.approver.caller.arn})"
            effects = f"{len(evidence.effects.effects)} effects {short(evidence.effects_digest)}"
            when = f"at {evidence.at:%Y-%m-%d %H:%M} until {evidence.expires:%Y-%m-%d %H:%M}"
            return "approved", f"for {evidence.environment} by {who} {when}: {effects}"
        case Revocation():
            who = f"{evidence.approver.person} ({evidence.approver.caller.arn})"
            return "revoked", f"for {evidence.environment} by {who} at {evidence.at:%Y-%m-%d %H:%M}"
        case AuditRun():
            failed = [each.message for each in evidence.audits if not each.passed]
            passed = f"{len(evidence.audits) - len(failed)} of {len(evidence.audits)} passed"
            return "audits", "; ".join([f"{evidence.deployment}: {passed}", *failed])
        case Verdict():
            seen = ", ".join(evidence.observations)
            return "verdict", f"{evidence.result} in {evidence.environment}: {seen}"
        case _:
            assert_never(evidence)


def _event_line(told: Told) -> str:
    event = told.event
    outcome = "" if event.outcome is Outcome.SUCCESS else f" {event.outcome.upper()}"
    subject = f" {event.subject}" if event.subject else ""
    message = f": {event.message}" if event.message else ""
    place = f"[{told.chain} {told.sequence}]"
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind}{outcome}{subject}{message}  by {event.actor} {place}"


def _event_table(told: Iterable[Told]) -> Iterator[str]:
    rows = (
        (
            f"{each.event.at:%Y-%m-%d %H:%M:%S}",
            each.event.environment or "",
            each.event.kind,
            each.event.outcome,
            each.event.subject,
            each.event.message,
            each.event.actor,
            f"{each.chain} {each.sequence}",
        )
        for each in told
    )
    yield from _table(("at", "where", "event", "outcome", "subject", "message", "by", "entry"), rows)


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(names)
    yield "| " + " | ".join(columns) + " |"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield "| " + " | ".join(markdown_cell(cell) for cell in row) + " |"


def _discrepancies_text(found: Verification) -> Iterator[str]:
    for each in found.discrepancies:
        yield f"{each.subject}: {each.message} [{each.fault}]"
        yield f"  remedy: {each.remedy}"


def _discrepancies_markdown(found: Verification) -> Iterator[str]:
    if not found.discrepancies:
        yield "No discrepancies."
        return
    rows = ((each.subject, each.fault, each.message, each.remedy) for each in found.discrepancies)
    yield from _table(("subject", "fault", "discrepancy", "remedy"), rows)


def _counts(found: Verification) -> str:
    return (
        f"{found.entries} entries of {found.chains} chains, {found.evidence} documents, "
        f"{found.checkpoints} checkpoints"
    )


def _verification_plain(found: Verification) -> dict[str, Any]:
    discrepancies = [
        {"fault": each.fault, "subject": each.subject, "message": each.message, "remedy": each.remedy}
        for each in found.discrepancies
    ]
    return {
        "chains": found.chains,
        "entries": found.entries,
        "evidence": found.evidence,
        "checkpoints": found.checkpoints,
        "discrepancies": discrepancies,
    }
