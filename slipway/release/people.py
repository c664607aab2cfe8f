"""From an AWS principal to a person of the team: who is at the keyboard."""

import re
from typing import Final

from slipway.model.errors import SlipwayError
from slipway.model.naming import APPROVE
from slipway.model.principal import Caller, Principal
from slipway.model.team import Person, Roster

_SESSION: Final = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_APPROVING: Final = re.compile(
    rf"arn:(aws[a-z-]*):sts::(\d{{12}}):assumed-role/slipway-shared-{APPROVE}/([^/]+)"
)
_USER: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):user/(?:.*/)?([^/]+)")
_ROLE: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.*/)?([^/]+)")


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


def _is(person: Person, caller: Caller) -> bool:
    if person.aws_principal == caller.arn:
        return True
    return _same(_SESSION.fullmatch(caller.arn), _ROLE.fullmatch(person.aws_principal)) or _same(
        _APPROVING.fullmatch(caller.arn), _USER.fullmatch(person.aws_principal)
    )


def _same(caller: re.Match[str] | None, person: re.Match[str] | None) -> bool:
    return caller is not None and person is not None and caller.groups() == person.groups()
