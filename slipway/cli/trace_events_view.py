"""Everything that the records have of a trace: each document, each event, each with its place."""

from collections.abc import Iterable, Iterator

from slipway.audit.trace import Document, ReleaseTrace, Told, Trace
from slipway.cli.approval_view import render_effects
from slipway.cli.audit_view import markdown_table
from slipway.cli.evidence_view import evidence_line
from slipway.model.digest import short
from slipway.model.events import EventKind, Outcome
from slipway.model.evidence import Approval
from slipway.model.release import Manifest, MergedPullRequest


def events_text(trace: Trace) -> Iterator[str]:
    """Write everything that is known of each release, then its events in full."""
    for release in trace.releases:
        yield ""
        yield f"records of release {short(release.release)}"
        for title, line in _facts(release):
            yield f"  {title:<9} {line}"
        yield "  events"
        for told in release.told:
            yield f"    {event_line(told)}"
    if trace.others:
        yield ""
        yield "events outside any release"
        for told in trace.others:
            yield f"  {event_line(told)}"


def events_markdown(trace: Trace) -> Iterator[str]:
    """Write the same, as tables of markdown."""
    for release in trace.releases:
        yield ""
        yield f"## Records of release {short(release.release)}"
        yield ""
        yield from markdown_table(("what", "fact"), _facts(release))
        yield ""
        yield from _event_table(release.told)
    if trace.others:
        yield ""
        yield "## Events outside any release"
        yield ""
        yield from _event_table(trace.others)


def event_line(told: Told) -> str:
    """Write an event with its place in the ledger, on one line."""
    event = told.event
    outcome = "" if event.outcome is Outcome.SUCCESS else f" {event.outcome.upper()}"
    subject = f" {event.subject}" if event.subject else ""
    message = f": {' '.join(event.message.split())}" if event.message else ""
    place = f"[{told.chain} {told.sequence}]"
    return f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind}{outcome}{subject}{message}  by {event.actor} {place}"


def request_line(request: MergedPullRequest) -> str:
    """Write who made, reviewed and merged a pull request."""
    hands = f"by {request.author}"
    others = [login for login in request.committers if login != request.author]
    if others:
        hands += f" with {', '.join(others)}"
    for review in request.reviews:
        hands += f", {review.state.lower().replace('_', ' ')} by {review.login}"
    return (
        f"#{request.number} {request.title!r} {hands}, "
        f"merged by {request.merged_by} {request.merged_at:%Y-%m-%d %H:%M} UTC"
    )


def _facts(release: ReleaseTrace) -> Iterator[tuple[str, str]]:
    """Yield what is known of a release, in the order in which it happened."""
    if release.manifest is None:
        yield "manifest", f"cannot be read: {release.trouble}"
    else:
        yield from _origin(release.manifest)
    for document in release.documents:
        yield from _evidence_fact(document)
    approvals = (each.content for each in release.documents if isinstance(each.content, Approval))
    yield from _allowed(approvals)
    if release.manifest is not None:
        for artifact in release.manifest.artifacts:
            yield "artifact", f"{artifact.part}  {artifact.digest}"
    for told in release.told:
        if told.event.kind is EventKind.STAGE_DONE and told.event.datasets:
            yield "wrote", _wrote(told)


def _wrote(told: Told) -> str:
    figures = ", ".join(f"{name}: {value}" for name, value in sorted(told.event.figures.items()))
    wrote = f"{', '.join(told.event.datasets)} in {told.event.environment} ({told.chain})"
    return f"{wrote}: {figures}" if figures else wrote


def _allowed(approvals: Iterable[Approval]) -> Iterator[tuple[str, str]]:
    """Yield each list of effects that somebody allowed, once."""
    lists = {(each.environment, each.effects_digest): each.effects for each in approvals}
    for (environment, _), effects in lists.items():
        for line in render_effects(effects):
            yield "effect", f"in {environment}: {line}"


def _origin(manifest: Manifest) -> Iterator[tuple[str, str]]:
    yield "change", f"{manifest.base[:12]}..{manifest.commit[:12]} of {manifest.repository}"
    for request in manifest.pull_requests:
        yield "request", f"{request_line(request)}  {request.url}"


def _evidence_fact(document: Document) -> Iterator[tuple[str, str]]:
    if document.content is None:
        yield "evidence", f"{short(document.digest)} cannot be read: {document.trouble}"
        return
    title, line = evidence_line(document.content)
    yield title, f"{line}  (evidence {short(document.digest)})"


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
    names = ("at", "where", "event", "outcome", "subject", "message", "by", "entry")
    yield from markdown_table(names, rows)
