"""What a GRANT or REVOKE names: privileges, and the objects they are on, there or still to come.

Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import GRANTABLE, Privilege, applies
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.errors import invalid_value
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import stage_privileges
from slipway_sandbox.snowflake.statements.words import Words

_PLURALS: Final = {kind.plural: kind for kind in ObjectKind}
_NAMED: Final = {str(kind): kind for kind in sorted(ObjectKind, key=len, reverse=True)}


@dataclass(frozen=True, kw_only=True)
class Target:
    """What privileges are granted on.

    Attributes:
        kind: kind of the objects.
        things: the objects; empty for the account and for future ones.
        future_in: the container of objects that are to come; None for existing ones.
        is_one: whether the statement names the one object.
    """

    kind: ObjectKind
    things: Sequence[Thing]
    future_in: Thing | None = None
    is_one: bool = False

    def ids(self, privilege: Privilege | None = None) -> list[int]:
        """What is granted on; with a privilege, only the objects that have it."""
        if self.kind is ObjectKind.ACCOUNT:
            return [ACCOUNT]
        return [each.id for each in self.things if privilege is None or applies(privilege, each.body)]

    def expanded(self, privileges: Sequence[Privilege] | None) -> tuple[Privilege, ...]:
        """The privileges that a statement means; None are all that objects of the kind can have.

        Raises:
            SnowflakeError: one of them is none of such objects.
        """
        if privileges is None:
            return GRANTABLE[self.kind]
        for privilege in privileges:
            if privilege not in GRANTABLE[self.kind]:
                raise invalid_value(f"Invalid privilege '{privilege}' for object type '{self.kind}'")
        if self.is_one:
            stage_privileges.require_fitting(privileges, self.things[0])
        return tuple(privileges)


def read_privileges(words: Words) -> list[Privilege] | None:
    """The privileges of a GRANT; None for ALL."""
    if words.take("ALL"):
        words.take("PRIVILEGES")
        words.expect("ON")
        return None
    by_length = sorted(Privilege, key=len, reverse=True)
    found: list[Privilege] = []
    while not words.take("ON"):
        words.take(",")
        name = words.take_any(*by_length)
        if not name:
            raise words.unexpected()
        found.append(Privilege(name))
    return found


def read_target(session: Session, words: Words) -> Target:
    """What stands behind ON."""
    names = session.names("GRANT").of_grants()
    if words.take("ACCOUNT"):
        return Target(kind=ObjectKind.ACCOUNT, things=())
    which = words.take_any("ALL", "FUTURE")
    if which:
        plural = words.take_any(*_PLURALS)
        if not plural:
            raise words.unexpected()
        kind = _PLURALS[plural]
        words.expect("IN")
        container = names.securable(ObjectKind(words.take_any("SCHEMA", "DATABASE")), words.path())
        if which == "FUTURE":
            return Target(kind=kind, things=(), future_in=container)
        return Target(kind=kind, things=_within(session, container, kind))
    kind = securable_kind(words)
    return Target(kind=kind, things=(names.securable(kind, words.path()),), is_one=True)


def securable_kind(words: Words) -> ObjectKind:
    """The kind that a GRANT names; a name without one is a table's."""
    name = words.take_any(*_NAMED)
    return _NAMED[name] if name else ObjectKind.TABLE


def _within(session: Session, container: Thing, kind: ObjectKind) -> list[Thing]:
    catalogue = session.account.catalogue
    return [
        thing
        for thing in catalogue.present
        if thing.kind is kind and container.id in {each.id for each in catalogue.containers(thing)}
    ]
