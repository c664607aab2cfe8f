"""What every CLONE does with rows: one transaction copies them as they were at one point."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlglot

from slipway_sandbox.snowflake.binding import as_of
from slipway_sandbox.snowflake.catalogue.draft import ClonedTable, Draft
from slipway_sandbox.snowflake.catalogue.objects import TableBody
from slipway_sandbox.snowflake.errors import syntax_error
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import resolved
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import Point, copy, creation, rows_of
from slipway_sandbox.snowflake.time_travel import is_too_early, point_of, too_early


@dataclass(frozen=True, kw_only=True)
class ClonePoint:
    """When a clone's source is read.

    Attributes:
        point: the point.
        skips: whether tables whose history does not reach back so far are left out.
    """

    point: Point
    skips: bool


def source_point(session: Session, words: Words) -> ClonePoint | None:
    """The AT or BEFORE that may follow the source of a clone."""
    if not words.comes("AT", "BEFORE"):
        return None
    text = words.clause()
    tree = sqlglot.parse_one(f"SELECT 1 FROM t {text}", read="snowflake")
    when = tree.args["from_"].this.args.get("when")
    if when is None:
        raise syntax_error(f"unexpected '{text}'")
    skips = words.take("IGNORE", "TABLES", "WITH", "INSUFFICIENT", "DATA", "RETENTION")
    return ClonePoint(point=point_of(session, resolved(session, when)), skips=skips)


def fill(session: Session, draft: Draft, cloned: Iterable[ClonedTable], when: ClonePoint | None) -> None:
    """Add the DuckDB statements that make and fill the tables of a clone.

    Raises:
        SnowflakeError: 707, a table cannot be read as it was then.
    """
    for each in list(cloned):
        if when is not None and is_too_early(session, each.source, when.point):
            raise too_early(each.source)
        _fill_one(session, draft, each, when)


def fill_container(
    session: Session, draft: Draft, cloned: Iterable[ClonedTable], when: ClonePoint | None
) -> None:
    """The same for the tables of a database or schema: one that was created after the point is left out.

    Raises:
        SnowflakeError: 707, and the statement does not say that such tables are left out too.
    """
    for each in list(cloned):
        if when is None or not is_too_early(session, each.source, when.point):
            _fill_one(session, draft, each, when)
        elif when.skips or each.source.created_on > when.point.moment:
            draft.forget(each.clone)
        else:
            raise too_early(each.source)


def _fill_one(session: Session, draft: Draft, each: ClonedTable, when: ClonePoint | None) -> None:
    source, target = each.source.body, each.clone.body
    assert isinstance(source, TableBody)  # noqa: S101 - tables are cloned here
    assert isinstance(target, TableBody)  # noqa: S101 - same
    draft.change(replace(each.clone, body=replace(target, since=session.account.storage.point + 1)))
    rows = as_of(source, when.point) if when is not None else f"SELECT * FROM {rows_of(source)}"
    draft.physical += [*creation(target), copy(rows, target)]
