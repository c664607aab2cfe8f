"""snowflake.GrantPrivilegesToAccountRole.

The id is ``"ROLE"|with grant option|always apply|privileges|what it is on``. Of ALL objects of a kind, and of
ALL privileges, Snowflake keeps no grant of its own: as the real provider, this one sees no drift there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slipway_sandbox.provider.contract import ProviderFault, State
from slipway_sandbox.provider.snowflake import targets
from slipway_sandbox.provider.snowflake.client import snowflake
from slipway_sandbox.provider.snowflake.names import parts_of
from slipway_sandbox.provider.snowflake.resource import SnowflakeType
from slipway_sandbox.provider.snowflake.shown import truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slipway_sandbox.provider.contract import Properties, Session
    from slipway_sandbox.provider.snowflake.client import Row, Snowflake
    from slipway_sandbox.provider.snowflake.targets import Target

_ALL: Final = "ALL"
_FORM: Final = '"ROLE"|false|false|PRIVILEGES|OnSchema|OnSchema|"DATABASE"."SCHEMA"'
_BEFORE_TARGET: Final = 4
_BLOCKS: Final = ("onAccount", "onAccountObject", "onSchema", "onSchemaObject")


@dataclass(frozen=True, kw_only=True)
class Granted:
    """One grant, as a program or an id says it.

    Attributes:
        role: who has the privileges, quoted.
        target: what they are on.
        privileges: them; empty for all.
        option: whether the role may grant them on.
    """

    role: str
    target: Target
    privileges: tuple[str, ...]
    option: bool

    @property
    def id(self) -> str:
        """The grant's id."""
        words = [self.role, str(self.option).lower(), "false", ",".join(self.privileges) or _ALL]
        return "|".join([*words, *self.target.id])

    def statement(self, verb: str, privileges: Iterable[str]) -> str:
        """GRANT or REVOKE of some of the privileges; of all when there are none to name."""
        words = ", ".join(privileges) or f"{_ALL} PRIVILEGES"
        who = f"{'TO' if verb == 'GRANT' else 'FROM'} ROLE {self.role}"
        option = " WITH GRANT OPTION" if verb == "GRANT" and self.option else ""
        return f"{verb} {words} ON {self.target.clause} {who}{option}"


class GrantPrivilegesToAccountRole(SnowflakeType):
    """Privileges of one role on one target."""

    replace_on = frozenset({"accountRoleName", "withGrantOption", *_BLOCKS})

    def create(self, session: Session, name: str, inputs: Properties) -> State:
        """Grant them."""
        del name
        grant = _of_inputs(inputs)
        snowflake(session).execute(grant.statement("GRANT", grant.privileges))
        return State(id=grant.id, outputs={})

    def read(self, session: Session, id_: str, inputs: Properties) -> State | None:
        """Those of them that the role has; None when the role or the target is gone."""
        grant = _of_inputs(inputs) if inputs else _of_id(id_)
        held = _held(snowflake(session), grant, strict=bool(inputs.get("strictPrivilegeManagement")))
        if held is None:
            return None
        said = inputs or _inputs_of(grant)
        return State(id=id_ if inputs else grant.id, outputs=said | _told(grant, held))

    def update(self, session: Session, id_: str, old: Properties, new: Properties) -> None:
        """Revoke what is not wanted any more, grant what is."""
        del id_
        api, before, after = snowflake(session), _of_inputs(old), _of_inputs(new)
        if bool(old.get("allPrivileges")) != bool(new.get("allPrivileges")):
            api.forgive(before.statement("REVOKE", before.privileges))
            api.execute(after.statement("GRANT", after.privileges))
            return
        if gone := [each for each in before.privileges if each not in after.privileges]:
            api.execute(before.statement("REVOKE", gone))
        if added := [each for each in after.privileges if each not in before.privileges]:
            api.execute(after.statement("GRANT", added))

    def delete(self, session: Session, id_: str, inputs: Properties) -> None:
        """Revoke them; it is fine when role, target or privilege is gone already."""
        grant = _of_inputs(inputs) if inputs else _of_id(id_)
        snowflake(session).forgive(grant.statement("REVOKE", grant.privileges))


def _of_inputs(inputs: Properties) -> Granted:
    if inputs.get("alwaysApply"):
        raise ProviderFault(
            "the sandbox does not support alwaysApply: no two previews would be alike",
            remedy="leave it out, and grant on future objects as well as on all",
        )
    privileges = () if inputs.get("allPrivileges") else tuple(map(str, inputs.get("privileges") or ()))
    return Granted(
        role=targets.role(inputs["accountRoleName"]),
        target=targets.of_inputs(inputs),
        privileges=tuple(each.upper() for each in privileges),
        option=bool(inputs.get("withGrantOption")),
    )


def _of_id(id_: str) -> Granted:
    parts = id_.split("|")
    target = targets.of_id(parts[_BEFORE_TARGET:])
    if target is None or parts[2] != "false":
        raise ProviderFault(f"{id_!r} is not an id of the form {_FORM}")
    words = () if parts[3].upper() in {_ALL, f"{_ALL} PRIVILEGES"} else parts[3].upper().split(",")
    return Granted(
        role=targets.role(parts[0]), target=target, privileges=tuple(words), option=parts[1] == "true"
    )


def _inputs_of(grant: Granted) -> Properties:
    """The inputs of an imported grant."""
    option = {"withGrantOption": True} if grant.option else {}
    return {"accountRoleName": grant.role, **option, **grant.target.inputs}


def _held(api: Snowflake, grant: Granted, *, strict: bool) -> list[str] | None:
    """The privileges that the role has of those that were granted; strictly, all that it has there."""
    if not (grant.target.show and grant.privileges):
        return None if api.find(f"SHOW GRANTS ON ROLE {grant.role}") is None else list(grant.privileges)
    rows = api.find(grant.target.show)
    if rows is None:
        return None
    held = {str(row["privilege"]) for row in rows if _is_its(grant, row)}
    more = sorted(held - {*grant.privileges, "OWNERSHIP"}) if strict else []
    return [*(each for each in grant.privileges if each in held), *more]


def _is_its(grant: Granted, row: Row) -> bool:
    """Whether a row of SHOW GRANTS, or of SHOW FUTURE GRANTS, is about this role, kind and option."""
    who = row.get("granted_to", row.get("grant_to"))
    return (
        (who, row["grantee_name"]) == ("ROLE", parts_of(grant.role)[0])
        and truth(row["grant_option"]) == grant.option
        and row.get("grant_on", "") == grant.target.kind
    )


def _told(grant: Granted, held: list[str]) -> Properties:
    return {"privileges": held} if grant.privileges else {"allPrivileges": True}
