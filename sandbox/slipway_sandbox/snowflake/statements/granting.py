"""GRANT and REVOKE: who may give and take privileges, in which order, and what goes with them.

Source: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, .../revoke-privilege.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import (
    FutureGrant,
    Grant,
    Privilege,
)
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, Thing
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    insufficient_privileges,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import memberships, stage_privileges
from slipway_sandbox.snowflake.statements.grant_targets import Target, read_privileges, read_target
from slipway_sandbox.snowflake.statements.ownership import give_ownership
from slipway_sandbox.snowflake.statements.regrants import (
    dependent_grant,
    granted_on,
    holders_with_option,
)
from slipway_sandbox.snowflake.statements.words import Words

_DONE: Final = "Statement executed successfully."


def grant(session: Session, words: Words) -> Result:
    """GRANT privileges ON ... TO ROLE, or GRANT ROLE ... TO ROLE | USER."""
    if words.take("ROLE"):
        return memberships.grant_role(session, words)
    privileges = read_privileges(words)
    target = read_target(session, words)
    words.expect("TO")
    role = _role(session, words)
    if privileges is not None and Privilege.OWNERSHIP in privileges:
        keeps = words.take_any("COPY CURRENT GRANTS", "REVOKE CURRENT GRANTS")
        words.end()
        give_ownership(session, target, role, keeps)
        return status(_DONE)
    option = words.take("WITH", "GRANT", "OPTION")
    words.end()
    chosen = target.expanded(privileges)
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
            for on in target.ids(privilege):
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
    privileges = read_privileges(words)
    target = read_target(session, words)
    words.expect("FROM")
    role = _role(session, words)
    cascades = words.take_any("CASCADE", "RESTRICT") == "CASCADE"
    words.end()
    is_future_owner = target.future_in is not None and privileges == [Privilege.OWNERSHIP]
    chosen = {Privilege.OWNERSHIP} if is_future_owner else set(target.expanded(privileges))
    _require_granting(session, target, tuple(chosen))
    _require_order(session, target, role, chosen, gives=False)
    ids, catalogue = set(target.ids()), session.account.catalogue
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


def _require_order(
    session: Session, target: Target, role: Thing, chosen: Iterable[Privilege], *, gives: bool
) -> None:
    catalogue = session.account.catalogue
    stage_privileges.require_order(catalogue, target.things, role.id, chosen, gives=gives)
    if target.future_in is not None and target.kind is ObjectKind.STAGE:
        stage_privileges.require_future_order(catalogue, target.future_in, role.id, chosen, gives=gives)


def _require_granting(session: Session, target: Target, privileges: Sequence[Privilege]) -> None:
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


def _role(session: Session, words: Words) -> Thing:
    words.take("ROLE")
    if words.take("DATABASE", "ROLE"):
        raise unsupported("DATABASE ROLE")
    return session.names("GRANT").in_account(ObjectKind.ROLE, words.name())
