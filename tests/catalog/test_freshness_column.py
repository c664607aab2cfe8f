"""Which column of a table tells how fresh it is, as its contract says."""

from pathlib import Path

import pytest

from slipway.catalog.contracts import ContractError, read_freshness_column

CONTRACT = """\
schema:
  - name: settlements
    physicalName: MARTS.SETTLEMENTS
    properties:
      - {{name: loaded_at, physicalName: loaded_utc, physicalType: TIMESTAMP_NTZ}}
slaProperties:
  - {{property: retention, value: 7, unit: y, element: settlements.nothing}}
{latency}"""


def _read(folder: Path, *latencies: str) -> str | None:
    lines = [f"  - {{property: latency, value: 26, unit: h{each}}}\n" for each in latencies]
    (folder / "c.yaml").write_text(CONTRACT.format(latency="".join(lines)), encoding="utf-8")
    return read_freshness_column(folder, "c.yaml")


@pytest.mark.parametrize(
    ("latencies", "column"),
    [((), None), (("",), None), ((", element: settlements.loaded_at",), "LOADED_UTC")],
)
def test_the_element_of_latency_is_the_column(
    tmp_path: Path, latencies: tuple[str, ...], column: str | None
) -> None:
    """As Snowflake stores it; elements of other service levels are other matters."""
    assert _read(tmp_path, *latencies) == column


@pytest.mark.parametrize(
    ("latencies", "said"),
    [
        ((", element: loaded_at",), "loaded_at"),
        ((", element: settlements.loaded",), "settlements.loaded"),
        (
            (", element: settlements.loaded_at", ", element: settlements.b"),
            "settlements.loaded_at, settlements.b",
        ),
    ],
)
def test_an_element_that_is_no_column_is_refused(
    tmp_path: Path, latencies: tuple[str, ...], said: str
) -> None:
    """Passed over, it would be read as a table that is built anew every time."""
    with pytest.raises(ContractError) as refused:
        _read(tmp_path, *latencies)
    told = f"the element of latency is {said}, no column such as settlements.loaded_at"
    assert refused.value.message == f"c.yaml is no contract that can be read: {told}"
