"""The query: hourly totals of the postings, merged into the warehouse by account, currency and hour."""

from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.streaming.readwriter import DataStreamWriter
from sinks.warehouse import Target, Warehouse, write_batch

from ledger_postings.transforms import TOTAL_COLUMNS, totals

TARGET: Final = Target(
    table="STREAMING.LEDGER_POSTING_TOTALS",
    key=("account_id", "currency", "window_start"),
    columns=TOTAL_COLUMNS,
    replace=True,
)


def build(postings: DataFrame, warehouse: Warehouse) -> DataStreamWriter:
    """Connect source and sink; the caller names the query, its checkpoint and its trigger, and starts it.

    Args:
        postings: a stream of the columns that `transforms.totals` takes.
        warehouse: takes the totals.
    """

    def write(batch: DataFrame, _batch_id: int) -> None:
        write_batch(warehouse, TARGET, batch.withColumn("processed_at", F.current_timestamp()))

    return totals(postings).writeStream.outputMode("append").foreachBatch(write)
