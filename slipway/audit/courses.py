"""What a deployment came to: its events and evidence, put together. Pure; nothing is judged here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from slipway.audit.trace import ReleaseTrace, Told
from slipway.model.deployment import Purpose, purpose_of
from slipway.model.digest import Digest
from slipway.model.events import DeploymentId, Event, EventKind, Outcome
from slipway.model.evidence import Admission, AuditRun, DataAudit, Evidence, Verdict

DocumentT = TypeVar("DocumentT", Admission, AuditRun, Verdict)


@dataclass(frozen=True, kw_only=True)
class Course:
    """One deployment, from its opening to its seal.

    Attributes:
        id: of the deployment.
        purpose: what it is for.
        opened: its first event.
        sealed: its last; None while it is under way.
        failed: the stage that failed, if one did.
        waits: what it waits for now, if it does.
        published: each table that it has swapped.
        left: what is left of tables in the generations that went, in words.
        admission: by which gates it came in; None where no gate was asked, or the document cannot be read.
        audits: every data audit of it.
        verdict: its own verdict; None when it came to none.
    """

    id: DeploymentId
    purpose: Purpose
    opened: Event
    sealed: Event | None
    failed: Event | None
    waits: Event | None
    published: tuple[Event, ...]
    left: tuple[str, ...]
    admission: Admission | None
    audits: tuple[DataAudit, ...]
    verdict: Verdict | None

    @property
    def is_completed(self) -> bool:
        """Whether every stage was done."""
        return self.sealed is not None and self.sealed.outcome is Outcome.SUCCESS

    @property
    def is_stopped(self) -> bool:
        """Whether it ended by being taken back."""
        return self.sealed is not None and self.sealed.outcome is not Outcome.SUCCESS


def courses_of(release: ReleaseTrace, told: Iterable[Told]) -> Iterator[Course]:
    """Put a release's events together by deployment.

    Args:
        release: whose evidence they refer to.
        told: its events of one environment.
    """
    by_id: dict[DeploymentId, list[Told]] = {}
    for each in told:
        if each.event.deployment is not None:
            by_id.setdefault(each.event.deployment, []).append(each)
    for id_, own in by_id.items():
        events = [each.event for each in sorted(own, key=lambda each: (each.chain != id_, each.sequence))]
        yield _course(id_, events, release)


def _course(id_: DeploymentId, events: list[Event], release: ReleaseTrace) -> Course:
    """Put a deployment's events together; those of its own chain come first."""
    first = {kind: next((each for each in events if each.kind is kind), None) for kind in EventKind}
    sealed = first[EventKind.DEPLOYMENT_SEALED]
    parked = [each for each in events if each.kind is EventKind.PARKED]
    resumed = [each for each in events if each.kind is EventKind.RESUMED]
    named = frozenset(chain.from_iterable(each.evidence for each in events))
    return Course(
        id=id_,
        purpose=purpose_of(id_),
        opened=first[EventKind.DEPLOYMENT_OPENED] or events[0],
        sealed=sealed,
        failed=first[EventKind.STAGE_FAILED],
        waits=parked[-1] if len(parked) > len(resumed) and sealed is None else None,
        published=tuple(each for each in events if each.kind is EventKind.STAGE_DONE and each.datasets),
        left=tuple(each.message for each in events if _tells_left(each)),
        admission=next(_documents(release, named, Admission), None),
        audits=tuple(audit for run in _documents(release, named, AuditRun) for audit in run.audits),
        verdict=next(_documents(release, named, Verdict), None),
    )


def _tells_left(event: Event) -> bool:
    ends = event.kind in {EventKind.STAGE_DONE, EventKind.STAGE_UNDONE}
    return ends and bool(event.message) and event.outcome is Outcome.SUCCESS


def _documents(release: ReleaseTrace, named: frozenset[Digest], kind: type[DocumentT]) -> Iterator[DocumentT]:
    for document in release.documents:
        content: Evidence | None = document.content
        if document.digest in named and isinstance(content, kind):
            yield content
