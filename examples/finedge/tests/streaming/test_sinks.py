"""The statement that takes a batch in, and the settings of a stream."""

import json
from pathlib import Path

import pytest
from sinks.settings import parse
from sinks.warehouse import Target, merge_statement

SETTINGS = {
    "query": "payment-events",
    "bootstrap_servers": "broker:9092",
    "topic": "payments.events",
    "starting_offsets": "earliest",
    "checkpoint": "s3://checkpoints/payment-events",
    "reader_schema": "payments.events-value.v2.avsc",
    "rejected_topic": "payments.events.rejected",
    "snowflake": {"sfDatabase": "FINEDGE_DEV"},
    "trigger_seconds": 10,
}


def test_rows_that_never_change_are_only_inserted() -> None:
    target = Target(
        table="S.T", key=("part", "position"), columns=("part", "position", "amount"), replace=False
    )
    assert merge_statement(target) == (
        "merge into S.T as target using S.T__BATCH as batch"
        " on target.part = batch.part and target.position = batch.position"
        " when not matched then insert (part, position, amount)"
        " values (batch.part, batch.position, batch.amount)"
    )


def test_rows_that_are_replaced_keep_their_key() -> None:
    target = Target(table="S.T", key=("account",), columns=("account", "total"), replace=True)
    assert " when matched then update set total = batch.total when not matched" in merge_statement(target)


def test_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(SETTINGS))
    assert parse(["--settings", str(path)]).snowflake == {"sfDatabase": "FINEDGE_DEV"}


@pytest.mark.parametrize("change", [{"triger_seconds": 5}, {"topic": None}])
def test_an_unknown_or_missing_setting_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        json.dumps({name: value for name, value in (SETTINGS | change).items() if value is not None})
    )
    with pytest.raises(TypeError, match=r"triger_seconds|topic"):
        parse(["--settings", str(path)])
