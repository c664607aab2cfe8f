"""SHOW PARAMETERS of a session, user, warehouse, database or schema: those that mean something here.

Sources: https://docs.snowflake.com/en/sql-reference/sql/show-parameters, .../sql-reference/parameters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.objects import ObjectKind, SettingsBody, Thing
from slipway_sandbox.snowflake.errors import unsupported
from slipway_sandbox.snowflake.parameters import DEFAULTS
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.retention import PARAMETER
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.shown import TEXT, Asked, Row, like_pattern, told
from slipway_sandbox.snowflake.statements.words import Words

_COLUMNS: Final = tuple((name, TEXT) for name in ("key", "value", "default", "level", "description", "type"))
_CONTAINER: Final = {PARAMETER: "1", "MAX_DATA_EXTENSION_TIME_IN_DAYS": "14"}
_WAREHOUSE: Final = {
    "MAX_CONCURRENCY_LEVEL": "8",
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
    "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
}
_OF_KIND: Final[Mapping[ObjectKind, Mapping[str, str]]] = {
    ObjectKind.DATABASE: _CONTAINER,
    ObjectKind.SCHEMA: _CONTAINER,
    ObjectKind.WAREHOUSE: _WAREHOUSE,
    ObjectKind.USER: DEFAULTS,
}
"""Parameters that objects of a kind can be set to, with their defaults."""


@dataclass(frozen=True, kw_only=True)
class Effective:
    """What holds for an object.

    Attributes:
        value: it.
        level: the kind of the object that it was set on; empty for the default.
    """

    value: str
    level: str


def effective(catalogue: Catalogue, thing: Thing, name: str) -> Effective:
    """A parameter's value for an object: its own, else that of what contains it, else the default."""
    for each in (thing, *catalogue.containers(thing)):
        settings = each.body.settings if isinstance(each.body, SettingsBody) else {}
        if name in settings:
            return Effective(value=settings[name], level=str(each.kind))
    return Effective(value=_OF_KIND[thing.kind][name], level="")


def parameters(session: Session, words: Words) -> Result:
    """SHOW PARAMETERS [LIKE pattern] [IN | FOR SESSION | USER name | WAREHOUSE name | DATABASE name ...]."""
    like = words.string() if words.take("LIKE") else ""
    thing = _subject(session, words) if words.take_any("IN", "FOR") else None
    like = words.string() if words.take("LIKE") else like
    words.end()
    wanted = Asked(schemas=(), within=None, like=like_pattern(like or "%"))
    rows = _of_session(session) if thing is None else _of_thing(session, thing)
    return told(_COLUMNS, [row for row in rows if wanted.chooses(str(row["key"]))])


def _subject(session: Session, words: Words) -> Thing | None:
    """What the parameters are asked of; None for the session."""
    if words.take("SESSION"):
        return None
    kind = words.take_any(*(str(kind) for kind in _OF_KIND))
    if not kind:
        raise unsupported(f"SHOW PARAMETERS IN {words.rest()}")
    return session.names("SHOW").securable(ObjectKind(kind), words.path())


def _of_session(session: Session) -> Iterable[Row]:
    for name, value in sorted(session.parameters.items()):
        of_user = session.defaults[name]
        level = "SESSION" if value != of_user else "USER" if of_user != DEFAULTS[name] else ""
        yield _row(name, Effective(value=value, level=level), DEFAULTS[name])


def _of_thing(session: Session, thing: Thing) -> Iterable[Row]:
    for name, default in sorted(_OF_KIND[thing.kind].items()):
        yield _row(name, effective(session.account.catalogue, thing, name), default)


def _row(name: str, found: Effective, default: str) -> Row:
    facts = {"key": name, "value": found.value, "default": default, "description": ""}
    return facts | {"level": found.level, "type": _type(default)}


def _type(default: str) -> str:
    if default in {"true", "false"}:
        return "BOOLEAN"
    return "NUMBER" if default.isdecimal() else "STRING"
