"""What became of releases in each environment: a trace's events and evidence, put together. Pure.

A passage is a release's way into an environment: the deployment, what let it in, what its audits and its
verdict said, and what took it back. Nothing is judged here that the records do not say.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Final

from slipway.audit.courses import Course, courses_of
from slipway.audit.evidence import environment_of
from slipway.audit.trace import ReleaseTrace, Told, Trace
from slipway.model.deployment import Purpose
from slipway.model.digest import Digest
from slipway.model.environment import Environment
from slipway.model.events import Event, EventKind
from slipway.model.evidence import Admission, Approval, Verdict

_APPROVALS: Final = "approvals"
"""The gate whose answer rests on approvals."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_REFUSED: Final = (EventKind.DENIED, EventKind.GATE_REFUSED)


@unique
class State(StrEnum):
    """How a release stands in an environment, as far as the records tell."""

    RUNS = "runs"
    """It has brought what the subject is there now."""
    WENT_IN = "went in"
    """It was completed; whether a later release has replaced it was not asked."""
    REPLACED = "was replaced later"
    STOPPED = "was stopped"
    ROLLED_BACK = "was rolled back"
    ROLLED_BACK_IN_PART = "was rolled back in part"
    UNDER_WAY = "is under way"


@dataclass(frozen=True, kw_only=True)
class Consent:
    """An approval that somebody gave.

    Attributes:
        approval: what they allowed, and until when.
        digest: under which it is kept.
        counted: whether the deployment's gates counted it.
    """

    approval: Approval
    digest: Digest
    counted: bool


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A release's way into an environment, once.

    Attributes:
        release: its digest.
        deployed: the deployment; the first thing that is known when its own events are not.
        looks: second looks at it, the oldest first.
        ways_back: rollbacks of it, the oldest first.
        state: how it stands.
        consents: who allowed it there, the oldest first.
    """

    release: Digest
    deployed: Course
    looks: tuple[Course, ...]
    ways_back: tuple[Course, ...]
    state: State
    consents: tuple[Consent, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The newest word on how it does, before anything took it back."""
        given = (course.verdict for course in (self.deployed, *self.looks))
        return max((each for each in given if each is not None), key=lambda each: each.at, default=None)

    @property
    def stopped_by(self) -> Course | None:
        """The deployment or the look that was taken back."""
        return next((course for course in (self.deployed, *self.looks) if course.is_stopped), None)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the records tell of one environment.

    Attributes:
        environment: which one.
        passages: the newest first.
        waiting: approvals that no deployment has come after, by release.
        revoked: approvals that were taken back.
        refused: attempts that were denied, and gates that refused, the oldest first.
    """

    environment: Environment
    passages: tuple[Passage, ...]
    waiting: Mapping[Digest, tuple[Consent, ...]]
    revoked: tuple[Event, ...]
    refused: tuple[Event, ...]


def places_of(trace: Trace) -> tuple[Place, ...]:
    """Put a trace's events together by environment, prod first.

    Args:
        trace: what is known. Where its subject is a dataset, a release runs until a later one has published
            the dataset, and only what has taken that dataset back has rolled it back.
    """
    places = (_place(environment, trace) for environment in reversed(Environment))
    return tuple(
        place for place in places if place.passages or place.waiting or place.revoked or place.refused
    )


def _place(environment: Environment, trace: Trace) -> Place:
    passages: list[Passage] = []
    waiting: dict[Digest, tuple[Consent, ...]] = {}
    events: list[Event] = []
    for release in trace.releases:
        told = [each for each in release.told if each.event.environment is environment]
        events += [each.event for each in told]
        found = list(_passages(release, told, trace.subject))
        passages += found
        last = max((passage.deployed.opened.at for passage in found), default=_NEVER)
        later = tuple(each for each in _given(release, environment) if each.approval.at > last)
        if later:
            waiting[release.release] = later
    passages.sort(key=lambda passage: passage.deployed.opened.at, reverse=True)
    events.sort(key=lambda event: event.at)
    return Place(
        environment=environment,
        passages=tuple(_followed(passages, is_dataset=_is_dataset(trace.subject))),
        waiting=waiting,
        revoked=tuple(each for each in events if each.kind is EventKind.APPROVAL_REVOKED),
        refused=tuple(each for each in events if each.kind in _REFUSED),
    )


def _followed(passages: Iterable[Passage], *, is_dataset: bool) -> Iterator[Passage]:
    """Of a dataset, the newest release that went in runs; of anything else that was not asked."""
    runs = False
    for passage in passages:
        state = passage.state
        if is_dataset and state is State.WENT_IN:
            state, runs = (State.REPLACED if runs else State.RUNS), True
        yield replace(passage, state=state)


def _passages(release: ReleaseTrace, told: Iterable[Told], subject: str) -> Iterator[Passage]:
    courses = sorted(courses_of(release, told), key=lambda course: course.opened.at)
    firsts = [course for course in courses if course.purpose is Purpose.DEPLOY] or courses[:1]
    for first, after in zip(firsts, [*firsts[1:], None], strict=False):
        later = [
            course
            for course in courses
            if course is not first
            and course.opened.at >= first.opened.at
            and (after is None or course.opened.at < after.opened.at)
        ]
        looks = tuple(course for course in later if course.purpose is Purpose.SECOND_LOOK)
        ways_back = tuple(course for course in later if course.purpose is Purpose.ROLLBACK)
        yield Passage(
            release=release.release,
            deployed=first,
            looks=looks,
            ways_back=ways_back,
            state=_state(first, looks, ways_back, subject),
            consents=tuple(_considered(release, first)),
        )


def _state(first: Course, looks: Iterable[Course], ways_back: Iterable[Course], subject: str) -> State:
    if first.purpose is Purpose.ROLLBACK:
        return State.ROLLED_BACK
    if first.sealed is None:
        return State.UNDER_WAY
    if any(course.is_stopped for course in (first, *looks)):
        return State.STOPPED
    done = [each for each in ways_back if each.is_completed]
    returned = {name for each in done for name in each.opened.datasets}
    if _is_dataset(subject):
        return State.ROLLED_BACK if subject in returned else State.WENT_IN
    if done and {*first.opened.datasets} <= returned:
        return State.ROLLED_BACK
    return State.ROLLED_BACK_IN_PART if done else State.WENT_IN


def _considered(release: ReleaseTrace, course: Course) -> Iterator[Consent]:
    """What the gates had before them: what was given later was for another attempt."""
    counted = _counted(course.admission)
    for each in _given(release, environment_of(course.id)):
        if each.digest in counted or each.approval.at <= course.opened.at:
            yield replace(each, counted=each.digest in counted)


def _given(release: ReleaseTrace, environment: Environment) -> tuple[Consent, ...]:
    given = (
        Consent(approval=each.content, digest=each.digest, counted=False)
        for each in release.documents
        if isinstance(each.content, Approval) and each.content.environment is environment
    )
    return tuple(sorted(given, key=lambda consent: consent.approval.at))


def _counted(admission: Admission | None) -> frozenset[Digest]:
    gates = () if admission is None else admission.gates
    return frozenset(digest for gate in gates if gate.gate == _APPROVALS for digest in gate.rests_on)


def _is_dataset(subject: str) -> bool:
    return "://" in subject
