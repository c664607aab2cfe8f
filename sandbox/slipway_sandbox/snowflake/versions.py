"""The rows of a table at a point, and what changed between two: as DuckDB's SQL over rows and history."""

from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import TableBody
from slipway_sandbox.snowflake.identifiers import quoted
from slipway_sandbox.snowflake.storage import ENDED, ROW, WRITTEN, Point, column_list, history_of, rows_of

CHANGE_COLUMNS: Final = ("METADATA$ACTION", "METADATA$ISUPDATE", "METADATA$ROW_ID")
"""What CHANGES tells of each row beside its own columns."""


def as_of(body: TableBody, point: Point) -> str:
    """The rows of a table at a point: written then or before, and not yet ended."""
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    seen = _seen(WRITTEN, point)
    return (
        f"SELECT {columns} FROM {rows_of(body)} WHERE {seen} UNION ALL "
        f"SELECT {columns} FROM {history_of(body)} WHERE {seen} AND NOT {_seen(ENDED, point)}"
    )


def changes_between(body: TableBody, since: Point, until: Point | None, *, only_new: bool) -> str:
    """The query of CHANGES: what was inserted, updated and deleted from one point to another.

    A form of a row that is there at the end has appeared if it was written after the begin; one that was
    there at the begin has vanished if history says that it ended since. No rows are compared with each other.

    Source: https://docs.snowflake.com/en/sql-reference/constructs/changes

    Args:
        body: the table.
        since: the begin.
        until: the end; None: as the session sees the table now.
        only_new: inserts alone (APPEND_ONLY), of rows that are changed or gone since too.
    """
    columns = column_list(body)
    new = f"SELECT * FROM {rows_of(body)}" if until is None else as_of(body, until)
    over = "" if until is None else f" AND {_seen(ENDED, until)}"
    there = f"{_seen(WRITTEN, since)} AND NOT {_seen(ENDED, since)}"
    appeared = f"SELECT * FROM ({new}) n WHERE NOT {_seen(WRITTEN, since)}"
    vanished = f"SELECT * FROM {history_of(body)} WHERE {there}{over}"
    was = f"{ROW} IN (SELECT {ROW} FROM ({vanished}) v)"
    still = f"{ROW} IN (SELECT {ROW} FROM ({appeared}) a)"
    actions, updates, identities = map(quoted, CHANGE_COLUMNS)
    identity = f"CAST({ROW} AS VARCHAR) AS {identities}"

    def told(rows: str, action: str, is_update: str) -> str:
        named = f"'{action}' AS {actions}, {is_update} AS {updates}"
        return f"SELECT {columns}, {named}, {identity} FROM ({rows}) d"

    if only_new:
        return told(_inserted(body, since, until), "INSERT", "FALSE")
    return f"{told(appeared, 'INSERT', was)} UNION ALL {told(vanished, 'DELETE', still)}"


def _inserted(body: TableBody, since: Point, until: Point | None) -> str:
    """The first forms of rows, as far as they were written in a time: an insert, whatever came of it."""
    columns = f"{column_list(body)}, {ROW}, {WRITTEN}"
    forms = " UNION ALL ".join(f"SELECT {columns} FROM {each}" for each in (rows_of(body), history_of(body)))
    first = f"SELECT * FROM ({forms}) f QUALIFY row_number() OVER (PARTITION BY {ROW} ORDER BY {WRITTEN}) = 1"
    ends = "" if until is None else f" AND {_seen(WRITTEN, until)}"
    return f"SELECT * FROM ({first}) i WHERE NOT {_seen(WRITTEN, since)}{ends}"


def _seen(statement: str, point: Point) -> str:
    """Whether a statement was committed at a point; those before the horizon were, for every point."""
    committed = f"point < {point.commit} OR (point = {point.commit} AND statement <= {point.statement})"
    return (
        f"({statement} < (SELECT statement FROM meta.horizon) "
        f"OR {statement} IN (SELECT statement FROM meta.commits WHERE {committed}))"
    )
