"""Who acts: an authenticated AWS principal, and the person of team.yaml that it stands for."""

from typing import NewType

from slipway.model.frozen import Frozen
from slipway.model.team import PersonId, Role

UserId = NewType("UserId", str)
"""What STS calls `UserId`: stable for a user (`AIDA...`), role id and session name for a role session."""


class Caller(Frozen):
    """Who the credentials belong to, as STS says (GetCallerIdentity).

    Attributes:
        arn: user, or session of a role.
        user_id: below it alone this principal may write approvals.
        account: twelve digits.
    """

    arn: str
    user_id: UserId
    account: str


class Principal(Frozen):
    """A caller who is somebody of team.yaml.

    Attributes:
        caller: who the credentials belong to.
        person: id of the person.
        github: the person's login, by which authors and committers are known.
        roles: what the person may decide.
    """

    caller: Caller
    person: PersonId
    github: str
    roles: tuple[Role, ...]
