"""Whether somebody answers for every state that a stack has had: versions and events in, findings out. Pure.

A policy pack runs in the process of whoever updates a stack, and can be left out there. What such an update
leaves cannot: each checkpoint is a version of the state's object, which nobody who updates may delete. A
version belongs to the entry whose span it is in. Who wrote a version that is in no span, the ledger cannot
tell: the bucket's trail can.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from itertools import groupby
from typing import Final

from slipway.model.environment import StackName
from slipway.model.events import DeploymentId, Event, EventKind
from slipway.model.stack_states import BEGINNING, GONE, Span, spans_of
from slipway.ports.stack_engine import StackVersion

UNDER_WAY: Final = timedelta(days=1)
"""How long a deployment that has not ended may still answer for what was written since it began."""


VERSION_GONE: Final = "version-gone"
"""The fault of a version that an entry names and that is no longer there, although older ones are."""


@unique
class StateFault(StrEnum):
    """Why nobody answers for states."""

    UNRECORDED = "unrecorded"
    """No deployment has written them."""

    UNFINISHED = "unfinished"
    """A deployment may have written them that has not ended, and does not go on."""

    UNJUDGED = "unjudged"
    """A deployment has written them, and its entry names no policies."""


@dataclass(frozen=True, kw_only=True)
class StateUpdate:
    """An entry of the ledger by which somebody answers for states.

    Attributes:
        event: the entry's.
        policies: digests of those that judged; empty for what was taken on record.
        versions: how many versions it answers for, that no entry before it does.
    """

    event: Event
    policies: tuple[str, ...]
    versions: int


@dataclass(frozen=True, kw_only=True)
class UnansweredStates:
    """Versions in a row that nobody answers for.

    Attributes:
        fault: why.
        first: the oldest of them.
        last: the newest of them.
        versions: how many.
        after: id of the version before the first; BEGINNING: there is none.
        deployments: which may have written them, or have.
    """

    fault: StateFault
    first: StackVersion
    last: StackVersion
    versions: int
    after: str
    deployments: tuple[DeploymentId, ...] = ()

    @property
    def span(self) -> Span:
        """What somebody answers for who takes them on record."""
        return Span(after=self.after, until=self.last.id)


@dataclass(frozen=True, kw_only=True)
class GoneVersion:
    """A version that an entry names, and that is not there.

    Attributes:
        id: its name.
        event: the entry's.
    """

    id: str
    event: Event


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A deployment that has begun to update a stack and has not ended.

    Attributes:
        deployment: which.
        at: when it began to.
    """

    deployment: DeploymentId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StackHistory:
    """What is to be said of a stack's states.

    Attributes:
        stack: which.
        versions: how many there are.
        updates: who answers for them, oldest first.
        unanswered: what nobody answers for.
        under_way: what a deployment may have written that is going on: not decided yet.
        gone: versions that are no longer there.
        misjudged: updates that other policies judged than those in charge.
    """

    stack: StackName
    versions: int
    updates: tuple[StateUpdate, ...]
    unanswered: tuple[UnansweredStates, ...]
    under_way: tuple[UnansweredStates, ...] = ()
    gone: tuple[GoneVersion, ...] = ()
    misjudged: tuple[StateUpdate, ...] = ()

    @property
    def is_answered_for(self) -> bool:
        """Whether there is no finding."""
        return not (self.unanswered or self.gone or self.misjudged)


def history_of(
    stack: StackName,
    versions: Sequence[StackVersion],
    events: Iterable[Event],
    *,
    begun: Callable[[datetime], Sequence[Begun]],
    now: datetime,
    later: Sequence[StackVersion] = (),
) -> StackHistory:
    """Put versions and entries together.

    Args:
        stack: whose.
        versions: oldest first.
        events: of its updates, and by which states were taken on record.
        begun: tells the deployments that had begun before a moment and have not ended; asked only for
            versions that nobody answers for.
        now: the moment.
        later: versions that were written while the events were read: entries may name them.
    """
    books = _Books(versions, later)
    told = sorted(events, key=lambda event: event.at)
    updates = tuple(each for event in told for each in books.enter(event))
    answered = {id_ for event in told for id_ in event.figures.get(GONE, "").split()}
    free = books.unanswered()
    going_on = begun(max(each.at for _, each in free)) if free else ()
    loose = [_loose(number, each, books.unjudged.get(number), going_on, now) for number, each in free]
    rows = list(_rows(versions, loose))
    return StackHistory(
        stack=stack,
        versions=len(versions),
        updates=updates,
        unanswered=tuple(row for first, row in rows if not first.is_open),
        under_way=tuple(row for first, row in rows if first.is_open),
        gone=tuple(each for each in books.gone if each.id not in answered),
    )


