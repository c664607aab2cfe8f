"""How walking a plan ended, for this time."""

from collections.abc import Iterable
from dataclasses import dataclass

from slipway.ports.journal import StageRow, StageState, Wait
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
        overdue: the way back waits past the deadline: somebody has to look.
    """

    stage: Stage
    wait: Wait
    overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class Undone:
    """A stage failed, and everything before it was taken back.

    Attributes:
        reason: the message of the stage that failed.
        owed: what could not be taken back, each with why; nothing else needed it.
    """

    reason: str
    owed: tuple[str, ...] = ()


Outcome = Completed | Parked | Undone


def owed_in(rows: Iterable[StageRow]) -> tuple[str, ...]:
    """What a journal says could not be taken back, each with why and the remedy."""
    return tuple(f"{row.stage}: {row.error}" for row in rows if row.state is StageState.OWED)
