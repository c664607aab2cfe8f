"""CREATE, DROP and UNDROP of tables."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import (
    Column,
    ObjectKind,
    Persistence,
    TableBody,
    Thing,
)
from slipway_sandbox.snowflake.errors import SnowflakeError, already_exists, syntax_error, unsupported
from slipway_sandbox.snowflake.identifiers import Path, written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.retention import PARAMETER, given_days, last_dropped, purged
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.columns import type_of_duckdb
from slipway_sandbox.snowflake.statements.cloning import fill, source_point
from slipway_sandbox.snowflake.statements.clustering import clustering_of
from slipway_sandbox.snowflake.statements.column_names import (
    require_column_names,
    require_distinct,
    with_column_names,
)
from slipway_sandbox.snowflake.statements.declarations import (
    columns_of,
    comment_of,
    constraints_of,
    copies_grants,
    option,
)
from slipway_sandbox.snowflake.statements.dropping import doomed, dropped
from slipway_sandbox.snowflake.statements.numbered import with_sequence
from slipway_sandbox.snowflake.statements.queries import described_columns, duckdb_of, parsed
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import column_list, creation, rows_of
from slipway_sandbox.snowflake.temporary import ending
from slipway_sandbox.snowflake.warehouses import require_compute

_PERSISTENCE = {
    "TRANSIENT": Persistence.TRANSIENT,
    "TEMPORARY": Persistence.TEMPORARY,
    "TEMP": Persistence.TEMPORARY,
    "LOCAL TEMPORARY": Persistence.TEMPORARY,
}


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """What a CREATE TABLE is about.

    Attributes:
        path: the name.
        schema: where the table will be.
        persistence: how long it will last.
        existing: the table that it replaces; None for none.
        comment: its comment; empty for none.
    """

    path: Path
    schema: Thing
    persistence: Persistence
    existing: Thing | None
    comment: str = ""

    def session_of(self, session: Session) -> int:
        """The session that the table will belong to; 0 for everybody's."""
        return session.number if self.persistence is Persistence.TEMPORARY else 0


