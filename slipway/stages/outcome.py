"""How walking a plan ended, for this time."""

from dataclasses import dataclass

from slipway.ports.journal import Wait
from slipway.stages.stage import Stage


@dataclass(frozen=True)
class Completed:
    """Every stage is done."""


@dataclass(frozen=True, kw_only=True)
class Parked:
    """A stage waits; the process may end, and whoever comes later continues.

    Attributes:
        stage: which one.
        wait: for what.
    """

    stage: Stage
    wait: Wait


@dataclass(frozen=True, kw_only=True)
class Undone:
    """A stage failed, and everything before it was taken back.

    Attributes:
        reason: the message of the stage that failed.
    """

    reason: str


Outcome = Completed | Parked | Undone
