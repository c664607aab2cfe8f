"""Roles, users, warehouses and resource monitors: what lives in the account and is set, not queried."""

from dataclasses import replace

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    already_exists,
    insufficient_privileges,
    not_found,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.properties import names, properties
from slipway_sandbox.snowflake.statements.words import Words

_KINDS = ("USER", "ROLE", "WAREHOUSE", "RESOURCE MONITOR")
LEVEL = "LEVEL"
STATE = "STATE"
SUSPENDED = "SUSPENDED"
_STATES = {"SUSPEND": SUSPENDED, "RESUME": "STARTED"}
_NEEDS = {
    ObjectKind.USER: Privilege.CREATE_USER,
    ObjectKind.ROLE: Privilege.CREATE_ROLE,
    ObjectKind.WAREHOUSE: Privilege.CREATE_WAREHOUSE,
}


def create(session: Session, words: Words, *, replaces: bool) -> Result:
    """CREATE [OR REPLACE] USER | ROLE | WAREHOUSE | RESOURCE MONITOR [IF NOT EXISTS] name [properties]."""
    kind = ObjectKind(words.take_any(*_KINDS))
    if_not_exists = words.take("IF", "NOT", "EXISTS")
    name = words.name()
    _require_creation(session, kind)
    existing = session.account.catalogue.find(ACCOUNT, kind, name)
    if existing is not None and if_not_exists:
        return status(f"{written(name)} already exists, statement succeeded.")
    if existing is not None and replaces:
        raise unsupported(f"CREATE OR REPLACE {kind}")
    if existing is not None:
        raise already_exists(written(name))
    settings = _meant(session, properties(words, kind))
    comment = settings.pop("COMMENT", "")
    if settings.pop("INITIALLY_SUSPENDED", "FALSE") == "TRUE":
        settings[STATE] = SUSPENDED
    body = SettingsBody(settings=settings)
    session.account.define(lambda draft: draft.add(kind, name, ACCOUNT, session.role, body, comment))
    if kind is ObjectKind.WAREHOUSE:
        session.warehouse = name
    return status(f"{kind.capitalize()} {written(name)} successfully created.")


def alter(session: Session, words: Words) -> Result:
    """ALTER USER | ROLE | WAREHOUSE | RESOURCE MONITOR [IF EXISTS] name SET | UNSET | RENAME | SUSPEND ..."""
    kind = ObjectKind(words.take_any(*_KINDS))
    words.take("IF", "EXISTS")
    found = session.names("ALTER").in_account(kind, words.name())
    if not (session.authority.owns(found) or session.authority.has(Privilege.MODIFY, found.id)):
        raise insufficient_privileges(kind.lower(), written(found.name))
    if words.take("SET"):
        settings = properties(words, kind)
        comment = settings.pop("COMMENT", found.comment)
        merged = _meant(session, {**_settings_of(found), **settings})
        changed = replace(found, comment=comment, body=SettingsBody(settings=merged))
    elif words.take("UNSET"):
        gone = names(words, kind)
        left = {name: value for name, value in _settings_of(found).items() if name not in gone}
        changed = replace(
            found, comment="" if "COMMENT" in gone else found.comment, body=SettingsBody(settings=left)
        )
    elif kind is ObjectKind.WAREHOUSE and (verb := words.take_any(*_STATES)):
        words.take("IF", "SUSPENDED")
        session.account.uses[found.id] = session.account.clock()  # it is idle from now on
        changed = replace(found, body=SettingsBody(settings={**_settings_of(found), STATE: _STATES[verb]}))
    elif words.take("RENAME", "TO"):
        changed = replace(found, name=words.name())
    else:
        raise unsupported(f"ALTER {kind} ... {words.rest()}")
    words.end()
    session.account.define(lambda draft: draft.change(changed))
    return status("Statement executed successfully.")


def alter_account(session: Session, words: Words) -> Result:
    """ALTER ACCOUNT SET | UNSET RESOURCE_MONITOR: the monitor that watches every warehouse.

    It is kept with the monitor, which SHOW RESOURCE MONITORS tells too.
    """
    words.expect("ACCOUNT")
    _require_administrator(session)
    wanted = None
    verb = words.take_any("SET", "UNSET")
    if not words.take("RESOURCE_MONITOR"):
        raise unsupported(f"ALTER ACCOUNT {verb} {words.rest()}")
    if verb == "SET":
        words.expect("=")
        wanted = session.names("ALTER").in_account(ObjectKind.RESOURCE_MONITOR, words.name())
    words.end()

    def change(draft: Draft) -> None:
        for each in session.account.catalogue.children(ACCOUNT, ObjectKind.RESOURCE_MONITOR):
            settings = {name: value for name, value in _settings_of(each).items() if name != LEVEL}
            watches = {LEVEL: "ACCOUNT"} if wanted is not None and each.id == wanted.id else {}
            draft.change(replace(each, body=SettingsBody(settings=settings | watches)))

    session.account.define(change)
    return status("Statement executed successfully.")


def drop(session: Session, words: Words) -> Result:
    """DROP USER | ROLE | WAREHOUSE | RESOURCE MONITOR [IF EXISTS] name.

    What a dropped role owned belongs to the role that drops it.
    """
    kind = ObjectKind(words.take_any(*_KINDS))
    if_exists = words.take("IF", "EXISTS")
    name = words.name()
    words.end()
    found = session.account.catalogue.find(ACCOUNT, kind, name)
    if found is None:
        if if_exists:
            return status(f"Drop statement executed successfully ({written(name)} already dropped).")
        raise not_found(kind.capitalize(), written(name))
    if not session.authority.owns(found):
        raise insufficient_privileges(kind.lower(), written(name))

    def change(draft: Draft) -> None:
        for each in session.account.catalogue.things.values():
            if each.owner == found.id and not each.dropped_on and each.id != found.id:
                draft.change(replace(each, owner=session.role))
        draft.forget(found)

    session.account.define(change)
    return status(f"{written(name)} successfully dropped.")


def _meant(session: Session, settings: dict[str, str]) -> dict[str, str]:
    """Settings with IMMEDIATELY as the moment that it is, and without those that are NULL."""
    now = f"{session.account.clock():%Y-%m-%d %H:%M}"
    moments = {"START_TIMESTAMP": now} if settings.get("START_TIMESTAMP") == "IMMEDIATELY" else {}
    return {name: value for name, value in (settings | moments).items() if value != "NULL"}


def _settings_of(thing: Thing) -> dict[str, str]:
    return thing.body.settings if isinstance(thing.body, SettingsBody) else {}


def _require_creation(session: Session, kind: ObjectKind) -> None:
    if kind is ObjectKind.RESOURCE_MONITOR:
        _require_administrator(session)
    else:
        session.authority.require_on_account(_NEEDS[kind])


def _require_administrator(session: Session) -> None:
    admin = session.account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    if admin is None or admin.id not in session.authority.roles:
        raise SnowflakeError(
            3001, "42501", "SQL access control error:\nInsufficient privileges to operate on account."
        )
