"""Names of Snowflake's objects, typed by kind and quoted in one place.

A name is held as Snowflake stores it (`ORDERS`, not `orders`) and is always written in double quotes: then
case, dots and reserved words cannot change which object a statement means.

Source: https://docs.snowflake.com/en/sql-reference/identifiers-syntax
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, NewType

from slipway.model.errors import DefinitionError

Column = NewType("Column", str)
"""A column's name as stored."""

_MAX: Final = 255


@unique
class ObjectKind(StrEnum):
    """A kind of object, in the word that SQL has for it."""

    DATABASE = "DATABASE"
    SCHEMA = "SCHEMA"
    TABLE = "TABLE"
    VIEW = "VIEW"


def quoted(name: str) -> str:
    """Write a name as a quoted identifier.

    Args:
        name: the name as stored.

    Raises:
        DefinitionError: no object can have this name.
    """
    if not 0 < len(name) <= _MAX or "\0" in name:
        raise DefinitionError(
            f"{name[:60]!r} is no Snowflake name: it has {len(name)} characters",
            remedy=f"use 1 to {_MAX} characters, none of them NUL",
        )
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    r"""Write a text as a constant in single quotes, in which a backslash escapes too.

    Source: https://docs.snowflake.com/en/sql-reference/data-types-text#single-quoted-string-constants

    Args:
        text: any text.
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


@dataclass(frozen=True, order=True)
class Database:
    """A database.

    Attributes:
        name: as stored.
    """

    name: str

    @property
    def kind(self) -> ObjectKind:
        """The kind, as statements write it."""
        return ObjectKind.DATABASE

    @property
    def database(self) -> "Database":
        """The database whose INFORMATION_SCHEMA tells about the object."""
        return self

    @property
    def sql(self) -> str:
        """The name as statements write it."""
        return quoted(self.name)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, order=True)
class Schema:
    """A schema.

    Attributes:
        database: where it is.
        name: as stored.
    """

    database: Database
    name: str

    @property
    def kind(self) -> ObjectKind:
        """The kind, as statements write it."""
        return ObjectKind.SCHEMA

    @property
    def sql(self) -> str:
        """The full name as statements write it."""
        return f"{self.database.sql}.{quoted(self.name)}"

    def __str__(self) -> str:
        return f"{self.database}.{self.name}"


@dataclass(frozen=True, order=True)
class _InSchema:
    schema: Schema
    name: str

    @property
    def database(self) -> Database:
        """The database whose INFORMATION_SCHEMA tells about the object."""
        return self.schema.database

    @property
    def sql(self) -> str:
        """The full name as statements write it."""
        return f"{self.schema.sql}.{quoted(self.name)}"

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, order=True)
class Table(_InSchema):
    """A table.

    Attributes:
        schema: where it is.
        name: as stored.
    """

    @property
    def kind(self) -> ObjectKind:
        """The kind, as statements write it."""
        return ObjectKind.TABLE

    @classmethod
    def of(cls, database: str, schema: str, name: str) -> "Table":
        """Name a table by its three parts."""
        return cls(Schema(Database(database), schema), name)


@dataclass(frozen=True, order=True)
class View(_InSchema):
    """A view.

    Attributes:
        schema: where it is.
        name: as stored.
    """

    @property
    def kind(self) -> ObjectKind:
        """The kind, as statements write it."""
        return ObjectKind.VIEW


SnowflakeObject = Database | Schema | Table | View
"""What grants, comments and expiries are about."""
