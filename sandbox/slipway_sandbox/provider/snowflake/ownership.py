"""snowflake.GrantOwnership: an object, all objects of a kind, or those to come, given to a role.

The id is ``ToAccountRole|"ROLE"|COPY or REVOKE|what is given``. An object always has an owner: what is taken
back goes to the role that the provider itself has, as the real provider does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.snowflake import targets
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import parts_of, qualified
from slipway_sandbox.provider.snowflake.resource import SnowflakeType

if TYPE_CHECKING:
    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Snowflake
    from slipway_sandbox.provider.snowflake.targets import Target

_TO_ROLE: Final = "ToAccountRole"
_FORM: Final = f'{_TO_ROLE}|"ROLE"|COPY|OnObject|TABLE|"DATABASE"."SCHEMA"."TABLE"'


@dataclass(frozen=True, kw_only=True)
class Given:
    """One transfer, as a program or an id says it.

    Attributes:
        role: the new owner, quoted.
        target: what is given.
        outbound: what becomes of the grants on it: COPY, REVOKE, or empty.
    """

    role: str
    target: Target
    outbound: str

    @property
    def id(self) -> str:
        """The transfer's id."""
        return "|".join([_TO_ROLE, self.role, self.outbound, *self.target.id[1:]])

    def statement(self, role: str, outbound: str) -> str:
        """The transfer to a role."""
        grants = f" {outbound} CURRENT GRANTS" if outbound and not self.target.kind else ""
        return f"GRANT OWNERSHIP ON {self.target.clause} TO ROLE {role}{grants}"


class GrantOwnership(SnowflakeType):
    """Who owns something; every change is another transfer."""

    replace_on = frozenset({"accountRoleName", "databaseRoleName", "on", "outboundPrivileges"})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Give it away."""
        del name
        given = _of_inputs(inputs)
        snowflake(session).execute(given.statement(given.role, given.outbound))
        return State(id=given.id, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Whether the role owns it still."""
        given = _of_inputs(inputs) if inputs else _of_id(id_)
        if not _owns(snowflake(session), given):
            return None
        return State(id=given.id, outputs=inputs or _inputs_of(given))

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Nothing changes in place."""

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Take it back; what is to come is no longer given."""
        given = _of_inputs(inputs) if inputs else _of_id(id_)
        api = snowflake(session)
        if given.target.kind:
            api.forgive(f"REVOKE OWNERSHIP ON {given.target.clause} FROM ROLE {given.role}")
            return
        own = qualified(api.rows("SELECT CURRENT_ROLE() AS ROLE")[0]["ROLE"])
        if _owns(api, given):
            api.forgive(given.statement(own, "COPY"))


def _of_inputs(inputs: Properties) -> Given:
    role = inputs.get("accountRoleName")
    if not role:
        raise ProviderFault(
            "the sandbox gives ownership to account roles only",
            remedy="set accountRoleName",
        )
    return Given(
        role=targets.role(role),
        target=_target(inputs["on"]),
        outbound=str(inputs.get("outboundPrivileges") or "").upper(),
    )


def _target(on: Properties) -> Target:
    if inner := on.get("all"):
        return targets.of_plural("OnAll", inner)
    if inner := on.get("future"):
        return targets.of_plural("OnFuture", inner)
    return targets.of_inputs({"onSchemaObject": on})


def _of_id(id_: str) -> Given:
    kind, role, outbound, *rest = [*id_.split("|"), "", "", ""]
    target = targets.of_id(["OnSchemaObject", *(part for part in rest if part)])
    if kind != _TO_ROLE or target is None:
        raise ProviderFault(f"{id_!r} is not an id of the form {_FORM}")
    return Given(role=targets.role(role), target=target, outbound=outbound)


def _inputs_of(given: Given) -> Properties:
    outbound = {"outboundPrivileges": given.outbound} if given.outbound else {}
    return {"accountRoleName": given.role, "on": given.target.inputs["onSchemaObject"], **outbound}


def _owns(api: Snowflake, given: Given) -> bool:
    """Whether the role is the owner that SHOW GRANTS tells; of ALL objects Snowflake keeps no grant."""
    if not given.target.show:
        return api.find(f"SHOW GRANTS ON ROLE {given.role}") is not None
    rows = api.find(given.target.show) or []
    owner = parts_of(given.role)[0]
    wanted = ("OWNERSHIP", owner, given.target.kind)
    return any((row["privilege"], row["grantee_name"], row.get("grant_on", "")) == wanted for row in rows)
