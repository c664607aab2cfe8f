"""SHOW of databases, schemas, tables, views and columns, in Snowflake's columns.

Columns that mean nothing here are left out; sizes in bytes are not known and empty. Sources: the pages
https://docs.snowflake.com/en/sql-reference/sql/show-tables, -views, -objects, -schemas, -databases, -columns.
"""

import json
from collections.abc import Iterator
from typing import Final

from slipway_sandbox.snowflake.catalogue.objects import (
    ACCOUNT,
    Column,
    ObjectKind,
    Persistence,
    TableBody,
    Thing,
    ViewBody,
)
from slipway_sandbox.snowflake.names import INFORMATION_SCHEMA
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.retention import days_of
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.types import Kind, SqlType
from slipway_sandbox.snowflake.statements import clustering
from slipway_sandbox.snowflake.statements.showing_account import settings_of
from slipway_sandbox.snowflake.statements.shown import (
    COUNT,
    MOMENT,
    TEXT,
    Asked,
    Columns,
    Row,
    objects,
    owner,
    told,
    yes,
)
from slipway_sandbox.snowflake.storage import rows_of

_NAME: Final = (("created_on", MOMENT), ("name", TEXT))
_PLACE: Final = (("database_name", TEXT), ("schema_name", TEXT))
_TERSE: Final = (*_NAME, ("kind", TEXT), *_PLACE)
_OBJECTS: Final = (
    *_NAME,
    *_PLACE,
    ("kind", TEXT),
    ("comment", TEXT),
    ("cluster_by", TEXT),
    ("rows", COUNT),
    ("bytes", COUNT),
    ("owner", TEXT),
    ("retention_time", TEXT),
    ("owner_role_type", TEXT),
    ("is_hybrid", TEXT),
    ("is_dynamic", TEXT),
    ("is_iceberg", TEXT),
)
_TABLES: Final = (
    *_OBJECTS[:-3],
    ("automatic_clustering", TEXT),
    ("change_tracking", TEXT),
    ("is_external", TEXT),
    ("is_event", TEXT),
    *_OBJECTS[-3:],
)
_VIEWS: Final = (
    *_NAME,
    ("reserved", TEXT),
    *_PLACE,
    ("owner", TEXT),
    ("comment", TEXT),
    ("text", TEXT),
    ("is_secure", TEXT),
    ("is_materialized", TEXT),
    ("owner_role_type", TEXT),
    ("change_tracking", TEXT),
)
_CONTAINERS: Final[Columns] = (
    *_NAME,
    ("is_default", TEXT),
    ("is_current", TEXT),
    ("database_name", TEXT),
    ("origin", TEXT),
    ("owner", TEXT),
    ("comment", TEXT),
    ("options", TEXT),
    ("retention_time", TEXT),
    ("kind", TEXT),
    ("owner_role_type", TEXT),
)
_DATABASES: Final = tuple(each for each in _CONTAINERS if each[0] != "database_name")
_SCHEMAS: Final = tuple(each for each in _CONTAINERS if each[0] not in {"origin", "kind"})
_COLUMNS: Final = (
    ("table_name", TEXT),
    ("schema_name", TEXT),
    ("column_name", TEXT),
    ("data_type", TEXT),
    ("null?", TEXT),
    ("default", TEXT),
    ("kind", TEXT),
    ("expression", TEXT),
    ("comment", TEXT),
    ("database_name", TEXT),
    ("autoincrement", TEXT),
)
_OPTIONS: Final = {"TRANSIENT": "TRANSIENT", "MANAGED ACCESS": "MANAGED_ACCESS"}
_RELATIONS: Final = (ObjectKind.TABLE, ObjectKind.VIEW)


def tables(session: Session, wanted: Asked) -> Result:
    """SHOW [TERSE] TABLES."""
    rows = _relations(session, wanted, ObjectKind.TABLE)
    return told(_TERSE if wanted.terse else _TABLES, rows, wanted)


def views(session: Session, wanted: Asked) -> Result:
    """SHOW [TERSE] VIEWS."""
    rows = _relations(session, wanted, ObjectKind.VIEW)
    return told(_TERSE if wanted.terse else _VIEWS, rows, wanted)


def relations(session: Session, wanted: Asked) -> Result:
    """SHOW [TERSE] OBJECTS: tables and views."""
    rows = _relations(session, wanted, *_RELATIONS)
    return told(_TERSE if wanted.terse else _OBJECTS, rows, wanted)


def databases(session: Session, wanted: Asked) -> Result:
    """SHOW [TERSE] DATABASES."""
    catalogue = session.account.catalogue
    seen = session.authority.visible(catalogue.children(ACCOUNT, ObjectKind.DATABASE))
    rows = [_container(session, each, is_current=each.name == session.database) for each in seen]
    terse = [row | {"kind": None} for row in rows]
    return told(_TERSE, terse, wanted) if wanted.terse else told(_DATABASES, rows, wanted)


