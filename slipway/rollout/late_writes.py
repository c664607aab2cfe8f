"""Late writes: rows that reach a generation after its candidate's point, and whoever may bring more.

A statement finds its table by the name once, when it is compiled, and a swap exchanges names and waits for
nobody. So a transaction that has written to production before a swap commits to the old generation.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ChangesNotTracked, PointOutOfReach, PrivilegeMissing
from slipway.ports.warehouse_results import ChangeCounts, OpenTransaction, StatementPoint
from slipway.rollout.transaction_limits import SETTLED_FROM, TransactionLimits
from slipway.stages import StageFailed
from slipway.stages.handler import Outputs

OPEN: Final = "open transactions"
"""Output of `swap-table`: ids of the transactions that were open right after it, if that can be told."""

_UNKNOWN: Final = "unknown"
_BETWEEN: Final = ", "


def late_rows(warehouse: Warehouse, table: Table, point: StatementPoint) -> ChangeCounts:
    """Count rows that were written since the candidates' point.

    Raises:
        StageFailed: it cannot be told, and what cannot be told is no proof.
    """
    try:
        return warehouse.changes(table, since=point)
    except (ChangesNotTracked, PointOutOfReach) as unknown:
        raise StageFailed(
            f"whether {table} was written to cannot be told: {unknown.message}",
            remedy="somebody has replaced the table meanwhile; let that end, and deploy the release again",
        ) from unknown


def counted(changes: ChangeCounts) -> str:
    """Say how many rows changed, and how."""
    return f"{changes.inserted} rows inserted, {changes.updated} updated, {changes.deleted} deleted"


def noted_after_swap(warehouse: Warehouse, limits: TransactionLimits, now: datetime) -> Outputs:
    """Say which transactions are open right after a swap, as outputs hold it.

    Where the role may not see everybody's: from when on none of them can be open any more.
    """
    try:
        return {OPEN: _BETWEEN.join(each.id for each in warehouse.open_transactions())}
    except PrivilegeMissing:
        return {OPEN: _UNKNOWN, SETTLED_FROM: limits.settled_from(now).isoformat()}


def still_open(
    warehouse: Warehouse, swaps: Iterable[Mapping[str, str]]
) -> tuple[OpenTransaction, ...] | None:
    """List the transactions that were open at swaps and have not ended since.

    Args:
        warehouse: where.
        swaps: outputs of the swaps.

    Returns:
        None when it cannot be told: the role may not see everybody's.
    """
    noted = [outputs[OPEN] for outputs in swaps if OPEN in outputs]
    if _UNKNOWN in noted:
        return None
    ids = {id_ for text in noted for id_ in text.split(_BETWEEN) if id_}
    if not ids:
        return ()
    try:
        return tuple(each for each in warehouse.open_transactions() if each.id in ids)
    except PrivilegeMissing:
        return None
