"""The slots in which things are counted: five minutes of the clock each, the same for whoever counts. Pure.

A count has no memory of the report before. Every report tells the last closed slots anew, each under its own
beginning, and alarms and graphs take the largest number that was told of a slot: a report that comes twice,
early or late counts nothing twice, and a failure is lost only when every report of a quarter of an hour is.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from slipway.model.signals import REPORTED_EVERY, SLOTS_TOLD

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""CloudWatch's periods are counted from here too: a slot is exactly one period of an alarm."""


def closed_slots(now: datetime) -> tuple[datetime, ...]:
    """Return the beginnings of the last slots that have ended, oldest first.

    Args:
        now: with a time zone.
    """
    running = now - (now - _EPOCH) % REPORTED_EVERY
    return tuple(running - REPORTED_EVERY * back for back in range(SLOTS_TOLD, 0, -1))


def is_within(moment: datetime, slot: datetime) -> bool:
    """Whether something happened in a slot: its beginning is part of it, its end is the next one's."""
    return timedelta() <= moment - slot < REPORTED_EVERY
