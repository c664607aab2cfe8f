"""What a grant is on, in the forms of pulumi-snowflake's blocks, of GRANT, of SHOW GRANTS and of grants' ids.

Sources: the import sections of GrantPrivilegesToAccountRole and GrantOwnership in the registry;
https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, .../show-grants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import ProviderFault
from slipway_sandbox.provider.snowflake.names import qualified, requoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from slipway_sandbox.provider.contract import Properties

_CONTAINERS: Final = {"inDatabase": "DATABASE", "inSchema": "SCHEMA"}
_SCOPES: Final = {"OnAll": "ALL", "OnFuture": "FUTURE"}
_BLOCKS: Final = {"OnAll": "all", "OnFuture": "future"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """What privileges are granted on.

    Attributes:
        id: the parts of a grant's id that say so, as GrantPrivilegesToAccountRole has them.
        clause: what stands after ON in GRANT and REVOKE.
        show: the statement that tells the grants; empty where Snowflake keeps none (ALL objects of a kind).
        kind: what `grant_on` of future grants says; empty for grants on what exists.
        inputs: the block that a program writes.
    """

    id: tuple[str, ...]
    clause: str
    show: str
    kind: str = ""
    inputs: Mapping[str, Any]


def on_account() -> Target:
    """The account itself."""
    return Target(
        id=("OnAccount",), clause="ACCOUNT", show="SHOW GRANTS ON ACCOUNT", inputs={"onAccount": True}
    )


def on_account_object(kind: str, name: str) -> Target:
    """A database, warehouse, monitor, user ..."""
    kind, name = kind.upper(), requoted(name)
    return Target(
        id=("OnAccountObject", kind, name),
        clause=f"{kind} {name}",
        show=f"SHOW GRANTS ON {kind} {name}",
        inputs={"onAccountObject": {"objectType": kind, "objectName": name}},
    )


def on_schema(name: str) -> Target:
    """One schema."""
    name = requoted(name)
    return Target(
        id=("OnSchema", "OnSchema", name),
        clause=f"SCHEMA {name}",
        show=f"SHOW GRANTS ON SCHEMA {name}",
        inputs={"onSchema": {"schemaName": name}},
    )


def on_schemas(which: str, database: str) -> Target:
    """All or the future schemas of a database."""
    database = requoted(database)
    scope = _SCOPES[which]
    field = "allSchemasInDatabase" if which == "OnAll" else "futureSchemasInDatabase"
    return Target(
        id=("OnSchema", f"{which}SchemasInDatabase", database),
        clause=f"{scope} SCHEMAS IN DATABASE {database}",
        show=f"SHOW FUTURE GRANTS IN DATABASE {database}" if which == "OnFuture" else "",
        kind="SCHEMA" if which == "OnFuture" else "",
        inputs={"onSchema": {field: database}},
    )


def on_object(kind: str, name: str) -> Target:
    """One object of a schema."""
    kind, name = kind.upper(), requoted(name)
    return Target(
        id=("OnSchemaObject", "OnObject", kind, name),
        clause=f"{kind} {name}",
        show=f"SHOW GRANTS ON {kind} {name}",
        inputs={"onSchemaObject": {"objectType": kind, "objectName": name}},
    )


def on_objects(which: str, plural: str, within: str, name: str) -> Target:
    """All or the future objects of a kind in a database or schema.

    Args:
        which: OnAll or OnFuture.
        plural: their kind, TABLES for example.
        within: inDatabase or inSchema.
        name: the container's.
    """
    plural, name, container = plural.upper(), requoted(name), _CONTAINERS[within]
    is_future = which == "OnFuture"
    block = {"objectTypePlural": plural, within: name}
    return Target(
        id=("OnSchemaObject", which, plural, within[0].upper() + within[1:], name),
        clause=f"{_SCOPES[which]} {plural} IN {container} {name}",
        show=f"SHOW FUTURE GRANTS IN {container} {name}" if is_future else "",
        kind=_singular(plural) if is_future else "",
        inputs={"onSchemaObject": {_BLOCKS[which]: block}},
    )


def of_inputs(inputs: Properties) -> Target:
    """The target that the blocks of a GrantPrivilegesToAccountRole name.

    Raises:
        ProviderFault: they name none, or one that the sandbox does not know.
    """
    if inputs.get("onAccount"):
        return on_account()
    if block := inputs.get("onAccountObject"):
        return on_account_object(_of(block, "objectType"), _of(block, "objectName"))
    if block := inputs.get("onSchema"):
        return _schema_target(block)
    if block := inputs.get("onSchemaObject"):
        return _object_target(block)
    raise ProviderFault(
        "a grant names nothing that it is on",
        remedy="give onAccount, onAccountObject, onSchema or onSchemaObject",
    )


def _schema_target(block: Properties) -> Target:
    if name := block.get("schemaName"):
        return on_schema(name)
    if database := block.get("allSchemasInDatabase"):
        return on_schemas("OnAll", database)
    return on_schemas("OnFuture", _of(block, "futureSchemasInDatabase"))


def _object_target(block: Properties) -> Target:
    for which, name in _BLOCKS.items():
        if inner := block.get(name):
            return of_plural(which, inner)
    return on_object(_of(block, "objectType"), _of(block, "objectName"))


def of_plural(which: str, block: Properties) -> Target:
    """The target of an `all` or `future` block.

    Raises:
        ProviderFault: it names no container.
    """
    within = next((name for name in _CONTAINERS if block.get(name)), "inSchema")
    return on_objects(which, _of(block, "objectTypePlural"), within, _of(block, within))


def of_id(parts: Sequence[str]) -> Target | None:
    """The target that the last parts of an id name; None when they are of no form."""
    match parts:
        case ["OnAccount"]:
            found = on_account()
        case ["OnAccountObject", kind, name]:
            found = on_account_object(kind, name)
        case ["OnSchema", "OnSchema", name]:
            found = on_schema(name)
        case ["OnSchema", "OnAllSchemasInDatabase" | "OnFutureSchemasInDatabase" as which, database]:
            found = on_schemas(which.removesuffix("SchemasInDatabase"), database)
        case ["OnSchemaObject", "OnObject", kind, name]:
            found = on_object(kind, name)
        case [
            "OnSchemaObject",
            "OnAll" | "OnFuture" as which,
            plural,
            "InDatabase" | "InSchema" as within,
            name,
        ]:
            found = on_objects(which, plural, within[0].lower() + within[1:], name)
        case _:
            return None
    return found


def role(name: str) -> str:
    """A role, quoted."""
    return qualified(name.strip('"'))


def _of(block: Properties, field: str) -> str:
    if value := block.get(field):
        return str(value)
    if block.get("inherited"):
        raise ProviderFault(
            "the sandbox does not support inherited grants",
            remedy="grant on all and on future objects instead",
        )
    raise ProviderFault(f"a grant gives no {field}", remedy=f"set {field}")


def _singular(plural: str) -> str:
    """The kind as `grant_on` names it: FILE_FORMAT for FILE FORMATS."""
    word = f"{plural.removesuffix('IES')}Y" if plural.endswith("IES") else plural.removesuffix("S")
    return word.replace(" ", "_")
