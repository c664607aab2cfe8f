"""Which approvals count, and how many are needed: one judgement, for gates and for policies. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.attest.approval_record import Standing, Withdrawn
from slipway.attest.canonical import digest_of_document
from slipway.attest.control import Control
from slipway.model.approval_policy import APPROVALS_NEEDED, APPROVER, LASTS_AT_MOST
from slipway.model.digest import Digest, short
from slipway.model.effects import Effect, Effects
from slipway.model.environment import Environment
from slipway.model.evidence import Approval
from slipway.model.people import PrincipalUnknown, approver_of, is_user
from slipway.model.release import Release
from slipway.model.separation import involved
from slipway.model.team import Person, PersonId
from slipway.model.touched import touched_pipelines


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """An approval that was looked at.

    Attributes:
        evidence: its digest.
        person: who gave it.
        at: when.
        expires: until when it holds.
        complaint: why it does not count; empty where it does.
    """

    evidence: Digest
    person: PersonId
    at: datetime
    expires: datetime
    complaint: str

    @property
    def counts(self) -> bool:
        """Whether it lets the release in."""
        return not self.complaint


@dataclass(frozen=True, kw_only=True)
class Case:
    """What approvals are to allow: this release, here, with these effects, by this deployer, now.

    Attributes:
        release: verified.
        environment: where it wants to go.
        effects: what it would do there.
        control: who decides there.
        deployer: who brings it in.
        now: the moment that counts.
        failed: when it was last taken back there; None where it never was.
    """

    release: Release
    environment: Environment
    effects: Effects
    control: Control
    deployer: PersonId
    now: datetime
    failed: datetime | None = None

    @property
    def threshold(self) -> int:
        """How many different people have to allow it: the most critical pipeline that it touches decides."""
        touched = touched_pipelines(self.release.manifest)
        needed = APPROVALS_NEEDED[self.environment]
        return max(needed[self.control.criticality_of(each)] for each in touched)

    @property
    def able(self) -> tuple[Person, ...]:
        """Everyone whose approval would count."""
        return tuple(person for person in self.control.roster.people if self._may_approve(person))

    def _may_approve(self, person: Person) -> bool:
        wrote = person.github.lower() in involved(self.release.manifest)
        able = APPROVER in person.roles and is_user(person)
        return able and not wrote and self.deployer != person.id


def weigh(case: Case, given: Standing) -> tuple[Weighed, ...]:
    """Look at each approval; those that were taken back are told too, or their givers would look for them.

    Args:
        case: what they are to allow.
        given: every approval, verified.

    Returns:
        The oldest first, each with why it does not count.
    """
    standing = [(each, next(_complaints(each, case), "")) for each in given.standing]
    withdrawn = [(each.approval, next(_withdrawn(each, case.control))) for each in given.withdrawn]
    return tuple(
        Weighed(
            evidence=digest_of_document(approval),
            person=approval.approver.person,
            at=approval.at,
            expires=approval.expires,
            complaint=complaint,
        )
        for approval, complaint in sorted((*standing, *withdrawn), key=lambda each: each[0].at)
    )


def people_of(weighed: Iterable[Weighed]) -> tuple[PersonId, ...]:
    """Name everyone whose approval counts, once each, sorted."""
    return tuple(sorted({each.person for each in weighed if each.counts}))


def _withdrawn(withdrawn: Withdrawn, control: Control) -> Iterator[str]:
    """Who gave it is told first: nobody takes back what somebody else has written in their name."""
    yield from _in_their_name(withdrawn.approval, control)
    yield f"it was taken back at {withdrawn.at:%Y-%m-%d %H:%M} UTC"


def _complaints(approval: Approval, case: Case) -> Iterator[str]:
    """Why an approval does not count; nothing when it does."""
    if approval.release != case.release.digest:
        yield f"it is of release {short(approval.release)}"
    if approval.environment is not case.environment:
        yield f"it is for {approval.environment}"
    yield from _out_of_time(approval, case.now)
    if case.failed is not None and approval.at <= case.failed:  # what people have seen fail they want anew
        yield f"it is from before the release was taken back at {case.failed:%Y-%m-%d %H:%M} UTC"
    yield from _not_entitled(approval, case)
    more = case.effects.beyond(approval.effects)
    if more:
        yield f"it is of other effects: it does not cover {_told(more)}"


def _out_of_time(approval: Approval, now: datetime) -> Iterator[str]:
    if now < approval.at:
        yield f"it is of {approval.at:%Y-%m-%d %H:%M} UTC, which is yet to come"
    if approval.expires - approval.at > LASTS_AT_MOST:  # who writes one does it on a machine of their own
        hours = LASTS_AT_MOST // timedelta(hours=1)
        yield f"it is to hold until {approval.expires:%Y-%m-%d %H:%M} UTC; one holds {hours} hours at most"
    if now >= approval.expires:
        yield f"it expired at {approval.expires:%Y-%m-%d %H:%M} UTC"


def _not_entitled(approval: Approval, case: Case) -> Iterator[str]:
    """The roster of today decides, not the person and the roles that the approval was written with."""
    person = case.control.roster.person(approval.approver.person)
    if person is None or APPROVER not in person.roles:
        yield f"the running release gives them no role {APPROVER}"
        return
    yield from _in_their_name(approval, case.control)
    did = involved(case.release.manifest).get(person.github.lower())
    if did is not None:
        yield f"they {did}"
    if case.deployer == person.id:
        yield "they deploy it"


def _in_their_name(approval: Approval, control: Control) -> Iterator[str]:
    """Who gave it follows from whose session wrote it; what it says of a person is its writer's word."""
    try:
        giver = approver_of(approval.approver.caller, control.roster).person
    except PrincipalUnknown as unknown:
        yield unknown.message
        return
    if giver != approval.approver.person:
        yield f"{giver} has written it in their name"


def _told(effects: tuple[Effect, ...]) -> str:
    return ", ".join(f"{effect.operation} {effect.target} ({effect.reversibility})" for effect in effects)
