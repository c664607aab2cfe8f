"""CREATE, ALTER, DROP and SHOW of sequences; their numbers are read by `sequence.NEXTVAL` (numbered.py).

Source: https://docs.snowflake.com/en/sql-reference/sql/create-sequence. Numbers are never given twice and
a rollback does not give them back; here they are without gaps, in Snowflake not.
"""

from dataclasses import replace
from typing import Final

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import Numbering, ObjectKind, SequenceBody, Thing
from slipway_sandbox.snowflake.errors import already_exists, invalid_value, unsupported
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.altering import rename
from slipway_sandbox.snowflake.statements.dropping import doomed, dropped
from slipway_sandbox.snowflake.statements.shown import (
    COUNT,
    MOMENT,
    TEXT,
    Asked,
    Row,
    objects,
    owner,
    told,
    yes,
)
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.storage import counter_creation, counter_removal

_COLUMNS: Final = (
    ("name", TEXT),
    ("database_name", TEXT),
    ("schema_name", TEXT),
    ("next_value", COUNT),
    ("interval", COUNT),
    ("created_on", MOMENT),
    ("owner", TEXT),
    ("comment", TEXT),
    ("owner_role_type", TEXT),
    ("ordered", TEXT),
)


def create_sequence(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] SEQUENCE [IF NOT EXISTS] name [START] [INCREMENT] [ORDER | NOORDER] [COMMENT]."""
    words.expect("SEQUENCE")
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    path = words.path()
    schema = session.names("CREATE").schema_of(path)
    session.authority.require_creation(Privilege.CREATE_SEQUENCE, schema)
    numbering, comment = _properties(words)
    existing = session.account.catalogue.find(schema.id, ObjectKind.SEQUENCE, path.name)
    if existing is not None and if_not_exists:
        return status(f"{written(path.name)} already exists, statement succeeded.")
    if existing is not None and not replaces:
        raise already_exists(str(session.names("CREATE").qualified(path)))
    if existing is not None:
        session.authority.require(Privilege.OWNERSHIP, existing)

    def change(draft: Draft) -> None:
        if existing is not None:
            _forget(session, draft, existing)
        body = SequenceBody(numbering=replace(numbering, counter=draft.new_id()))
        draft.add(ObjectKind.SEQUENCE, path.name, schema.id, session.role, body, comment)
        draft.physical.append(counter_creation(body.numbering))

    session.define(change)
    return status(f"Sequence {written(path.name)} successfully created.")


def alter_sequence(session: Session, words: Words) -> Result:
    """ALTER SEQUENCE [IF EXISTS] name RENAME TO name | SET COMMENT = text | UNSET COMMENT."""
    words.expect("SEQUENCE")
    words.take("IF", "EXISTS")
    found = session.names("ALTER").existing(ObjectKind.SEQUENCE, words.path())
    session.authority.require(Privilege.OWNERSHIP, found)
    if words.take("RENAME", "TO"):
        rename(session, found, words)
        return status("Statement executed successfully.")
    if words.take("SET", "COMMENT", "="):
        commented = replace(found, comment=words.string())
    elif words.take("UNSET", "COMMENT"):
        commented = replace(found, comment="")
    else:
        raise unsupported(f"ALTER SEQUENCE ... {words.rest()}")
    words.end()
    session.define(lambda draft: draft.change(commented))
    return status("Statement executed successfully.")


def drop_sequence(session: Session, words: Words) -> Result:
    """DROP SEQUENCE [IF EXISTS] name [CASCADE | RESTRICT]: it cannot be undropped."""
    words.expect("SEQUENCE")
    found = doomed(session, words, ObjectKind.SEQUENCE)
    if isinstance(found, Result):
        return found
    session.define(lambda draft: _forget(session, draft, found))
    return dropped(found)


def sequences(session: Session, wanted: Asked) -> Result:
    """SHOW SEQUENCES."""
    return told(
        _COLUMNS, [_row(session, *each) for each in objects(session, wanted, ObjectKind.SEQUENCE)], wanted
    )


def numbering_of(sequence: Thing) -> Numbering:
    """How a sequence counts."""
    assert isinstance(sequence.body, SequenceBody)  # noqa: S101 - the kind says so
    return sequence.body.numbering


def _properties(words: Words) -> tuple[Numbering, str]:
    start = step = 1
    is_ordered, comment = False, ""
    while not words.is_done:
        words.take(",")
        if words.take("START"):
            words.take("WITH")
            start = _number(words)
        elif words.take("INCREMENT"):
            words.take("BY")
            step = _number(words)
        elif order := words.take_any("ORDER", "NOORDER"):
            is_ordered = order == "ORDER"
        elif words.take("COMMENT", "="):
            comment = words.string()
        elif not words.take("WITH"):
            raise words.unexpected()
    if step == 0:
        raise invalid_value("invalid value [0] for parameter 'INCREMENT'")
    return Numbering(start=start, step=step, is_ordered=is_ordered), comment


def _number(words: Words) -> int:
    words.take("=")
    value = words.value()
    if not value.removeprefix("-").isdecimal():
        raise invalid_value(f"invalid value [{value}] for a sequence")
    return int(value)


def _forget(session: Session, draft: Draft, sequence: Thing) -> None:
    """Remove a sequence; its counter stays while a column of a table counts by it."""
    numbering = numbering_of(sequence)
    draft.forget(sequence)
    if not session.account.catalogue.counts(numbering.counter):
        draft.physical.append(counter_removal(numbering))


def _row(session: Session, database: Thing, schema: Thing, sequence: Thing) -> Row:
    numbering = numbering_of(sequence)
    return {
        "name": sequence.name,
        "database_name": database.name,
        "schema_name": schema.name,
        "next_value": session.account.storage.next_number(numbering),
        "interval": numbering.step,
        "created_on": sequence.created_on,
        "owner": owner(session, sequence),
        "comment": sequence.comment,
        "owner_role_type": "ROLE",
        "ordered": yes(is_so=numbering.is_ordered),
    }
