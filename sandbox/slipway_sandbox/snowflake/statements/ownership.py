"""GRANT OWNERSHIP: who may give an object away, to whom, and what becomes of the grants on it.

Source: https://docs.snowflake.com/en/sql-reference/sql/grant-ownership
"""

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import FutureGrant, Grant, Privilege
from slipway_sandbox.snowflake.catalogue.objects import Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, insufficient_privileges
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.grant_targets import Target
from slipway_sandbox.snowflake.statements.regrants import dependent_grant


def give_ownership(session: Session, target: Target, role: Thing, keeps: str) -> None:
    """GRANT OWNERSHIP.

    Args:
        session: by whom.
        target: of what.
        role: to whom.
        keeps: COPY or REVOKE CURRENT GRANTS, those that are on it; empty: there may be none.

    Raises:
        SnowflakeError: it is not the session's to give, or grants are on it.
    """
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


def _require_active(session: Session, target: Target, role: Thing) -> None:
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