def schemas(session: Session, wanted: Asked) -> Result:
    """SHOW [TERSE] SCHEMAS, with INFORMATION_SCHEMA, which every database has."""
    catalogue = session.account.catalogue
    here = (session.database, session.schema)
    rows: list[Row] = []
    for each in wanted.schemas:
        database = catalogue.things[each.parent]
        is_current = (database.name, each.name) == here
        row = _container(session, each, is_current=is_current)
        rows.append(row | {"database_name": database.name, "kind": None})
    for name, since in {str(row["database_name"]): row["created_on"] for row in rows}.items():
        rows.append({"name": INFORMATION_SCHEMA, "database_name": name, "created_on": since})
    rows.sort(key=lambda row: (str(row["database_name"]), str(row["name"])))
    return told(_TERSE if wanted.terse else _SCHEMAS, rows, wanted)


def columns(session: Session, wanted: Asked) -> Result:
    """SHOW COLUMNS."""
    rows: list[Row] = []
    for database, schema, thing in objects(session, wanted, *_RELATIONS):
        if wanted.within is not None and wanted.within.kind in _RELATIONS and thing.id != wanted.within.id:
            continue
        place: dict[str, object] = {
            "table_name": thing.name,
            "schema_name": schema.name,
            "database_name": database.name,
        }
        body = thing.body
        shown = body.columns if isinstance(body, TableBody | ViewBody) else ()
        rows += [place | _column(column) for column in shown]
    return told(_COLUMNS, rows, wanted)


def _relations(session: Session, wanted: Asked, *kinds: ObjectKind) -> Iterator[Row]:
    found = [each for each in objects(session, wanted, *kinds) if wanted.chooses(each[2].name)]
    counted = _counted(session, [thing for _, _, thing in found])
    for database, schema, thing in found:
        facts: Row = {
            "created_on": thing.created_on,
            "name": thing.name,
            "database_name": database.name,
            "schema_name": schema.name,
            "comment": thing.comment,
            "owner": owner(session, thing),
            "owner_role_type": "ROLE",
            "is_hybrid": "N",
            "is_dynamic": "N",
            "is_iceberg": "N",
        }
        yield {**facts, **_of_body(session, thing), "rows": counted.get(thing.id)}


def _of_body(session: Session, thing: Thing) -> Row:
    match thing.body:
        case TableBody() as body:
            return {
                "kind": "TABLE" if body.persistence is Persistence.PERMANENT else str(body.persistence),
                "cluster_by": clustering.shown(body.clustering),
                "retention_time": str(days_of(session.account.catalogue, thing)),
                "automatic_clustering": "ON" if body.clustering else "OFF",
                "change_tracking": "ON" if body.change_tracking else "OFF",
                "is_external": "N",
                "is_event": "N",
            }
        case ViewBody() as body:
            return {
                "kind": "VIEW",
                "reserved": "",
                "text": body.definition if not body.secure or session.authority.owns(thing) else "",
                "is_secure": str(body.secure).lower(),
                "is_materialized": "false",
                "change_tracking": "ON" if body.change_tracking else "OFF",
            }
        case _:
            return {}


def _counted(session: Session, things: list[Thing]) -> dict[int, int]:
    """Rows by table, in one query."""
    bodies = [(thing.id, thing.body) for thing in things if isinstance(thing.body, TableBody)]
    if not bodies:
        return {}
    queries = [f"SELECT {number}, count(*) FROM {rows_of(body)}" for number, body in bodies]
    return dict(session.rows(" UNION ALL ".join(queries)))


def _container(session: Session, thing: Thing, *, is_current: bool) -> dict[str, object]:
    return {
        "created_on": thing.created_on,
        "name": thing.name,
        "is_default": "N",
        "is_current": yes(is_so=is_current),
        "origin": "",
        "owner": owner(session, thing),
        "comment": thing.comment,
        "options": ", ".join(
            word for word, name in _OPTIONS.items() if settings_of(thing).get(name) == "TRUE"
        ),
        "retention_time": str(days_of(session.account.catalogue, thing)),
        "kind": "STANDARD",
        "owner_role_type": "ROLE",
    }


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def _column(column: Column) -> dict[str, object]:
    return {
        "column_name": column.name,
        "data_type": _json(_described(column.type) | {"nullable": column.nullable}),
        "null?": "true" if column.nullable else "NOT_NULL",
        "default": "" if column.numbering else column.default,
        "kind": "COLUMN",
        "expression": "",
        "comment": column.comment,
        "autoincrement": default_of(column) if column.numbering else "",
    }


def default_of(column: Column) -> str | None:
    """A column's default as it is shown; None for none."""
    if column.numbering is None:
        return column.default or None
    order = "ORDER" if column.numbering.is_ordered else "NOORDER"
    return f"IDENTITY START {column.numbering.start} INCREMENT {column.numbering.step} {order}"


def _described(kind: SqlType) -> dict[str, object]:
    """A type as the JSON of SHOW COLUMNS names it."""
    match kind.kind:
        case Kind.NUMBER:
            return {"type": "FIXED", "precision": kind.precision, "scale": kind.scale}
        case Kind.FLOAT:
            return {"type": "REAL"}
        case Kind.TEXT:
            return {"type": "TEXT", "length": kind.length, "fixed": False}
        case Kind.BINARY:
            return {"type": "BINARY", "length": kind.length, "fixed": False}
        case Kind.TIME | Kind.TIMESTAMP_NTZ | Kind.TIMESTAMP_LTZ | Kind.TIMESTAMP_TZ:
            return {"type": str(kind.kind), "precision": 0, "scale": 9}
        case _:
            return {"type": str(kind.kind)}