@dataclass
class _Books:
    """Which entry answers for which version."""

    versions: Sequence[StackVersion]
    later: Sequence[StackVersion]
    positions: Mapping[str, int] = field(init=False)
    owners: dict[int, Event] = field(init=False, default_factory=dict)
    unjudged: dict[int, Event] = field(init=False, default_factory=dict)
    gone: list[GoneVersion] = field(init=False, default_factory=list)
    newest: int = field(init=False, default=-1)

    def __post_init__(self) -> None:
        self.positions = {
            version.id: position for position, version in enumerate((*self.versions, *self.later))
        }

    def enter(self, event: Event) -> Iterator[StateUpdate]:
        """Enter what an event answers for."""
        spans = [span for span in spans_of(event.figures) if span.until is not None]
        before = len(self.owners) + len(self.unjudged)
        for span in spans:
            self._enter(span, event)
        if spans:
            yield StateUpdate(
                event=event,
                policies=tuple(dict.fromkeys(span.policies for span in spans if span.policies)),
                versions=len(self.owners) + len(self.unjudged) - before,
            )

    def _enter(self, span: Span, event: Event) -> None:
        until = self.positions.get(span.until or "")
        if until is None:
            if self.newest >= 0 or span.after in self.positions:  # else a rule of the bucket has expired both
                self.gone.append(GoneVersion(id=span.until or "", event=event))
            return
        is_judged = bool(span.policies) or event.kind is EventKind.STATE_RECORDED
        for position in range(self._after(span, until, event) + 1, until + 1):
            if is_judged:
                self.unjudged.pop(position, None)
                self.owners.setdefault(position, event)
            elif position not in self.owners:
                self.unjudged.setdefault(position, event)
        self.newest = max(self.newest, until)

    def _after(self, span: Span, until: int, event: Event) -> int:
        """Where a span begins. One whose beginning has gone answers for no more than its end for sure.

        Versions expire from the oldest on: unless an older one is named and there, all that is left before
        the end is the span's.
        """
        if span.after == BEGINNING:
            return -1
        after = self.positions.get(span.after)
        if after is not None:
            return after
        if self.newest < 0:
            return -1
        self.gone.append(GoneVersion(id=span.after, event=event))
        return until - 1

    def unanswered(self) -> list[tuple[int, StackVersion]]:
        """What no entry that names policies answers for."""
        return [(number, each) for number, each in enumerate(self.versions) if number not in self.owners]


@dataclass(frozen=True, kw_only=True)
class _Loose:
    """A version that nobody answers for.

    Attributes:
        position: among the versions.
        version: itself.
        fault: why.
        is_open: whether a deployment may still answer for it.
        deployments: which may have written it, or have.
    """

    position: int
    version: StackVersion
    fault: StateFault
    is_open: bool = False
    deployments: tuple[DeploymentId, ...] = ()


def _loose(
    position: int, version: StackVersion, owner: Event | None, going_on: Sequence[Begun], now: datetime
) -> _Loose:
    if owner is not None:
        deployments = () if owner.deployment is None else (owner.deployment,)
        return _Loose(position=position, version=version, fault=StateFault.UNJUDGED, deployments=deployments)
    # S3 tells a version's moment to the second.
    writers = tuple(each.deployment for each in going_on if each.at.replace(microsecond=0) <= version.at)
    return _Loose(
        position=position,
        version=version,
        fault=StateFault.UNFINISHED if writers else StateFault.UNRECORDED,
        is_open=bool(writers) and now - version.at < UNDER_WAY,
        deployments=writers,
    )


def _rows(
    versions: Sequence[StackVersion], loose: Sequence[_Loose]
) -> Iterator[tuple[_Loose, UnansweredStates]]:
    """Put together what follows each other for the same reason."""
    for _, numbered in groupby(enumerate(loose), key=_in_a_row):
        group = [each for _, each in numbered]
        first, last = group[0], group[-1]
        yield (
            first,
            UnansweredStates(
                fault=first.fault,
                first=first.version,
                last=last.version,
                versions=len(group),
                after=versions[first.position - 1].id if first.position else BEGINNING,
                deployments=first.deployments,
            ),
        )


def _in_a_row(numbered: tuple[int, _Loose]) -> tuple[object, ...]:
    number, loose = numbered
    return loose.position - number, loose.fault, loose.is_open, loose.deployments
