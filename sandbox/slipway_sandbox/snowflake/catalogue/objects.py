"""The objects of an account.

Each has an identity that its name does not change: grants, history and policies follow the object when it is
renamed or swapped (https://docs.snowflake.com/en/sql-reference/sql/alter-table).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Discriminator

from slipway_sandbox.snowflake.sql.types import SqlType

ACCOUNT: Final = 0
"""The id of the account itself: the parent of what no database contains."""


class ObjectKind(StrEnum):
    """Kinds of objects, in the words of GRANT and SHOW."""

    ACCOUNT = "ACCOUNT"
    DATABASE = "DATABASE"
    SCHEMA = "SCHEMA"
    TABLE = "TABLE"
    VIEW = "VIEW"
    SEQUENCE = "SEQUENCE"
    STAGE = "STAGE"
    FILE_FORMAT = "FILE FORMAT"
    ROLE = "ROLE"
    USER = "USER"
    WAREHOUSE = "WAREHOUSE"
    RESOURCE_MONITOR = "RESOURCE MONITOR"

    @property
    def plural(self) -> str:
        """The word of SHOW and of GRANT ... ON ALL."""
        return f"{self}S"


NAMESPACES: Final = {ObjectKind.VIEW: ObjectKind.TABLE}
"""Kinds that share their names with another: a view and a table of one schema cannot have one name."""


class Persistence(StrEnum):
    """How long a table lasts."""

    PERMANENT = "PERMANENT"
    TRANSIENT = "TRANSIENT"
    TEMPORARY = "TEMPORARY"


@dataclass(frozen=True, kw_only=True)
class Numbering:
    """How a sequence, or a column that numbers its rows, counts.

    Attributes:
        counter: the number of the DuckDB sequence; 0 while it is not made.
        start: the first number.
        step: from one number to the next.
        is_ordered: whether ORDER was said; the numbers are in order either way here.
    """

    counter: int = 0
    start: int = 1
    step: int = 1
    is_ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        name: as stored.
        type: its type.
        nullable: whether NULL may be stored.
        default: its default as SQL; empty for none.
        comment: its comment.
        numbering: how AUTOINCREMENT or IDENTITY counts; None for other columns.
        counter: the number of the DuckDB sequence of a SEQUENCE that is its default; 0 for none.
    """

    name: str
    type: SqlType
    nullable: bool = True
    default: str = ""
    comment: str = ""
    numbering: Numbering | None = None
    counter: int = 0


class ConstraintKind(StrEnum):
    """Constraints that Snowflake records and does not enforce."""

    PRIMARY_KEY = "PRIMARY KEY"
    UNIQUE = "UNIQUE"
    FOREIGN_KEY = "FOREIGN KEY"


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """A recorded constraint.

    Attributes:
        name: its name.
        kind: what it promises.
        columns: the columns it is about.
        references: id of the table that a foreign key refers to; 0 for other kinds.
        referenced_columns: the columns there.
    """

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...]
    references: int = 0
    referenced_columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TableBody:
    """What a table is beyond its name.

    Attributes:
        columns: in order.
        storage: the number of its DuckDB tables; a clone and its source have different ones.
        persistence: how long it lasts.
        session: the session that a temporary table belongs to; 0 for others.
        retention_days: days of Time Travel; None for those of its schema.
        since: the commit before which Time Travel knows nothing of it: its creation or new columns.
        change_tracking: whether CHANGES may be asked for.
        tracked_since: the commit before which changes were not tracked.
        constraints: recorded, not enforced.
        clustering: the expressions of its clustering key, as they are shown; recorded, without effect.
    """

    shape: Literal["table"] = "table"
    columns: tuple[Column, ...]
    storage: int
    persistence: Persistence = Persistence.PERMANENT
    session: int = 0
    retention_days: int | None = None
    since: int = 0
    change_tracking: bool = False
    tracked_since: int = 0
    constraints: tuple[Constraint, ...] = ()
    clustering: tuple[str, ...] = ()

    @property
    def holds_variants(self) -> bool:
        """Whether a column can hold a VARIANT."""
        return any(column.type.is_semi_structured for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class ViewBody:
    """What a view is.

    Attributes:
        query: the query as SQL; an unqualified name in it means one of the view's own schema.
        columns: their names and types.
        produced: what its query called its columns when it was made; empty for views of earlier releases.
        secure: whether only the owner sees the query.
        session: the session that a temporary view belongs to; 0 for others.
        text: the statement that made it, as it was written; empty for views of earlier releases.
        change_tracking: whether it, and with it the tables that it reads, was told to track changes.
    """

    shape: Literal["view"] = "view"
    query: str
    columns: tuple[Column, ...]
    produced: tuple[str, ...] = ()
    secure: bool = False
    session: int = 0
    text: str = ""
    change_tracking: bool = False

    @property
    def definition(self) -> str:
        """What SHOW VIEWS tells: the whole CREATE VIEW."""
        return self.text or self.query


@dataclass(frozen=True, kw_only=True)
class SequenceBody:
    """What a sequence is.

    Attributes:
        numbering: how it counts.
    """

    shape: Literal["sequence"] = "sequence"
    numbering: Numbering


@dataclass(frozen=True, kw_only=True)
class StageBody:
    """What a stage is; the sandbox keeps no files.

    Attributes:
        url: where the files of an external stage are; empty for an internal one.
        integration: the storage integration that an external stage names; empty for none.
        has_directory: whether it has a directory table.
        is_server_side: whether an internal stage is encrypted on the server's side only (SNOWFLAKE_SSE).
    """

    shape: Literal["stage"] = "stage"
    url: str = ""
    integration: str = ""
    has_directory: bool = False
    is_server_side: bool = False

    @property
    def is_external(self) -> bool:
        """Whether its files are elsewhere."""
        return bool(self.url)


@dataclass(frozen=True, kw_only=True)
class SettingsBody:
    """What a role, user, warehouse, monitor, database or schema is set to.

    Attributes:
        settings: property -> value, as SHOW and DESCRIBE show them.
    """

    shape: Literal["settings"] = "settings"
    settings: dict[str, str] = field(default_factory=dict)


Body = Annotated[TableBody | ViewBody | SequenceBody | StageBody | SettingsBody, Discriminator("shape")]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One object.

    Attributes:
        id: its identity, never used again.
        kind: what it is.
        name: its present name, as stored.
        parent: id of the schema, database or account that contains it.
        owner: id of the role that owns it; 0 for what nobody owns.
        created_on: when it came to be.
        altered_on: when its data or definition changed last.
        dropped_on: when it was dropped; None while it exists.
        comment: its comment.
        body: what it is beyond its name.
    """

    id: int
    kind: ObjectKind
    name: str
    parent: int
    owner: int
    created_on: datetime
    altered_on: datetime
    dropped_on: datetime | None = None
    comment: str = ""
    body: Body


def settings_of(thing: Thing) -> dict[str, str]:
    """What a role, user, warehouse, monitor, database or schema is set to; nothing for other objects."""
    return thing.body.settings if isinstance(thing.body, SettingsBody) else {}
