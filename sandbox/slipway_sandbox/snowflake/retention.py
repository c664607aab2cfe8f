"""How long what was dropped or overwritten can be had back: DATA_RETENTION_TIME_IN_DAYS.

Sources: https://docs.snowflake.com/en/user-guide/data-time-travel and
https://docs.snowflake.com/en/sql-reference/parameters#data-retention-time-in-days. What a dropped container
holds is kept as long as the container.
"""

from datetime import datetime, timedelta
from typing import Final

from slipway_sandbox.snowflake.catalogue.catalogue import Catalogue
from slipway_sandbox.snowflake.catalogue.objects import (
    ACCOUNT,
    ObjectKind,
    Persistence,
    SettingsBody,
    TableBody,
    Thing,
)
from slipway_sandbox.snowflake.errors import SnowflakeError, invalid_value
from slipway_sandbox.snowflake.identifiers import written

PARAMETER: Final = "DATA_RETENTION_TIME_IN_DAYS"
_DEFAULT_DAYS: Final = 1
_MOST_DAYS: Final = 90
_MOST_DAYS_OF_TRANSIENT: Final = 1


def days_of(catalogue: Catalogue, thing: Thing) -> int:
    """The days that count for an object: its own, else its container's, else one."""
    own = _own_days(thing)
    if own is None:
        own = _DEFAULT_DAYS if thing.parent == ACCOUNT else days_of(catalogue, catalogue.things[thing.parent])
    is_short = isinstance(thing.body, TableBody) and thing.body.persistence is not Persistence.PERMANENT
    return min(own, _MOST_DAYS_OF_TRANSIENT) if is_short else own


def given_days(value: str, persistence: Persistence = Persistence.PERMANENT) -> int:
    """Read the parameter as a statement sets it.

    Raises:
        SnowflakeError: 1008, it is no number of days that such an object can have.
    """
    most = _MOST_DAYS if persistence is Persistence.PERMANENT else _MOST_DAYS_OF_TRANSIENT
    if not value.isdecimal() or int(value) > most:
        raise invalid_value(f"invalid value [{value}] for parameter '{PARAMETER}'")
    return int(value)


def is_beyond(catalogue: Catalogue, thing: Thing, now: datetime) -> bool:
    """Whether a dropped object, or one in a dropped container, can no longer be had back."""
    return any(
        each.dropped_on is not None and each.dropped_on + timedelta(days=days_of(catalogue, each)) <= now
        for each in (thing, *catalogue.containers(thing))
    )


def last_dropped(catalogue: Catalogue, kind: ObjectKind, parent: int, name: str, now: datetime) -> Thing:
    """What UNDROP brings back.

    Raises:
        SnowflakeError: nothing of that name was dropped, or its time is over.
    """
    left = [each for each in catalogue.dropped(parent, kind, name) if not is_beyond(catalogue, each, now)]
    if not left:
        raise purged(kind, name)
    return left[0]


def purged(kind: ObjectKind, name: str) -> SnowflakeError:
    """What UNDROP says of what it cannot bring back."""
    return SnowflakeError(
        2003,
        "02000",
        f"SQL compilation error:\n{kind.capitalize()} {written(name)} did not exist or was purged.",
    )


def _own_days(thing: Thing) -> int | None:
    match thing.body:
        case TableBody(retention_days=days):
            return days
        case SettingsBody(settings=settings) if PARAMETER in settings:
            return int(settings[PARAMETER])
        case _:
            return None
