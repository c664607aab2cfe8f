"""Marks in comments: see `slipway.model.expiry` for why they are there and what they protect from."""

from datetime import datetime

from slipway.adapters.snowflake import information, statements
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.errors import DefinitionError
from slipway.model.expiry import Expiry, marked, unmarked
from slipway.model.snowflake_objects import Database, SnowflakeObject
from slipway.ports.warehouse import Expiries
from slipway.ports.warehouse_results import Expiring


class SnowflakeExpiries(Expiries):
    """Says how long objects are kept.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def expire(self, subject: SnowflakeObject, *, at: datetime) -> None:
        """Mark an object to be dropped from a moment on."""
        if at.tzinfo is None:
            raise DefinitionError(
                f"the expiry {at.isoformat()} of {subject} has no time zone",
                remedy="give a moment with its offset, such as 2026-11-23T10:00:00+00:00",
            )
        comment = information.facts_of_existing(self._session, subject).comment
        self._comment(subject, comment, marked(comment, Expiry(object=str(subject), at=at)))

    def keep(self, subject: SnowflakeObject) -> None:
        """Take the mark away."""
        comment = information.facts_of_existing(self._session, subject).comment
        self._comment(subject, comment, unmarked(comment))

    def expiring(self, within: Database) -> tuple[Expiring, ...]:
        """List the marked objects of a database, itself included."""
        return information.expiring(self._session, within)

    def _comment(self, subject: SnowflakeObject, before: str, after: str) -> None:
        if before != after:
            self._session.run(
                Statement(text=statements.set_comment(subject, after), subject=f"comment of {subject}")
            )
