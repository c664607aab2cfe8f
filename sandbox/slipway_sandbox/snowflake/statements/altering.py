"""ALTER TABLE and ALTER VIEW, TRUNCATE."""

from collections.abc import Iterator
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
from slipway_sandbox.snowflake.statements.properties import properties
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.statements.writing import truncate

_DONE = "Statement executed successfully."


def alter_table(session: Session, words: Words) -> Result:
    """ALTER TABLE [IF EXISTS] name ..."""
    words.expect("TABLE")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    if if_exists and _is_missing(session, ObjectKind.TABLE, path):
        return status(_DONE)
    if words.comes("ADD", "DROP", "RENAME", "ALTER", "MODIFY") and not words.sees("RENAME", "TO"):
        with _exclusive(session, path) as table:
            columns.alter(session, table, _body(table), words)
    else:
        with session.account.alone():
            _alter(session, _own_table(session, path), words)
    return status(_DONE)


def _is_missing(session: Session, kind: ObjectKind, path: Path) -> bool:
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
    else:
        raise unsupported(f"ALTER TABLE ... {words.rest()}")


def alter_view(session: Session, words: Words) -> Result:
    """ALTER VIEW [IF EXISTS] name RENAME TO | SET COMMENT."""
    words.expect("VIEW")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    if if_exists and _is_missing(session, ObjectKind.VIEW, path):
        return status(_DONE)
    view = session.names("ALTER").existing(ObjectKind.VIEW, path)
    session.authority.require(Privilege.OWNERSHIP, view)
    if words.take("RENAME", "TO"):
        rename(session, view, words)
    elif words.comes("ALTER", "MODIFY"):
        columns.comment_view_columns(session, view, words)
    elif words.take("SET", "COMMENT", "="):
        comment = words.string()
        session.account.define(lambda draft: draft.change(replace(view, comment=comment)))
    else:
        raise unsupported(f"ALTER VIEW ... {words.rest()}")
    return status(_DONE)


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
    session.account.define(lambda draft: draft.change(renamed))


def truncate_table(session: Session, words: Words) -> Result:
    """TRUNCATE [TABLE] [IF EXISTS] name."""
    words.take("TABLE")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    words.end()
    if if_exists and _is_missing(session, ObjectKind.TABLE, path):
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
    session.account.define(lambda draft: draft.swap(table, other))


def _is_temporary(table: Thing) -> bool:
    return isinstance(table.body, TableBody) and table.body.persistence is Persistence.TEMPORARY


def _set(session: Session, table: Thing, body: TableBody, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        match name:
            case "COMMENT":
                table = replace(table, comment=value)
            case retention.PARAMETER:
                body = replace(body, retention_days=retention.given_days(value, body.persistence))
            case "CHANGE_TRACKING":
                body = replace(body, change_tracking=value.upper() == "TRUE")
            case _:
                raise unsupported(f"ALTER TABLE ... SET {name}")
    changed = replace(table, body=body)
    session.account.define(lambda draft: draft.change(changed))
