"""Chargeback matching: a dispute finds its payment, or says that it did not; it never guesses between two."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chargeback_matching.main import Arguments, run
from chargeback_matching.schemas import ARCHIVE, DISPUTES, EVENTS
from chargeback_matching.transforms import captures, match
from pyspark.sql import SparkSession

DISPUTE: dict[str, Any] = {
    "chargeback_id": "D1",
    "network": "visa",
    "network_reference": "R1",
    "merchant_id": 1,
    "reason_code": "10.4",
    "status": "open",
    "amount": Decimal("12.50"),
    "currency": "EUR",
    "received_on": date(2026, 3, 6),
    "reported_at": datetime(2026, 3, 6, 5, tzinfo=UTC),
}
EVENT: dict[str, Any] = {
    "event_id": "e1",
    "payment_id": "p1",
    "merchant_id": 1,
    "event_type": "captured",
    "amount_minor": 1250,
    "currency": "EUR",
    "occurred_at": datetime(2026, 2, 1, tzinfo=UTC),
    "network_reference": "R1",
}


def matched(spark: SparkSession, disputes: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[Any]:
    """Match changed copies of the one dispute and the one event; sorted by dispute and status."""
    left = spark.createDataFrame([DISPUTE | change for change in disputes], DISPUTES)
    right = spark.createDataFrame([EVENT | change for change in events], EVENTS)
    rows = match(left, captures(right)).collect()
    found = [
        (row.chargeback_id, row.status, row.payment_id, row.merchant_id, row.match_status) for row in rows
    ]
    return sorted(found, key=str)


def without_reference(**change: Any) -> dict[str, Any]:
    return {"network_reference": None, **change}


# name of the case -> change of the dispute, changes of the events, what the dispute is then
CASES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str]] = {
    "same": ({}, [{}], "matched"),
    "amount": ({"amount": Decimal("12.49")}, [{}], "amount_differs"),
    "currency": ({"currency": "USD"}, [{}], "amount_differs"),
    # the reference decides; the merchant number of the acquirer may be an old one
    "merchant": ({"merchant_id": 99}, [{}], "matched"),
    "reference": ({"network_reference": "R2"}, [{}], "unmatched"),
    "not_captured": ({}, [{"event_type": "authorised"}], "unmatched"),
    "retried": ({}, [{}, {}], "matched"),
    "yen": ({"amount": Decimal("1250.00"), "currency": "JPY"}, [{"currency": "JPY"}], "matched"),
    "lost_reference": (without_reference(), [without_reference()], "matched"),
    "lost_and_amount": (without_reference(amount=Decimal("12.49")), [without_reference()], "unmatched"),
    "day_120": (without_reference(), [{"occurred_at": datetime(2025, 11, 6, tzinfo=UTC)}], "matched"),
    "day_121": (without_reference(), [{"occurred_at": datetime(2025, 11, 5, tzinfo=UTC)}], "unmatched"),
    "before": (without_reference(), [{"occurred_at": datetime(2026, 3, 7, tzinfo=UTC)}], "unmatched"),
    "two": (without_reference(), [without_reference(), without_reference(event_id="other")], "unmatched"),
}


def of_case(number: int, row: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Keep the cases apart: each has a merchant and references of its own."""
    changed = row | {"merchant_id": number} | change
    apart = {
        name: f"{number}:{changed[name]}" for name in ("network_reference", "event_id") if changed.get(name)
    }
    return changed | apart


def test_a_dispute_finds_its_payment_or_says_that_it_did_not(spark: SparkSession) -> None:
    disputes, events, expected = [], [], {}
    for number, (name, (dispute, changes, status)) in enumerate(CASES.items()):
        disputes.append(of_case(number, DISPUTE, dispute) | {"chargeback_id": name})
        events += [of_case(number, EVENT, change) | {"payment_id": f"p-{name}"} for change in changes]
        found = status != "unmatched"
        expected[name] = (f"p-{name}" if found else None, number if found else None, status)
    rows = matched(spark, disputes, events)
    assert {row[0]: row[2:] for row in rows} == expected
    assert len(rows) == len(CASES)


def test_each_report_of_a_dispute_is_kept_once(spark: SparkSession) -> None:
    won = {"status": "won", "reported_at": datetime(2026, 3, 20, 5, tzinfo=UTC)}
    assert matched(spark, [{}, {}, won], [{}]) == [
        ("D1", "open", "p1", 1, "matched"),
        ("D1", "won", "p1", 1, "matched"),
    ]


def test_the_job_reads_files_and_replaces_its_day(spark: SparkSession, tmp_path: Path) -> None:
    day = tmp_path / "disputes" / "date=2026-03-06"
    day.mkdir(parents=True)
    texts = {
        name: str(value) for name, value in DISPUTE.items() if name not in {"merchant_id", "reported_at"}
    }
    file = [texts | {"chargeback_id": name, "reported_at": "2026-03-06T05:00:00Z"} for name in ("D1", "D2")]
    (day / "visa.jsonl").write_text("".join(json.dumps(line) + "\n" for line in file))
    archived = [
        EVENT | {"event_date": date(2026, 2, 1)},
        EVENT | {"event_date": date(2025, 1, 1), "event_id": "old"},
    ]
    spark.createDataFrame(archived, ARCHIVE).write.partitionBy("event_date").parquet(f"{tmp_path}/events")
    arguments = Arguments(
        disputes=f"{tmp_path}/disputes",
        events=f"{tmp_path}/events",
        output=f"{tmp_path}/out",
        date=date(2026, 3, 6),
    )
    assert run(spark, arguments) == 2
    assert run(spark, arguments) == 2
    rows = spark.read.parquet(f"{tmp_path}/out/date=2026-03-06").collect()
    assert {(row.chargeback_id, row.payment_id, row.amount) for row in rows} == {
        ("D1", "p1", Decimal("12.50")),
        ("D2", "p1", Decimal("12.50")),
    }


def test_a_file_that_is_no_json_fails(spark: SparkSession, tmp_path: Path) -> None:
    day = tmp_path / "disputes" / "date=2026-03-06"
    day.mkdir(parents=True)
    (day / "visa.jsonl").write_text('{"chargeback_id": "D1", "amount": \n')
    spark.createDataFrame([EVENT | {"event_date": date(2026, 2, 1)}], ARCHIVE).write.parquet(
        f"{tmp_path}/events"
    )
    arguments = Arguments(
        disputes=f"{tmp_path}/disputes",
        events=f"{tmp_path}/events",
        output=f"{tmp_path}/out",
        date=date(2026, 3, 6),
    )
    with pytest.raises(Exception, match="MALFORMED_RECORD"):
        run(spark, arguments)
