"""What runs now, and how it is cancelled: by id, by session, by the driver's request, by its time.

Source: https://docs.snowflake.com/en/user-guide/querying-cancel-statements
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from slipway_sandbox.snowflake.errors import SnowflakeError

_NEVER: Final = 172_800
"""The default of STATEMENT_TIMEOUT_IN_SECONDS, two days: no clock runs for it."""
_AGAIN_SECONDS: Final = 0.1


def canceled() -> SnowflakeError:
    """A statement was ended from outside."""
    return SnowflakeError(604, "57014", "SQL execution canceled")


def timed_out(seconds: float) -> SnowflakeError:
    """A statement ran for longer than STATEMENT_TIMEOUT_IN_SECONDS."""
    return SnowflakeError(
        630,
        "57014",
        f"Statement reached its statement or warehouse timeout of {seconds:g} second(s) and was canceled.",
    )


@dataclass
class Running:
    """One statement that runs.

    Attributes:
        query_id: its id.
        session: the number of its session.
        user: id of the user whose it is.
        warehouse: the name of its warehouse; empty for none.
        request: the driver's id of the request that it came with; empty for none.
        stop: interrupts what it is doing.
        why: what it ends with; None while nobody has cancelled it.
    """

    query_id: str
    session: int
    user: int
    warehouse: str
    request: str
    stop: Callable[[], None]
    why: SnowflakeError | None = None


@dataclass
class Runs:
    """The statements of an account that run now."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: dict[str, Running] = field(default_factory=dict)

    @contextmanager
    def noted(self, running: Running, seconds: float) -> Iterator[None]:
        """A statement while it runs, for so many seconds at most.

        Raises:
            SnowflakeError: 604 or 630 in the place of the error that an interrupted statement ends with.
        """
        with self._lock:
            self._running[running.query_id] = running
        timer = threading.Timer(seconds, lambda: self._cancel(running, timed_out(seconds)))
        timer.daemon = True
        if 0 < seconds < _NEVER:
            timer.start()
        try:
            yield
        except Exception as error:
            if running.why is not None:
                raise running.why from error
            raise
        finally:
            timer.cancel()
            with self._lock:
                self._running.pop(running.query_id, None)

    def of_session(self, session: int) -> Running | None:
        """What runs in a session."""
        with self._lock:
            return next((each for each in self._running.values() if each.session == session), None)

    def cancel(self, chosen: Callable[[Running], bool]) -> int:
        """Cancel statements; how many there were."""
        with self._lock:
            found = [each for each in self._running.values() if chosen(each)]
        for each in found:
            self._cancel(each, canceled())
        return len(found)

    def _cancel(self, running: Running, why: SnowflakeError) -> None:
        with self._lock:
            if running.query_id not in self._running:
                return
            running.why = running.why or why
            running.stop()  # under the lock: the next statement of its session has not begun
        again = threading.Timer(_AGAIN_SECONDS, self._cancel, (running, why))
        again.daemon = True
        again.start()  # DuckDB forgets an interruption that comes before it has begun
