"""Approvals as they are kept: signed statements, each below its giver's own user id.

What binds an approval to its giver is its place, not what it says: the evidence bucket lets nothing but the
role for approvals write there, and each session of it below its own user id alone (`${aws:userid}`), which
ends in the session's name; the role gives a session the name of the user who opens it, and no other. So a
statement is believed where its ARN has the name that its place has. It is in an envelope signed through KMS:
nobody who can write there can change one. Whether it counts, and who that name is, is the gate's to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from slipway.attest import STATEMENT_PAYLOAD, PublicKey, Statement, Subject, digest_of_document, seal
from slipway.attest.approval_record import ApprovalPlace, Standing, giver_of, predicate_type_of
from slipway.model.approval_policy import APPROVER, LASTS_AT_LEAST, LASTS_AT_MOST
from slipway.model.digest import Digest, short
from slipway.model.effects import Effects
from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError, UsageError
from slipway.model.evidence import Approval, Revocation
from slipway.model.principal import Principal
from slipway.model.release import Release
from slipway.model.separation import involved, nameless
from slipway.ports.objects import ObjectStore
from slipway.ports.signer import Signer


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


def require_fitting(lasts: timedelta) -> None:
    """Refuse a time for which no approval may hold.

    Raises:
        DurationUnfit: it is too short or too long.
    """
    if not LASTS_AT_LEAST <= lasts <= LASTS_AT_MOST:
        hours = [int(limit / timedelta(hours=1)) for limit in (LASTS_AT_LEAST, LASTS_AT_MOST)]
        raise DurationUnfit(
            f"an approval cannot hold for {lasts / timedelta(hours=1):g} hours",
            remedy=f"write from {hours[0]} to {hours[1]} hours: --hours N",
        )


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
    require_fitting(lasts)
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
        self._place = ApprovalPlace(release=release, environment=environment, keys=tuple(keys))

    def standing(self) -> tuple[Approval, ...]:
        """Every approval that was not taken back, expired ones too, oldest first.

        Raises:
            AttestationRefused: an object there is not believed; one that was changed may hide a revocation.
        """
        return self.given().standing

    def given(self) -> Standing:
        """Every approval that was ever given, with what was taken back of them.

        Raises:
            AttestationRefused: an object there is not believed; one that was changed may hide a revocation.
        """
        return self._place.given(self.envelopes())

    def give(
        self, approval: Approval, signer: Signer, *, into: ObjectStore, failed: datetime | None = None
    ) -> Given:
        """Write an approval, unless the same person's with the same effects still holds.

        Args:
            approval: what `consider` wrote.
            signer: signs it.
            into: the evidence bucket with the giver's own credentials, which may write in this place alone.
            failed: when the release was last taken back here: what was given until then holds no longer.
        """
        for each in self.standing():
            same = each.approver == approval.approver and each.effects_digest == approval.effects_digest
            holds = each.expires > approval.at and (failed is None or each.at > failed)
            if same and holds:
                return Given(approval=each, digest=digest_of_document(each), new=False)
        self._write(approval, signer, into)
        return Given(approval=approval, digest=digest_of_document(approval), new=True)

    def revoke(
        self, principal: Principal, signer: Signer, *, now: datetime, into: ObjectStore
    ) -> Revocation | None:
        """Take back what somebody gave; None when nothing of theirs stands. `into` is as for `give`."""
        if not any(giver_of(each) == principal.caller.arn for each in self.standing()):
            return None
        place = self._place
        revocation = Revocation(
            release=place.release, environment=place.environment, approver=principal, at=now
        )
        self._write(revocation, signer, into)
        return revocation

    def envelopes(self) -> Iterator[tuple[str, bytes]]:
        """Every statement as it is kept, believed by nobody yet, by its name in the bucket."""
        return ((key, self._objects.read(key).content) for key in self._objects.keys(self._place.folder))

    def _write(self, said: Approval | Revocation, signer: Signer, into: ObjectStore) -> None:
        statement = Statement.of(predicate_type_of(said), said, [Subject.of("release", said.release)])
        into.create(self._place.name_of(said), seal(statement.payload(), STATEMENT_PAYLOAD, signer))
