"""From the names of a statement to objects, as one session sees them."""

from dataclasses import dataclass, replace
from typing import Final

from slipway_sandbox.snowflake.access import Authority
from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, Thing
from slipway_sandbox.snowflake.errors import (
    cannot_operate,
    no_current_database,
    no_current_schema,
    not_found,
    relation_not_found,
)
from slipway_sandbox.snowflake.identifiers import Path, written

INFORMATION_SCHEMA: Final = "INFORMATION_SCHEMA"
PUBLIC: Final = "PUBLIC"


@dataclass(frozen=True, kw_only=True)
class Names:
    """How one session finds objects.

    Attributes:
        catalogue: the account.
        authority: what the session may do; what it may not see is not found.
        database: name of the session's database; empty for none.
        schema: name of the session's schema; empty for none.
        session: its number, by which its temporary tables are found.
        command: the statement's first word, for messages.
    """

    catalogue: Catalogue
    authority: Authority
    database: str
    schema: str
    session: int
    command: str

    def of_grants(self) -> "Names":
        """The names of GRANT, REVOKE and SHOW GRANTS: those of any object for who manages grants."""
        return replace(self, authority=self.authority.of_grants())

    def in_account(self, kind: ObjectKind, name: str) -> Thing:
        """A role, user, warehouse or monitor.

        Raises:
            SnowflakeError: there is none of that name.
        """
        found = self.catalogue.find(ACCOUNT, kind, name)
        if found is None:
            raise not_found(kind.capitalize(), written(name))
        return found

    def database_named(self, name: str) -> Thing:
        """A database that the session sees.

        Raises:
            SnowflakeError: 2043, or 90105 when no name is given and there is no current one.
        """
        if not (name or self.database):
            raise no_current_database(self.command)
        found = self.catalogue.find(ACCOUNT, ObjectKind.DATABASE, name or self.database)
        if found is None or not self.authority.sees(found):
            raise not_found("Database", written(name or self.database))
        return found

    def schema_at(self, path: Path) -> Thing:
        """A schema that the session sees; `path.name` is the schema's name.

        Raises:
            SnowflakeError: 2043 or 90106.
        """
        if not (path.name or self.schema):
            raise no_current_schema(self.command)
        database = self.database_named(path.schema)
        found = self.catalogue.find(database.id, ObjectKind.SCHEMA, path.name or self.schema)
        if found is None or not self.authority.sees(found):
            raise not_found("Schema", str(Path(path.name or self.schema, database.name)))
        return found

    def schema_of(self, path: Path) -> Thing:
        """The schema in which an object of a path is or will be.

        Raises:
            SnowflakeError: there is no current database or schema, or they are not seen.
        """
        if not (path.database or self.database):
            raise no_current_database(self.command)
        if not (path.schema or self.schema):
            raise no_current_schema(self.command)
        return self.schema_at(Path(path.schema or self.schema, path.database))

    def relation(self, path: Path) -> Thing:
        """A table or view that a query reads.

        Raises:
            SnowflakeError: 2003.
        """
        schema = self.schema_of(path)
        found = self.find(schema, ObjectKind.TABLE, path.name)
        if found is None:
            raise relation_not_found(str(self.qualified(path)))
        return found

    def existing(self, kind: ObjectKind, path: Path) -> Thing:
        """An object of a schema that a statement changes or drops.

        Raises:
            SnowflakeError: 2003, also when the name belongs to another kind.
        """
        found = self.find(self.schema_of(path), kind, path.name)
        if found is None or found.kind is not kind:
            raise not_found(kind.capitalize(), str(self.qualified(path)))
        return found

    def find(self, schema: Thing, kind: ObjectKind, name: str) -> Thing | None:
        """An object of a schema that the session sees: its own temporary table before the others'."""
        own = self.catalogue.find(schema.id, kind, name, self.session)
        found = own or self.catalogue.find(schema.id, kind, name)
        return found if found is not None and self.authority.sees(found) else None

    def qualified(self, path: Path) -> Path:
        """A path with the session's database and schema where it has none."""
        return Path(path.name, path.schema or self.schema, path.database or self.database)

    def securable(self, kind: ObjectKind, path: Path) -> Thing:
        """An object of any kind, as GRANT, SHOW GRANTS and COMMENT name it.

        Raises:
            SnowflakeError: it does not exist for this session.
        """
        match kind:
            case ObjectKind.DATABASE:
                return self.database_named(path.name)
            case ObjectKind.SCHEMA:
                return self.schema_at(path)
            case ObjectKind.ROLE | ObjectKind.USER | ObjectKind.WAREHOUSE | ObjectKind.RESOURCE_MONITOR:
                return self.in_account(kind, path.name)
            case ObjectKind.ACCOUNT:
                raise cannot_operate()
            case _:
                return self.existing(kind, path)
