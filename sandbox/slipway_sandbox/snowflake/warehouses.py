"""What computes: a query needs a warehouse that the role may use and that runs, or resumes.

Sources: https://docs.snowflake.com/en/user-guide/warehouses-considerations and
https://docs.snowflake.com/en/sql-reference/sql/create-warehouse. SHOW, DESCRIBE, definitions, grants, queries
without a relation and a bare COUNT(*) of a table are answered without one. Nothing is computed faster or
slower here: a warehouse has a state and nothing else.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlglot import exp

from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing, settings_of
from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.session import Session

_STATE: Final = "STATE"
_SUSPENDED: Final = "SUSPENDED"
_TIMEOUT: Final = "STATEMENT_TIMEOUT_IN_SECONDS"
_STARTED: Final = "STARTED"
_AUTO_SUSPEND_SECONDS: Final = "600"
_CLAUSES: Final = ("where", "group", "having", "qualify", "joins", "laterals", "with_")


def state(account: Account, warehouse: Thing) -> str:
    """STARTED or SUSPENDED: as it was set last, and suspended when idle for its AUTO_SUSPEND."""
    settings = settings_of(warehouse)
    if settings.get(_STATE, _STARTED) == _SUSPENDED:
        return _SUSPENDED
    seconds = _seconds(settings.get("AUTO_SUSPEND", _AUTO_SUSPEND_SECONDS))
    used = max(account.uses.get(warehouse.id, warehouse.altered_on), warehouse.altered_on)
    return _SUSPENDED if seconds and _is_over(used, seconds, account.clock()) else _STARTED


def require_compute(session: Session) -> None:
    """Use the session's warehouse; one that is suspended resumes, if it may by itself.

    Raises:
        SnowflakeError: 606, there is none that can be used.
    """
    account = session.account
    found = account.catalogue.find(ACCOUNT, ObjectKind.WAREHOUSE, session.warehouse)
    if found is None or not session.authority.may(Privilege.USAGE, found):
        raise _none_active()
    if state(account, found) == _SUSPENDED:
        _resume(account, found)
    account.uses[found.id] = account.clock()


def seconds_left(session: Session) -> float:
    """How long a statement may run: as its session or its warehouse says, whichever is less; 0 for ever.

    Source: https://docs.snowflake.com/en/sql-reference/parameters#statement-timeout-in-seconds
    """
    warehouse = session.account.catalogue.find(ACCOUNT, ObjectKind.WAREHOUSE, session.warehouse)
    of_warehouse = settings_of(warehouse).get(_TIMEOUT, "") if warehouse is not None else ""
    limits = [float(each) for each in (session.parameters[_TIMEOUT], of_warehouse) if each and float(each)]
    return min(limits, default=0.0)


def needs_compute(tree: exp.Expr) -> bool:
    """Whether a query reads anything that is not metadata."""
    if tree.find(exp.Table, exp.TableFromRows) is None:
        return False
    from_ = tree.args.get("from_")
    is_bare = isinstance(tree, exp.Select) and not any(tree.args.get(clause) for clause in _CLAUSES)
    if not is_bare or from_ is None or not isinstance(from_.this, exp.Table) or from_.this.args.get("when"):
        return True
    return not all(_is_count(column) for column in tree.expressions)


def _is_count(column: exp.Expr) -> bool:
    counted = column.this if isinstance(column, exp.Alias) else column
    return isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)


def _resume(account: Account, warehouse: Thing) -> None:
    if settings_of(warehouse).get("AUTO_RESUME", "TRUE").upper() == "FALSE":
        raise _none_active()
    started = SettingsBody(settings={**settings_of(warehouse), _STATE: _STARTED})
    account.define(lambda draft: draft.change(replace(warehouse, body=started)))


def _is_over(used: datetime, seconds: int, now: datetime) -> bool:
    return used + timedelta(seconds=seconds) <= now


def _seconds(value: str) -> int:
    """The seconds of AUTO_SUSPEND: 0 and NULL mean never."""
    return int(value) if value.isdecimal() else 0


def _none_active() -> SnowflakeError:
    return SnowflakeError(
        606,
        "57P03",
        "No active warehouse selected in the current session.  "
        "Select an active warehouse with the 'use warehouse' command.",
    )
