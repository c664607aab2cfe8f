"""The machine's own time."""

import time
from datetime import UTC, datetime

from slipway.ports.clock import Clock


class SystemClock(Clock):
    """Tells the time in UTC."""

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)
