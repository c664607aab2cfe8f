"""Clones, swaps, views and drops: what a publication does, one statement a step.

Each statement here is a definition: it commits by itself, and several of them are no transaction
(https://docs.snowflake.com/en/sql-reference/transactions#ddl). What comes between two of them is the use
case's to journal.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slipway.adapters.snowflake import information, statements
from slipway.adapters.snowflake.expiries import SnowflakeExpiries
from slipway.adapters.snowflake.session import Session, Statement
from slipway.model.expiry import expiry_in
from slipway.model.snowflake_objects import Column, Schema, SnowflakeObject, View
from slipway.ports.warehouse import Cloned, Generations, Swapped
from slipway.ports.warehouse_errors import NotExpired, ObjectExists, OutcomeUnknown
from slipway.ports.warehouse_results import Point


class SnowflakeGenerations(Generations):
    """Makes, swaps, points at and removes generations.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._expiries = SnowflakeExpiries(session)

    def clone(
        self, source: Cloned, target: Cloned, *, expires: datetime | None, at: Point | None = None
    ) -> None:
        """Make a zero-copy clone, with its source's comment and its own mark.

        The comment is set whether or not Snowflake has carried it over, so that no mark but the clone's own
        is left. After a lost connection the clone is looked for: the name was free before.
        """
        subject = f"clone {target} of {source}"
        if information.facts(self._session, target) is not None:
            raise ObjectExists("the name is taken", subject=subject)
        described = information.facts(self._session, source)
        statement = Statement(text=statements.clone(source, target, at), subject=subject)
        seen = self._session.run_observed(
            statement, lambda: information.facts(self._session, target) is not None
        )
        _require(seen, statement)
        self._expiries.describe(target, described.comment if described else "", expires)

    def make_schema(self, schema: Schema, *, expires: datetime) -> None:
        """Make a schema and mark it. Running it twice does no more than once."""
        self._session.run(Statement(text=statements.make_schema(schema), subject=f"schema {schema}"))
        self._expiries.expire(schema, at=expires)

    def swap(self, one: Swapped, other: Swapped, *, within: timedelta | None = None) -> None:
        """Exchange two names; it is never sent twice, for a second swap undoes the first.

        Snowflake ends it a second before it has to be over, at the latest. After a lost connection, when the
        two objects were made tells whether they were exchanged.
        """
        before = self._created(one), self._created(other)
        text, subject = statements.swap(one, other), f"swap {one} with {other}"
        seconds = None if within is None else max(1, int(within.total_seconds()) - 1)
        statement = Statement(text=text, subject=subject, seconds=seconds)
        _require(
            self._session.run_observed(
                statement,
                lambda: before[0] != before[1] and (self._created(other), self._created(one)) == before,
            ),
            statement,
        )

    def flip_view(self, view: View, *, columns: Sequence[Column], query: str) -> None:
        """Point a view at other tables. Running it twice does no more than once."""
        found = information.facts(self._session, view)
        text = statements.view(
            view,
            columns,
            query,
            secure=found is not None and information.is_secure(self._session, view),
            comment=found.comment if found is not None else "",
        )
        self._session.run(Statement(text=text, subject=f"view {view}"))

    def drop_expired(self, subject: SnowflakeObject, *, now: datetime) -> bool:
        """Drop an object whose mark, read just before, says so."""
        found = information.facts(self._session, subject)
        if found is None:
            return False
        expiry = expiry_in(found.comment)
        if expiry is None or not expiry.allows_drop_of(str(subject), now):
            said = (
                f"its mark says {expiry.at.isoformat()} for {expiry.object}" if expiry else "it has no mark"
            )
            raise NotExpired(
                f"{subject.kind} {subject} may not be dropped: {said}",
                remedy="wait until then, or mark this object itself with an earlier moment",
            )
        self._session.run(Statement(text=statements.drop(subject), subject=f"drop {subject}"))
        return True

    def _created(self, subject: Swapped) -> datetime:
        return information.facts_of_existing(self._session, subject).created


def _require(has_happened: bool, statement: Statement) -> None:  # noqa: FBT001 - the one question
    """Refuse to go on without knowing: the server may be running the statement still."""
    if not has_happened:
        raise OutcomeUnknown(
            "the connection was lost, and no effect is seen yet; it may be running still",
            subject=statement.subject,
        )
