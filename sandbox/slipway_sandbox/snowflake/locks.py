"""Locks on tables: UPDATE, DELETE and MERGE of one table wait for one another, as in Snowflake.

A transaction keeps its locks until it ends. INSERTs go beside one another and beside those
(https://docs.snowflake.com/en/sql-reference/transactions, "Resource locking"); a change of a table's columns
waits for whoever has written to it, and they for the change. A wait that would never end is told as the
deadlock that it is.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.running import canceled

Clock = Callable[[], datetime]


class TableMovedError(Exception):
    """A table was given other columns while a statement waited for it: the statement begins again."""


class Claim(IntEnum):
    """What a statement does with a table; of two claims of a session the greater one stays."""

    ADD = 1
    """INSERT."""
    CHANGE = 2
    """UPDATE, DELETE, MERGE, TRUNCATE."""
    DEFINE = 3
    """Give it other columns."""

    def excludes(self, other: "Claim") -> bool:
        """Whether two sessions may not have these claims at once."""
        return self + other > Claim.ADD + Claim.CHANGE


@dataclass(frozen=True)
class _Held:
    claim: Claim
    since: datetime


class TableLocks:
    """Who holds which table, by session."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holders: dict[int, dict[int, _Held]] = defaultdict(dict)
        self._waiting: dict[int, tuple[int, Claim]] = {}
        self._held: dict[int, set[int]] = defaultdict(set)
        self._cancelled: set[int] = set()

    def take(
        self, table: int, session: int, claim: Claim, *, name: str, seconds: float, clock: Clock
    ) -> None:
        """Take a table's lock, waiting while another session holds it.

        Args:
            table: the table's id.
            session: who wants it.
            claim: what for.
            name: the table's name, for the message.
            seconds: how long to wait: the session's LOCK_TIMEOUT.
            clock: tells when it is taken.

        Raises:
            SnowflakeError: the time is over, the wait would never end, or it is cancelled.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            self._cancelled.discard(session)
            while (holder := self._in_the_way(table, session, claim)) is not None:
                self._waiting[session] = table, claim
                try:
                    self._refuse_circle(session, name)
                    if not self._changed.wait(deadline - time.monotonic()):
                        raise _timed_out(name, holder)
                    if session in self._cancelled:
                        raise canceled()
                finally:
                    self._waiting.pop(session, None)
            before = self._holders[table].get(session)
            if before is None or before.claim < claim:
                self._holders[table][session] = _Held(claim, clock())
            self._held[session].add(table)

    def _in_the_way(self, table: int, session: int, claim: Claim) -> int | None:
        """A session whose claim excludes this one."""
        holders = self._holders.get(table, {}).items()
        return next((each for each, held in holders if each != session and held.claim.excludes(claim)), None)

    def release(self, session: int) -> None:
        """Give back every lock of a session: its transaction has ended."""
        with self._changed:
            for table in self._held.pop(session, set()):
                del self._holders[table][session]
                if not self._holders[table]:
                    del self._holders[table]
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
            return {session: table for session, (table, _) in self._waiting.items()}

    def held(self) -> list[tuple[int, int, datetime]]:
        """Every table that is held: the session that holds it, the table, since when."""
        with self._changed:
            return [
                (session, table, held.since)
                for table, holders in self._holders.items()
                for session, held in holders.items()
            ]

    def _refuse_circle(self, session: int, name: str) -> None:
        """Follow who waits for whom; what waits to define has no other lock, so nobody waits for it."""
        at = session
        while at in self._waiting:
            table, claim = self._waiting[at]
            holder = self._in_the_way(table, at, claim)
            if holder is None:
                return
            if holder == session:
                raise SnowflakeError(
                    625,
                    "57014",
                    f"Your transaction was rolled back due to a deadlock on table '{name}'.",
                )
            at = holder


def _timed_out(name: str, holder: int) -> SnowflakeError:
    return SnowflakeError(
        625,
        "57014",
        f"Statement has been waiting for the lock of table '{name}', which session {holder} holds, "
        "for longer than LOCK_TIMEOUT.",
    )
