"""Which Snowflake privileges a set of reads and writes needs: pure, one value a grant."""

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


@dataclass(frozen=True, kw_only=True, order=True)
class SchemaPlace:
    """A schema of a physical database."""

    database: str
    schema: str

    @property
    def path(self) -> str:
        """Return the quoted path, as the Snowflake provider wants it."""
        return f'"{self.database}"."{self.schema}"'


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
_USAGE: Final = ("USAGE",)
_CREATE: Final = ("CREATE TABLE", "CREATE VIEW", "USAGE")


def grants_for(
    reads: Iterable[SchemaPlace], writes: Iterable[SchemaPlace], loads: Iterable[SchemaPlace] = ()
) -> tuple[Grant, ...]:
    """Return what a role needs to read and to write tables in these schemas.

    Tables are made and replaced by releases, so reading is granted on the tables and views that a schema has
    and on those it will have, and writing as the right to create in it. No privilege reaches a schema that is
    not named.

    Args:
        reads: where it reads.
        writes: where it makes tables and views.
        loads: those of the written schemas whose tables are the environment's: it inserts into them, from
            stages that are there.
    """
    written, loaded = set(writes), set(loads)
    places = sorted(set(reads) | written)
    databases = {place.database: place for place in reversed(places)}
    return (
        *(
            Grant(target=GrantTarget.DATABASE, place=databases[each], privileges=_USAGE)
            for each in sorted(databases)
        ),
        *(_on_schema(place, _CREATE if place in written else _USAGE) for place in places),
        *(
            Grant(target=target, place=place, privileges=_on_relations(target, loads=place in loaded))
            for place in places
            for target in _SELECTABLE
        ),
        *(
            Grant(target=target, place=place, privileges=_USAGE)
            for place in sorted(loaded)
            for target in _STAGES
        ),
    )


def _on_relations(target: GrantTarget, *, loads: bool) -> tuple[str, ...]:
    return ("INSERT", "SELECT") if loads and target in _TABLES else ("SELECT",)


def _on_schema(place: SchemaPlace, privileges: tuple[str, ...]) -> Grant:
    return Grant(target=GrantTarget.SCHEMA, place=place, privileges=privileges)
