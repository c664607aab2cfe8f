"""From an AWS principal to a person of the team: who is at the keyboard."""

import re
from dataclasses import dataclass
from typing import Final

from slipway.model.errors import SlipwayError
from slipway.model.principal import Caller, Principal
from slipway.model.subjects import APPROVE
from slipway.model.team import Person, Roster

_SESSION: Final = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_APPROVING: Final = re.compile(
    rf"arn:(aws[a-z-]*):sts::(\d{{12}}):assumed-role/slipway-shared-{APPROVE}/([^/]+)"
)
_USER: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):user/(?:.*/)?([^/]+)")
_ROLE: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.*/)?([^/]+)")


_NAME: Final = 3
"""The group of both that is a name."""


@dataclass(frozen=True, kw_only=True)
class ApprovingRole:
    """How an IAM user opens a session in which approvals count.

    Attributes:
        arn: of the role for approvals.
        session: what the session has to be called: the user's name.
        device: the user's second factor, as IAM names it unless they named it otherwise.
    """

    arn: str
    session: str
    device: str


class PrincipalUnknown(SlipwayError):  # noqa: N818 - it says what is the case
    """Credentials that are right and nobody's of the team."""


def principal_of(caller: Caller, roster: Roster) -> Principal:
    """Find the person that a caller stands for.

    A person is known by their user, by one session of a role, or by a role. In the last case every session of
    that role is theirs, so it is one that nobody else may assume. A user is also known by the session of the
    platform's role for approvals that is called after them: that role trusts no user under another name.

    Args:
        caller: as STS says.
        roster: who there is.

    Raises:
        PrincipalUnknown: the team's file has nobody with that principal.
    """
    person = next((each for each in roster.people if _is(each, caller)), None)
    if person is None:
        raise PrincipalUnknown(
            f"{caller.arn} is nobody of the team",
            remedy="log in as yourself, or have your aws_principal in the team's file corrected and released",
        )
    return Principal(caller=caller, person=person.id, github=person.github, roles=person.roles)


def approver_of(caller: Caller, roster: Roster) -> Principal:
    """Find the person in whose name a caller approves.

    Only the platform's role for approvals approves, and only for IAM users: its sessions are called after who
    opens them. Any other principal's id says nothing about a name that its bearer could not have made up.

    Args:
        caller: as an approval names it.
        roster: who there is.

    Raises:
        PrincipalUnknown: it is no session of that role, or nobody of the team may open it.
    """
    person = next((each for each in roster.people if is_approver(each, caller)), None)
    if person is None or not is_bound(caller):
        raise PrincipalUnknown(
            f"{caller.arn} with the id {caller.user_id} is nobody's session of the role for approvals",
            remedy="approve as an IAM user whom the team's file names, with a second factor",
        )
    return Principal(caller=caller, person=person.id, github=person.github, roles=person.roles)


def is_bound(caller: Caller) -> bool:
    """Whether a caller is a session of the role for approvals whose ARN has the name that its id has.

    The id is what AWS knows of whoever wrote below it: `<id of the role>:<name of the session>` (IAM user
    guide, "Where you can use policy variables", `aws:userid`). The ARN is what they say of themselves.
    """
    session = _APPROVING.fullmatch(caller.arn)
    return session is not None and caller.user_id.partition(":")[2] == session[_NAME]


def is_user(person: Person) -> bool:
    """Whether a person is an IAM user: nobody else can open a session in which approvals are given."""
    return _USER.fullmatch(person.aws_principal) is not None


def approving_role(caller: Caller) -> ApprovingRole | None:
    """The role for approvals, for an IAM user: what they open a session of; None for any other principal."""
    user = _USER.fullmatch(caller.arn)
    if user is None:
        return None
    partition, account, name = user.groups()
    return ApprovingRole(
        arn=f"arn:{partition}:iam::{account}:role/slipway-shared-{APPROVE}",
        session=name,
        device=f"arn:{partition}:iam::{account}:mfa/{name}",
    )


def is_approver(person: Person, caller: Caller) -> bool:
    """Whether a session of the role for approvals is called after a person's user."""
    return _same(_APPROVING.fullmatch(caller.arn), _USER.fullmatch(person.aws_principal))


def _is(person: Person, caller: Caller) -> bool:
    if person.aws_principal == caller.arn:
        return True
    role = _same(_SESSION.fullmatch(caller.arn), _ROLE.fullmatch(person.aws_principal))
    return role or is_approver(person, caller)


def _same(caller: re.Match[str] | None, person: re.Match[str] | None) -> bool:
    return caller is not None and person is not None and caller.groups() == person.groups()
