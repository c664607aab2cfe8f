"""GRANT and REVOKE of privileges and of ownership.

Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, .../revoke-privilege,
.../grant-ownership.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import (
    GRANTABLE,
    FutureGrant,
    Grant,
    Privilege,
    applies,
)
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    insufficient_privileges,
    invalid_value,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import memberships, stage_privileges
from slipway_sandbox.snowflake.statements.regrants import (
    dependent_grant,
    granted_on,
    holders_with_option,
)
from slipway_sandbox.snowflake.statements.words import Words

_DONE: Final = "Statement executed successfully."
_PLURALS: Final = {kind.plural: kind for kind in ObjectKind}
_NAMED: Final = {str(kind): kind for kind in sorted(ObjectKind, key=len, reverse=True)}


@dataclass(frozen=True, kw_only=True)
class _Target:
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


def grant(session: Session, words: Words) -> Result:
    """GRANT privileges ON ... TO ROLE, or GRANT ROLE ... TO ROLE | USER."""
    if words.take("ROLE"):
        return memberships.grant_role(session, words)
    privileges = _privileges(words)
    target = _target(session, words)
    words.expect("TO")
    role = _role(session, words)
    if privileges is not None and Privilege.OWNERSHIP in privileges:
        keeps = words.take_any("COPY CURRENT GRANTS", "REVOKE CURRENT GRANTS")
        words.end()
        _give_ownership(session, target, role, keeps)
        return status(_DONE)
    option = words.take("WITH", "GRANT", "OPTION")
    words.end()
    chosen = _expanded(privileges, target)
    _require_granting(session, target, chosen)
    _require_order(session, target, role, chosen, gives=True)

    def change(draft: Draft) -> None:
        now = session.account.clock()
        for privilege in chosen:
            if target.future_in is not None:
                draft.grant_future(
                    FutureGrant(
                        privilege=privilege,
                        kind=target.kind,
                        within=target.future_in.id,
                        to=role.id,
                        grant_option=option,
                        created_on=now,
                    )
                )
            for on in _ids(target, privilege):
                draft.grant(
                    Grant(
                        privilege=privilege,
                        on=on,
                        to=role.id,
                        grant_option=option,
                        granted_by=_grantor(session, on, privilege),
                        created_on=now,
                    )
                )

    session.define(change)
    return status(_DONE)


def revoke(session: Session, words: Words) -> Result:
    """REVOKE [GRANT OPTION FOR] privileges ON ... FROM ROLE, or REVOKE ROLE ... FROM ROLE | USER."""
    if words.take("ROLE"):
        return memberships.revoke_role(session, words)
    option_only = words.take("GRANT", "OPTION", "FOR")
    privileges = _privileges(words)
    target = _target(session, words)
    words.expect("FROM")
    role = _role(session, words)
    cascades = words.take_any("CASCADE", "RESTRICT") == "CASCADE"
    words.end()
    is_future_owner = target.future_in is not None and privileges == [Privilege.OWNERSHIP]
    chosen = {Privilege.OWNERSHIP} if is_future_owner else set(_expanded(privileges, target))
    _require_granting(session, target, tuple(chosen))
    _require_order(session, target, role, chosen, gives=False)
    ids, catalogue = set(_ids(target)), session.account.catalogue
    taken = {
        each
        for each in catalogue.grants
        if each.on in ids and each.to == role.id and each.privilege in chosen
    }
    regranted = granted_on(catalogue, taken)
    if regranted and not cascades:
        raise dependent_grant(catalogue, min(regranted, key=lambda each: each.created_on))

    gone = taken | regranted

    def change(draft: Draft) -> None:
        draft.revoke(lambda each: each in gone)
        if option_only:
            for each in taken:
                draft.grant(replace(each, grant_option=False))
        if target.future_in is not None:
            within = target.future_in.id
            draft.revoke_future(
                lambda each: (
                    (each.within, each.kind, each.to) == (within, target.kind, role.id)
                    and each.privilege in chosen
                )
            )

    session.define(change)
    return status(_DONE)


def _grantor(session: Session, on: int, privilege: Privilege) -> int:
    """The role that a grant is by: the object's owner, or one that has the privilege with grant option.

    Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege (usage notes, GRANTED_BY)
    """
    catalogue, authority = session.account.catalogue, session.authority
    thing = catalogue.things.get(on)
    if thing is None or (not thing.owner):
        return session.role
    if authority.owns(thing) or authority.manages_grants:
        return thing.owner
    optional = holders_with_option(catalogue, on, privilege) & authority.roles
    return session.role if session.role in optional else min(optional, default=session.role)


def _privileges(words: Words) -> list[Privilege] | None:
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


def _expanded(privileges: Sequence[Privilege] | None, target: _Target) -> tuple[Privilege, ...]:
    if privileges is None:
        return GRANTABLE[target.kind]
    for privilege in privileges:
        if privilege not in GRANTABLE[target.kind]:
            raise invalid_value(f"Invalid privilege '{privilege}' for object type '{target.kind}'")
    if target.is_one:
        stage_privileges.require_fitting(privileges, target.things[0])
    return tuple(privileges)


def _target(session: Session, words: Words) -> _Target:
    names = session.names("GRANT").of_grants()
    if words.take("ACCOUNT"):
        return _Target(kind=ObjectKind.ACCOUNT, things=())
    which = words.take_any("ALL", "FUTURE")
    if which:
        plural = words.take_any(*_PLURALS)
        if not plural:
            raise words.unexpected()
        kind = _PLURALS[plural]
        words.expect("IN")
        container = names.securable(ObjectKind(words.take_any("SCHEMA", "DATABASE")), words.path())
        if which == "FUTURE":
            return _Target(kind=kind, things=(), future_in=container)
        return _Target(kind=kind, things=_within(session, container, kind))
    kind = securable_kind(words)
    return _Target(kind=kind, things=(names.securable(kind, words.path()),), is_one=True)


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


def _ids(target: _Target, privilege: Privilege | None = None) -> list[int]:
    """What is granted on; with a privilege, only the objects that have it."""
    if target.kind is ObjectKind.ACCOUNT:
        return [ACCOUNT]
    return [each.id for each in target.things if privilege is None or applies(privilege, each.body)]


def _require_order(
    session: Session, target: _Target, role: Thing, chosen: Iterable[Privilege], *, gives: bool
) -> None:
    catalogue = session.account.catalogue
    stage_privileges.require_order(catalogue, target.things, role.id, chosen, gives=gives)
    if target.future_in is not None and target.kind is ObjectKind.STAGE:
        stage_privileges.require_future_order(catalogue, target.future_in, role.id, chosen, gives=gives)


def _require_granting(session: Session, target: _Target, privileges: Sequence[Privilege]) -> None:
    """Only the owner, who manages grants, or who has the privilege with grant option."""
    authority = session.authority
    if authority.manages_grants:
        return
    if target.future_in is not None or target.kind is ObjectKind.ACCOUNT:
        raise SnowflakeError(
            3001, "42501", "SQL access control error:\nInsufficient privileges to operate on account."
        )
    catalogue = session.account.catalogue
    for thing in target.things:
        may = all(holders_with_option(catalogue, thing.id, each) & authority.roles for each in privileges)
        if not authority.owns(thing) and not may:
            raise insufficient_privileges(thing.kind.lower(), written(thing.name))


def _give_ownership(session: Session, target: _Target, role: Thing, keeps: str) -> None:
    authority = session.authority
    _require_active(session, target, role)
    for thing in target.things:
        if not (authority.owns(thing) or authority.manages_grants):
            raise insufficient_privileges(thing.kind.lower(), written(thing.name))
        if session.account.catalogue.grants_on.get(thing.id) and not keeps:
            raise dependent_grant(session.account.catalogue, _first_on(session, thing))

    def change(draft: Draft) -> None:
        if target.future_in is not None:
            draft.grant_future(
                FutureGrant(
                    privilege=Privilege.OWNERSHIP,
                    kind=target.kind,
                    within=target.future_in.id,
                    to=role.id,
                    created_on=session.account.clock(),
                )
            )
        for thing in target.things:
            draft.hand_over(thing, role.id)
            if keeps.startswith("REVOKE"):
                draft.revoke(lambda each, on=thing.id: each.on == on)  # type: ignore[misc]

    session.define(change)


def _require_active(session: Session, target: _Target, role: Thing) -> None:
    """Ownership goes to a role that is active in the session, or to any by who manages grants.

    Source: https://docs.snowflake.com/en/release-notes/bcr-bundles/2026_07/bcr-2395
    """
    authority = session.authority
    if role.id not in authority.roles and not authority.manages_grants:
        raise SnowflakeError(
            3001,
            "42501",
            f"SQL compilation error: {target.kind} ownership can only be transferred to a role that is "
            "activated in the current session or by a role with account-level MANAGE GRANTS.",
        )


def _first_on(session: Session, thing: Thing) -> Grant:
    return min(session.account.catalogue.grants_on[thing.id], key=lambda each: each.created_on)


def _role(session: Session, words: Words) -> Thing:
    words.take("ROLE")
    if words.take("DATABASE", "ROLE"):
        raise unsupported("DATABASE ROLE")
    return session.names("GRANT").in_account(ObjectKind.ROLE, words.name())
