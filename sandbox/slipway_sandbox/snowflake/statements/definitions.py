"""CREATE, DROP, UNDROP and ALTER of databases and schemas."""

from dataclasses import replace

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing
from slipway_sandbox.snowflake.errors import SnowflakeError, already_exists, unsupported
from slipway_sandbox.snowflake.identifiers import Path, written
from slipway_sandbox.snowflake.names import PUBLIC
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.retention import last_dropped, purged
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.cloning import (
    ClonePoint,
    fill_container,
    source_point,
    takes_internal_stages,
)
from slipway_sandbox.snowflake.statements.dropping import refuse_referenced
from slipway_sandbox.snowflake.statements.properties import names, properties
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.time_travel import too_early

_CONTAINERS = {"DATABASE": ObjectKind.DATABASE, "SCHEMA": ObjectKind.SCHEMA}


def create_container(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] [TRANSIENT] DATABASE | SCHEMA [IF NOT EXISTS] name [CLONE source] [properties]."""
    transient = words.take("TRANSIENT")
    kind = _CONTAINERS[words.take_any(*_CONTAINERS)]
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    path = words.path()
    parent = _parent(session, kind, path)
    existing = session.account.catalogue.find(parent, kind, path.name)
    if existing is not None and if_not_exists:
        words.rest()
        return status(f"{written(path.name)} already exists, statement succeeded.")
    source, point = _source(session, words, kind)
    with_stages = source is not None and takes_internal_stages(words)
    settings = properties(words, kind) | ({"TRANSIENT": "TRUE"} if transient else {})
    comment = settings.pop("COMMENT", "")
    if existing is not None and not replaces:
        raise already_exists(written(path.name))

    def change(draft: Draft) -> None:
        if existing is not None:
            session.authority.require(Privilege.OWNERSHIP, existing)
            draft.drop(existing)
        if source is None:
            made = draft.add(kind, path.name, parent, session.role, SettingsBody(settings=settings), comment)
            if kind is ObjectKind.DATABASE:
                draft.add(ObjectKind.SCHEMA, PUBLIC, made.id, session.role, SettingsBody())
            return
        cloned = draft.clone(source, path.name, parent, session.role, with_internal_stages=with_stages)
        fill_container(session, draft, cloned, point)

    session.define(change)
    if kind is ObjectKind.DATABASE:
        session.database, session.schema = path.name, PUBLIC
    else:
        session.database = session.account.catalogue.things[parent].name
        session.schema = path.name
    return status(f"{kind.capitalize()} {written(path.name)} successfully created.")


def drop_container(session: Session, words: Words) -> Result:
    """DROP DATABASE | SCHEMA [IF EXISTS] name [CASCADE | RESTRICT]."""
    kind = _CONTAINERS[words.take_any(*_CONTAINERS)]
    if_exists = words.take("IF", "EXISTS")
    path = words.path()
    is_restricted = words.take_any("CASCADE", "RESTRICT") == "RESTRICT"
    words.end()
    try:
        found = session.names("DROP").securable(kind, path)
    except SnowflakeError as error:
        if if_exists and error.number == 2003:  # noqa: PLR2004 - does not exist
            return status(
                "Drop statement executed successfully (" + written(path.name) + " already dropped)."
            )
        raise
    session.authority.require(Privilege.OWNERSHIP, found)
    if is_restricted:
        refuse_referenced(session, found)
    session.define(lambda draft: draft.drop(found))
    if kind is ObjectKind.DATABASE and session.database == found.name:
        session.database = session.schema = ""
    if kind is ObjectKind.SCHEMA and (session.schema == found.name):
        session.schema = ""
    return status(f"{written(found.name)} successfully dropped.")


def undrop_container(session: Session, words: Words) -> Result:
    """UNDROP DATABASE | SCHEMA name."""
    kind = _CONTAINERS[words.take_any(*_CONTAINERS)]
    path = words.path()
    words.end()
    parent = _parent(session, kind, path)
    account = session.account
    dropped = last_dropped(account.catalogue, kind, parent, path.name, account.clock())
    if account.catalogue.find(parent, kind, path.name):
        raise already_exists(written(path.name))
    if not session.authority.owns(dropped):
        raise purged(kind, path.name)
    session.define(lambda draft: draft.undrop(dropped))
    return status(f"{kind.capitalize()} {written(path.name)} successfully restored.")


def alter_container(session: Session, words: Words) -> Result:
    """ALTER DATABASE | SCHEMA [IF EXISTS] name RENAME TO | SWAP WITH | SET | UNSET | ... MANAGED ACCESS."""
    kind = _CONTAINERS[words.take_any(*_CONTAINERS)]
    words.take("IF", "EXISTS")
    found = session.names("ALTER").securable(kind, words.path())
    is_setting = words.comes("SET", "UNSET")
    session.authority.require(Privilege.MODIFY if is_setting else Privilege.OWNERSHIP, found)
    if words.take("RENAME", "TO"):
        path = words.path()
        words.end()
        renamed = replace(found, name=path.name)
        session.define(lambda draft: draft.change(renamed))
    elif words.take("SWAP", "WITH"):
        other = session.names("ALTER").securable(kind, words.path())
        words.end()
        session.authority.require(Privilege.OWNERSHIP, other)
        session.define(lambda draft: draft.swap(found, other))
    elif words.take("SET"):
        _set(session, found, properties(words, kind))
    elif words.take("UNSET"):
        _unset(session, found, names(words, kind))
    elif kind is ObjectKind.SCHEMA and (how := words.take_any("ENABLE", "DISABLE")):
        words.expect("MANAGED", "ACCESS")
        words.end()
        _set(session, found, {"MANAGED_ACCESS": str(how == "ENABLE").upper()})
    else:
        raise unsupported(f"ALTER {kind} ... {words.rest()}")
    return status("Statement executed successfully.")


def _set(session: Session, found: Thing, settings: dict[str, str]) -> None:
    comment = settings.pop("COMMENT", found.comment)
    before = found.body.settings if isinstance(found.body, SettingsBody) else {}
    changed = replace(found, comment=comment, body=SettingsBody(settings={**before, **settings}))
    session.define(lambda draft: draft.change(changed))


def _unset(session: Session, found: Thing, gone: set[str]) -> None:
    before = found.body.settings if isinstance(found.body, SettingsBody) else {}
    left = {name: value for name, value in before.items() if name not in gone}
    comment = "" if "COMMENT" in gone else found.comment
    changed = replace(found, comment=comment, body=SettingsBody(settings=left))
    session.define(lambda draft: draft.change(changed))


def _parent(session: Session, kind: ObjectKind, path: Path) -> int:
    """Where a container is created: in the account, or in a database; the role must be allowed to."""
    if kind is ObjectKind.DATABASE:
        session.authority.require_creation_on_account(Privilege.CREATE_DATABASE)
        return ACCOUNT
    database = session.names("CREATE").database_named(path.schema)
    session.authority.require_creation(Privilege.CREATE_SCHEMA, database)
    return database.id


def _source(session: Session, words: Words, kind: ObjectKind) -> tuple[Thing | None, ClonePoint | None]:
    if not words.take("CLONE"):
        return None, None
    source = session.names("CLONE").securable(kind, words.path())
    session.authority.require(Privilege.USAGE, source)
    point = source_point(session, words)
    if point is not None and point.point.moment < source.created_on:
        raise too_early(source)
    return source, point
