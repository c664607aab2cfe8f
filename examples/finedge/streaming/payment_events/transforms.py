"""Pure transformations: the gateway's events in; valid events and rejected events out. No source, no sink."""

from decimal import Decimal
from enum import StrEnum, unique
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.types import DecimalType

MONEY: Final = DecimalType(18, 2)
MINOR_UNITS: Final = MappingProxyType(
    {"CHF": 2, "DKK": 2, "EUR": 2, "GBP": 2, "JPY": 0, "NOK": 2, "PLN": 2, "SEK": 2, "USD": 2}
)
"""Digits after the decimal point; the seed `currencies` says the same."""

EVENT_TYPES: Final = ("authorised", "captured", "refunded", "declined")
MAXIMUM_AMOUNT_MINOR: Final = 10**16 - 1
"""What fits NUMBER(18,2) in the currencies without minor units."""


@unique
class Reason(StrEnum):
    """Why an event is rejected; the gateway reads it."""

    MISSING_FIELD = "missing_field"
    UNKNOWN_EVENT_TYPE = "unknown_event_type"
    UNSUPPORTED_CURRENCY = "unsupported_currency"
    AMOUNT_OUT_OF_RANGE = "amount_out_of_range"
    FROM_THE_FUTURE = "from_the_future"


EVENT_COLUMNS: Final = (
    "event_id",
    "payment_id",
    "merchant_id",
    "event_type",
    "amount",
    "currency",
    "amount_minor",
    "occurred_at",
    "processed_at",
    "kafka_topic",
    "kafka_partition",
    "kafka_offset",
)
"""The columns of STREAMING.PAYMENT_EVENTS."""

REJECTED_COLUMNS: Final = (
    "event_id",
    "payment_id",
    "merchant_id",
    "reason",
    "kafka_topic",
    "kafka_partition",
    "kafka_offset",
)
"""The fields of the topic payments.events.rejected."""

_REQUIRED: Final = (
    "event_id",
    "payment_id",
    "merchant_id",
    "event_type",
    "amount_minor",
    "currency",
    "occurred_at",
)


def judge(events: DataFrame) -> DataFrame:
    """Add the column `reason`: null for a valid event. The first reason that holds is given.

    Args:
        events: fields of the reader schema with the columns that `sinks.kafka.read` adds.
    """
    return events.withColumn("reason", _reason())


def enrich(judged: DataFrame) -> DataFrame:
    """The valid events with their exact decimal amount.

    Returns:
        `EVENT_COLUMNS`.
    """
    valid = judged.where(F.col("reason").isNull())
    amount = (F.col("amount_minor").cast(DecimalType(18, 0)) * _scale()).cast(MONEY)
    return valid.withColumns({"amount": amount, "processed_at": F.current_timestamp()}).select(*EVENT_COLUMNS)


def rejects(judged: DataFrame) -> DataFrame:
    """The rejected events; with `enrich` they are all events.

    Returns:
        `REJECTED_COLUMNS`.
    """
    return judged.where(F.col("reason").isNotNull()).select(*REJECTED_COLUMNS)


def _reason() -> Column:
    return (
        F.when(reduce(or_, (F.col(name).isNull() for name in _REQUIRED)), str(Reason.MISSING_FIELD))
        .when(~F.col("event_type").isin(*EVENT_TYPES), str(Reason.UNKNOWN_EVENT_TYPE))
        .when(~F.col("currency").isin(*MINOR_UNITS), str(Reason.UNSUPPORTED_CURRENCY))
        .when(~F.col("amount_minor").between(0, MAXIMUM_AMOUNT_MINOR), str(Reason.AMOUNT_OUT_OF_RANGE))
        # The broker's clock, not ours: a batch that runs again must judge the same.
        .when(
            F.col("occurred_at") > F.col("appended_at") + F.expr("interval 5 minutes"),
            str(Reason.FROM_THE_FUTURE),
        )
    )


def _scale() -> Column:
    scale: Column = F.lit(None)
    for currency, digits in MINOR_UNITS.items():
        scale = F.when(F.col("currency") == currency, F.lit(Decimal(1).scaleb(-digits))).otherwise(scale)
    return scale
