"""What every CLONE does with rows: one transaction copies them as they were at one point."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from slipway_sandbox.snowflake.catalogue.draft import Cloned, Draft
from slipway_sandbox.snowflake.catalogue.objects import Column, SequenceBody, TableBody
from slipway_sandbox.snowflake.errors import syntax_error
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.session_functions import resolved
from slipway_sandbox.snowflake.sql.parser import read_text
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import Point, copy, counter_creation, creation, rows_of
from slipway_sandbox.snowflake.time_travel import is_too_early, point_of, too_early
from slipway_sandbox.snowflake.versions import as_of


@dataclass(frozen=True, kw_only=True)
class ClonePoint:
    """When a clone's source is read.

    Attributes:
        point: the point.
        skips: whether tables whose history does not reach back so far are left out.
    """

    point: Point
    skips: bool


def takes_internal_stages(words: Words) -> bool:
    """Whether the clone of a container is to have its internal stages too: INCLUDE INTERNAL STAGES."""
    return words.take("INCLUDE", "INTERNAL", "STAGES")


def source_point(session: Session, words: Words) -> ClonePoint | None:
    """The AT or BEFORE that may follow the source of a clone."""
    if not words.comes("AT", "BEFORE"):
        return None
    text = words.clause()
    tree = read_text(f"SELECT 1 FROM t {text}")
    when = tree.args["from_"].this.args.get("when")
    if when is None:
        raise syntax_error(f"unexpected '{text}'")
    skips = words.take("IGNORE", "TABLES", "WITH", "INSUFFICIENT", "DATA", "RETENTION")
    return ClonePoint(point=point_of(session, resolved(session, when, session.names("CLONE"))), skips=skips)


def fill(session: Session, draft: Draft, cloned: Cloned, when: ClonePoint | None) -> None:
    """Add the DuckDB statements that make and fill the clone of a table.

    Raises:
        SnowflakeError: 707, the table cannot be read as it was then.
    """
    if when is not None and is_too_early(session, cloned.source, when.point):
        raise too_early(cloned.source)
    _fill_one(session, draft, cloned, when, {})


def fill_container(session: Session, draft: Draft, cloned: Iterable[Cloned], when: ClonePoint | None) -> None:
    """The same for what a database or schema holds: a table that was created after the point is left out.

    Raises:
        SnowflakeError: 707, and the statement does not say that such tables are left out too.
    """
    found = list(cloned)
    counted = dict(
        _count_on(session, draft, each) for each in found if isinstance(each.source.body, SequenceBody)
    )
    for each in found:
        if not isinstance(each.source.body, TableBody):
            continue
        if when is None or not is_too_early(session, each.source, when.point):
            _fill_one(session, draft, each, when, counted)
        elif when.skips or each.source.created_on > when.point.moment:
            draft.forget(each.clone)
        else:
            raise too_early(each.source)


def _fill_one(
    session: Session, draft: Draft, each: Cloned, when: ClonePoint | None, counted: Mapping[int, int]
) -> None:
    source, target = each.source.body, each.clone.body
    assert isinstance(source, TableBody)  # noqa: S101 - tables are cloned here
    assert isinstance(target, TableBody)  # noqa: S101 - same
    columns = tuple(_numbered(session, draft, column, counted) for column in target.columns)
    target = replace(target, columns=columns, since=session.account.storage.point + 1)
    draft.change(replace(each.clone, body=target))
    rows = as_of(source, when.point) if when is not None else f"SELECT * FROM {rows_of(source)}"
    draft.physical += [*creation(target), copy(rows, target)]


def _numbered(session: Session, draft: Draft, column: Column, counted: Mapping[int, int]) -> Column:
    """A column that goes on numbering where its source is now, apart from it, or by the cloned sequence."""
    if column.numbering is None:
        return replace(column, counter=counted.get(column.counter, column.counter))
    start = session.account.storage.next_number(column.numbering)
    return replace(column, numbering=replace(column.numbering, counter=draft.new_id(), start=start))


def _count_on(session: Session, draft: Draft, each: Cloned) -> tuple[int, int]:
    """Give the clone of a sequence a counter that goes on where its source is now; both counters."""
    assert isinstance(each.source.body, SequenceBody)  # noqa: S101 - the caller has looked
    own = each.source.body.numbering
    numbering = replace(own, counter=draft.new_id(), start=session.account.storage.next_number(own))
    draft.change(replace(each.clone, body=SequenceBody(numbering=numbering)))
    draft.physical.append(counter_creation(numbering))
    return own.counter, numbering.counter
