"""An account in memory in which masked clones are made, given away and taken; it dies where a fuse says."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from slipway.model.expiry import Expiry
from slipway.model.masks import TableMask
from slipway.model.snowflake_objects import Database, Schema, SnowflakeObject, Table
from slipway.ports.warehouse import Cloned
from slipway.ports.warehouse_errors import NotExpired, ObjectExists, ObjectMissing, PrivilegeMissing
from slipway.ports.warehouse_results import Expiring, KeyFaults, Point, TableColumn
from tests.doubles.deployments import Fuse
from tests.doubles.memory_warehouse import KEY, MemoryWarehouse

JANITOR = "FINEDGE_PROD_JANITOR"
CHECKS = "FINEDGE_DEV_CI"


@dataclass
class Kept:
    """A database.

    Attributes:
        owner: the role that owns it.
        tables: its tables, each with whether its rows are masked.
        expiry: its mark.
    """

    owner: str
    tables: dict[tuple[str, str], bool] = field(default_factory=dict)
    expiry: Expiry | None = None


class PoolAccount(MemoryWarehouse):
    """A session of one role; sessions of other roles see the same databases.

    Args:
        role: whose session it is.
        kept: the databases, by name.
        fuse: where the process dies.
    """

    def __init__(self, role: str, kept: dict[str, Kept], fuse: Fuse | None = None) -> None:
        super().__init__(fuse)
        self.role = role
        self.kept = kept
        self.repeated = 0

    def visible_databases(self) -> tuple[Database, ...]:
        """Those that the role has a right on; the janitor's holds the checks'."""
        roles = {self.role, CHECKS} if self.role == JANITOR else {self.role}
        return tuple(Database(name) for name, each in sorted(self.kept.items()) if each.owner in roles)

    def expiring_databases(self) -> tuple[Expiring, ...]:
        """Of those, the marked ones."""
        marks = ((each, self.kept[each.name].expiry) for each in self.visible_databases())
        return tuple(Expiring(object=each, expiry=expiry) for each, expiry in marks if expiry is not None)

    def tables_of(self, within: Database) -> tuple[Table, ...]:
        """Of a database that the role sees."""
        return tuple(sorted(Table(Schema(within, schema), name) for schema, name in self._own(within).tables))

    def make_database(self, database: Database, *, purpose: str, expires: datetime) -> None:
        """Make it."""
        del purpose
        made = Kept(owner=self.role, expiry=Expiry(object=str(database), at=expires))
        self._put(database, made)

    def copy_masked(self, source: Table, target: Table, mask: TableMask, *, key: str, at: Point) -> int:
        """Copy it."""
        del source, mask, key, at
        place = self._own(target.database)
        self.fuse.around(
            f"fill {target}", lambda: place.tables.update({(target.schema.name, target.name): True})
        )
        return 1

    def clone(
        self, source: Cloned, target: Cloned, *, expires: datetime | None, at: Point | None = None
    ) -> None:
        """Clone a database, and mark it in a statement of its own, as the adapter does."""
        del at
        assert isinstance(source, Database)
        assert isinstance(target, Database)
        assert expires is not None
        self._put(target, Kept(owner=self.role, tables=dict(self._own(source).tables)))
        self.expire(target, at=expires)

    def give_away(self, database: Database, *, role: str) -> None:
        """Change the owner."""
        found = self._own(database)
        self.fuse.around(f"give {database}", lambda: setattr(found, "owner", role))

    def rename(self, database: Database, to: Database) -> None:
        """Rename it."""
        found = self._own(database)
        if to.name in self.kept:
            raise ObjectExists("the name is taken", subject=str(to))

        def renamed() -> None:
            del self.kept[database.name]
            self.kept[to.name] = found

        self.fuse.around(f"rename {database} to {to}", renamed)

    def expire(self, subject: SnowflakeObject, *, at: datetime, under: SnowflakeObject | None = None) -> None:
        """Mark a database; of a table, remember nothing."""
        if isinstance(subject, Database):
            found = self._own(subject)
            mark = Expiry(object=str(under or subject), at=at)
            self.fuse.around(f"mark {subject}", lambda: setattr(found, "expiry", mark))

    def drop_expired(self, subject: SnowflakeObject, *, now: datetime) -> bool:
        """Drop what its own mark gives free."""
        if isinstance(subject, Table):
            return (
                self._own(subject.database).tables.pop((subject.schema.name, subject.name), None) is not None
            )
        found = self.kept.get(str(subject))
        if found is None:
            return False
        if found.expiry is None or not found.expiry.allows_drop_of(str(subject), now):
            raise NotExpired(f"{subject} may not be dropped", remedy="wait")
        self.fuse.around(f"drop {subject}", lambda: self.kept.__delitem__(str(subject)))
        return True

    def columns(self, table: Table) -> tuple[TableColumn, ...]:
        """One, of any table."""
        del table
        return (TableColumn(name=KEY, type="NUMBER(38,0)", nullable=False),)

    def key_faults(self, table: Table, key: object) -> KeyFaults:
        """As many as a test says, of masked tables."""
        del key
        is_masked = "MASKING" in table.database.name
        return KeyFaults(repeated=self.repeated if is_masked else 0, incomplete=0)

    def as_role(self, role: str) -> "PoolAccount":
        """Another role's session."""
        return PoolAccount(role, self.kept)

    def _put(self, database: Database, made: Kept) -> None:
        if database.name in self.kept:
            raise ObjectExists("the name is taken", subject=str(database))
        self.fuse.around(f"make {database}", lambda: self.kept.update({database.name: replace(made)}))

    def _own(self, database: Database) -> Kept:
        found = self.kept.get(database.name)
        if found is None:
            raise ObjectMissing("does not exist or is not authorized", subject=str(database))
        if database not in self.visible_databases():
            raise PrivilegeMissing("the role owns it not", subject=str(database))
        return found
