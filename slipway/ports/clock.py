"""Time, as something that is handed in: a test's clock does not wait."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and lets it pass."""

    def now(self) -> datetime:
        """Return the moment, in UTC with a time zone."""
        ...

    def wait(self, seconds: float) -> None:
        """Let time pass, between two looks at something that takes a while."""
        ...
