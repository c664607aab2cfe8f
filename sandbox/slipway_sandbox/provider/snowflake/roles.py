"""snowflake.AccountRole and snowflake.GrantAccountRole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.snowflake import targets
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import parts_of
from slipway_sandbox.provider.snowflake.resource import NamedObject, Setting, SnowflakeType, a_text
from slipway_sandbox.provider.snowflake.shown import shaped

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake

_GRANTEES: Final = {"parentRoleName": "ROLE", "userName": "USER"}


class AccountRole(NamedObject):
    """A role of the account; the id is its quoted name."""

    kind = "ROLE"
    settings = (Setting("comment", "COMMENT", a_text),)

    def outputs(self, api: Snowflake, path: tuple[str, ...], row: Row, inputs: Properties) -> Properties:
        """Its comment, and what SHOW says."""
        del api, path, inputs
        return {"comment": row["comment"] or None, "showOutputs": [shaped("AccountRoleShowOutput", row)]}


class GrantAccountRole(SnowflakeType):
    """A role granted to a role or a user; the id is ``"ROLE"|ROLE|"PARENT"`` or ``"ROLE"|USER|"USER"``."""

    replace_on = frozenset({"roleName", "parentRoleName", "userName"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Grant it."""
        del name
        role, kind, to = _of_inputs(inputs)
        snowflake(session).execute(f"GRANT ROLE {role} TO {kind} {to}")
        return State(id=f"{role}|{kind}|{to}", outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Whether it is granted still."""
        role, kind, to = _of_inputs(inputs) if inputs else _of_id(id_)
        rows = snowflake(session).find(f"SHOW GRANTS OF ROLE {role}") or []
        held = {(row["granted_to"], row["grantee_name"]) for row in rows}
        if (kind, parts_of(to)[0]) not in held:
            return None
        field = next(name for name, word in _GRANTEES.items() if word == kind)
        return State(id=f"{role}|{kind}|{to}", outputs=inputs or {"roleName": role, field: to})

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Nothing changes in place: role and grantee force a replacement."""

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Revoke it."""
        role, kind, to = _of_inputs(inputs) if inputs else _of_id(id_)
        snowflake(session).forgive(f"REVOKE ROLE {role} FROM {kind} {to}")


def _of_inputs(inputs: Properties) -> tuple[str, str, str]:
    for field, kind in _GRANTEES.items():
        if to := inputs.get(field):
            return targets.role(inputs["roleName"]), kind, targets.role(to)
    raise ProviderFault(
        f"role {inputs['roleName']} is granted to nobody", remedy="set parentRoleName or userName"
    )


def _of_id(id_: str) -> tuple[str, str, str]:
    match id_.split("|"):
        case [role, "ROLE" | "USER" as kind, to]:
            return targets.role(role), kind, targets.role(to)
        case _:
            raise ProviderFault(f'{id_!r} is not an id of the form "ROLE"|ROLE|"PARENT"')
