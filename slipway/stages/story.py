"""Whoever listens to a deployment: the ledger and the terminal."""

from datetime import timedelta
from typing import Protocol

from slipway.ports.journal import Wait
from slipway.stages.handler import Outputs, StageFailed
from slipway.stages.outcome import Completed, Undone
from slipway.stages.stage import Stage


class Story(Protocol):
    """Is told what happens, before the journal says so: what a killed process has told is told again.

    The ledger and the terminal listen.
    """

    def begun(self, stage: Stage, sentence: str) -> None:
        """A stage begins, or is continued."""
        ...

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:
        """A stage is done, and how long after it was begun first, by whichever process."""
        ...

    def waits(self, stage: Stage, wait: Wait) -> None:
        """A stage waits."""
        ...

    def overdue(self, stage: Stage, wait: Wait) -> None:
        """What the way back waits for has not come true in time; it waits on."""
        ...

    def failed(self, stage: Stage, reason: StageFailed, outputs: Outputs) -> None:
        """A stage failed; the way back begins. With what the stage had learned until then."""
        ...

    def undone(self, stage: Stage, outputs: Outputs) -> None:
        """A stage was taken back; with what the way back has learned."""
        ...

    def owed(self, stage: Stage, why: StageFailed, outputs: Outputs) -> None:
        """A stage could not be taken back whole, and is not tried again: a debt that somebody has to pay."""
        ...

    def ended(self, outcome: Completed | Undone) -> None:
        """The deployment is about to end: told before the journal says so, so that a rerun tells it again."""
        ...
