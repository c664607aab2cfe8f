"""One line that says how many stages of a plan are done, where a line on each would be too many."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from slipway.ports.clock import Clock
from slipway.ports.reporter import Task

_SHOWN_EVERY: Final = timedelta(seconds=5)
"""Not more often: a log that is no terminal has a line for each time."""


@dataclass(kw_only=True)
class StageCount:
    """Counts what is done, and shows it now and then.

    Attributes:
        of: how many stages the plan has.
        done: how many were done before.
        clock: tells the time.
        task: shows it.
    """

    of: int
    done: int
    clock: Clock
    task: Task
    _shown: datetime | None = field(default=None, init=False)

    def one_more(self) -> None:
        """Count a stage that is done."""
        self.done += 1
        now = self.clock.now()
        if self._shown is None or now - self._shown >= _SHOWN_EVERY:
            self._shown = now
            self.task.update(f"{self.done} of {self.of} done")