def create_table(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] [TRANSIENT | TEMPORARY] TABLE [IF NOT EXISTS] name ..."""
    persistence = _PERSISTENCE.get(words.take_any(*_PERSISTENCE), Persistence.PERMANENT)
    words.expect("TABLE")
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    path = words.path()
    schema = session.names("CREATE").schema_of(path)
    session.authority.require_creation(Privilege.CREATE_TABLE, schema)
    number = session.number if persistence is Persistence.TEMPORARY else 0
    existing = session.account.catalogue.find(schema.id, ObjectKind.TABLE, path.name, number)
    if existing is not None and if_not_exists:
        return status(f"{written(path.name)} already exists, statement succeeded.")
    if existing is not None and not replaces:
        raise already_exists(str(session.names("CREATE").qualified(path)))
    if existing is not None:
        session.authority.require(Privilege.OWNERSHIP, existing)
    wanted = _Wanted(path=path, schema=schema, persistence=persistence, existing=existing)
    if words.take("CLONE"):
        return _clone(session, words, wanted)
    if words.take("LIKE"):
        return _like(session, words, wanted)
    return _create(session, words, wanted)


def _like(session: Session, words: Words, wanted: _Wanted) -> Result:
    source = session.names("CREATE").existing(ObjectKind.TABLE, words.path())
    words.end()
    assert isinstance(source.body, TableBody)  # noqa: S101 - the kind says so
    body = replace(source.body, persistence=wanted.persistence, session=wanted.session_of(session))
    return _made(session, wanted, body)


def _create(session: Session, words: Words, wanted: _Wanted) -> Result:
    tree = parsed(words.sql)
    if not isinstance(tree, exp.Create):
        raise unsupported(words.sql.split("(", maxsplit=1)[0])
    copies = copies_grants(tree)
    declared = tree.this if isinstance(tree.this, exp.Schema) else None
    columns = tuple(with_sequence(session, each) for each in columns_of(declared)) if declared else ()
    query = ""
    if tree.expression is not None:
        require_compute(session)
        if not columns:
            require_column_names(tree.expression)
        query = duckdb_of(session, with_column_names(tree.expression), "CREATE")
        columns = _with_query(session, columns, query)
    if not columns:
        raise syntax_error(f"syntax error: unexpected '{'<EOF>' if declared is None else ')'}'.")
    body = TableBody(
        columns=columns,
        storage=0,
        persistence=wanted.persistence,
        session=wanted.session_of(session),
        retention_days=_retention(tree, wanted.persistence),
        change_tracking=option(tree, "CHANGE_TRACKING", "FALSE").upper() == "TRUE",
        constraints=tuple(constraints_of(declared, _table_id(session))) if declared is not None else (),
        clustering=clustering_of(words.sql, columns),
    )
    commented = replace(wanted, comment=comment_of(tree))
    return _made(session, commented, body, query, copies=copies)


def _retention(tree: exp.Create, persistence: Persistence) -> int | None:
    given = option(tree, PARAMETER, "")
    return given_days(given, persistence) if given else None


def _table_id(session: Session) -> Callable[[Path], int]:
    """How a foreign key finds the table that it refers to."""
    return lambda path: session.names("CREATE").existing(ObjectKind.TABLE, path).id


def _made(
    session: Session, wanted: _Wanted, body: TableBody, query: str = "", *, copies: bool = False
) -> Result:
    def change(draft: Draft) -> None:
        if wanted.existing is not None:
            draft.drop(wanted.existing)
        columns = tuple(_counted(draft, column) for column in body.columns)
        first = session.account.storage.point + 1
        made = replace(body, columns=columns, storage=draft.new_id(), since=first, tracked_since=first)
        former = wanted.existing if copies else None  # with its grants the table takes no future ones
        table = draft.add(
            ObjectKind.TABLE,
            wanted.path.name,
            wanted.schema.id,
            session.role,
            made,
            wanted.comment,
            takes_future=former is None,
        )
        if former is not None:
            draft.copy_grants(former, table)
        draft.physical += creation(made)
        if query:
            draft.physical.append(f"INSERT INTO {rows_of(made)} ({column_list(made)}) {query}")

    session.define(change)
    return status(f"Table {written(wanted.path.name)} successfully created.")


def _counted(draft: Draft, column: Column) -> Column:
    """A column with a counter of its own, if it numbers its rows."""
    if column.numbering is None:
        return column
    return replace(column, numbering=replace(column.numbering, counter=draft.new_id()))


def _clone(session: Session, words: Words, wanted: _Wanted) -> Result:
    source = session.names("CLONE").existing(ObjectKind.TABLE, words.path())
    session.authority.require(Privilege.SELECT, source)
    point = source_point(session, words)
    copies = words.take("COPY", "GRANTS")
    words.end()
    _refuse_longer_life(source, wanted.persistence)
    assert isinstance(source.body, TableBody)  # noqa: S101 - the kind says so
    body = replace(source.body, persistence=wanted.persistence, session=wanted.session_of(session))
    cloned = replace(source, body=body)

    def change(draft: Draft) -> None:
        if wanted.existing is not None:
            draft.drop(wanted.existing)
        (only,) = draft.clone(
            cloned, wanted.path.name, wanted.schema.id, session.role, takes_future=not copies
        )
        if copies:
            draft.copy_grants(wanted.existing or source, only.clone)
        fill(session, draft, only, point)

    session.define(change)
    return status(f"Table {written(wanted.path.name)} successfully created.")


def _refuse_longer_life(source: Thing, wanted: Persistence) -> None:
    """A clone is kept no longer than its source: it shares the source's storage in Snowflake.

    Source: https://docs.snowflake.com/en/user-guide/tables-temp-transient
    """
    own = source.body.persistence if isinstance(source.body, TableBody) else Persistence.PERMANENT
    if wanted is not Persistence.PERMANENT or own is Persistence.PERMANENT:
        return
    told = {
        Persistence.TRANSIENT: "Transient object cannot be cloned to a permanent object.",
        Persistence.TEMPORARY: "Temp table cannot be cloned to a permanent table; clone to a transient table "
        "instead.",
    }
    raise SnowflakeError(2119, "0A000", f"SQL compilation error:\n{told[own]}")


def drop_table(session: Session, words: Words) -> Result:
    """DROP TABLE | VIEW [IF EXISTS] name [CASCADE | RESTRICT]."""
    found = doomed(session, words, ObjectKind(words.take_any("TABLE", "VIEW")))
    if isinstance(found, Result):
        return found
    if isinstance(found.body, TableBody) and found.body.persistence is not Persistence.TEMPORARY:
        session.define(lambda draft: draft.drop(found))
    else:
        session.define(ending([found]))
    return dropped(found)


def undrop_table(session: Session, words: Words) -> Result:
    """UNDROP TABLE name: the version that was dropped last."""
    words.expect("TABLE")
    path = words.path()
    words.end()
    names = session.names("UNDROP")
    schema = names.schema_of(path)
    account = session.account
    dropped = last_dropped(account.catalogue, ObjectKind.TABLE, schema.id, path.name, account.clock())
    if not session.authority.owns(dropped):
        raise purged(ObjectKind.TABLE, path.name)
    session.authority.require_creation(Privilege.CREATE_TABLE, schema)
    session.define(lambda draft: draft.undrop(dropped))
    return status(f"Table {written(path.name)} successfully restored.")


def _with_query(session: Session, columns: tuple[Column, ...], query: str) -> tuple[Column, ...]:
    described = described_columns(session, query)
    if not columns:
        require_distinct(name for name, _ in described)
        return tuple(Column(name=row[0], type=type_of_duckdb(row[1])) for row in described)
    if len(columns) != len(described):
        raise SnowflakeError(
            2057,
            "42601",
            f"SQL compilation error:\nThe definition declares {len(columns)} column(s), "
            f"but the query produces {len(described)} column(s).",
        )
    return columns
