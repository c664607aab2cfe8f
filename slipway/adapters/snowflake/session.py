"""One session: which statements run again when the connection is lost, and the tag that they all carry.

The connector itself sends a request again under the same id for a while, which Snowflake runs once. What is
decided here is what happens when that has failed or the session is gone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto, unique
from typing import Final, Protocol

from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import literal
from slipway.ports.warehouse_errors import ConnectionLost, OutcomeUnknown, WarehouseError
from slipway.ports.warehouse_results import Answer, Value

_ATTEMPTS: Final = 3


def tell_nobody(line: str) -> None:
    """Drop a line that would be told while an answer is waited for."""


@unique
class Repeat(Enum):
    """Whether a statement may be sent again when nobody knows what became of it."""

    SAFE = auto()
    """Running it twice does what running it once does."""
    NEVER = auto()
    """The caller has to look first."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement to be run.

    Attributes:
        text: its text.
        subject: what it is about, for errors.
        parameters: values of its placeholders.
        repeat: whether it may be sent again.
        seconds: after how long the server ends it; None for as long as any statement may run.
    """

    text: str
    subject: str
    parameters: Sequence[Value] = ()
    repeat: Repeat = Repeat.SAFE
    seconds: int | None = None


class Connection(Protocol):
    """One login."""

    def run(self, statement: Statement) -> Answer:
        """Run a statement.

        Raises:
            ConnectionLost: there is no answer, or the session is gone. It may have taken effect.
            WarehouseError: the answer is an error.
        """
        ...

    def close(self) -> None:
        """Log out; one that is lost is closed in silence."""
        ...


class Driver(Protocol):
    """Logs in."""

    @property
    def statement_seconds(self) -> int:
        """How long any statement of its sessions may run."""
        ...

    def connect(self, tag: str) -> Connection:
        """Open a session.

        Args:
            tag: its QUERY_TAG.

        Raises:
            ConnectionLost: nothing answers.
            LoginRefused: user, key or role is not accepted.
        """
        ...


class Session:
    """A session that is opened when it is needed, and again when it was lost.

    Args:
        driver: logs in.
        tag: what statements carry outside `tagged`.
    """

    def __init__(self, driver: Driver, tag: QueryTag) -> None:
        self._driver = driver
        self._tag = tag.text
        self._sent_tag = ""
        self._sent_seconds = 0
        self._connection: Connection | None = None
        self._in_transaction = False

    def run(self, statement: Statement) -> Answer:
        """Run a statement; one that is safe to repeat survives a lost connection.

        Raises:
            ConnectionLost: there is no connection, and the statement took no effect or may be run again.
            OutcomeUnknown: the connection was lost and the statement may have taken effect.
            WarehouseError: the answer is an error.
        """
        if self._in_transaction:
            return self._once(statement)
        match statement.repeat:
            case Repeat.SAFE:
                return self._repeatedly(statement)
            case Repeat.NEVER:
                self._ready()
                try:
                    return self._once(statement)
                except ConnectionLost as lost:
                    raise OutcomeUnknown(
                        f"the connection was lost, and it may have taken effect ({lost.message})",
                        subject=statement.subject,
                    ) from lost

    def run_observed(self, statement: Statement, has_happened: Callable[[], bool]) -> bool:
        """Run a statement that must not be repeated; after a lost connection, look at what became of it.

        Args:
            statement: the statement.
            has_happened: looks, in a new session.

        Returns:
            True when it took effect; False when the connection was lost and no effect is seen, yet.

        Raises:
            OutcomeUnknown: the connection was lost, and what became of it cannot be seen.
            WarehouseError: the answer is an error.
        """
        try:
            self.run(replace(statement, repeat=Repeat.NEVER))
        except OutcomeUnknown as unknown:
            try:
                return has_happened()
            except WarehouseError as error:
                raise unknown from error
        return True

    @contextmanager
    def transaction(self, subject: str, *, is_committed: Callable[[], bool]) -> Iterator[None]:
        """Run the statements of a block in one transaction, and commit it unless the block fails.

        A connection that is lost before COMMIT is sent has written nothing: Snowflake rolls back what a
        session leaves open (https://docs.snowflake.com/en/sql-reference/transactions).

        Args:
            subject: what it is about.
            is_committed: tells, in a new session, whether a COMMIT without an answer took effect. It has to
                wait until the transaction has ended.

        Raises:
            ConnectionLost: the connection was lost, and nothing was written.
            OutcomeUnknown: the connection was lost in COMMIT, and what became of it cannot be seen.
        """
        self._repeatedly(Statement(text="BEGIN", subject=subject))
        self._in_transaction = True
        try:
            yield
            self._ready()  # the block may have swallowed that the session was lost
        except BaseException:
            self._in_transaction = False
            self._roll_back(subject)
            raise
        self._in_transaction = False
        if not self.run_observed(Statement(text="COMMIT", subject=subject), is_committed):
            raise ConnectionLost(
                "the connection was lost in COMMIT, and the transaction was rolled back", subject=subject
            )

    @contextmanager
    def tagged(self, tag: QueryTag) -> Iterator[None]:
        """Have the statements of a block carry another tag."""
        before, self._tag = self._tag, tag.text
        try:
            yield
        finally:
            self._tag = before

    def close(self) -> None:
        """Log out."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _repeatedly(self, statement: Statement) -> Answer:
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._once(statement)
            except ConnectionLost:
                continue  # _once has let go of the connection: the next one logs in anew
        return self._once(statement)

    def _once(self, statement: Statement) -> Answer:
        try:
            return self._ready(statement.seconds).run(statement)
        except ConnectionLost:
            self._forget()
            raise

    def _ready(self, seconds: int | None = None) -> Connection:
        """The connection, with the tag and the time limit of a statement that are wanted now."""
        wanted = seconds or self._driver.statement_seconds
        if self._connection is None:
            if self._in_transaction:
                raise ConnectionLost(
                    "the transaction was rolled back with its session", subject="transaction"
                )
            self._connection, self._sent_tag = self._driver.connect(self._tag), self._tag
            self._sent_seconds = self._driver.statement_seconds
        if self._sent_tag != self._tag:
            text = f"ALTER SESSION SET QUERY_TAG = {literal(self._tag)}"
            self._connection.run(Statement(text=text, subject="query tag"))
            self._sent_tag = self._tag
        if self._sent_seconds != wanted:
            text = f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {wanted:d}"
            self._connection.run(Statement(text=text, subject="time limit"))
            self._sent_seconds = wanted
        return self._connection

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _roll_back(self, subject: str) -> None:
        if self._connection is None:
            return
        try:
            self._connection.run(Statement(text="ROLLBACK", subject=subject))
        except WarehouseError:  # what raised it counts; a session in doubt is not used again
            self._forget()
