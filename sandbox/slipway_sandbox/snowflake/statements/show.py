"""SHOW: from the words after it to what tells the rows; a kind that is not here is refused by name."""

from collections.abc import Callable
from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import ObjectKind
from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import (
    sequences,
    showing,
    showing_account,
    showing_grants,
    showing_keys,
    showing_parameters,
    showing_stages,
    showing_transactions,
)
from slipway_sandbox.snowflake.statements.shown import Asked, asked
from slipway_sandbox.snowflake.statements.words import Words

_Shown = Callable[[Session, Asked], Result]

_TERSE: Final = frozenset({"DATABASES", "SCHEMAS", "TABLES", "VIEWS", "OBJECTS"})
_KINDS: Final[dict[str, tuple[ObjectKind, _Shown]]] = {
    "DATABASES": (ObjectKind.DATABASE, showing.databases),
    "SCHEMAS": (ObjectKind.DATABASE, showing.schemas),
    "TABLES": (ObjectKind.SCHEMA, showing.tables),
    "VIEWS": (ObjectKind.SCHEMA, showing.views),
    "OBJECTS": (ObjectKind.SCHEMA, showing.relations),
    "SEQUENCES": (ObjectKind.SCHEMA, sequences.sequences),
    "STAGES": (ObjectKind.SCHEMA, showing_stages.stages),
    "COLUMNS": (ObjectKind.TABLE, showing.columns),
    "PRIMARY KEYS": (ObjectKind.TABLE, showing_keys.primary_keys),
    "UNIQUE KEYS": (ObjectKind.TABLE, showing_keys.unique_keys),
    "IMPORTED KEYS": (ObjectKind.TABLE, showing_keys.imported_keys),
    "ROLES": (ObjectKind.ROLE, showing_account.roles),
    "USERS": (ObjectKind.USER, showing_account.users),
    "WAREHOUSES": (ObjectKind.WAREHOUSE, showing_account.warehouses),
    "RESOURCE MONITORS": (ObjectKind.RESOURCE_MONITOR, showing_account.monitors),
}
"""Kind -> what a bare name after IN means, and what tells the rows."""


def show(session: Session, words: Words) -> Result:
    """SHOW [TERSE] kind [LIKE pattern] [IN container] [STARTS WITH text] [LIMIT n [FROM name]]."""
    if words.sees("GRANTS") or words.sees("FUTURE", "GRANTS"):
        return showing_grants.show_grants(session, words)
    if words.take("PARAMETERS"):
        return showing_parameters.parameters(session, words)
    if words.take("TRANSACTIONS"):
        return showing_transactions.show_transactions(session, words)
    if words.take("LOCKS"):
        return showing_transactions.show_locks(session, words)
    terse = words.take("TERSE")
    kind = words.take_any(*_KINDS)
    if not kind or (terse and kind not in _TERSE):
        raise unsupported(" ".join(f"SHOW {'TERSE' * terse} {kind} {words.rest()}".split()))
    bare, shown = _KINDS[kind]
    return shown(session, asked(session, words, terse=terse, bare=bare))
