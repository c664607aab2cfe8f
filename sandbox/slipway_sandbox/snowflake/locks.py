"""Locks on tables: UPDATE, DELETE and MERGE of one table wait for one another, as in Snowflake.

A transaction keeps its locks until it ends; INSERT takes none
(https://docs.snowflake.com/en/sql-reference/transactions, "Resource locking"). A wait that would never end is
told as the deadlock that it is.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.running import canceled

Clock = Callable[[], datetime]


class TableLocks:
    """Who holds which table, by session."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holders: dict[int, int] = {}
        self._waiting: dict[int, int] = {}
        self._held: dict[int, set[int]] = defaultdict(set)
        self._cancelled: set[int] = set()
        self._since: dict[int, datetime] = {}

    def take(self, table: int, session: int, *, name: str, seconds: float, clock: Clock) -> None:
        """Take a table's lock, waiting while another session holds it.

        Args:
            table: the table's id.
            session: who wants it.
            name: the table's name, for the message.
            seconds: how long to wait: the session's LOCK_TIMEOUT.
            clock: tells when it is taken.

        Raises:
            SnowflakeError: the time is over, the wait would never end, or it is cancelled.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._cancelled.discard(session)
            while (holder := self._holders.get(table, session)) != session:
                self._waiting[session] = table
                try:
                    self._refuse_circle(session, name)
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise _timed_out(name, holder)
                    if session in self._cancelled:
                        raise canceled()
                finally:
                    self._waiting.pop(session, None)
            if table not in self._holders:
                self._since[table] = clock()
            self._holders[table] = session
            self._held[session].add(table)

    def release(self, session: int) -> None:
        """Give back every lock of a session: its transaction has ended."""
        with self._changed:
            for table in self._held.pop(session, set()):
                del self._holders[table], self._since[table]
            self._changed.notify_all()

    def cancel(self, session: int) -> None:
        """End a session's wait."""
        with self._changed:
            if session in self._waiting:
                self._cancelled.add(session)
                self._changed.notify_all()

    def waiting(self) -> dict[int, int]:
        """The session that waits -> the table for which it does."""
        with self._changed:
            return dict(self._waiting)

    def held(self) -> list[tuple[int, int, datetime]]:
        """Every table that is held: the session that holds it, the table, since when."""
        with self._changed:
            return [(session, table, self._since[table]) for table, session in self._holders.items()]

    def _refuse_circle(self, session: int, name: str) -> None:
        table = self._waiting[session]
        while (holder := self._holders.get(table)) is not None:
            if holder == session:
                raise SnowflakeError(
                    625,
                    "57014",
                    f"Your transaction was rolled back due to a deadlock on table '{name}'.",
                )
            if holder not in self._waiting:
                return
            table = self._waiting[holder]


def _timed_out(name: str, holder: int) -> SnowflakeError:
    return SnowflakeError(
        625,
        "57014",
        f"Statement has been waiting for the lock of table '{name}', which session {holder} holds, "
        "for longer than LOCK_TIMEOUT.",
    )
