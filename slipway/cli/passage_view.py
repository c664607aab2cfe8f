"""What became of a release in an environment, in a few lines that an auditor reads at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from slipway.audit.courses import Course
from slipway.audit.passages import Consent, Passage, Place, State
from slipway.model.dataset import Dataset, DatasetError
from slipway.model.deployment import Purpose
from slipway.model.digest import short
from slipway.model.effects import Effects
from slipway.model.events import REASON, Event, EventKind
from slipway.model.evidence import DataAudit, Verdict
from slipway.model.principal import actor_name

_MOST_EFFECTS: Final = 4
"""So many effects are named; more of them are counted."""

_OF_A_TABLE: Final = 3
"""Database, schema and table: the first is the environment's."""

_CONTRACT: Final = "contract"
"""The audit of a column: those that hold are counted, not told one by one."""


@dataclass(frozen=True)
class Fact:
    """Something that is told: a title, and a line or more.

    Attributes:
        title: one word.
        lines: what is said.
    """

    title: str
    lines: tuple[str, ...]


def moment(at: datetime) -> str:
    """Write a time as people read it: date and minute, UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def headline(passage: Passage) -> str:
    """Write which release, how it stands, and who brought it when."""
    course = passage.deployed
    return (
        f"release {short(passage.release)} {passage.state}; "
        f"{_began(course)} {moment(course.opened.at)} by {actor_name(course.opened.actor)} ({course.id})"
    )


def in_short(passage: Passage) -> str:
    """Write a release that is history, on one line."""
    end = passage.ways_back[-1] if passage.ways_back else passage.stopped_by
    because = ""
    if end is not None and end.sealed is not None:
        because = f"; {_ended(passage, end)} {moment(end.sealed.at)} by {actor_name(end.sealed.actor)}"
    why = _why(passage.stopped_by) if passage.stopped_by else ""
    return headline(passage) + because + (f": {why}" if why else "")


def facts_of(passage: Passage, subject: str) -> Iterator[Fact]:
    """Write everything that counts about a release in an environment.

    Args:
        passage: what is known.
        subject: what was asked for: of a table only its own audits are told.
    """
    course = passage.deployed
    yield Fact("approvals", tuple(_approvals(passage)))
    effects = {each.approval.effects_digest: each.approval.effects for each in passage.consents}
    for each in effects.values():
        yield Fact("effects", (_effects(each),))
    yield from _stop(passage)
    audits = [each for each in course.audits if each.table == subject] or list(course.audits)
    if audits:
        yield Fact("audits", tuple(_audits(audits, subject)))
    if course.published:
        yield Fact("published", tuple(_published(course, subject)))
    if course.waits is not None:
        yield Fact(
            "waits", (f"{course.waits.message.removeprefix('waits ')}, since {moment(course.waits.at)}",)
        )
    yield Fact("verdict", (_verdict(passage),))
    for look in passage.looks:
        yield Fact("again", (f"looked again {moment(look.opened.at)} by {actor_name(look.opened.actor)}",))
    for way_back in passage.ways_back:
        yield Fact("rollback", tuple(_way_back(way_back)))


def consent_line(consent: Consent) -> str:
    """Write who allowed it, when, and until when."""
    approval = consent.approval
    return f"{approval.approver.person} {moment(approval.at)}, until {moment(approval.expires)}"


def refusals(place: Place) -> Iterator[str]:
    """Write the attempts that were refused; the same one again and again is one line."""
    said = ((_refusal(event), event) for event in place.refused)
    for line, same in groupby(said, key=lambda each: each[0]):
        events = [event for _, event in same]
        times = f" ({len(events)} times, last {moment(events[-1].at)})" if len(events) > 1 else ""
        yield f"{moment(events[0].at)}  {line}{times}"


def revocations(place: Place) -> Iterator[str]:
    """Write the approvals that were taken back."""
    for event in place.revoked:
        release = "" if event.release is None else f" of {short(event.release)}"
        yield f"{moment(event.at)}  {event.subject} took back every approval{release}"


def _began(course: Course) -> str:
    return {Purpose.ROLLBACK: "rollback begun", Purpose.BOOTSTRAP: "bootstrapped"}.get(
        course.purpose, "deployed"
    )


def _approvals(passage: Passage) -> Iterator[str]:
    course = passage.deployed
    counted = [each for each in passage.consents if each.counted]
    for consent in counted:
        yield f"{consent_line(consent)}, counted"
    if not counted:
        yield _without_approval(course)
    for consent in passage.consents:
        if not consent.counted:
            yield f"{consent_line(consent)}, not counted"


def _without_approval(course: Course) -> str:
    if course.admission is None:
        return "which of them the gates counted is not on record"
    said = (gate.why for gate in course.admission.gates if gate.gate == "approvals")
    return next(said, "no gate asked for them")


def _effects(effects: Effects) -> str:
    named = [
        f"{each.operation} {_table(each.target)} (way back: {each.reversibility})" for each in effects.effects
    ]
    more = [f"{len(named) - _MOST_EFFECTS} more"] if len(named) > _MOST_EFFECTS else []
    return "; ".join([*named[:_MOST_EFFECTS], *more]) or "none"


def _stop(passage: Passage) -> Iterator[Fact]:
    course = passage.stopped_by
    if course is None or course.sealed is None:
        return
    when = f"{moment(course.sealed.at)} by {actor_name(course.sealed.actor)}"
    reach = "what it had published was taken back" if course.published else "before anything was published"
    yield Fact("stopped", (f"{when}, {reach}", f"because {_why(course)}"))
    if course.left:
        yield Fact("left", course.left)


def _why(course: Course) -> str:
    """Why a deployment was taken back: its audits, else the stage that failed, else what its seal says."""
    failed = [audit for audit in course.audits if not audit.passed]
    if failed:
        names = ", ".join(dict.fromkeys(f"{each.audit} of {_table(each.table)}" for each in failed))
        return f"{len(failed)} of {len(course.audits)} data audits failed: {names}"
    if course.failed is not None:
        return f"{course.failed.subject} failed: {_on_one_line(course.failed.message)}"
    said = "" if course.sealed is None else course.sealed.message
    return _on_one_line(said.partition("was taken back: ")[2] or said) or "nobody wrote down why"


def _on_one_line(text: str) -> str:
    """The first line, in which people and roles have their names: what follows it is a remedy."""
    return " ".join(map(actor_name, text.partition("\n")[0].split()))


def _audits(audits: Iterable[DataAudit], subject: str) -> Iterator[str]:
    told = list(audits)
    failed = [each for each in told if not each.passed]
    columns = [each for each in told if each.audit == _CONTRACT and each.passed]
    yield f"{len(told) - len(failed)} of {len(told)} passed"
    for each in failed:
        yield f"FAILED {_audit(each, subject)}"
    if columns:
        yield f"{_CONTRACT}: {len(columns)} columns are as promised"
    for each in told:
        if each.passed and each.audit != _CONTRACT:
            yield _audit(each, subject)


def _audit(audit: DataAudit, subject: str) -> str:
    said = audit.message.removeprefix(audit.table).lstrip(": ")
    table = "" if audit.table == subject else f"{_table(audit.table)} "
    return f"{audit.audit}: {table}{said}"


def _published(course: Course, subject: str) -> Iterator[str]:
    for event in course.published:
        if subject not in event.datasets:
            yield f"{', '.join(map(_table, event.datasets))} {moment(event.at)}"
        else:
            yield f"{_table(subject)} {moment(event.at)}"


def _verdict(passage: Passage) -> str:
    verdict = passage.verdict
    if verdict is not None:
        return f"{_said(verdict)} ({moment(verdict.at)})"
    return "none: it was taken back before" if passage.stopped_by else "none yet"


def _said(verdict: Verdict) -> str:
    return f"{verdict.result}: {'; '.join(verdict.basis)}" if verdict.basis else str(verdict.result)


def _way_back(course: Course) -> Iterator[str]:
    pipelines = course.opened.message.rpartition(": ")[2]
    of = f", of {pipelines}" if pipelines else ""
    by = f"by {actor_name(course.opened.actor)}{of} ({course.id})"
    if course.sealed is None:
        yield f"begun {moment(course.opened.at)} {by}, under way"
    elif course.is_completed:
        yield f"{moment(course.sealed.at)} {by}"
    else:
        yield f"failed {moment(course.sealed.at)} {by}: {_why(course)}"
    if REASON in course.opened.figures:
        yield f"because {_on_one_line(course.opened.figures[REASON])}"
    yield from course.left


def _ended(passage: Passage, end: Course) -> str:
    return "stopped" if end is passage.stopped_by else "rolled back"


def _refusal(event: Event) -> str:
    """Who was refused what; the attempt of a denial names the release, the message of a gate does."""
    actor = actor_name(event.actor)
    if event.kind is EventKind.GATE_REFUSED:
        return f"{actor} tried to deploy: {_on_one_line(event.message)}"
    return f"{actor} tried to {event.subject}: {_on_one_line(event.message)}"


def _table(target: str) -> str:
    """A table as people call it: schema and name; anything else as it is."""
    try:
        parts = Dataset.parse(target).parts
    except DatasetError:
        return target
    return ".".join(parts[1:]) if len(parts) == _OF_A_TABLE else target


def is_current(passage: Passage) -> bool:
    """Whether it is told in full however old it is: it runs, or it is on its way."""
    return passage.state in {State.RUNS, State.UNDER_WAY}
