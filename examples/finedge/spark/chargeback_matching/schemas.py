"""What the job reads: dispute files of the card networks and the archive of the topic payments.events."""

from typing import Final

from pyspark.sql.types import (
    DateType,
    DecimalType,
    LongType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

DISPUTES: Final = StructType(
    [
        StructField("chargeback_id", StringType()),
        StructField("network", StringType()),
        StructField("network_reference", StringType()),
        StructField("merchant_id", LongType()),
        StructField("reason_code", StringType()),
        StructField("status", StringType()),
        StructField("amount", DecimalType(18, 2)),
        StructField("currency", StringType()),
        StructField("received_on", DateType()),
        StructField("reported_at", TimestampType()),
    ]
)

EVENTS: Final = StructType(
    [
        StructField("event_id", StringType()),
        StructField("payment_id", StringType()),
        StructField("merchant_id", LongType()),
        StructField("event_type", StringType()),
        StructField("amount_minor", LongType()),
        StructField("currency", StringType()),
        StructField("occurred_at", TimestampType()),
        StructField("network_reference", StringType()),
    ]
)

ARCHIVE: Final = StructType([*EVENTS.fields, StructField("event_date", DateType())])
"""The events with the partition column of the archive's folders."""
