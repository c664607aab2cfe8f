"""Pure transformations: postings in, hourly totals out. No source, no sink.

The windows and keys are the state of the query: changing one needs a new checkpoint, so a release that does
is shipped beside the old query, never in its place.
"""

from typing import Final

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812  # the name every Spark developer reads
from pyspark.sql.types import DecimalType

MONEY: Final = DecimalType(18, 2)
WINDOW: Final = "1 hour"
WATERMARK: Final = "2 hours"
"""How late a posting may be. The ledger posts within minutes; two hours cover a restart of its connector."""

TOTAL_COLUMNS: Final = (
    "account_id",
    "currency",
    "window_start",
    "window_end",
    "debit_total",
    "credit_total",
    "posting_count",
    "processed_at",
)
"""The columns of STREAMING.LEDGER_POSTING_TOTALS."""


def totals(postings: DataFrame) -> DataFrame:
    """Sum postings by account, currency and hour.

    A posting that the connector sent twice counts once; one that is later than the watermark is dropped, and
    the query's metric numRowsDroppedByWatermark counts it.

    Args:
        postings: posting_id, account_id, direction (debit, credit), amount, currency, posted_at.

    Returns:
        `TOTAL_COLUMNS` without processed_at; in append mode a row appears once, when its hour can change no
        more.
    """
    timely = postings.withWatermark("posted_at", WATERMARK)
    once = timely.dropDuplicatesWithinWatermark(["posting_id"])
    grouped = once.groupBy(F.window("posted_at", WINDOW), "account_id", "currency")
    summed = grouped.agg(
        _sum_of("debit").alias("debit_total"),
        _sum_of("credit").alias("credit_total"),
        F.count(F.lit(1)).alias("posting_count"),
    )
    return summed.select(
        "account_id",
        "currency",
        F.col("window.start").alias("window_start"),
        F.col("window.end").alias("window_end"),
        "debit_total",
        "credit_total",
        "posting_count",
    )


def _sum_of(direction: str) -> Column:
    amount = F.when(F.col("direction") == direction, F.col("amount")).otherwise(F.lit(0).cast(MONEY))
    return F.sum(amount.cast(MONEY)).cast(MONEY)
