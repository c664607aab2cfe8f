"""The query: judge a batch once, write valid events to the warehouse, return rejected ones to the gateway."""

from collections.abc import Callable
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql.streaming.readwriter import DataStreamWriter
from sinks.warehouse import Target, Warehouse, write_batch

from payment_events.transforms import EVENT_COLUMNS, enrich, judge, rejects

TARGET: Final = Target(
    table="STREAMING.PAYMENT_EVENTS",
    key=("kafka_topic", "kafka_partition", "kafka_offset"),
    columns=EVENT_COLUMNS,
    replace=False,
)

Publish = Callable[[DataFrame], None]
"""Sends rejected events to their topic."""


def build(events: DataFrame, warehouse: Warehouse, publish: Publish) -> DataStreamWriter:
    """Connect source and sinks; the caller names the query, its checkpoint and its trigger, and starts it.

    Args:
        events: the stream that `sinks.kafka.read` returns, or one of the same columns.
        warehouse: takes the valid events.
        publish: takes the rejected events. At least once: the gateway drops what it knows by topic and
            offset.
    """

    def write(batch: DataFrame, _batch_id: int) -> None:
        judged = judge(batch).persist()
        try:
            write_batch(warehouse, TARGET, enrich(judged))
            publish(rejects(judged))
        finally:
            judged.unpersist()

    return events.writeStream.foreachBatch(write)
