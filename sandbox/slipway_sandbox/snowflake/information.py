"""INFORMATION_SCHEMA: what a role sees of the catalogue, as relations that queries read.

Source: https://docs.snowflake.com/en/sql-reference/info-schema
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pyarrow as pa
from sqlglot import exp

from slipway_sandbox.snowflake.catalogue.objects import (
    Column,
    ObjectKind,
    Persistence,
    TableBody,
    Thing,
    ViewBody,
)
from slipway_sandbox.snowflake.errors import relation_not_found
from slipway_sandbox.snowflake.names import INFORMATION_SCHEMA, Names
from slipway_sandbox.snowflake.retention import days_of
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.sql.types import Kind

Row = Mapping[str, object]
_TIMESTAMPS: Final = frozenset({"CREATED", "LAST_ALTERED", "LAST_DDL"})
_NUMBERS: Final = frozenset(
    {
        "ORDINAL_POSITION",
        "RETENTION_TIME",
        "CHARACTER_MAXIMUM_LENGTH",
        "NUMERIC_PRECISION",
        "NUMERIC_PRECISION_RADIX",
        "NUMERIC_SCALE",
    }
)


def information_schema(session: Session, relation: str, names: Names) -> exp.Expr:
    """A relation of INFORMATION_SCHEMA: rows under a name that the session's DuckDB connection knows.

    Args:
        session: who asks.
        relation: its name.
        names: how the session finds objects; the database is the one whose schema is read.

    Raises:
        SnowflakeError: 2003, the sandbox has no such relation.
    """
    if relation not in _RELATIONS:
        raise relation_not_found(f"{INFORMATION_SCHEMA}.{relation}")
    columns, rows = _RELATIONS[relation]
    database = names.database_named("")
    found = list(rows(names, database))
    arrays = [pa.array([_shown(row.get(name)) for row in found], type=_type(name)) for name in columns]
    name = _lent_name(relation, database, names)
    session.lend(name, pa.Table.from_arrays(arrays, names=list(columns)))
    lent = exp.Anonymous(this="query_table", expressions=[exp.Literal.string(name)])
    return exp.select("*").from_(exp.Table(this=lent))


def _lent_name(relation: str, database: Thing, names: Names) -> str:
    """One name for all that sees the same: a query may read a relation as several roles, by way of views."""
    authority = names.authority
    roles = "all" if authority.sees_all else "_".join(str(each) for each in sorted(authority.roles))
    return f"sf_information_{relation}_{database.id}_{roles}".lower()


def _type(name: str) -> pa.DataType:
    if name in _TIMESTAMPS:
        return pa.timestamp("us", tz="UTC")
    return pa.int64() if name in _NUMBERS else pa.string()


def _shown(value: object) -> object:
    return ("YES" if value else "NO") if isinstance(value, bool) else value


def _seen(names: Names, database: Thing, *kinds: ObjectKind) -> Iterator[tuple[Thing, Thing]]:
    """Objects of a database that the session sees, each with its schema."""
    for schema in names.authority.visible(names.catalogue.children(database.id, ObjectKind.SCHEMA)):
        for thing in names.authority.visible(names.catalogue.children(schema.id)):
            if thing.kind in kinds:
                yield schema, thing


def _owner(names: Names, thing: Thing) -> str | None:
    return names.catalogue.things[thing.owner].name if thing.owner else None


def _databases(names: Names, _: Thing) -> Iterator[Row]:
    for each in names.authority.visible(names.catalogue.children(0, ObjectKind.DATABASE)):
        yield {
            "DATABASE_NAME": each.name,
            "DATABASE_OWNER": _owner(names, each),
            "COMMENT": each.comment or None,
            "CREATED": each.created_on,
            "LAST_ALTERED": each.altered_on,
        }


def _schemata(names: Names, database: Thing) -> Iterator[Row]:
    for each in names.authority.visible(names.catalogue.children(database.id, ObjectKind.SCHEMA)):
        yield {
            "CATALOG_NAME": database.name,
            "SCHEMA_NAME": each.name,
            "SCHEMA_OWNER": _owner(names, each),
            "COMMENT": each.comment or None,
            "CREATED": each.created_on,
            "LAST_ALTERED": each.altered_on,
        }


def _tables(names: Names, database: Thing) -> Iterator[Row]:
    for schema, each in _seen(names, database, ObjectKind.TABLE, ObjectKind.VIEW):
        body = each.body
        persistence = body.persistence if isinstance(body, TableBody) else None
        yield {
            "TABLE_CATALOG": database.name,
            "TABLE_SCHEMA": schema.name,
            "TABLE_NAME": each.name,
            "TABLE_OWNER": _owner(names, each),
            "TABLE_TYPE": _table_type(persistence),
            "IS_TRANSIENT": persistence is Persistence.TRANSIENT,
            "RETENTION_TIME": days_of(names.catalogue, each) if isinstance(body, TableBody) else None,
            "CREATED": each.created_on,
            "LAST_ALTERED": each.altered_on,
            "LAST_DDL": each.altered_on,
            "COMMENT": each.comment or None,
        }


def _table_type(persistence: Persistence | None) -> str:
    match persistence:
        case None:
            return "VIEW"
        case Persistence.TEMPORARY:
            return "LOCAL TEMPORARY"
        case _:
            return "BASE TABLE"


def _views(names: Names, database: Thing) -> Iterator[Row]:
    for schema, each in _seen(names, database, ObjectKind.VIEW):
        assert isinstance(each.body, ViewBody)  # noqa: S101 - the kind says so
        shown = names.authority.owns(each) or not each.body.secure
        yield {
            "TABLE_CATALOG": database.name,
            "TABLE_SCHEMA": schema.name,
            "TABLE_NAME": each.name,
            "TABLE_OWNER": _owner(names, each),
            "VIEW_DEFINITION": each.body.definition if shown else None,
            "IS_SECURE": each.body.secure,
            "CREATED": each.created_on,
            "LAST_ALTERED": each.altered_on,
            "COMMENT": each.comment or None,
        }


def _columns(names: Names, database: Thing) -> Iterator[Row]:
    for schema, each in _seen(names, database, ObjectKind.TABLE, ObjectKind.VIEW):
        columns = each.body.columns if isinstance(each.body, TableBody | ViewBody) else ()
        for position, column in enumerate(columns, 1):
            yield {
                "TABLE_CATALOG": database.name,
                "TABLE_SCHEMA": schema.name,
                "TABLE_NAME": each.name,
                "COLUMN_NAME": column.name,
                "ORDINAL_POSITION": position,
                "COLUMN_DEFAULT": column.default or None,
                "IS_NULLABLE": column.nullable,
                **_type_columns(column),
                "COMMENT": column.comment or None,
            }


def _type_columns(column: Column) -> Row:
    kind = column.type.kind
    is_number = kind is Kind.NUMBER
    return {
        "DATA_TYPE": "TEXT" if kind is Kind.TEXT else str(kind),
        "CHARACTER_MAXIMUM_LENGTH": column.type.length if kind is Kind.TEXT else None,
        "NUMERIC_PRECISION": column.type.precision if is_number else None,
        "NUMERIC_PRECISION_RADIX": 10 if is_number else None,
        "NUMERIC_SCALE": column.type.scale if is_number else None,
    }


_Rows = Callable[[Names, Thing], Iterator[Row]]
_TABLE: Final = ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME")
_TIMES: Final = ("CREATED", "LAST_ALTERED")
_RELATIONS: Final[Mapping[str, tuple[tuple[str, ...], _Rows]]] = {
    "DATABASES": (("DATABASE_NAME", "DATABASE_OWNER", "COMMENT", *_TIMES), _databases),
    "SCHEMATA": (("CATALOG_NAME", "SCHEMA_NAME", "SCHEMA_OWNER", "COMMENT", *_TIMES), _schemata),
    "TABLES": (
        (
            *_TABLE,
            "TABLE_OWNER",
            "TABLE_TYPE",
            "IS_TRANSIENT",
            "RETENTION_TIME",
            *_TIMES,
            "LAST_DDL",
            "COMMENT",
        ),
        _tables,
    ),
    "VIEWS": ((*_TABLE, "TABLE_OWNER", "VIEW_DEFINITION", "IS_SECURE", *_TIMES, "COMMENT"), _views),
    "COLUMNS": (
        (
            *_TABLE,
            "COLUMN_NAME",
            "ORDINAL_POSITION",
            "COLUMN_DEFAULT",
            "IS_NULLABLE",
            "DATA_TYPE",
            "CHARACTER_MAXIMUM_LENGTH",
            "NUMERIC_PRECISION",
            "NUMERIC_PRECISION_RADIX",
            "NUMERIC_SCALE",
            "COMMENT",
        ),
        _columns,
    ),
}
"""What the sandbox shows: of each relation the columns that have a meaning here."""
