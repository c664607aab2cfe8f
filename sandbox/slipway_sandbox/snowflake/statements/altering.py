"""ALTER TABLE, TRUNCATE, and the renaming of what a schema contains."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from slipway_sandbox.snowflake import retention
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, Persistence, TableBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, unsupported
from slipway_sandbox.snowflake.identifiers import Path
from slipway_sandbox.snowflake.locks import Claim, TableMovedError
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import columns
from slipway_sandbox.snowflake.statements.clustering import clustering_of
from slipway_sandbox.snowflake.statements.properties import properties
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.statements.writing import truncate

_DONE = "Statement executed successfully."


def alter_table(session: Session, words: Words) -> Result:
    """ALTER TABLE [IF EXISTS] name ..."""
    words.expect("TABLE")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    if if_exists and is_missing(session, ObjectKind.TABLE, path):
        return status(_DONE)
    is_whole = words.sees("RENAME", "TO") or words.sees("DROP", "CLUSTERING", "KEY")
    if words.comes("ADD", "DROP", "RENAME", "ALTER", "MODIFY") and not is_whole:
        with _exclusive(session, path) as table:
            columns.alter(session, table, _body(table), words)
    else:
        with session.account.alone():
            _alter(session, _own_table(session, path), words)
    return status(_DONE)


def is_missing(session: Session, kind: ObjectKind, path: Path) -> bool:
    """Whether what IF EXISTS asks for is not there."""
    names = session.names("ALTER")
    return names.find(names.schema_of(path), kind, path.name) is None


def _own_table(session: Session, path: Path) -> Thing:
    table = session.names("ALTER").existing(ObjectKind.TABLE, path)
    session.authority.require(Privilege.OWNERSHIP, table)
    return table


def _body(table: Thing) -> TableBody:
    assert isinstance(table.body, TableBody)  # noqa: S101 - the kind says so
    return table.body


@contextmanager
def _exclusive(session: Session, path: Path) -> Iterator[Thing]:
    """A table that nobody else writes: rows which are not committed would stay where they are written."""
    try:
        table = _own_table(session, path)
        session.claim(table, Claim.DEFINE)
        with session.account.alone():
            if session.account.catalogue.is_moved(table):
                raise TableMovedError
            yield session.account.catalogue.things[table.id]
    finally:
        session.account.locks.release(session.number)


def _alter(session: Session, table: Thing, words: Words) -> None:
    if words.take("SWAP", "WITH"):
        _swap(session, table, words)
    elif words.take("RENAME", "TO"):
        rename(session, table, words)
    elif words.take("SET"):
        _set(session, table, _body(table), properties(words))
    elif words.take("UNSET"):
        _set(session, table, _body(table), dict.fromkeys(_unset(words)))
    elif words.comes("CLUSTER BY"):
        _cluster(session, table, clustering_of(words.rest(), _body(table).columns))
    elif words.take("DROP", "CLUSTERING", "KEY"):
        words.end()
        _cluster(session, table, ())
    else:
        raise unsupported(f"ALTER TABLE ... {words.rest()}")


def rename(session: Session, thing: Thing, words: Words) -> None:
    """Give an object another name, in another schema perhaps; grants and history follow."""
    path = words.path()
    words.end()
    catalogue = session.account.catalogue
    own = catalogue.things[thing.parent]
    if path.schema:
        own = session.names("ALTER").schema_at(
            Path(path.schema, path.database or catalogue.things[own.parent].name)
        )
    if own.id != thing.parent:
        session.authority.require(Privilege(f"CREATE {thing.kind}"), own)
    renamed = replace(thing, name=path.name, parent=own.id)
    session.define(lambda draft: draft.change(renamed))


def truncate_table(session: Session, words: Words) -> Result:
    """TRUNCATE [TABLE] [IF EXISTS] name."""
    words.take("TABLE")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    words.end()
    if if_exists and is_missing(session, ObjectKind.TABLE, path):
        return status(_DONE)
    table = session.names("TRUNCATE").existing(ObjectKind.TABLE, path)
    assert isinstance(table.body, TableBody)  # noqa: S101 - the kind says so
    truncate(session, table, table.body)
    return status(_DONE)


def _swap(session: Session, table: Thing, words: Words) -> None:
    other = session.names("ALTER").existing(ObjectKind.TABLE, words.path())
    words.end()
    session.authority.require(Privilege.OWNERSHIP, other)
    kinds = {_is_temporary(table), _is_temporary(other)}
    if len(kinds) > 1:
        raise SnowflakeError(
            2043, "42601", "SQL compilation error:\nA temporary table cannot be swapped with a permanent one."
        )
    session.define(lambda draft: draft.swap(table, other))


def _is_temporary(table: Thing) -> bool:
    return isinstance(table.body, TableBody) and table.body.persistence is Persistence.TEMPORARY


def _unset(words: Words) -> list[str]:
    """The properties that an UNSET names."""
    found = [words.name()]
    while words.take(","):
        found.append(words.name())
    words.end()
    return found


def _set(session: Session, table: Thing, body: TableBody, settings: Mapping[str, str | None]) -> None:
    """Set properties; those without a value get their default."""
    for name, value in settings.items():
        match name:
            case "COMMENT":
                table = replace(table, comment=value or "")
            case retention.PARAMETER:
                days = retention.given_days(value, body.persistence) if value is not None else None
                body = replace(body, retention_days=days)
            case "CHANGE_TRACKING":
                body = tracking(session, body, is_on=(value or "").upper() == "TRUE")
            case _:
                raise unsupported(f"ALTER TABLE ... {'UNSET' if value is None else 'SET'} {name}")
    changed = replace(table, body=body)
    session.define(lambda draft: draft.change(changed))


def tracking(session: Session, body: TableBody, *, is_on: bool) -> TableBody:
    """A table whose changes are tracked from the next commit on, or no more; one that tracks goes on."""
    if is_on and body.change_tracking:
        return body
    return replace(body, change_tracking=is_on, tracked_since=session.account.storage.point + 1)


def _cluster(session: Session, table: Thing, clustering: tuple[str, ...]) -> None:
    clustered = replace(table, body=replace(_body(table), clustering=clustering))
    session.define(lambda draft: draft.change(clustered))
