"""Roles, users, warehouses and resource monitors: what lives in the account and is set, not queried."""

from dataclasses import replace
from datetime import timedelta

from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody, Thing, settings_of
from slipway_sandbox.snowflake.errors import (
    SnowflakeError,
    already_exists,
    insufficient_privileges,
    invalid_value,
    not_found,
    unsupported,
)
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, status
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.properties import names, properties
from slipway_sandbox.snowflake.statements.words import Words
from slipway_sandbox.snowflake.warehouses import state

_KINDS = ("USER", "ROLE", "WAREHOUSE", "RESOURCE MONITOR")
LEVEL = "LEVEL"
STATE = "STATE"
SUSPENDED = "SUSPENDED"
EXPIRES = "EXPIRES_AT_TIME"
"""When a user can log in no more, beside the DAYS_TO_EXPIRY from which it was reckoned."""
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
    settings = _meant(session, _dated(session, properties(words, kind)))
    _require_monitor(session, settings)
    comment = settings.pop("COMMENT", "")
    if settings.pop("INITIALLY_SUSPENDED", "FALSE") == "TRUE":
        settings[STATE] = SUSPENDED
    body = SettingsBody(settings=settings)
    session.define(lambda draft: draft.add(kind, name, ACCOUNT, session.role, body, comment))
    if kind is ObjectKind.WAREHOUSE:
        session.warehouse = name
    return status(f"{kind.capitalize()} {written(name)} successfully created.")


def alter(session: Session, words: Words) -> Result:
    """ALTER USER | ROLE | WAREHOUSE | RESOURCE MONITOR [IF EXISTS] name SET | UNSET | RENAME | SUSPEND ..."""
    kind = ObjectKind(words.take_any(*_KINDS))
    words.take("IF", "EXISTS")
    found = session.names("ALTER").in_account(kind, words.name())
    if words.comes("SET", "UNSET"):
        _require(session, Privilege.MODIFY, found)
        changed = _set(session, found, words) if words.take("SET") else _unset(found, words)
    elif kind is ObjectKind.WAREHOUSE and (verb := words.take_any(*_STATES)):
        _require(session, Privilege.OPERATE, found)
        _require_other_state(session, found, verb, if_suspended=words.take("IF", "SUSPENDED"))
        session.account.uses[found.id] = session.account.clock()  # it is idle from now on
        changed = replace(found, body=SettingsBody(settings={**settings_of(found), STATE: _STATES[verb]}))
    elif words.take("RENAME", "TO"):
        _require(session, Privilege.OWNERSHIP, found)
        changed = replace(found, name=words.name())
    else:
        raise unsupported(f"ALTER {kind} ... {words.rest()}")
    words.end()
    session.define(lambda draft: draft.change(changed))
    if is_disabled(changed):
        session.account.runs.cancel(lambda each: each.user == changed.id)
    return status("Statement executed successfully.")


def is_disabled(user: Thing) -> bool:
    """Whether a user may neither log in nor go on."""
    return user.kind is ObjectKind.USER and settings_of(user).get("DISABLED", "FALSE").upper() == "TRUE"


def _require_other_state(session: Session, warehouse: Thing, verb: str, *, if_suspended: bool) -> None:
    """Refuse to suspend what is suspended, and to resume what runs unless IF SUSPENDED is said."""
    if state(session.account, warehouse) != _STATES[verb] or if_suspended:
        return
    number = 90064 if verb == "SUSPEND" else 90063
    message = f"Invalid state. Warehouse '{written(warehouse.name)}' cannot be {verb.lower().rstrip('e')}ed."
    raise SnowflakeError(number, "22000", message)


def _require(session: Session, privilege: Privilege, found: Thing) -> None:
    """Refuse what neither the owner nor a role with the privilege asks for.

    Source: https://docs.snowflake.com/en/user-guide/security-access-control-privileges
    """
    authority = session.authority
    may = authority.owns(found) or (
        privilege is not Privilege.OWNERSHIP and authority.has(privilege, found.id)
    )
    if not may:
        raise insufficient_privileges(found.kind.lower(), written(found.name))


def _set(session: Session, found: Thing, words: Words) -> Thing:
    settings = _dated(session, properties(words, found.kind))
    comment = settings.pop("COMMENT", found.comment)
    merged = _meant(session, {**settings_of(found), **settings})
    _require_monitor(session, settings)
    return replace(found, comment=comment, body=SettingsBody(settings=merged))


def _require_monitor(session: Session, settings: dict[str, str]) -> None:
    name = settings.get("RESOURCE_MONITOR", "NULL")
    if name != "NULL":
        session.names("ALTER").in_account(ObjectKind.RESOURCE_MONITOR, name)


def _unset(found: Thing, words: Words) -> Thing:
    words.expect("UNSET")
    gone = names(words, found.kind)
    gone |= {EXPIRES} if "DAYS_TO_EXPIRY" in gone else set()
    left = {name: value for name, value in settings_of(found).items() if name not in gone}
    comment = "" if "COMMENT" in gone else found.comment
    return replace(found, comment=comment, body=SettingsBody(settings=left))


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
            settings = {name: value for name, value in settings_of(each).items() if name != LEVEL}
            watches = {LEVEL: "ACCOUNT"} if wanted is not None and each.id == wanted.id else {}
            draft.change(replace(each, body=SettingsBody(settings=settings | watches)))

    session.define(change)
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

    session.define(change)
    return status(f"{written(name)} successfully dropped.")


def _meant(session: Session, settings: dict[str, str]) -> dict[str, str]:
    """Settings with IMMEDIATELY as the moment that it is, and without those that are NULL."""
    now = f"{session.account.clock():%Y-%m-%d %H:%M}"
    moments = {"START_TIMESTAMP": now} if settings.get("START_TIMESTAMP") == "IMMEDIATELY" else {}
    return {name: value for name, value in (settings | moments).items() if value != "NULL"}


def _dated(session: Session, settings: dict[str, str]) -> dict[str, str]:
    """Settings with the moment that DAYS_TO_EXPIRY means, if it is among them."""
    days = settings.get("DAYS_TO_EXPIRY", "")
    if not days:
        return settings
    if days != "NULL" and not days.isdecimal():
        raise invalid_value(f"invalid value [{days}] for parameter 'DAYS_TO_EXPIRY'")
    if days in {"NULL", "0"}:
        return settings | {EXPIRES: "NULL"}
    return settings | {EXPIRES: (session.account.clock() + timedelta(days=int(days))).isoformat()}


def _require_creation(session: Session, kind: ObjectKind) -> None:
    if kind is ObjectKind.RESOURCE_MONITOR:
        _require_administrator(session)
    else:
        session.authority.require_creation_on_account(_NEEDS[kind])


def _require_administrator(session: Session) -> None:
    admin = session.account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    if admin is None or admin.id not in session.authority.roles:
        raise SnowflakeError(
            3001, "42501", "SQL access control error:\nInsufficient privileges to operate on account."
        )
