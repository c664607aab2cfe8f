"""GRANT ROLE and REVOKE ROLE: https://docs.snowflake.com/en/sql-reference/sql/grant-role, .../revoke-role."""

from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Membership
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, insufficient_privileges
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.words import Words

_DONE: Final = "Statement executed successfully."


def grant_role(session: Session, words: Words) -> Result:
    """GRANT ROLE name TO ROLE | USER name."""
    role = session.names("GRANT").in_account(ObjectKind.ROLE, words.name())
    words.expect("TO")
    to = _member(session, words)
    words.end()
    _require_role(session, role)
    if role.id == to.id or to.id in session.account.catalogue.inherited(role.id):
        raise SnowflakeError(
            3032, "42601", f"SQL compilation error:\nRole '{role.name}' already contains '{to.name}'."
        )
    made = Membership(role=role.id, to=to.id, granted_by=session.role, created_on=session.account.clock())
    session.define(lambda draft: draft.grant_role(made))
    return status(_DONE)


def revoke_role(session: Session, words: Words) -> Result:
    """REVOKE ROLE name FROM ROLE | USER name."""
    role = session.names("REVOKE").in_account(ObjectKind.ROLE, words.name())
    words.expect("FROM")
    to = _member(session, words)
    words.end()
    _require_role(session, role)
    session.define(lambda draft: draft.revoke_role(role.id, to.id))
    return status(_DONE)


def _require_role(session: Session, role: Thing) -> None:
    if not (session.authority.owns(role) or session.authority.manages_grants):
        raise insufficient_privileges("role", written(role.name))


def _member(session: Session, words: Words) -> Thing:
    kind = ObjectKind(words.take_any("ROLE", "USER") or "ROLE")
    return session.names("GRANT").in_account(kind, words.name())
