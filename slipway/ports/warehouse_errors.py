"""What goes wrong at the warehouse, each with the remedy that its reader can act on.

WarehouseError            exit 3: number, SQL state, subject, query id
+-- ConnectionLost        nothing answers, or the session is gone; what was asked took no effect
+-- OutcomeUnknown        the connection was lost and what was asked may have taken effect
+-- LoginRefused          user, key or role is not accepted
+-- ObjectMissing         it is not there, or the role may not see it
+-- ObjectExists          the name is taken
+-- PrivilegeMissing      the role may not do this
+-- LockTimeout           another transaction held the rows for too long, or both waited for each other
+-- PointOutOfReach       Time Travel does not reach so far back
+-- ChangesNotTracked     the changes since then were not remembered
+-- NoMoment              a value that is read as a moment is something else
+-- StatementFailed       anything else that the warehouse says no to
PublishRefused            exit 1: our own rules
+-- StaleFence, FenceMissing, NotTransactional, NotExpired, OwnersDiffer, GrantsDiffer
"""

from typing import ClassVar

from slipway.model.errors import DependencyError, SlipwayError


class WarehouseError(DependencyError):
    """The warehouse, or the way to it, failed.

    Attributes:
        subject: what the statement was about.
        number: Snowflake's error number, 2003 for 002003; 0 when there was no answer.
        sqlstate: the SQL state, empty when there was no answer.
        query_id: id of the statement in the query history, empty when it did not get there.
    """

    default_remedy: ClassVar[str] = "read the warehouse's message"

    def __init__(
        self,
        message: str,
        *,
        subject: str,
        remedy: str = "",
        number: int = 0,
        sqlstate: str = "",
        query_id: str = "",
    ) -> None:
        super().__init__(f"{subject}: {message}", remedy=remedy or self.default_remedy)
        self.subject = subject
        self.number = number
        self.sqlstate = sqlstate
        self.query_id = query_id


class ConnectionLost(WarehouseError):  # noqa: N818 - it says what happened
    """Nothing answers, or the session is gone; what was asked took no effect."""

    default_remedy = "check that the warehouse answers, then run the command again"


class OutcomeUnknown(WarehouseError):  # noqa: N818 - same
    """The connection was lost and what was asked may have taken effect."""

    default_remedy = "look whether it took effect before running it again; the query history tells"


class LoginRefused(WarehouseError):  # noqa: N818 - same
    """User, key or role is not accepted."""

    default_remedy = "check user, private key and role of the connection"


class ObjectMissing(WarehouseError):  # noqa: N818 - same
    """It is not there, or the role may not see it."""

    default_remedy = "check the name, and that the role has USAGE on its database and schema"


class ObjectExists(WarehouseError):  # noqa: N818 - same
    """The name is taken."""

    default_remedy = "choose another name, or let the janitor drop what has it once it has expired"


class PrivilegeMissing(WarehouseError):  # noqa: N818 - same
    """The role may not do this."""

    default_remedy = "grant the privilege to the role, or connect with the role that has it"


class LockTimeout(WarehouseError):  # noqa: N818 - same
    """Another transaction held the rows for too long, or both waited for each other."""

    default_remedy = "let the other transaction end, then run the command again"


class PointOutOfReach(WarehouseError):  # noqa: N818 - same
    """Time Travel does not reach so far back."""

    default_remedy = "take a newer point, or raise DATA_RETENTION_TIME_IN_DAYS of the table for the next time"


class ChangesNotTracked(WarehouseError):  # noqa: N818 - same
    """The changes since then were not remembered."""

    default_remedy = "set CHANGE_TRACKING = TRUE on the table before the point is taken"


class NoMoment(WarehouseError):  # noqa: N818 - same
    """A value that is read as a moment is something else."""

    default_remedy = "name a column of the type DATE or TIMESTAMP"


class StatementFailed(WarehouseError):  # noqa: N818 - same
    """Anything else that the warehouse says no to."""

    default_remedy = "correct the statement; its query id finds it in the query history"


class PublishRefused(SlipwayError):  # noqa: N818 - same
    """One of our own rules says no."""


class StaleFence(PublishRefused):
    """Somebody with a higher token has come."""


class FenceMissing(PublishRefused):
    """The fence was not installed."""


class NotTransactional(PublishRefused):
    """A statement that cannot be part of a transaction."""


class NotExpired(PublishRefused):
    """An object that may not be dropped."""


class OwnersDiffer(PublishRefused):
    """An object has another owner than it was given, or none."""


class GrantsDiffer(PublishRefused):
    """Grants that were made equal are not equal."""
