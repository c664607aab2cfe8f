"""Databases of masked rows: made, filled, renamed, given away.

Sources: https://docs.snowflake.com/en/sql-reference/sql/create-table (LIKE), alter-database, grant-ownership
"""

from datetime import datetime
from typing import Final

from slipway.adapters.snowflake import information, mask_text, statements
from slipway.adapters.snowflake.expiries import zoned
from slipway.adapters.snowflake.session import Repeat, Session, Statement
from slipway.model.expiry import Expiry, marked
from slipway.model.masks import TableMask
from slipway.model.snowflake_objects import Database, Table, literal, quoted
from slipway.ports.warehouse_errors import OutcomeUnknown
from slipway.ports.warehouse_masking import MaskedClones
from slipway.ports.warehouse_results import Point

_GIVEN: Final = ("ALL TABLES IN DATABASE", "ALL SCHEMAS IN DATABASE", "DATABASE")
"""In this order: whoever may rename the database owns everything in it already."""


class SnowflakeMaskedClones(MaskedClones):
    """Makes databases of masked rows and gives them away.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def visible_databases(self) -> tuple[Database, ...]:
        """List the databases that the role sees."""
        return information.databases(self._session)

    def tables_of(self, within: Database) -> tuple[Table, ...]:
        """List the tables of a database."""
        return information.tables(self._session, within)

    def make_database(self, database: Database, *, purpose: str, expires: datetime) -> None:
        """Make an empty database: there is no moment in which it has no mark."""
        mark = marked(purpose, Expiry(object=str(database), at=zoned(database, expires)))
        text = f"CREATE DATABASE {database.sql} COMMENT = {literal(mark)}"
        self._session.run(Statement(text=text, subject=f"database {database}", repeat=Repeat.NEVER))

    def copy_masked(self, source: Table, target: Table, mask: TableMask, *, key: str, at: Point) -> int:
        """Make a table and fill it. What a lost connection leaves half-way, nobody is given."""
        subject = f"masked copy of {source}"
        self._session.run(
            Statement(text=statements.make_schema(target.schema), subject=subject, repeat=Repeat.SAFE)
        )
        self._session.run(
            Statement(
                text=f"CREATE TABLE {target.sql} LIKE {source.sql}", subject=subject, repeat=Repeat.NEVER
            )
        )
        text = mask_text.copy(source, target, mask, at)
        filled = Statement(text=text, subject=subject, parameters=(key,), repeat=Repeat.NEVER)
        return self._session.run(filled).written

    def rename(self, database: Database, to: Database) -> None:
        """Rename it. After a lost connection the names are looked at: only one of them was taken before."""
        statement = Statement(
            text=f"ALTER DATABASE {database.sql} RENAME TO {to.sql}", subject=f"rename {database} to {to}"
        )
        seen = self._session.run_observed(
            statement,
            lambda: (
                information.facts(self._session, to) is not None
                and information.facts(self._session, database) is None
            ),
        )
        if not seen:
            raise OutcomeUnknown(
                "the connection was lost, and the name is as it was", subject=statement.subject
            )

    def give_away(self, database: Database, *, role: str) -> None:
        """Give it away; whoever has lost the connection before the last step makes another one."""
        for what in _GIVEN:
            text = f"GRANT OWNERSHIP ON {what} {database.sql} TO ROLE {quoted(role)} REVOKE CURRENT GRANTS"
            self._session.run(Statement(text=text, subject=f"owner of {database}"))
