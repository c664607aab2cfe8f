"""What the jobs write is what dbt reads, and money has the same digits everywhere."""

import csv
from pathlib import Path

import chargeback_matching.transforms as chargebacks
import pytest
import settlement_enrichment.transforms as settlement
import yaml
from settlement_enrichment import networks

DBT = Path(__file__).resolve().parents[2] / "dbt"


def source(pipeline: str) -> list[str]:
    """Columns of the source that a pipeline stages."""
    read = yaml.safe_load((DBT / f"models/staging/{pipeline}/_{pipeline}.yml").read_text())
    return [column["name"] for column in read["sources"][0]["tables"][0]["columns"]]


@pytest.mark.parametrize(
    ("pipeline", "columns"),
    [("settlement_files", settlement.LINE_COLUMNS), ("chargebacks", chargebacks.MATCH_COLUMNS)],
)
def test_a_job_writes_the_columns_of_its_source(pipeline: str, columns: tuple[str, ...]) -> None:
    assert sorted([*columns, "loaded_at", "source_file"]) == sorted(source(pipeline))


def test_minor_units_are_those_of_the_seed() -> None:
    with (DBT / "seeds/currencies.csv").open() as file:
        seed = {row["currency"]: int(row["minor_units"]) for row in csv.DictReader(file)}
    assert seed == networks.MINOR_UNITS == chargebacks.MINOR_UNITS
    assert set(networks.CURRENCY_NUMBERS.values()) == set(seed)
