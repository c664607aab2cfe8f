"""People, their roles and teams. Approvals and ownership are decided from these, never from a login."""

import re
from enum import StrEnum, unique
from typing import Final, NewType

from slipway.model.frozen import Frozen

PersonId = NewType("PersonId", str)
"""A person's id in team.yaml, such as ``ana.silva``."""

TeamName = NewType("TeamName", str)
"""A team's name in team.yaml; the owner of a pipeline."""


_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
"""One part at each side of one @, the second with a dot: the rest is known to the mail server alone."""

APPROVERS: Final = "approvers"
"""The team that the platform makes on GitHub of everyone with the role `approver`."""

CONTROL_OWNERS: Final = "control-owners"
"""The team that the platform makes on GitHub of everyone with the role `control-owner`."""


@unique
class Role(StrEnum):
    """What a person may decide. Not a team, and not a right in AWS or Snowflake."""

    DATA_ENGINEER = "data-engineer"
    PLATFORM_ENGINEER = "platform-engineer"
    APPROVER = "approver"
    CONTROL_OWNER = "control-owner"
    AUDITOR = "auditor"


AUTHORS: Final = frozenset({Role.DATA_ENGINEER, Role.PLATFORM_ENGINEER})
"""Who writes code, and so pushes to the repository."""


class Person(Frozen):
    """Someone who changes, approves or audits.

    Attributes:
        id: unique in the workspace.
        name: as they write it.
        github: their login.
        aws_principal: the ARN they act as; the ledger names them by it.
        roles: at least one.
    """

    id: PersonId
    name: str
    github: str
    aws_principal: str
    roles: tuple[Role, ...]


class Team(Frozen):
    """Who owns pipelines together.

    Attributes:
        name: unique in the workspace.
        members: ids of people.
        contact: where a question goes.
    """

    name: TeamName
    members: tuple[PersonId, ...]
    contact: str

    @property
    def email(self) -> str | None:
        """The contact, where it is an address."""
        return self.contact if _ADDRESS.fullmatch(self.contact) else None


class Roster(Frozen):
    """Everyone of team.yaml.

    Attributes:
        people: sorted by id.
        teams: sorted by name.
    """

    people: tuple[Person, ...]
    teams: tuple[Team, ...]

    def person(self, id_: str) -> Person | None:
        """The person of an id; None when there is none."""
        return next((person for person in self.people if person.id == id_), None)

    def team(self, name: str) -> Team | None:
        """The team of a name; None when there is none."""
        return next((team for team in self.teams if team.name == name), None)

    def holders(self, role: Role) -> tuple[Person, ...]:
        """Everyone who has a role."""
        return tuple(person for person in self.people if role in person.roles)

    def writes_code(self, team: Team) -> bool:
        """Tell whether somebody of a team writes code: such a team pushes, every other one reads."""
        return any(AUTHORS & set(person.roles) for person in self.people if person.id in team.members)
