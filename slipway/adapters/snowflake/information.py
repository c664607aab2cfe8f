"""What INFORMATION_SCHEMA tells of an object: when it was made, its comment, its columns.

Source: https://docs.snowflake.com/en/sql-reference/info-schema
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.expiry import expiry_in
from slipway.model.snowflake_objects import Column, Database, Schema, SnowflakeObject, Table, View
from slipway.ports.warehouse_errors import ObjectMissing
from slipway.ports.warehouse_results import Answer, Expiring, TableColumn

_MARKED: Final = "%[slipway-expiry %"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an object.

    Attributes:
        created: when it was made; it follows the object through renames and swaps.
        comment: its comment, empty without one.
    """

    created: datetime
    comment: str


def facts(session: Session, subject: SnowflakeObject) -> Facts | None:
    """Read what is known of an object.

    Returns:
        None when it is not there, or the role does not see it.
    """
    relation, condition, values = _row_of(subject)
    text = f"SELECT CREATED, COMMENT FROM {_schema(subject.database)}.{relation} WHERE {condition}"
    try:
        found = session.run(Statement(text=text, subject=str(subject), parameters=values)).rows
    except ObjectMissing:  # the database itself
        return None
    if not found:
        return None
    ((created, comment),) = found
    assert isinstance(created, datetime)  # noqa: S101 - CREATED is a timestamp
    return Facts(created=created, comment=str(comment or ""))


def facts_of_existing(session: Session, subject: SnowflakeObject) -> Facts:
    """Read what is known of an object that must be there.

    Raises:
        ObjectMissing: it is not.
    """
    found = facts(session, subject)
    if found is None:
        raise ObjectMissing("does not exist or is not authorized", subject=f"{subject.kind} {subject}")
    return found


def is_secure(session: Session, view: View) -> bool:
    """Whether a view hides its definition; False for one that is not there."""
    relation = f"{_schema(view.database)}.VIEWS"
    text = f"SELECT IS_SECURE FROM {relation} WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
    answer = session.run(Statement(text=text, subject=str(view), parameters=(view.schema.name, view.name)))
    return answer.rows == (("YES",),)


def table_columns(session: Session, table: Table) -> tuple[TableColumn, ...]:
    """Read a table's columns in their order.

    Raises:
        ObjectMissing: there is no such table.
    """
    text = (
        "SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE, CHARACTER_MAXIMUM_LENGTH, "
        f"IS_NULLABLE FROM {_schema(table.database)}.COLUMNS "
        "WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION"
    )
    answer = session.run(Statement(text=text, subject=str(table), parameters=(table.schema.name, table.name)))
    if not answer.rows:
        raise ObjectMissing("does not exist or is not authorized", subject=f"{table.kind} {table}")
    return tuple(
        TableColumn(name=Column(str(name)), type=_type(str(kind), *sizes), nullable=nullable == "YES")
        for name, kind, *sizes, nullable in answer.rows
    )


def tables(session: Session, database: Database) -> tuple[Table, ...]:
    """Read which tables a database has, sorted; views are none."""
    text = f"SELECT TABLE_SCHEMA, TABLE_NAME FROM {_schema(database)}.TABLES WHERE TABLE_TYPE = 'BASE TABLE'"
    answer = session.run(Statement(text=text, subject=f"tables of {database}"))
    return tuple(sorted(Table(Schema(database, str(schema)), str(name)) for schema, name in answer.rows))


def _type(kind: str, precision: object, scale: object, length: object) -> str:
    match kind:
        case "NUMBER":
            return f"NUMBER({precision},{scale})"
        case "TEXT":
            return f"VARCHAR({length})"
        case _:
            return kind


def expiring(session: Session, database: Database) -> tuple[Expiring, ...]:
    """Find the marked objects of a database, itself included."""
    return (
        *_expiring(session, database, "DATABASES", "DATABASE_NAME", "DATABASE_NAME", "''", "DATABASE_NAME"),
        *_expiring(session, database, "SCHEMATA", "CATALOG_NAME", "SCHEMA_NAME", "''", "SCHEMA_NAME"),
        *_expiring(session, database, "TABLES", "TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_TYPE", "TABLE_NAME"),
    )


def expiring_databases(session: Session) -> tuple[Expiring, ...]:
    """Find the marked databases: INFORMATION_SCHEMA belongs to one of them, SHOW to the account.

    Source: https://docs.snowflake.com/en/sql-reference/sql/show-databases
    """
    answer = _shown_databases(session)
    name, comment = answer.columns.index("name"), answer.columns.index("comment")
    marks = ((Database(str(row[name])), expiry_in(str(row[comment] or ""))) for row in answer.rows)
    return tuple(Expiring(object=each, expiry=expiry) for each, expiry in marks if expiry is not None)


def databases(session: Session) -> tuple[Database, ...]:
    """Find the databases of the account that the role sees, sorted."""
    answer = _shown_databases(session)
    name = answer.columns.index("name")
    return tuple(sorted(Database(str(row[name])) for row in answer.rows))


def _shown_databases(session: Session) -> Answer:
    return session.run(Statement(text="SHOW DATABASES", subject="databases of the account"))


def _expiring(  # noqa: PLR0917 - the columns of one relation
    session: Session, database: Database, relation: str, inside: str, schema: str, kind: str, name: str
) -> list[Expiring]:
    text = (
        f"SELECT '{relation}', {schema}, {kind}, {name}, COMMENT FROM {_schema(database)}.{relation} "
        f"WHERE {inside} = ? AND COMMENT LIKE ?"
    )
    answer = session.run(Statement(text=text, subject=str(database), parameters=(database.name, _MARKED)))
    return _read(database, answer)


def _read(database: Database, answer: Answer) -> list[Expiring]:
    found = []
    for relation, schema, kind, name, comment in answer.rows:
        expiry = expiry_in(str(comment))
        if expiry is not None:  # somebody may write of marks without making one
            subject = _named(database, str(relation), str(schema), str(kind), str(name))
            found.append(Expiring(object=subject, expiry=expiry))
    return found


def _named(database: Database, relation: str, schema: str, kind: str, name: str) -> SnowflakeObject:
    if relation == "DATABASES":
        return database
    if relation == "SCHEMATA":
        return Schema(database, name)
    kinds = View if kind == "VIEW" else Table
    return kinds(Schema(database, schema), name)


def _row_of(subject: SnowflakeObject) -> tuple[str, str, tuple[str, ...]]:
    """Relation, condition and values that find an object."""
    match subject:
        case Database(name):
            return "DATABASES", "DATABASE_NAME = ?", (name,)
        case Schema(_, name):
            return "SCHEMATA", "SCHEMA_NAME = ?", (name,)
        case Table(schema, name):
            return (
                "TABLES",
                "TABLE_SCHEMA = ? AND TABLE_NAME = ? AND TABLE_TYPE <> 'VIEW'",
                (schema.name, name),
            )
        case View(schema, name):
            return (
                "TABLES",
                "TABLE_SCHEMA = ? AND TABLE_NAME = ? AND TABLE_TYPE = 'VIEW'",
                (schema.name, name),
            )
        case _:
            assert_never(subject)


def _schema(database: Database) -> str:
    return f"{database.sql}.INFORMATION_SCHEMA"
