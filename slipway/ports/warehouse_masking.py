"""What masked clones need of the warehouse: rows that are masked while they are copied, names, owners."""

from datetime import datetime
from typing import Protocol

from slipway.model.masks import TableMask
from slipway.model.snowflake_objects import Database, Table
from slipway.ports.warehouse_results import Point


class MaskedClones(Protocol):
    """Makes databases of masked rows and gives them away."""

    def visible_databases(self) -> tuple[Database, ...]:
        """List the databases of the account that the role sees, sorted."""
        ...

    def tables_of(self, within: Database) -> tuple[Table, ...]:
        """List the tables of a database, sorted; views are none.

        Raises:
            ObjectMissing: there is no such database, or no right to see it.
        """
        ...

    def make_database(self, database: Database, *, purpose: str, expires: datetime) -> None:
        """Make an empty database with its mark, in one statement.

        Raises:
            ObjectExists: the name is taken.
            PrivilegeMissing: the role may not make databases.
        """
        ...

    def copy_masked(self, source: Table, target: Table, mask: TableMask, *, key: str, at: Point) -> int:
        """Make a table like another one and fill it with the other's rows, masked on the way.

        No row is ever in the target that is not masked, so none is in its history either.

        Args:
            source: whose rows are read.
            target: the table to make; its schema is made when it is missing.
            mask: what becomes of each column.
            key: a secret; equal values are masked equally under one key.
            at: the point of the rows, so that all tables are of one moment.

        Returns:
            How many rows it has.

        Raises:
            ObjectExists: the name is taken.
            PointOutOfReach: the rows of that point are no longer kept.
        """
        ...

    def rename(self, database: Database, to: Database) -> None:
        """Give a database another name: one statement, which of two who try it one can do.

        Raises:
            ObjectMissing: it is not there any more, or the role may not see it.
            ObjectExists: the other name is taken.
            PrivilegeMissing: the role does not own it.
            OutcomeUnknown: the connection was lost, and neither name tells what happened.
        """
        ...

    def give_away(self, database: Database, *, role: str) -> None:
        """Make a role the owner of a database and of all that is in it; nobody else keeps a privilege.

        The database itself comes last: until then the new owner can neither rename nor drop it.

        Args:
            database: whose owner is the role of this session.
            role: the new owner's name.
        """
        ...
