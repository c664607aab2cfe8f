"""Who acts: an authenticated AWS principal, and the person of team.yaml that it stands for."""

from typing import NewType

from slipway.model.frozen import Frozen
from slipway.model.team import PersonId, Role

UserId = NewType("UserId", str)
"""What STS calls `UserId`: stable for a user (`AIDA...`), role id and session name for a role session."""


def actor_name(arn: str) -> str:
    """Say who acted, for people: a user's name, or a role with the name of its session.

    Args:
        arn: of a user, a role or a role's session; anything else is said as it is.
    """
    resource = arn.rpartition(":")[2] if arn.startswith("arn:") else arn
    kind, slash, name = resource.partition("/")
    match kind:
        case "user" | "role" if slash:
            return name.rpartition("/")[2]
        case "assumed-role" if slash:
            return name
        case _:
            return arn


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

    @property
    def role(self) -> str | None:
        """Name of the role whose session it is; None for a user."""
        kind, _, named = self.arn.rpartition(":")[2].partition("/")
        return named.partition("/")[0] if kind == "assumed-role" else None


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
