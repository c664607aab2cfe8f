"""CREATE, ALTER and DROP of stages: names, owners, grants and properties; no files.

Sources: https://docs.snowflake.com/en/sql-reference/sql/create-stage, .../alter-stage. What only files give
a meaning to (FILE_FORMAT, COPY_OPTIONS, CREDENTIALS, REFRESH) is refused by name. A storage integration is
recorded by its name: the sandbox has none to look it up among.
"""

from dataclasses import replace
from typing import Final

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, StageBody, Thing
from slipway_sandbox.snowflake.errors import already_exists, invalid_url, invalid_value, unsupported
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.altering import is_missing, rename
from slipway_sandbox.snowflake.statements.dropping import doomed, dropped
from slipway_sandbox.snowflake.statements.words import Words

_DONE: Final = "Statement executed successfully."
_STORAGES: Final = ("s3://", "s3gov://", "s3china://", "gcs://", "azure://")
_TRUTHS: Final = {"TRUE": True, "FALSE": False}
_ENCRYPTIONS: Final = {"SNOWFLAKE_FULL": False, "SNOWFLAKE_SSE": True}


def create_stage(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] STAGE [IF NOT EXISTS] name [properties]."""
    words.expect("STAGE")
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    path = words.path()
    schema = session.names("CREATE").schema_of(path)
    session.authority.require_creation(Privilege.CREATE_STAGE, schema)
    body, comment = _changed(StageBody(), "", words, "CREATE STAGE")
    existing = session.account.catalogue.find(schema.id, ObjectKind.STAGE, path.name)
    if existing is not None and if_not_exists:
        return status(f"{written(path.name)} already exists, statement succeeded.")
    if existing is not None and not replaces:
        raise already_exists(str(session.names("CREATE").qualified(path)))
    if existing is not None:
        session.authority.require(Privilege.OWNERSHIP, existing)

    def change(draft: Draft) -> None:
        if existing is not None:
            draft.forget(existing)
        draft.add(ObjectKind.STAGE, path.name, schema.id, session.role, body, comment)

    session.define(change)
    return status(f"Stage area {written(path.name)} successfully created.")


def alter_stage(session: Session, words: Words) -> Result:
    """ALTER STAGE [IF EXISTS] name RENAME TO name | SET properties | UNSET COMMENT."""
    words.expect("STAGE")
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    if if_exists and is_missing(session, ObjectKind.STAGE, path):
        return status(_DONE)
    stage = session.names("ALTER").existing(ObjectKind.STAGE, path)
    session.authority.require(Privilege.OWNERSHIP, stage)
    if words.take("RENAME", "TO"):
        rename(session, stage, words)
    elif words.take("SET"):
        _set(session, stage, words)
    elif words.take("UNSET", "COMMENT"):
        words.end()
        uncommented = replace(stage, comment="")
        session.define(lambda draft: draft.change(uncommented))
    else:
        raise unsupported(f"ALTER STAGE ... {' '.join(words.rest().split()[:2])}")
    return status(_DONE)


def drop_stage(session: Session, words: Words) -> Result:
    """DROP STAGE [IF EXISTS] name: it cannot be undropped."""
    words.expect("STAGE")
    found = doomed(session, words, ObjectKind.STAGE)
    if isinstance(found, Result):
        return found
    session.define(lambda draft: draft.forget(found))
    return dropped(found)


def _set(session: Session, stage: Thing, words: Words) -> None:
    assert isinstance(stage.body, StageBody)  # noqa: S101 - the kind says so
    before = stage.body
    body, comment = _changed(before, stage.comment, words, "ALTER STAGE ... SET")
    if body.is_external != before.is_external:
        raise invalid_value(f"Stage '{written(stage.name)}' is internal: it cannot be given a URL.")
    changed = replace(stage, body=body, comment=comment)
    session.define(lambda draft: draft.change(changed))


def _changed(body: StageBody, comment: str, words: Words, statement: str) -> tuple[StageBody, str]:
    """A stage with the properties that end a statement, and its comment.

    Raises:
        SnowflakeError: they cannot be read, do not go together, or mean something for files only.
    """
    while not words.is_done:
        if words.comes("WITH", "TAG", "CLONE"):
            raise unsupported(f"{statement} ... {'CLONE' if words.comes('CLONE') else 'TAG'}")
        name = words.name()
        words.expect("=")
        if name == "COMMENT":
            comment = words.string()
        else:
            body = _with(body, name, words, statement)
        words.take(",")
    _refuse_mixtures(body)
    return body, comment


def _with(body: StageBody, name: str, words: Words, statement: str) -> StageBody:
    match name:
        case "URL":
            return replace(body, url=_url(words.string()))
        case "STORAGE_INTEGRATION":
            return replace(body, integration=words.name())
        case "DIRECTORY":
            return replace(body, has_directory=_directory(words, body, statement))
        case "ENCRYPTION":
            return replace(body, is_server_side=_encryption(words, statement))
        case _:
            raise unsupported(f"{statement} ... {name}")


def _refuse_mixtures(body: StageBody) -> None:
    if body.integration and not body.is_external:
        raise invalid_value("STORAGE_INTEGRATION belongs to a stage with a URL.")
    if body.is_server_side and body.is_external:
        raise invalid_value("SNOWFLAKE_SSE belongs to a stage without a URL.")


def _url(text: str) -> str:
    if not text.startswith(_STORAGES):
        raise invalid_url(text)
    return text


def _options(words: Words) -> dict[str, str]:
    """(NAME = value ...)."""
    words.expect("(")
    found: dict[str, str] = {}
    while not words.take(")"):
        name = words.name()
        words.expect("=")
        found[name] = words.value()
        words.take(",")
    return found


def _directory(words: Words, body: StageBody, statement: str) -> bool:
    """Whether there is to be a directory table; nothing ever refreshes it here."""
    found = _options(words)
    enabled = found.pop("ENABLE", str(body.has_directory)).upper()
    for name, value in found.items():
        if (name, value.upper()) != ("AUTO_REFRESH", "FALSE"):
            raise unsupported(f"{statement} ... DIRECTORY = ({name} = {value})")
    if enabled not in _TRUTHS:
        raise invalid_value(f"invalid value [{enabled}] for parameter 'ENABLE'")
    return _TRUTHS[enabled]


def _encryption(words: Words, statement: str) -> bool:
    """Whether files are encrypted on the server's side only."""
    found = _options(words)
    kind = found.get("TYPE", "").upper()
    if kind not in _ENCRYPTIONS or len(found) > 1:
        raise unsupported(f"{statement} ... ENCRYPTION = (TYPE = {kind or 'none'})")
    return _ENCRYPTIONS[kind]
