"""What a session may do: its roles against the grants of the catalogue.

Rules: https://docs.snowflake.com/en/user-guide/security-access-control-overview and
.../security-access-control-privileges.
An object on which a role has no privilege at all is told as one that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    cannot_operate,
    insufficient_privileges,
    not_found,
    relation_not_found,
)
from slipway_sandbox.snowflake.identifiers import written

_CONTAINERS: Final = (ObjectKind.DATABASE, ObjectKind.SCHEMA)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """The rights of a set of roles.

    Attributes:
        catalogue: the account.
        roles: ids of the roles that count, the inherited ones included.
        primary: id of the role that owns what is created.
        creating: ids of the roles that count where something is created: the primary one and what it holds.
        sees_all: whether every object can be named, whatever may be done with it.
    """

    catalogue: Catalogue
    roles: frozenset[int]
    primary: int
    creating: frozenset[int]
    sees_all: bool = False

    def owns(self, thing: Thing) -> bool:
        """Whether one of the roles owns an object."""
        return thing.owner in self.roles

    def has(self, privilege: Privilege, on: int) -> bool:
        """Whether one of the roles was granted a privilege on an object or on the account (0)."""
        return any(
            grant.privilege is privilege and grant.to in self.roles
            for grant in self.catalogue.grants_on.get(on, ())
        )

    def sees(self, thing: Thing) -> bool:
        """Whether the object exists for these roles: some privilege on it, and use of where it is."""
        return self.sees_all or (
            self._touches(thing) and all(self.uses(each) for each in self.catalogue.containers(thing))
        )

    def uses(self, container: Thing) -> bool:
        """Whether names inside a database or schema can be reached."""
        return self.owns(container) or self.has(Privilege.USAGE, container.id)

    def may(self, privilege: Privilege, thing: Thing) -> bool:
        """Whether a privilege is there, by grant or by ownership."""
        return self.sees(thing) and (self.owns(thing) or self.has(privilege, thing.id))

    def require(self, privilege: Privilege, thing: Thing) -> None:
        """Refuse what the roles may not do.

        Raises:
            SnowflakeError: 3001 when they see the object, else that it does not exist.
        """
        if not self.sees(thing):
            raise self.missing(thing)
        if privilege is Privilege.OWNERSHIP and not self.owns(thing):
            raise self._refusal(thing)
        if not self.owns(thing) and not self.has(privilege, thing.id):
            raise self._refusal(thing)

    def require_creation(self, privilege: Privilege, container: Thing) -> None:
        """Refuse a CREATE inside a container: secondary roles do not authorize one.

        Source: https://docs.snowflake.com/en/sql-reference/sql/use-secondary-roles

        Raises:
            SnowflakeError: 3001 when the roles see the container, else that it does not exist.
        """
        if not self.sees(container):
            raise self.missing(container)
        creator = replace(self, roles=self.creating)
        if not creator.owns(container) and not creator.has(privilege, container.id):
            raise self._refusal(container)

    def require_creation_on_account(self, privilege: Privilege) -> None:
        """Refuse a CREATE in the account, as `require_creation` does inside of something.

        Raises:
            SnowflakeError: 3001.
        """
        replace(self, roles=self.creating).require_on_account(privilege)

    def require_on_account(self, privilege: Privilege) -> None:
        """Refuse what needs a privilege on the account.

        Raises:
            SnowflakeError: 3001.
        """
        if not self.has(privilege, ACCOUNT):
            raise SnowflakeError(
                3001, "42501", "SQL access control error:\nInsufficient privileges to operate on account."
            )

    def missing(self, thing: Thing) -> SnowflakeError:
        """The error for an object that these roles do not see."""
        name = ".".join(written(part) for part in self.catalogue.full_name(thing))
        if thing.kind in _CONTAINERS:
            return cannot_operate()
        if thing.kind in {ObjectKind.TABLE, ObjectKind.VIEW}:
            return relation_not_found(name)
        return not_found(thing.kind.capitalize(), name)

    @cached_property
    def manages_grants(self) -> bool:
        """Whether every grant may be made and taken away."""
        return self.has(Privilege.MANAGE_GRANTS, ACCOUNT)

    def of_grants(self) -> "Authority":
        """The same rights where grants are made, taken away or shown: who manages them does so on any object.

        Source: https://docs.snowflake.com/en/user-guide/security-access-control-privileges (MANAGE GRANTS)
        """
        return replace(self, sees_all=self.manages_grants)

    def visible(self, things: list[Thing], chosen: Callable[[Thing], bool] = lambda _: True) -> list[Thing]:
        """The objects that exist for these roles."""
        return [thing for thing in things if chosen(thing) and self.sees(thing)]

    def _touches(self, thing: Thing) -> bool:
        return self.owns(thing) or any(
            grant.to in self.roles for grant in self.catalogue.grants_on.get(thing.id, ())
        )

    def _refusal(self, thing: Thing) -> SnowflakeError:
        return insufficient_privileges(thing.kind.lower(), written(thing.name))
