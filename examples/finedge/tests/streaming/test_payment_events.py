"""The payment events query on a real stream: judged, exact, and written once however often a batch runs."""

import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from doubles import MemoryWarehouse
from payment_events.query import TARGET, build
from payment_events.transforms import REJECTED_COLUMNS, Reason
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType, TimestampType

APPENDED = datetime(2026, 3, 6, 12, tzinfo=UTC)
SCHEMA = StructType(
    [
        StructField("event_id", StringType()),
        StructField("payment_id", StringType()),
        StructField("merchant_id", LongType()),
        StructField("event_type", StringType()),
        StructField("amount_minor", LongType()),
        StructField("currency", StringType()),
        StructField("occurred_at", TimestampType()),
        StructField("network_reference", StringType()),
        StructField("kafka_topic", StringType()),
        StructField("kafka_partition", IntegerType()),
        StructField("kafka_offset", LongType()),
        StructField("appended_at", TimestampType()),
    ]
)
EVENT: dict[str, Any] = {
    "event_id": "e",
    "payment_id": "p",
    "merchant_id": 1,
    "event_type": "captured",
    "amount_minor": 1250,
    "currency": "EUR",
    "occurred_at": APPENDED,
    "network_reference": None,
    "kafka_topic": "payments.events",
    "kafka_partition": 0,
    "appended_at": APPENDED,
}


class Gateway:
    """Receives rejected events."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def __call__(self, rows: DataFrame) -> None:
        assert tuple(rows.columns) == REJECTED_COLUMNS
        self.reasons |= {row.event_id: row.reason for row in rows.collect()}


def append(spark: SparkSession, topic: Path, changes: list[dict[str, Any]], first_offset: int = 0) -> None:
    """Write changed copies of the one event to the folder that stands for the topic."""
    rows = [EVENT | {"kafka_offset": first_offset + index} | change for index, change in enumerate(changes)]
    spark.createDataFrame(rows, SCHEMA).coalesce(1).write.mode("append").parquet(str(topic))


def drain(spark: SparkSession, folder: Path, warehouse: MemoryWarehouse, gateway: Gateway) -> None:
    """Run the query until it has read all there is."""
    events = spark.readStream.schema(SCHEMA).parquet(f"{folder}/topic")
    writer = build(events, warehouse, gateway).option("checkpointLocation", f"{folder}/checkpoint")
    writer.trigger(availableNow=True).start().awaitTermination()


def test_events_are_judged_by_the_first_reason_that_holds(spark: SparkSession, tmp_path: Path) -> None:
    cases: dict[str, tuple[dict[str, Any], Reason | None]] = {
        "valid": ({}, None),
        "no_type": ({"event_type": None, "currency": "KWD"}, Reason.MISSING_FIELD),
        "no_time": ({"occurred_at": None}, Reason.MISSING_FIELD),
        "strange_type": ({"event_type": "settled"}, Reason.UNKNOWN_EVENT_TYPE),
        "dinar": ({"currency": "KWD", "amount_minor": -1}, Reason.UNSUPPORTED_CURRENCY),
        "negative": ({"amount_minor": -1}, Reason.AMOUNT_OUT_OF_RANGE),
        "too_large": ({"amount_minor": 10**16}, Reason.AMOUNT_OUT_OF_RANGE),
        "nothing": ({"amount_minor": 0}, None),
        "largest_yen": ({"amount_minor": 10**16 - 1, "currency": "JPY"}, None),
        "beyond_float": ({"amount_minor": 2**53 + 1}, None),
        "clock_skew": ({"occurred_at": APPENDED + timedelta(minutes=5)}, None),
        "future": ({"occurred_at": APPENDED + timedelta(minutes=5, seconds=1)}, Reason.FROM_THE_FUTURE),
        "old": ({"occurred_at": APPENDED - timedelta(days=400)}, None),
    }
    warehouse, gateway = MemoryWarehouse(TARGET), Gateway()
    append(spark, tmp_path / "topic", [{"event_id": name} | change for name, (change, _) in cases.items()])
    drain(spark, tmp_path, warehouse, gateway)
    assert gateway.reasons == {name: str(reason) for name, (_, reason) in cases.items() if reason}
    amounts = {row["event_id"]: row["amount"] for row in warehouse.rows.values()}
    assert set(amounts) == set(cases) - set(gateway.reasons)
    assert amounts["valid"] == Decimal("12.50")
    assert amounts["largest_yen"] == Decimal("9999999999999999.00")
    assert amounts["beyond_float"] == Decimal("90071992547409.93")


def test_a_batch_that_runs_again_changes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    """A crash between the sink's commit and the checkpoint's: Spark runs the batch again."""
    warehouse, gateway = MemoryWarehouse(TARGET), Gateway()
    append(spark, tmp_path / "topic", [{"event_id": "a"}, {"event_id": "b"}])
    drain(spark, tmp_path, warehouse, gateway)
    before = dict(warehouse.rows)
    shutil.rmtree(tmp_path / "checkpoint" / "commits")
    drain(spark, tmp_path, warehouse, gateway)
    assert warehouse.merges == 2
    assert warehouse.rows == before
    append(spark, tmp_path / "topic", [{"event_id": "c"}], first_offset=2)
    drain(spark, tmp_path, warehouse, gateway)
    assert sorted(row["event_id"] for row in warehouse.rows.values()) == ["a", "b", "c"]


def test_a_retry_of_the_gateway_keeps_its_offset(spark: SparkSession, tmp_path: Path) -> None:
    """Offsets are the key: that two of them hold one event is the business of the staging model."""
    warehouse, gateway = MemoryWarehouse(TARGET), Gateway()
    append(spark, tmp_path / "topic", [{"event_id": "a"}, {"event_id": "a"}])
    drain(spark, tmp_path, warehouse, gateway)
    assert sorted(key[2] for key in warehouse.rows) == [0, 1]
