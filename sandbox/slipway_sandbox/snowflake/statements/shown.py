"""What SHOW is asked for: which objects, where, and which of them are told.

Source: https://docs.snowflake.com/en/sql-reference/sql/show; without IN a statement is about the current
database, without a current one about the account.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from slipway_sandbox.snowflake.catalogue.catalogue import session_of
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, cannot_operate, unsupported
from slipway_sandbox.snowflake.identifiers import Path
from slipway_sandbox.snowflake.results import Result, StatementType, listing
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.words import Words

Row = Mapping[str, object]
Columns = Sequence[tuple[str, pa.DataType]]

MOMENT: Final = pa.timestamp("us", tz="UTC")
TEXT: Final = pa.string()
COUNT: Final = pa.int64()
MOST_ROWS: Final = 10_000
"""SHOW never tells more: https://docs.snowflake.com/en/sql-reference/sql/show-objects."""

_NAMES: Final = ("name", "column_name")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One SHOW, read.

    Attributes:
        schemas: the schemas that it is about.
        within: the schema, database or table after IN; None for the account.
        terse: whether TERSE is said.
        like: a pattern of LIKE that every name must fit; None for none.
        starts: what names begin with.
        limit: how many rows are told.
        after: the name after which the rows begin.
    """

    schemas: tuple[Thing, ...]
    within: Thing | None
    terse: bool = False
    like: re.Pattern[str] | None = None
    starts: str = ""
    limit: int = MOST_ROWS
    after: str = ""

    def chooses(self, name: str) -> bool:
        """Whether an object of this name is told."""
        fits = self.like is None or self.like.fullmatch(name) is not None
        return fits and name.startswith(self.starts) and (not self.after or name > self.after)


def asked(session: Session, words: Words, *, terse: bool, bare: ObjectKind) -> Asked:
    """Read what follows the kind: LIKE, IN, STARTS WITH, LIMIT.

    Args:
        session: who asks.
        words: the statement.
        terse: whether TERSE was said.
        bare: what a name after IN means without a word before it.

    Raises:
        SnowflakeError: it cannot be read, or what it is about is not there.
    """
    if words.take("HISTORY"):
        raise unsupported("SHOW ... HISTORY")
    like = like_pattern(words.string()) if words.take("LIKE") else None
    within = _within(session, words, bare) if words.take("IN") else _current(session)
    starts = words.string() if words.take("STARTS", "WITH") else ""
    limit, after = _limit(words) if words.take("LIMIT") else (MOST_ROWS, "")
    words.end()
    return Asked(
        schemas=_schemas(session, within),
        within=within,
        terse=terse,
        like=like,
        starts=starts,
        limit=limit,
        after=after,
    )


def told(columns: Columns, rows: Iterable[Row], wanted: Asked | None = None) -> Result:
    """The answer of SHOW: the rows that were asked for, each with all of its columns."""
    found = list(rows)
    if wanted is not None:
        named = next(name for name, _ in columns if name in _NAMES)
        found = [row for row in found if wanted.chooses(str(row[named]))][: wanted.limit]
    values = [[row.get(name) for name, _ in columns] for row in found]
    return listing(columns, values, StatementType.SHOW)


def objects(session: Session, wanted: Asked, *kinds: ObjectKind) -> list[tuple[Thing, Thing, Thing]]:
    """The objects that a SHOW is about and that the session sees: database, schema, object."""
    catalogue, authority = session.account.catalogue, session.authority
    inside = [(schema, thing) for schema in wanted.schemas for thing in catalogue.children(schema.id)]
    found = [
        (catalogue.things[schema.parent], schema, thing)
        for schema, thing in inside
        if thing.kind in kinds and session_of(thing) in {0, session.number} and authority.sees(thing)
    ]
    return sorted(found, key=lambda each: tuple(part.name for part in each))


def owner(session: Session, thing: Thing) -> str:
    """The name of the role that owns an object; empty for none."""
    return session.account.catalogue.things[thing.owner].name if thing.owner else ""


def yes(*, is_so: bool) -> str:
    """How SHOW tells a truth."""
    return "Y" if is_so else "N"


def like_pattern(like: str) -> re.Pattern[str]:
    """What LIKE of SHOW means: whatever the case, % any text, _ any character."""
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(each, re.escape(each)) for each in like), re.IGNORECASE | re.DOTALL)


def _limit(words: Words) -> tuple[int, str]:
    if not words.is_number:
        raise words.unexpected()
    return int(words.value()), words.string() if words.take("FROM") else ""


def _current(session: Session) -> Thing | None:
    """The current database; none when somebody has dropped it."""
    found = session.account.catalogue.find(ACCOUNT, ObjectKind.DATABASE, session.database)
    return found if found is not None and session.authority.sees(found) else None


def _within(session: Session, words: Words, bare: ObjectKind) -> Thing | None:
    if words.take("ACCOUNT"):
        return None
    said = words.take_any("DATABASE", "SCHEMA", "TABLE", "VIEW")
    kind = ObjectKind(said) if said else bare
    if said and (words.is_done or words.comes("STARTS", "LIMIT")):
        if kind is ObjectKind.DATABASE:
            return _database(session, "")
        return _schema(session, Path(""))
    path = words.path()
    match kind:
        case ObjectKind.DATABASE:
            return _database(session, path.name)
        case ObjectKind.SCHEMA:
            return _schema(session, path)
        case _:
            return session.names("SHOW").relation(path)


def _database(session: Session, name: str) -> Thing:
    try:
        return session.names("SHOW").database_named(name)
    except SnowflakeError as error:
        raise _unseen(error) from None


def _schema(session: Session, path: Path) -> Thing:
    try:
        return session.names("SHOW").schema_at(path)
    except SnowflakeError as error:
        raise _unseen(error) from None


def _unseen(error: SnowflakeError) -> SnowflakeError:
    """What SHOW says of a container that is not there: 2043, by which dbt knows it."""
    return error if error.number in {90105, 90106} else cannot_operate()


def _schemas(session: Session, within: Thing | None) -> tuple[Thing, ...]:
    catalogue, authority = session.account.catalogue, session.authority
    if within is not None and within.kind is ObjectKind.SCHEMA:
        return (within,)
    if within is not None and within.kind in {ObjectKind.TABLE, ObjectKind.VIEW}:
        return (catalogue.things[within.parent],)
    if within is not None:
        databases = [within]
    else:
        databases = authority.visible(catalogue.children(ACCOUNT, ObjectKind.DATABASE))
    inside = [catalogue.children(each.id, ObjectKind.SCHEMA) for each in databases]
    return tuple(schema for schemas in inside for schema in authority.visible(schemas))
