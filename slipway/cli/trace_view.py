"""A trace: the chain from a table or a release to who changed it and who allowed it, readable at once."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, assert_never

from slipway.audit.passages import Place, places_of
from slipway.audit.trace import Document, ReleaseTrace, Told, Trace
from slipway.cli.console import Format
from slipway.cli.passage_view import (
    Fact,
    consent_line,
    facts_of,
    headline,
    in_short,
    is_current,
    moment,
    refusals,
    revocations,
)
from slipway.cli.trace_events_view import event_line, events_markdown, events_text, request_line
from slipway.cli.trace_plain import place_plain
from slipway.model.digest import short
from slipway.model.events import EventKind
from slipway.model.evidence import CheckRun
from slipway.model.parts import PartId
from slipway.model.principal import actor_name
from slipway.model.release import Manifest

_MOST_OTHERS: Final = 5
"""So many events outside of releases are told."""


@dataclass(frozen=True)
class _Block:
    """A heading with what stands below it.

    Attributes:
        title: the heading.
        items: each a line, with facts below it.
    """

    title: str
    items: tuple[tuple[str, tuple[Fact, ...]], ...]


def render_trace(trace: Trace, style: Format, *, events: bool = False) -> str:
    """Write a trace.

    Args:
        trace: what is known.
        style: how to write it.
        events: every document and every event too; for programs they are always there.
    """
    match style:
        case Format.TEXT:
            return "\n".join([*_text(trace), *(events_text(trace) if events else ())])
        case Format.JSON:
            return json.dumps(_plain(trace), indent=2)
        case Format.MARKDOWN:
            return "\n".join([*_markdown(trace), *(events_markdown(trace) if events else ())])
        case _:
            assert_never(style)


def _text(trace: Trace) -> Iterator[str]:
    yield trace.subject
    for block in _blocks(trace):
        yield ""
        yield block.title
        for line, facts in block.items:
            yield f"  {line}"
            for fact in facts:
                for number, said in enumerate(fact.lines):
                    yield f"    {'' if number else fact.title:<10} {said}"


def _markdown(trace: Trace) -> Iterator[str]:
    yield f"# Trace of {trace.subject}"
    for block in _blocks(trace):
        yield ""
        yield f"## {block.title}"
        yield ""
        for line, facts in block.items:
            yield f"- {line}"
            for fact in facts:
                yield f"  - {fact.title}: {'; '.join(fact.lines)}"


def _blocks(trace: Trace) -> Iterator[_Block]:
    """Environments, prod first; then the releases that they name, each once; then the rest."""
    for place in places_of(trace):
        yield _Block(place.environment, tuple(_items(place, trace.subject)))
    for release in trace.releases:
        yield _Block(f"release {short(release.release)}", tuple((line, ()) for line in _release(release)))
    others = [(event_line(each), ()) for each in trace.others[-_MOST_OTHERS:]]
    if len(trace.others) > _MOST_OTHERS:
        others.append((f"{len(trace.others) - _MOST_OTHERS} earlier ones: --events tells of all", ()))
    if others:
        yield _Block("outside any release", tuple(others))
    if trace.earlier:
        every = len(trace.releases) + trace.earlier
        yield _Block(f"{trace.earlier} earlier releases: --newest {every} tells of all", ())


def _items(place: Place, subject: str) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """What runs comes first and the newest next, both in full; what is history has a line each."""
    newest = place.passages[:1]
    in_full = sorted(
        (each for each in place.passages if is_current(each) or each in newest),
        key=lambda each: not is_current(each),
    )
    for passage in in_full:
        yield headline(passage), tuple(facts_of(passage, subject))
    for passage in place.passages:
        if passage not in in_full:
            yield f"before: {in_short(passage)}", ()
    for release, consents in place.waiting.items():
        lines = tuple(f"{consent_line(each)}, no deployment has followed" for each in consents)
        yield f"release {short(release)} approved:", (Fact("approvals", lines),)
    for line in revocations(place):
        yield line, ()
    for line in refusals(place):
        yield f"refused {line}", ()


def _release(release: ReleaseTrace) -> Iterator[str]:
    """Where it came from: who made, checked, built and signed it."""
    if release.manifest is None:
        yield f"manifest  cannot be read: {release.trouble}"
    else:
        for title, line in _origin(release.manifest):
            yield f"{title:<9} {line}"
    for title, line in (*_checks(release), *_built(release)):
        yield f"{title:<9} {line}"
    for document in release.documents:
        if document.content is None:
            yield f"evidence  {short(document.digest)} cannot be read: {document.trouble}"


def _origin(manifest: Manifest) -> Iterator[tuple[str, str]]:
    for request in manifest.pull_requests:
        yield "change", request_line(request)
    for commit in manifest.direct_commits:
        yield "change", f"{commit.sha[:12]} {commit.title!r} by {commit.author}, past all pull requests"
    yield "commits", f"{manifest.base[:12]}..{manifest.commit[:12]} of {manifest.repository}"
    yield "ships", _parts(str(artifact.part) for artifact in manifest.artifacts) or "nothing"
    if manifest.removed:
        yield "removes", _parts(manifest.removed)


def _parts(names: Iterable[str]) -> str:
    by_pipeline: dict[str, list[str]] = {}
    for name in names:
        part = PartId.parse(name)
        by_pipeline.setdefault(part.pipeline, []).append(part.kind)
    return "; ".join(f"{pipeline}: {', '.join(kinds)}" for pipeline, kinds in by_pipeline.items())


def _checks(release: ReleaseTrace) -> Iterator[tuple[str, str]]:
    runs = {each.digest: each.content for each in release.documents if isinstance(each.content, CheckRun)}
    for digest, run in runs.items():
        results = ", ".join(f"{each.check} {each.result}" for each in run.outcomes) or "none was needed"
        yield "checks", f"{results} on tree {run.tree[:12]}, {moment(run.ended)}{_checker(release, digest)}"
    if not runs:
        yield "checks", "no run of checks is on record"


def _checker(release: ReleaseTrace, digest: str) -> str:
    told = (each.event for each in release.told if each.event.kind is EventKind.CHECKED)
    return next((f" by {actor_name(event.actor)}" for event in told if digest in event.evidence), "")


def _built(release: ReleaseTrace) -> Iterator[tuple[str, str]]:
    for told in release.told:
        if told.event.kind is EventKind.BUILT:
            yield "built", f"{moment(told.event.at)} by {actor_name(told.event.actor)}"
    if release.signers:
        yield "signed", f"by the pinned key {', '.join(key[:12] for key in release.signers)}"


def _plain(trace: Trace) -> dict[str, Any]:
    return {
        "subject": trace.subject,
        "environments": [place_plain(each) for each in places_of(trace)],
        "releases": [
            {
                "release": release.release,
                "manifest": release.manifest.model_dump(mode="json") if release.manifest else None,
                "signed_by": list(release.signers),
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
