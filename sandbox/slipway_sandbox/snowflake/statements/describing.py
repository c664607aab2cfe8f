"""DESCRIBE of tables, views, stages, users, warehouses, schemas and databases.

Sources: the pages https://docs.snowflake.com/en/sql-reference/sql/desc-table, -view, -user, -warehouse.
"""

from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import (
    Column,
    Constraint,
    ConstraintKind,
    ObjectKind,
    TableBody,
    Thing,
    ViewBody,
)
from slipway_sandbox.snowflake.errors import not_found, unsupported
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result, StatementType, listing
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements import showing_stages
from slipway_sandbox.snowflake.statements.principals import EXPIRES
from slipway_sandbox.snowflake.statements.showing import default_of
from slipway_sandbox.snowflake.statements.showing_account import settings_of
from slipway_sandbox.snowflake.statements.shown import MOMENT, TEXT, yes
from slipway_sandbox.snowflake.statements.words import Words

_RELATION: Final = (
    "name",
    "type",
    "kind",
    "null?",
    "default",
    "primary key",
    "unique key",
    "check",
    "expression",
    "comment",
    "policy name",
    "privacy domain",
)
_PROPERTIES: Final = ("property", "value", "default", "description")
_CONTENTS: Final = (("created_on", MOMENT), ("name", TEXT), ("kind", TEXT))
_IDENTIFYING: Final = ("LOGIN_NAME", "DISPLAY_NAME")
_HIDDEN: Final = "PASSWORD"


def describe(session: Session, words: Words) -> Result:
    """DESC[RIBE] kind name."""
    kind = words.take_any("TABLE", "VIEW", "STAGE", "USER", "WAREHOUSE", "SCHEMA", "DATABASE")
    if not kind:
        raise unsupported(f"DESCRIBE {words.rest()}")
    path = words.path()
    if words.take("TYPE", "=") and words.take_any("COLUMNS", "STAGE") == "STAGE":
        raise unsupported(f"DESCRIBE {kind} ... TYPE = STAGE")
    words.end()
    names = session.names("DESCRIBE")
    match ObjectKind(kind):
        case ObjectKind.TABLE | ObjectKind.VIEW:
            found = names.find(names.schema_of(path), ObjectKind.TABLE, path.name)
            if found is None:
                raise not_found(kind.capitalize(), str(names.qualified(path)))
            return _relation(found)
        case ObjectKind.STAGE:
            return showing_stages.described(names.existing(ObjectKind.STAGE, path))
        case ObjectKind.USER:
            return _user(names.in_account(ObjectKind.USER, path.name))
        case other:
            thing = names.securable(other, path)
            if not session.authority.sees(thing):
                raise not_found(kind.capitalize(), written(thing.name))
            return _contents(session, thing)


def _relation(thing: Thing) -> Result:
    body = thing.body
    columns = body.columns if isinstance(body, TableBody | ViewBody) else ()
    keys = body.constraints if isinstance(body, TableBody) else ()
    rows = [_column(column, keys) for column in columns]
    return listing([(name, TEXT) for name in _RELATION], rows, StatementType.DESCRIBE)


def _column(column: Column, keys: tuple[Constraint, ...]) -> list[str | None]:
    def is_in(kind: ConstraintKind) -> str:
        return yes(is_so=any(key.kind is kind and column.name in key.columns for key in keys))

    return [
        column.name,
        column.type.snowflake,
        "COLUMN",
        yes(is_so=column.nullable),
        default_of(column),
        is_in(ConstraintKind.PRIMARY_KEY),
        is_in(ConstraintKind.UNIQUE),
        None,
        None,
        column.comment or None,
        None,
        None,
    ]


def _user(user: Thing) -> Result:
    """The properties that are set; a password is never told."""
    names = dict.fromkeys(_IDENTIFYING, user.name)
    found = {"NAME": user.name, "COMMENT": user.comment or "null", **names, **settings_of(user)}
    found.pop(EXPIRES, None)
    rows = [[name, "********" if name == _HIDDEN else value, "null", ""] for name, value in found.items()]
    return listing([(name, TEXT) for name in _PROPERTIES], rows, StatementType.DESCRIBE)


def _contents(session: Session, thing: Thing) -> Result:
    """A warehouse itself, or what a schema or database contains."""
    inside = [thing]
    if thing.kind is not ObjectKind.WAREHOUSE:
        inside = session.authority.visible(session.account.catalogue.children(thing.id))
    rows = [[each.created_on, each.name, str(each.kind)] for each in inside]
    return listing(_CONTENTS, rows, StatementType.DESCRIBE)
