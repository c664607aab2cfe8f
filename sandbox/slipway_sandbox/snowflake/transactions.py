"""The transactions that run now: those that a session has begun, and each write outside of one.

Source: https://docs.snowflake.com/en/sql-reference/transactions. A write with AUTOCOMMIT is a transaction of
its own while it runs: rows that it has not committed yet are as open as those behind a BEGIN.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from slipway_sandbox.snowflake.turns import Turn


@dataclass(frozen=True, kw_only=True, eq=False)
class Transaction:
    """A transaction that runs.

    Attributes:
        session: the number of its session.
        user: id of the user whose session it is.
        name: its name, or one made for it.
        started: when it began.
        is_one_statement: whether it is a write with AUTOCOMMIT, which ends with its statement.
        turn: when its session can be interfered with.
        rollback: undoes it.
        id: nanoseconds since 1970, as Snowflake's are; no two have the same.
    """

    session: int
    user: int
    name: str
    started: datetime
    is_one_statement: bool
    turn: Turn
    rollback: Callable[[], None]
    id: int = 0


class Transactions:
    """Those of an account, one a session at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_sessions: dict[int, Transaction] = {}
        self._last = 0

    def begin(self, transaction: Transaction) -> None:
        """A transaction begins, and is given its id."""
        with self._lock:
            self._last = max(self._last + 1, int(transaction.started.timestamp() * 1_000_000) * 1_000)
            self._of_sessions[transaction.session] = replace(transaction, id=self._last)

    def end(self, session: int) -> None:
        """The transaction of a session, if it has one, has ended."""
        with self._lock:
            self._of_sessions.pop(session, None)

    def of(self, session: int) -> Transaction | None:
        """The transaction of a session."""
        with self._lock:
            return self._of_sessions.get(session)

    def abort(self, transaction: Transaction) -> None:
        """Undo a transaction, unless it has ended: as soon as no statement of its session runs."""

        def undo() -> None:
            if self.of(transaction.session) is transaction:
                transaction.rollback()

        transaction.turn.between_statements(undo)

    def running(self) -> list[Transaction]:
        """All of them, by session."""
        with self._lock:
            return sorted(self._of_sessions.values(), key=lambda each: each.session)
