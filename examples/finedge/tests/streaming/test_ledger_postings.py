"""The ledger postings query on a real stream: exact sums, an hour once, repeats ignored, late counted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from doubles import MemoryWarehouse
from ledger_postings.query import TARGET, build
from pyspark.sql import SparkSession
from pyspark.sql.streaming import StreamingQuery
from pyspark.sql.types import DecimalType, LongType, StringType, StructField, StructType, TimestampType

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
SCHEMA = StructType(
    [
        StructField("posting_id", StringType()),
        StructField("account_id", LongType()),
        StructField("direction", StringType()),
        StructField("amount", DecimalType(18, 2)),
        StructField("currency", StringType()),
        StructField("posted_at", TimestampType()),
    ]
)
POSTING: dict[str, Any] = {
    "account_id": 7,
    "direction": "credit",
    "amount": Decimal("0.10"),
    "currency": "EUR",
    "posted_at": NOON,
}


def drain(
    spark: SparkSession, folder: Path, warehouse: MemoryWarehouse, postings: dict[str, Any]
) -> StreamingQuery:
    """Append changed copies of the one posting as one batch and run the query until it has read them."""
    rows = [POSTING | {"posting_id": name} | change for name, change in postings.items()]
    spark.createDataFrame(rows, SCHEMA).coalesce(1).write.mode("append").parquet(f"{folder}/topic")
    stream = spark.readStream.schema(SCHEMA).parquet(f"{folder}/topic")
    writer = build(stream, warehouse).option("checkpointLocation", f"{folder}/checkpoint")
    query = writer.trigger(availableNow=True).start()
    query.awaitTermination()
    return query


def totals(warehouse: MemoryWarehouse) -> dict[tuple[int, str, int], tuple[Decimal, Decimal, int]]:
    """Debits, credits and count by account, currency and hour."""
    return {
        (row["account_id"], row["currency"], row["window_start"].hour): (
            row["debit_total"],
            row["credit_total"],
            row["posting_count"],
        )
        for row in warehouse.rows.values()
    }


def dropped(query: StreamingQuery) -> int:
    """Rows that came later than the watermark in all batches of a run."""
    return sum(
        operator["numRowsDroppedByWatermark"]
        for progress in query.recentProgress
        for operator in progress["stateOperators"]
    )


def test_an_hour_is_written_once_it_can_change_no_more(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = MemoryWarehouse(TARGET)
    first = {
        "a": {},
        "b": {"amount": Decimal("0.20")},
        "c": {"direction": "debit", "amount": Decimal("9007199254740993.01")},
        "dollar": {"currency": "USD"},
        "last_instant": {"posted_at": NOON + timedelta(minutes=59, seconds=59, microseconds=999999)},
        "next_hour": {"posted_at": NOON + timedelta(hours=1)},
    }
    drain(spark, tmp_path, warehouse, first)
    assert totals(warehouse) == {}

    # Within the watermark: late by two hours less a moment, and a posting that the connector sends again.
    drain(
        spark,
        tmp_path,
        warehouse,
        {"late": {}, "a": {}, "at_three": {"posted_at": NOON + timedelta(hours=3)}},
    )
    expected = {
        (7, "EUR", 12): (Decimal("9007199254740993.01"), Decimal("0.50"), 5),
        (7, "USD", 12): (Decimal("0.00"), Decimal("0.10"), 1),
    }
    assert totals(warehouse) == expected

    # Beyond it: dropped, counted, and the written hour stays as it was.
    query = drain(spark, tmp_path, warehouse, {"too_late": {"posted_at": NOON + timedelta(minutes=30)}})
    assert dropped(query) == 1
    assert totals(warehouse) == expected
