"""What a way back owes: how often it is tried again, and for how long, where waiting can change anything."""

from datetime import timedelta
from typing import Final

from slipway.stages import Owed, Run, StageFailed

_AGAIN: Final = timedelta(minutes=5)
_TRIED_FOR: Final = timedelta(minutes=30)


def owed(why: StageFailed, run: Run) -> Owed:
    """Say that a stage could not be taken back, for a reason that may pass or may not.

    Args:
        why: what says no.
        run: the deployment, on its way back.
    """
    return Owed(why=why, again=run.clock.now() + _AGAIN, until=run.began + _TRIED_FOR)


def owed_for_good(why: StageFailed, run: Run) -> Owed:
    """Say that a stage could not be taken back, for a reason that only people can remove.

    Args:
        why: what says no.
        run: the deployment, on its way back.
    """
    now = run.clock.now()
    return Owed(why=why, again=now, until=now)
