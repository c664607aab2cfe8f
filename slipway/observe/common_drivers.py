"""What every stack pays for: builds, logs, buckets, tables, keys, its trail."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.observe.meter import Meter, PlainDriver

_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.BUILDS, "minutes of builds", "build-minute", "build_minutes"),
        (CostComponent.OBSERVABILITY, "data events of the trail", "trail-event", "trail_events"),
        (CostComponent.STORAGE, "objects", "bucket-gigabyte", "bucket_gigabytes"),
        (CostComponent.STORAGE, "writes of objects", "bucket-write", "bucket_writes"),
        (CostComponent.STORAGE, "tables", "table-gigabyte", "table_gigabytes"),
        (CostComponent.STORAGE, "point-in-time recovery", "table-recovery-gigabyte", "table_gigabytes"),
        (CostComponent.STORAGE, "reads of tables", "table-read", "table_reads"),
        (CostComponent.STORAGE, "writes of tables", "table-write", "table_writes"),
        (CostComponent.KEYS, "requests of keys", "key-request", "key_requests"),
    )
)
_DAYS: Final = 365
_MONTHS: Final = 12


def common_lines(meter: Meter, *, keys: int) -> Iterator[CostLine]:
    """Price what every stack has.

    Args:
        meter: of the stack.
        keys: how many KMS keys it declares.
    """
    yield from meter.plain(_PLAIN)
    yield meter.line(CostComponent.KEYS, "keys", "key", keys)


def log_lines(meter: Meter, gigabytes: int, retention: Factor, *why: Factor) -> Iterator[CostLine]:
    """Price logs: once when they are written, and as long as they stay.

    After a whole retention there is as much as it keeps: that is what is priced, from the first month on, and
    uncompressed, an upper bound.

    Args:
        meter: of the stack.
        gigabytes: written a month.
        retention: the setting that tells the days.
        why: what the gigabytes rest on.
    """
    component = CostComponent.OBSERVABILITY
    yield meter.line(component, "logs written", "log-gigabyte", gigabytes, *why)
    kept = Decimal(gigabytes * _MONTHS * int(retention.value)) / _DAYS
    yield meter.line(component, "logs kept", "kept-log-gigabyte", kept, *why, retention)
