"""Snowflake's grants: to roles that somebody holds for a reason, and no more than they need."""

from collections.abc import Iterator, Mapping
from typing import Final

from policies.rules.place import is_within
from policies.rules.rule import NoLimits, Resource, Rule
from policies.rules.statements import EXECUTE, grants_of
from policies.rules.values import stored
from slipway.model.frozen import Frozen
from slipway.model.policy_report import Severity

_PRIVILEGES: Final = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"
_DATABASE_PRIVILEGES: Final = "snowflake:index/grantPrivilegesToDatabaseRole:GrantPrivilegesToDatabaseRole"
_OWNERSHIP: Final = "snowflake:index/grantOwnership:GrantOwnership"
_HOLDERS: Final[Mapping[str, str]] = {
    _PRIVILEGES: "accountRoleName",
    _OWNERSHIP: "accountRoleName",
    "snowflake:index/grantAccountRole:GrantAccountRole": "parentRoleName",
    "snowflake:index/grantApplicationRole:GrantApplicationRole": "parentAccountRoleName",
    "snowflake:index/grantDatabaseRole:GrantDatabaseRole": "parentRoleName",
}
"""Type of grant -> the property that says which role of the account has it then."""

_EVERYBODY: Final = "PUBLIC"
_OWNER: Final = "OWNERSHIP"
_BROAD: Final = frozenset({"ALL", "ALL PRIVILEGES", _OWNER})
_CLONE: Final = "slipway:warehouse:ZeroCopyClone"
_ROLE: Final = "slipway:warehouse:WarehouseRole"


class AdministratorLimits(Frozen):
    """Whose the account is.

    Attributes:
        administrators: Snowflake's own roles, which may own what no functional role may.
    """

    administrators: tuple[str, ...] = ("ACCOUNTADMIN", "SECURITYADMIN", "SYSADMIN", "USERADMIN")


def _to_everybody(resource: Resource, _: NoLimits) -> Iterator[str]:
    if _EVERYBODY in _holders(resource):
        yield f"{resource.told} grants to {_EVERYBODY}, which every user is; it has to name another role"


def _holders(resource: Resource) -> list[str]:
    """The roles of the account that get something."""
    if resource.type == EXECUTE:
        return [each.holder for each in grants_of(resource) if each.is_of_account]
    return [stored(resource.properties.get(_HOLDERS[resource.type]))]


def _too_much(resource: Resource, limits: AdministratorLimits) -> Iterator[str]:
    """A clone's component gives what it makes to who cleans up after it, a role's itself to who grants it."""
    if is_within(resource, _CLONE):
        return
    for broad, holder in _given(resource):
        if holder not in limits.administrators:
            yield f"{resource.told} gives {broad} to {holder}; a role gets what it needs, by name"


def _given(resource: Resource) -> Iterator[tuple[str, str]]:
    """What is too broad for a functional role, and who gets it."""
    if resource.type == EXECUTE:
        yield from ((each.broad, each.holder) for each in grants_of(resource) if each.broad)
    elif (broad := _broad(resource)) and not _gives_a_role(resource):
        properties = resource.properties
        yield broad, stored(properties.get("accountRoleName") or properties.get("databaseRoleName"))


def _gives_a_role(resource: Resource) -> bool:
    """Whether what is owned is the component's role, and no data."""
    on = resource.properties.get("on")
    kind = on.get("objectType") if isinstance(on, Mapping) else None
    return resource.type == _OWNERSHIP and stored(kind) == "ROLE" and is_within(resource, _ROLE)


def _broad(resource: Resource) -> str:
    if resource.type == _OWNERSHIP:
        return _OWNER
    if resource.properties.get("allPrivileges"):
        return "ALL PRIVILEGES"
    named = {str(each).upper() for each in resource.properties.get("privileges") or ()}
    return ", ".join(sorted(named & _BROAD))


NO_PUBLIC_GRANTS: Final = Rule(
    id="no-public-grants",
    severity=Severity.CRITICAL,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="Every user and every role of the account has what PUBLIC has.",
    remedy="Grant to the role that needs it.",
    limits=NoLimits,
    judges=frozenset({*_HOLDERS, EXECUTE}),
    violations=_to_everybody,
)
LEAST_PRIVILEGES: Final = Rule(
    id="least-privileges",
    severity=Severity.HIGH,
    frameworks=("PCI DSS 7.2", "SOX ITGC"),
    rationale="Who owns an object grants it on and drops it; ALL grows with each release of Snowflake.",
    remedy="Name the privileges (components/warehouse/access.py); an object belongs to who makes it.",
    limits=AdministratorLimits,
    judges=frozenset({_DATABASE_PRIVILEGES, _OWNERSHIP, _PRIVILEGES, EXECUTE}),
    violations=_too_much,
)
