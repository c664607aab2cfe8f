"""Approvals as they are kept: signed statements, each below its giver's own user id. Pure.

What binds an approval to its giver is its place, not what it says (docs/adr/0010). A statement is believed
where its ARN has the name that its place has; it is signed, so nobody who can write there can change one.
Whether it counts, and who that name is, `slipway.attest.approval_count` says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from slipway.attest.canonical import digest_of_document
from slipway.attest.faults import AttestationRefused
from slipway.attest.keys import PublicKey
from slipway.attest.statement import PredicateType, Statement, open_statement
from slipway.model.digest import Digest, hex_of, short
from slipway.model.environment import Environment
from slipway.model.evidence import Approval, Revocation
from slipway.model.people import is_bound


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """An approval that its giver took back.

    Attributes:
        approval: which.
        at: when it was taken back.
    """

    approval: Approval
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Every approval of a release in an environment, oldest first.

    Attributes:
        standing: those that were not taken back, expired ones too.
        withdrawn: those that were.
    """

    standing: tuple[Approval, ...]
    withdrawn: tuple[Withdrawn, ...] = ()

    def at(self, moment: datetime) -> "Standing":
        """As it was at a moment: what was taken back later stood then."""
        later = tuple(each.approval for each in self.withdrawn if each.at > moment)
        return Standing(
            standing=tuple(sorted((*self.standing, *later), key=lambda each: each.at)),
            withdrawn=tuple(each for each in self.withdrawn if each.at <= moment),
        )


@dataclass(frozen=True, kw_only=True)
class ApprovalPlace:
    """Where the approvals of a release in an environment are kept, and who signs them.

    Attributes:
        release: digest of the manifest.
        environment: where.
        keys: the pinned public keys.
    """

    release: Digest
    environment: Environment
    keys: Sequence[PublicKey]

    @property
    def folder(self) -> str:
        """What the name of each begins with, in the evidence bucket and in copies of it."""
        return f"approvals/{hex_of(self.release)}/{self.environment}/"

    def name_of(self, said: Approval | Revocation) -> str:
        """Where a statement is kept: below its giver's own user id."""
        return (
            f"{self.folder}{said.approver.caller.user_id}/{said.kind}-{hex_of(digest_of_document(said))}.json"
        )

    def given(self, objects: Iterable[tuple[str, bytes]]) -> Standing:
        """Believe every approval that was ever given, and tell what was taken back of them.

        Args:
            objects: everything in this place, by name.

        Raises:
            AttestationRefused: one is not believed; one that was changed may hide a revocation.
        """
        found = tuple(self._believed(name, content) for name, content in objects)
        revocations = [each for each in found if isinstance(each, Revocation)]
        given = sorted((each for each in found if isinstance(each, Approval)), key=lambda each: each.at)
        ends = [(each, _taken_back(each, revocations)) for each in given]
        return Standing(
            standing=tuple(each for each, end in ends if end is None),
            withdrawn=tuple(Withdrawn(approval=each, at=end) for each, end in ends if end is not None),
        )

    def _believed(self, name: str, content: bytes) -> Approval | Revocation:
        user, _, rest = name.removeprefix(self.folder).partition("/")
        if "/" in rest:  # the bucket's rule for one's own folder matches it at any depth
            raise AttestationRefused(
                f"{name} is not of this place: it lies deeper than an approval does",
                remedy="find out who put it there; the bucket keeps every version",
            )
        said: Approval | Revocation
        if rest.startswith("revocation-"):
            said = self._opened(name, content, PredicateType.REVOCATION).says(Revocation)
        else:
            said = self._opened(name, content, PredicateType.APPROVAL).says(Approval)
        self._refuse_displaced(said, user, name)
        return said

    def _opened(self, name: str, content: bytes, predicate_type: PredicateType) -> Statement:
        return open_statement(content, subject=name, predicate_type=predicate_type, keys=self.keys)

    def _refuse_displaced(self, said: Approval | Revocation, user: str, subject: str) -> None:
        """Refuse a good statement in a wrong place: copied from another release, or from another's folder."""
        place = (said.release, said.environment, said.approver.caller.user_id)
        if place != (self.release, self.environment, user):
            raise AttestationRefused(
                f"{subject} is not of this place: it is {said.approver.person}'s on release "
                f"{short(said.release)} in {said.environment}",
                remedy="find out who put it there; the bucket keeps every version",
            )
        if not is_bound(said.approver.caller):
            raise AttestationRefused(
                f"{subject} names {said.approver.caller.arn}: it lies below {user}, which is no session of "
                "the role for approvals of that name",
                remedy="find out who put it there; the bucket keeps every version",
            )
        if isinstance(said, Approval) and digest_of_document(said.effects) != said.effects_digest:
            raise AttestationRefused(
                f"{subject} names other effects than it lists", remedy="approve the release again"
            )


def _taken_back(approval: Approval, revocations: Iterable[Revocation]) -> datetime | None:
    """When its giver first took it back: a later revocation gives it no life for the time between."""
    ends = (
        each.at for each in revocations if giver_of(each) == giver_of(approval) and each.at >= approval.at
    )
    return min(ends, default=None)


def giver_of(said: Approval | Revocation) -> str:
    """Whose it is by its place; the person that it names `slipway.attest.approval_count` may believe."""
    return said.approver.caller.arn


def predicate_type_of(said: Approval | Revocation) -> PredicateType:
    """What kind of statement it is."""
    match said:
        case Approval():
            return PredicateType.APPROVAL
        case Revocation():
            return PredicateType.REVOCATION
        case _:
            assert_never(said)
