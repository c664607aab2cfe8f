"""Approvals as they are kept: signed statements, each below its giver's own user id.

Two things bind an approval to its giver. Its key in the evidence bucket names their user id, and the bucket
lets a principal write below their own alone (`${aws:userid}`). And it is in an envelope signed through KMS:
nobody who can write there can change one. Whether an approval counts is the gate's to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from slipway.attest import (
    STATEMENT_PAYLOAD,
    PredicateType,
    PublicKey,
    Statement,
    Subject,
    digest_of_document,
    open_statement,
    seal,
)
from slipway.attest.faults import AttestationRefused
from slipway.model.digest import Digest, hex_of, short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.evidence import Approval, Revocation
from slipway.model.principal import Principal
from slipway.model.release import Release
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer
from slipway.release.gates.policy import APPROVER, LASTS_AT_LEAST, LASTS_AT_MOST
from slipway.release.separation import involved, nameless

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class ApprovalDenied(SlipwayError):  # noqa: N818 - it says what happened
    """Somebody who may not approve this release; the attempt is told to the ledger."""


class DurationUnfit(UsageError):  # noqa: N818 - it says what is the case
    """An approval that would hold too short or too long."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What approving did.

    Attributes:
        approval: the approval that holds.
        digest: of its document.
        new: False when the same person had given the same one, and it still holds.
    """

    approval: Approval
    digest: Digest
    new: bool


def consider(
    release: Release,
    environment: Environment,
    effects: Effects,
    principal: Principal,
    *,
    now: datetime,
    lasts: timedelta,
) -> Approval:
    """Write an approval, if its giver may give it.

    Args:
        release: verified.
        environment: where.
        effects: what is allowed.
        principal: who allows it, with the roles that the environment's running release gives them.
        now: the moment.
        lasts: how long it holds.

    Raises:
        ApprovalDenied: they may not.
        DurationUnfit: it would hold too short or too long.
    """
    if not LASTS_AT_LEAST <= lasts <= LASTS_AT_MOST:
        hours = [int(limit / timedelta(hours=1)) for limit in (LASTS_AT_LEAST, LASTS_AT_MOST)]
        raise DurationUnfit(
            f"an approval cannot hold for {lasts / timedelta(hours=1):g} hours",
            remedy=f"write from {hours[0]} to {hours[1]} hours: --hours N",
        )
    _refuse_unentitled(release, principal)
    return Approval(
        release=release.digest,
        environment=environment,
        effects_digest=digest_of_document(effects),
        effects=effects,
        approver=principal,
        at=now,
        expires=now + lasts,
    )


def _refuse_unentitled(release: Release, principal: Principal) -> None:
    if APPROVER not in principal.roles:
        raise ApprovalDenied(
            f"{principal.person} may not approve: the running release gives them no role {APPROVER}",
            remedy="ask somebody with that role: the team's file lists them",
        )
    did = involved(release.manifest).get(principal.github.lower())
    if did is not None:
        raise ApprovalDenied(
            f"{principal.person} may not approve release {short(release.digest)}: they {did}",
            remedy="ask an approver who had no hand in it",
        )
    strangers = nameless(release.manifest)
    if strangers:
        raise ApprovalDenied(
            f"it cannot be told whether {', '.join(strangers)}, who wrote of it, is {principal.person}",
            remedy="have them add the address to their GitHub account, then slipway build again",
        )


class Approvals:
    """The approvals of one release in one environment.

    Args:
        objects: the evidence bucket.
        keys: the pinned public keys of what signs approvals.
        release: of which release.
        environment: where.
    """

    def __init__(
        self, objects: ObjectStore, keys: Sequence[PublicKey], release: Digest, environment: Environment
    ) -> None:
        self._objects = objects
        self._keys = tuple(keys)
        self._release = release
        self._environment = environment

    def standing(self) -> tuple[Approval, ...]:
        """Every approval that was not taken back, expired ones too, oldest first.

        Raises:
            AttestationRefused: an object there is not believed; one that was changed may hide a revocation.
        """
        found = tuple(self._all())
        revoked: dict[str, datetime] = {}
        for each in found:
            if isinstance(each, Revocation):
                person = each.approver.person
                revoked[person] = max(each.at, revoked.get(person, _NEVER))
        given = (each for each in found if isinstance(each, Approval))
        kept = (each for each in given if each.at > revoked.get(each.approver.person, _NEVER))
        return tuple(sorted(kept, key=lambda approval: approval.at))

    def give(self, approval: Approval, signer: Signer, *, into: ObjectStore) -> Given:
        """Write an approval, unless the same person's with the same effects still holds.

        Args:
            approval: what `consider` wrote.
            signer: signs it.
            into: the evidence bucket with the giver's own credentials, which may write in this place alone.
        """
        for each in self.standing():
            same = each.approver.person == approval.approver.person
            if same and each.effects_digest == approval.effects_digest and each.expires > approval.at:
                return Given(approval=each, digest=digest_of_document(each), new=False)
        self._write(approval, signer, into)
        return Given(approval=approval, digest=digest_of_document(approval), new=True)

    def revoke(
        self, principal: Principal, signer: Signer, *, now: datetime, into: ObjectStore
    ) -> Revocation | None:
        """Take back what somebody gave; None when nothing of theirs stands. `into` is as for `give`."""
        if not any(each.approver.person == principal.person for each in self.standing()):
            return None
        revocation = Revocation(
            release=self._release, environment=self._environment, approver=principal, at=now
        )
        self._write(revocation, signer, into)
        return revocation

    @property
    def _folder(self) -> str:
        return f"approvals/{hex_of(self._release)}/{self._environment}/"

    def _write(self, said: Approval | Revocation, signer: Signer, into: ObjectStore) -> None:
        statement = Statement.of(_predicate_type(said), said, [Subject.of("release", said.release)])
        name = f"{said.kind}-{hex_of(digest_of_document(said))}.json"
        key = f"{self._folder}{said.approver.caller.user_id}/{name}"
        into.create(key, seal(statement.payload(), STATEMENT_PAYLOAD, signer))

    def _all(self) -> Iterator[Approval | Revocation]:
        for key in self._objects.keys(self._folder):
            yield self._believed(key)

    def _believed(self, key: str) -> Approval | Revocation:
        user, _, name = key.removeprefix(self._folder).partition("/")
        if "/" in name:  # the bucket's rule for one's own folder matches it at any depth
            raise AttestationRefused(
                f"{key} is not of this place: it lies deeper than an approval does",
                remedy="find out who put it there; the bucket keeps every version",
            )
        said: Approval | Revocation
        if name.startswith("revocation-"):
            said = self._opened(key, PredicateType.REVOCATION).says(Revocation)
        else:
            said = self._opened(key, PredicateType.APPROVAL).says(Approval)
        self._refuse_displaced(said, user, key)
        return said

    def _opened(self, key: str, predicate_type: PredicateType) -> Statement:
        content = self._objects.read(key).content
        return open_statement(content, subject=key, predicate_type=predicate_type, keys=self._keys)

    def _refuse_displaced(self, said: Approval | Revocation, user: str, subject: str) -> None:
        """Refuse a good statement in a wrong place: copied from another release, or from another's folder."""
        place = (said.release, said.environment, said.approver.caller.user_id)
        if place != (self._release, self._environment, user):
            raise AttestationRefused(
                f"{subject} is not of this place: it is {said.approver.person}'s on release "
                f"{short(said.release)} in {said.environment}",
                remedy="find out who put it there; the bucket keeps every version",
            )
        if isinstance(said, Approval) and digest_of_document(said.effects) != said.effects_digest:
            raise AttestationRefused(
                f"{subject} names other effects than it lists", remedy="approve the release again"
            )


def _predicate_type(said: Approval | Revocation) -> PredicateType:
    match said:
        case Approval():
            return PredicateType.APPROVAL
        case Revocation():
            return PredicateType.REVOCATION
        case _:
            assert_never(said)
