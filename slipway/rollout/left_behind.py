"""What is left in a generation that goes: rows that were written to it while it was production.

They are not replayed: they may be what the code that goes has made of its input, and only people know. They
are counted and kept, and whoever takes a release back is told where, until when, and how to bring them back.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ChangesNotTracked, PointOutOfReach
from slipway.ports.warehouse_results import StatementPoint
from slipway.rollout.late_writes import counted
from slipway.rollout.relations import Relation
from slipway.stages.handler import Outputs

PUBLISHED: Final = "published after"
"""Output of `swap-table`: the point just before it; what is written later reaches the new generation."""

ROWS: Final = "rows left"
"""Output of a swap back: how many rows were written to the generation that has gone."""

_TABLE: Final = "left in"
_UNTIL: Final = "kept until"
STATEMENT: Final = "bring back with"
"""Output of a swap back: what brings those rows into production."""


def left_behind(warehouse: Warehouse, relation: Relation, table: Table) -> Outputs:
    """Count what was written to a generation since it was published.

    Args:
        warehouse: where.
        relation: the table, with what was noted when it was published.
        table: the name that the generation has now.

    Returns:
        How many rows, and how to bring them back; nothing when nobody has written, or nothing was noted.
    """
    if relation.published is None:
        return {}
    since = StatementPoint(relation.published)
    try:
        changes = warehouse.changes(table, since=since)
    except (ChangesNotTracked, PointOutOfReach):
        return {ROWS: _uncounted(warehouse, relation, table)}
    if not changes.total:
        return {}
    key = relation.contract.key if relation.contract is not None else ()
    statement = warehouse.replay_text(relation.candidate, relation.production, since=since, key=key)
    return {ROWS: counted(changes), STATEMENT: statement}


def _uncounted(warehouse: Warehouse, relation: Relation, table: Table) -> str:
    """Say why rows cannot be counted one by one, and what is known instead.

    A statement that makes a table anew leaves an object without a history: which of its rows are new nobody
    can tell any more. When it was made says that it happened, and whether a run of the pipeline went on then.
    """
    made, noted = warehouse.made(table), relation.publication
    sizes = _sizes(warehouse, relation, table)
    if noted is None or made is None or made.isoformat() == noted.made:
        return f"cannot be counted (Snowflake remembers its changes no longer): {sizes}; compare the two"
    run = noted.run_at(made)
    during = f" in run {run}" if run else ""
    anew = f"made anew at {made.astimezone(UTC):%Y-%m-%d %H:%M} UTC{during}"
    return f"cannot be counted ({anew}): {sizes}; {_ahead(relation)}"


def _sizes(warehouse: Warehouse, relation: Relation, table: Table) -> str:
    other = relation.candidate if table == relation.production else relation.production
    return f"{_rows(warehouse, table)} rows go, {_rows(warehouse, other)} come back"


def _rows(warehouse: Warehouse, table: Table) -> int:
    """Count with one column: nobody waits for a way back to read a whole table."""
    return warehouse.fingerprint(table, columns=[warehouse.columns(table)[0].name]).rows


def _ahead(relation: Relation) -> str:
    if relation.grows:
        return "compare the two, for its runs do not make it anew"
    return "nothing to do, the next run makes it anew"


def written_to(warehouse: Warehouse, relation: Relation) -> Outputs:
    """Count what was written to what is production now, and would leave it by a swap back.

    Args:
        warehouse: where.
        relation: a table, with what was noted when it was published.
    """
    return left_behind(warehouse, relation, relation.production)


def kept_in(left: Outputs, table: Table, until: datetime) -> Outputs:
    """Add where the rows are and how long, if there are any."""
    return {**left, _TABLE: str(table), _UNTIL: f"{until:%Y-%m-%d %H:%M} UTC"} if left else {}


def left_in_new(warehouse: Warehouse, relation: Relation) -> Outputs:
    """Compare a table that was new with the candidate that it was made from, before it is dropped."""
    now = warehouse.fingerprint(relation.production)
    if warehouse.made(relation.candidate) is not None:
        published = warehouse.fingerprint(relation.candidate)
        if now.same_content(published):
            return {}
    return {
        ROWS: f"{now.rows} rows, other than were published",
        _TABLE: f"{relation.production}, dropped",
        _UNTIL: "its Time Travel ends",
        STATEMENT: f"UNDROP TABLE {relation.production.sql}",
    }


def sentence(dataset: str, outputs: Mapping[str, str]) -> str:
    """Tell people what is left of a table in the generation that goes; empty when it is nothing."""
    if ROWS not in outputs:
        return ""
    where = f"; kept in {outputs[_TABLE]} until {outputs[_UNTIL]}" if _TABLE in outputs else ""
    how = f"; to bring them back: {outputs[STATEMENT]}" if STATEMENT in outputs else ""
    return f"written to {dataset} since it was published: {outputs[ROWS]}{where}{how}"
