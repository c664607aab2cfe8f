"""Privileges on one object, and what it takes to make two objects' privileges equal.

Grants follow the object through a swap, not the name: so the candidate gets the grants of the table that it
replaces before the swap, and both are compared again after it.

Source: https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import NewType, assert_never

Privilege = NewType("Privilege", str)
"""Snowflake's word for what may be done, such as SELECT. An open set: Snowflake adds to it."""


@unique
class GranteeKind(StrEnum):
    """Who can be given a privilege on an object, as SHOW GRANTS says it."""

    ROLE = "ROLE"
    DATABASE_ROLE = "DATABASE_ROLE"
    SHARE = "SHARE"


@dataclass(frozen=True, order=True)
class Grantee:
    """Who has a privilege.

    Attributes:
        kind: of whom.
        name: as stored; a database role's without its database, which is the object's own.
    """

    kind: GranteeKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, order=True, kw_only=True)
class Grant:
    """One privilege of one grantee.

    Attributes:
        privilege: what may be done; never OWNERSHIP, which is `Grants.owner`.
        grantee: by whom.
        with_grant_option: whether the grantee may grant it on.
    """

    privilege: Privilege
    grantee: Grantee
    with_grant_option: bool = False

    def __str__(self) -> str:
        option = " WITH GRANT OPTION" if self.with_grant_option else ""
        return f"{self.privilege} TO {self.grantee}{option}"


@dataclass(frozen=True)
class Grants:
    """Every privilege on one object.

    Attributes:
        owner: who has OWNERSHIP; None where SHOW GRANTS shows no owner.
        held: the other privileges.
    """

    owner: Grantee | None
    held: frozenset[Grant]


@unique
class GrantAction(StrEnum):
    """What is done about a privilege."""

    GRANT = "GRANT"
    REVOKE = "REVOKE"
    REVOKE_OPTION = "REVOKE GRANT OPTION FOR"


@dataclass(frozen=True, order=True)
class GrantChange:
    """One step towards equal grants.

    Attributes:
        action: what is done.
        grant: the privilege; its grant option counts when it is granted.
    """

    action: GrantAction
    grant: Grant

    def __str__(self) -> str:
        return f"{self.action} {self.grant}"


def difference(have: frozenset[Grant], want: frozenset[Grant]) -> tuple[GrantChange, ...]:
    """List the steps that make one set of grants another.

    Grants come before revocations, so that nobody loses in between what both sets give.

    Args:
        have: what is.
        want: what is to be.

    Returns:
        The steps in the order to take them; empty when the sets are equal.
    """
    options = {_without_option(each) for each in have if each.with_grant_option}
    plain = {_without_option(each) for each in want}
    grants = [GrantChange(GrantAction.GRANT, each) for each in sorted(want - have)]
    lost = sorted({_without_option(each) for each in have} - plain)
    revokes = [GrantChange(GrantAction.REVOKE, each) for each in lost]
    lesser = sorted(each for each in want - have if not each.with_grant_option and each in options)
    weakened = [GrantChange(GrantAction.REVOKE_OPTION, each) for each in lesser]
    needless = {each.grant for each in weakened}
    return (*(each for each in grants if each.grant not in needless), *weakened, *revokes)


def applied(have: frozenset[Grant], changes: tuple[GrantChange, ...]) -> frozenset[Grant]:
    """Tell what the grants are after some steps; the model that tests and explanations walk.

    Args:
        have: what is.
        changes: the steps.
    """
    held = {_without_option(each): each for each in have}
    for change in changes:
        key = _without_option(change.grant)
        match change.action:
            case GrantAction.GRANT:
                held[key] = change.grant
            case GrantAction.REVOKE:
                held.pop(key, None)
            case GrantAction.REVOKE_OPTION:
                held[key] = key
            case _:
                assert_never(change.action)
    return frozenset(held.values())


def _without_option(grant: Grant) -> Grant:
    return Grant(privilege=grant.privilege, grantee=grant.grantee)
