"""What the streams write is what dbt reads; what they read is in the topic's schema."""

import csv
import json
from pathlib import Path
from typing import Any

import ledger_postings.query as postings
import payment_events.query as events
import payment_events.transforms as judged
import pytest
import test_ledger_postings
import test_payment_events
import yaml
from sinks.warehouse import Target

WORKSPACE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("pipeline", "target"), [("payment_events", events.TARGET), ("ledger_postings", postings.TARGET)]
)
def test_a_stream_writes_the_columns_of_its_source(pipeline: str, target: Target) -> None:
    read = yaml.safe_load((WORKSPACE / f"dbt/models/staging/{pipeline}/_{pipeline}.yml").read_text())[
        "sources"
    ][0]
    table = read["tables"][0]
    assert target.table == f"{read['schema']}.{table['name']}".upper()
    assert sorted(target.columns) == sorted(column["name"] for column in table["columns"])
    assert set(target.key) <= set(target.columns)


@pytest.mark.parametrize(
    ("schema", "stand_in"),
    [
        ("payment_events/avro/payments.events-value.v2.avsc", test_payment_events.SCHEMA),
        ("ledger_postings/avro/ledger.public.postings-value.v1.avsc", test_ledger_postings.SCHEMA),
    ],
)
def test_the_tests_read_what_the_topic_holds(schema: str, stand_in: Any) -> None:
    fields = {field["name"] for field in json.loads((WORKSPACE / "streaming" / schema).read_text())["fields"]}
    added_by_kafka = {"kafka_topic", "kafka_partition", "kafka_offset", "appended_at"}
    not_read = {"cdc_lsn"}
    assert set(stand_in.fieldNames()) - added_by_kafka == fields - not_read


def test_the_rejected_topic_holds_what_its_contract_promises() -> None:
    contract = yaml.safe_load((WORKSPACE / "contracts/topic_payment_events_rejected.odcs.yaml").read_text())
    columns = {column["name"]: column for column in contract["schema"][0]["properties"]}
    assert tuple(columns) == judged.REJECTED_COLUMNS
    assert columns["reason"]["quality"][0]["arguments"]["validValues"] == [
        str(reason) for reason in judged.Reason
    ]


def test_minor_units_are_those_of_the_seed() -> None:
    with (WORKSPACE / "dbt/seeds/currencies.csv").open() as file:
        assert {
            row["currency"]: int(row["minor_units"]) for row in csv.DictReader(file)
        } == judged.MINOR_UNITS
