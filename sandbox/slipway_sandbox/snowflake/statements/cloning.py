"""What every CLONE does with rows: one transaction copies them as they were at one point."""

from collections.abc import Iterable

import sqlglot

from slipway_sandbox.snowflake.binding import as_of
from slipway_sandbox.snowflake.catalogue.draft import ClonedTable
from slipway_sandbox.snowflake.catalogue.objects import TableBody
from slipway_sandbox.snowflake.errors import syntax_error
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import resolved
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import Point, copy, creation, rows_of
from slipway_sandbox.snowflake.time_travel import point_of


def source_point(session: Session, words: Words) -> Point | None:
    """The AT or BEFORE that may follow the source of a clone."""
    if not words.comes("AT", "BEFORE"):
        return None
    text = words.clause()
    tree = sqlglot.parse_one(f"SELECT 1 FROM t {text}", read="snowflake")
    when = tree.args["from_"].this.args.get("when")
    if when is None:
        raise syntax_error(f"unexpected '{text}'")
    return point_of(session, resolved(session, when))


def fill(cloned: Iterable[ClonedTable], point: Point | None) -> list[str]:
    """The DuckDB statements that make and fill the tables of a clone."""
    statements: list[str] = []
    for each in cloned:
        source, target = each.source.body, each.clone.body
        assert isinstance(source, TableBody)  # noqa: S101 - tables are cloned here
        assert isinstance(target, TableBody)  # noqa: S101 - same
        rows = as_of(source, point) if point is not None else f"SELECT * FROM {rows_of(source)}"
        statements += [*creation(target), copy(rows, target)]
    return statements
