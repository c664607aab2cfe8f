"""COMMENT ON: https://docs.snowflake.com/en/sql-reference/sql/comment."""

from dataclasses import replace

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import Column, ObjectKind, TableBody, Thing, ViewBody
from slipway_sandbox.snowflake.errors import invalid_identifier, not_found, unsupported
from slipway_sandbox.snowflake.identifiers import Path, written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.grant_targets import securable_kind
from slipway_sandbox.snowflake.statements.words import Words


def comment(session: Session, words: Words) -> Result:
    """COMMENT [IF EXISTS] ON kind name IS text."""
    words.take("IF", "EXISTS")
    words.expect("ON")
    if words.take("COLUMN"):
        return _on_column(session, words)
    thing = session.names("COMMENT").securable(securable_kind(words), words.path())
    text = _text(words)
    session.authority.require(Privilege.OWNERSHIP, thing)
    commented = replace(thing, comment=text)
    session.define(lambda draft: draft.change(commented))
    return status("Statement executed successfully.")


def _on_column(session: Session, words: Words) -> Result:
    parts = [words.name()]
    while words.take("."):
        parts.append(words.name())
    database, schema, table, column = ["", "", "", *parts][-4:]
    names = session.names("COMMENT")
    path = Path(table, schema, database)
    thing = names.find(names.schema_of(path), ObjectKind.TABLE, table)
    if thing is None:
        raise not_found("Table", str(names.qualified(path)))
    session.authority.require(Privilege.OWNERSHIP, thing)
    commented = _with_comment(thing, column, _text(words))
    session.define(lambda draft: draft.change(commented))
    return status("Statement executed successfully.")


def _with_comment(thing: Thing, name: str, text: str) -> Thing:
    match thing.body:
        case TableBody() as body:
            return replace(thing, body=replace(body, columns=_columns(body.columns, name, text)))
        case ViewBody() as body:
            return replace(thing, body=replace(body, columns=_columns(body.columns, name, text)))
        case _:
            raise unsupported(f"COMMENT ON COLUMN of a {thing.kind.lower()}")


def _columns(columns: tuple[Column, ...], name: str, text: str) -> tuple[Column, ...]:
    if name not in {column.name for column in columns}:
        raise invalid_identifier(written(name))
    return tuple(replace(each, comment=text) if each.name == name else each for each in columns)


def _text(words: Words) -> str:
    words.expect("IS")
    text = words.string()
    words.end()
    return text
