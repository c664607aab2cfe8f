"""Which Snowflake privileges reach a schema, and which of its roles a pipeline needs: pure.

Two access roles a schema, one that reads and one that writes; a functional role is granted access roles and
has no privilege on a schema of its own. So a pipeline costs a membership for each schema that it names, not
a grant for each kind of object in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final


@unique
class GrantTarget(StrEnum):
    """What a privilege is granted on."""

    DATABASE = "database"
    SCHEMA = "schema"
    ALL_TABLES = "all-tables"
    ALL_VIEWS = "all-views"
    FUTURE_TABLES = "future-tables"
    FUTURE_VIEWS = "future-views"
    ALL_STAGES = "all-stages"
    FUTURE_STAGES = "future-stages"
    ALL_FILE_FORMATS = "all-file-formats"
    FUTURE_FILE_FORMATS = "future-file-formats"


@dataclass(frozen=True, kw_only=True, order=True)
class SchemaPlace:
    """A schema of a physical database."""

    database: str
    schema: str

    @property
    def path(self) -> str:
        """Return the quoted path, as the Snowflake provider wants it."""
        return f'"{self.database}"."{self.schema}"'


@unique
class AccessLevel(StrEnum):
    """How far an access role reaches into its schema; WRITE holds READ."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, kw_only=True, order=True)
class Access:
    """One access role of one schema."""

    place: SchemaPlace
    level: AccessLevel

    @property
    def key(self) -> str:
        """Return what tells a membership in this role from the others of one role."""
        return f"{self.place.database}-{self.place.schema}-{self.level}".lower().replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Privileges on one target.

    Attributes:
        target: kind of the object.
        place: the schema, or any schema of the database when the target is the database.
        privileges: sorted, upper case.
    """

    target: GrantTarget
    place: SchemaPlace
    privileges: tuple[str, ...]

    @property
    def suffix(self) -> str:
        """Return what tells this grant from the others of one role, for the resource's name."""
        where = (
            self.place.database
            if self.target is GrantTarget.DATABASE
            else f"{self.place.database}-{self.place.schema}"
        )
        return f"{self.target}-{where}".lower().replace("_", "-")


_SELECTABLE: Final = (
    GrantTarget.ALL_TABLES,
    GrantTarget.ALL_VIEWS,
    GrantTarget.FUTURE_TABLES,
    GrantTarget.FUTURE_VIEWS,
)
_TABLES: Final = (GrantTarget.ALL_TABLES, GrantTarget.FUTURE_TABLES)
_STAGES: Final = (GrantTarget.ALL_STAGES, GrantTarget.FUTURE_STAGES)
_FILE_FORMATS: Final = (GrantTarget.ALL_FILE_FORMATS, GrantTarget.FUTURE_FILE_FORMATS)
_USAGE: Final = ("USAGE",)
_CREATE: Final = ("CREATE TABLE", "CREATE VIEW")
_ON_DATABASE: Final = ("CREATE SCHEMA", "MONITOR", "USAGE")


def read_grants(place: SchemaPlace) -> tuple[Grant, ...]:
    """Return what reads a schema: the tables and views that it has, and those that it will have."""
    return (
        Grant(target=GrantTarget.DATABASE, place=place, privileges=_USAGE),
        Grant(target=GrantTarget.SCHEMA, place=place, privileges=_USAGE),
        *(Grant(target=target, place=place, privileges=("SELECT",)) for target in _SELECTABLE),
    )


def write_grants(place: SchemaPlace, *, is_loaded: bool) -> tuple[Grant, ...]:
    """Return what writes a schema, beside what reads it.

    Tables are made and replaced by releases, so writing is the right to create; what it creates, it owns.

    Args:
        place: the schema.
        is_loaded: whether its tables are the environment's: rows are put into them, from its stages, in its
            named file formats (COPY INTO needs USAGE on those too).
    """
    loading = (
        *(Grant(target=target, place=place, privileges=("INSERT",)) for target in _TABLES),
        *(Grant(target=target, place=place, privileges=_USAGE) for target in (*_STAGES, *_FILE_FORMATS)),
    )
    return (
        Grant(target=GrantTarget.SCHEMA, place=place, privileges=_CREATE),
        *(loading if is_loaded else ()),
    )


def deployer_grants(databases: Iterable[str]) -> tuple[Grant, ...]:
    """Return what carries releases has of its own: schemas for candidates, in these databases only.

    Swapping and dropping needs ownership, which it has through the roles that it holds.
    """
    return tuple(
        Grant(
            target=GrantTarget.DATABASE,
            place=SchemaPlace(database=database, schema="PUBLIC"),
            privileges=_ON_DATABASE,
        )
        for database in sorted(databases)
    )


def needed_access(reads: Iterable[SchemaPlace], writes: Iterable[SchemaPlace]) -> tuple[Access, ...]:
    """Return the access roles that reading and writing these schemas needs, sorted, one a schema.

    Args:
        reads: where it reads.
        writes: where it makes tables and views.
    """
    written = set(writes)
    return tuple(
        Access(place=place, level=AccessLevel.WRITE if place in written else AccessLevel.READ)
        for place in sorted({*reads, *written})
    )
