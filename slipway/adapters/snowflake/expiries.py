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

    def expire(self, subject: SnowflakeObject, *, at: datetime, under: SnowflakeObject | None = None) -> None:
        """Mark an object to be dropped from a moment on."""
        comment = information.facts_of_existing(self._session, subject).comment
        expiry = Expiry(object=str(under or subject), at=zoned(subject, at))
        self._set(subject, marked(comment, expiry))

    def keep(self, subject: SnowflakeObject) -> None:
        """Take the mark away."""
        self.describe(subject, information.facts_of_existing(self._session, subject).comment, None)

    def expiring(self, within: Database) -> tuple[Expiring, ...]:
        """List the marked objects of a database, itself included."""
        return information.expiring(self._session, within)

    def expiring_databases(self) -> tuple[Expiring, ...]:
        """List the marked databases that the role sees."""
        return information.expiring_databases(self._session)

    def describe(self, subject: SnowflakeObject, comment: str, expires: datetime | None) -> None:
        """Set an object's comment.

        Args:
            subject: the object.
            comment: the text; a mark in it is not taken over.
            expires: what the object's own mark says; None for no mark.
        """
        own = unmarked(comment)
        text = (
            own if expires is None else marked(own, Expiry(object=str(subject), at=zoned(subject, expires)))
        )
        self._set(subject, text)

    def _set(self, subject: SnowflakeObject, text: str) -> None:
        statement = Statement(text=statements.set_comment(subject, text), subject=f"comment of {subject}")
        self._session.run(statement)


def zoned(subject: SnowflakeObject, at: datetime) -> datetime:
    """Return a moment that says in which zone it is.

    Raises:
        DefinitionError: it does not.
    """
    if at.tzinfo is None:
        raise DefinitionError(
            f"the expiry {at.isoformat()} of {subject} has no time zone",
            remedy="give a moment with its offset, such as 2026-11-23T10:00:00+00:00",
        )
    return at
