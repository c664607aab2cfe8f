"""Whether enough have allowed a release, and what to do if not: one answer for gates and policies. Pure.

Which approvals count is `slipway.attest.approval_count`'s to say.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from slipway.attest.approval_count import Case, Weighed, people_of, weigh
from slipway.attest.approval_record import Standing, giver_of
from slipway.attest.canonical import digest_of_document
from slipway.model.digest import short
from slipway.model.evidence import Approval
from slipway.model.people import is_approver
from slipway.model.release import Release
from slipway.model.separation import involved, nameless
from slipway.model.team import PersonId, Roster


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """What keeps a release out.

    Attributes:
        why: one sentence.
        remedy: what to do about it.
        command: the next command, where one command is what to do; else empty.
    """

    why: str
    remedy: str
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The approvals of a release, counted.

    Attributes:
        case: what they are to allow.
        weighed: each of them, the oldest first.
    """

    case: Case
    weighed: tuple[Weighed, ...]

    @property
    def good(self) -> tuple[PersonId, ...]:
        """Everyone whose approval counts, once each, sorted."""
        return people_of(self.weighed)

    @property
    def told(self) -> str:
        """How many of how many, and whose."""
        names = f": {', '.join(self.good)}" if self.good else ""
        return f"{len(self.good)} of {self.case.threshold} approvals{names}"

    @property
    def lacking(self) -> Lacking | None:
        """What is to be done where too few count; None where enough do."""
        case, good = self.case, self.good
        if len(good) >= case.threshold:
            return None
        if len(case.able) < case.threshold:
            names = ", ".join(person.id for person in case.able) or "nobody"
            remedy = (
                f"only {names} may approve it and {case.threshold} are needed: release the pull requests "
                "apart, or have a control owner give somebody the role"
            )
            return Lacking(why=self.told, remedy=remedy)
        asked = ", ".join(person.id for person in case.able if person.id not in good)
        return Lacking(why=self.told, remedy=f"ask {asked} for {self._command}", command=self._command)

    @property
    def _command(self) -> str:
        """People approve as IAM users, who show a second factor."""
        approve = f"slipway approve {short(self.case.release.digest)} -s {self.case.environment}"
        return f"{approve} --effects {digest_of_document(self.case.effects)} --token-code CODE"


def tally(case: Case, given: Standing) -> Tally:
    """Count approvals.

    Args:
        case: what they are to allow.
        given: every approval, verified.
    """
    return Tally(case=case, weighed=weigh(case, given))


def unnamed_writers(release: Release) -> Lacking | None:
    """What is to be done where nobody can tell who wrote of a release; None where everybody is known.

    Args:
        release: verified.
    """
    strangers = nameless(release.manifest)
    if not strangers:
        return None
    return Lacking(
        why=f"it cannot be told whether {', '.join(strangers)}, who wrote of it, is one of the approvers",
        remedy="have them add the address to their GitHub account, then slipway build again",
    )


def allowed_before(release: Release, given: Standing, roster: Roster) -> int:
    """How many people who had no hand in a release have ever allowed it, however long ago.

    It is asked of what runs already, and of what is left: neither an end, nor a change of the team, may keep
    an environment from going back. Their approvals held when the gates of their own deployment were asked.

    Args:
        release: verified.
        given: every approval of it in the environment, verified.
        roster: the team of today; of whom it does not know, what they said themselves is believed.
    """
    wrote = involved(release.manifest)
    every = (*given.standing, *(each.approval for each in given.withdrawn))
    return len({giver_of(each) for each in every if not _logins(each, roster) & wrote.keys()})


def _logins(approval: Approval, roster: Roster) -> AbstractSet[str]:
    """Whoever it may be: a person whom the team knows by the session, and whom the approval names."""
    known = {each.github.lower() for each in roster.people if is_approver(each, approval.approver.caller)}
    return known | {approval.approver.github.lower()}
