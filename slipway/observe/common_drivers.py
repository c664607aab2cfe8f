"""What every stack pays for: builds, data on the network, logs, buckets, tables, keys, its trail."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.observe.meter import Meter, PlainDriver

_PLAIN: Final = tuple(
    PlainDriver(component=component, driver=driver, item=item, volume=volume)
    for component, driver, item, volume in (
        (CostComponent.BUILDS, "minutes of builds", "build-minute", "build_minutes"),
        (CostComponent.NETWORK, "data through NAT gateways", "nat-gigabyte", "nat_gigabytes"),
        (CostComponent.NETWORK, "data through endpoints", "endpoint-gigabyte", "endpoint_gigabytes"),
        (CostComponent.OBSERVABILITY, "data events of the trail", "trail-event", "trail_events"),
        (CostComponent.OBSERVABILITY, "mails of alarms", "alarm-mail", "alarm_mails"),
        (CostComponent.STORAGE, "objects", "bucket-gigabyte", "bucket_gigabytes"),
        (CostComponent.STORAGE, "writes of objects", "bucket-write", "bucket_writes"),
        (CostComponent.STORAGE, "tables", "table-gigabyte", "table_gigabytes"),
        (CostComponent.STORAGE, "point-in-time recovery", "table-recovery-gigabyte", "table_gigabytes"),
        (CostComponent.STORAGE, "reads of tables", "table-read", "table_reads"),
        (CostComponent.STORAGE, "writes of tables", "table-write", "table_writes"),
        (CostComponent.KEYS, "requests of keys", "key-request", "key_requests"),
    )
)
UNDELIVERED_ALARMS: Final = 1
"""Each stack has an alarm on events that reached nobody; its metric is SQS's own and costs nothing."""

SHARED_BUILD_ALARMS: Final = 3
ENVIRONMENT_BUILD_ALARMS: Final = 4
"""Alarms on builds that fail, or do not come; their metrics are CodeBuild's own and cost nothing."""

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
