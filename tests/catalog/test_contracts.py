"""The bands of a contract: how far a release may move a figure, as a data team writes it."""

from decimal import Decimal
from pathlib import Path

import pytest

from slipway.catalog.contracts import ContractError, read_contract
from slipway.model.contract import CONTROL_SUM, Band

_DOCUMENT = """\
schema:
  - name: revenue
    properties:
      - {{name: amount, customProperties: [{{property: currencyColumn, value: currency}}]}}
    customProperties: {bands}
"""


def _sums(folder: Path, band: str) -> Band:
    bands = f"[{{property: controlSumBand, value: {band}}}]" if band else "[]"
    (folder / "revenue.odcs.yaml").write_text(_DOCUMENT.format(bands=bands), encoding="utf-8")
    return read_contract(folder, "revenue.odcs.yaml").sums


def test_a_band_is_parts_and_perhaps_a_figure(tmp_path: Path) -> None:
    """Without one it is the platform's."""
    parts = {"below": Decimal("0.2"), "above": Decimal("0.3")}
    assert _sums(tmp_path, "") == CONTROL_SUM
    assert _sums(tmp_path, "{below: 0.2, above: 0.3}") == Band(**parts)
    assert _sums(tmp_path, "{below: 0.2, above: 0.3, absolute: 100.5}") == Band(
        **parts, absolute=Decimal("100.5")
    )


@pytest.mark.parametrize("band", ["{below: 0.2}", "0.1", "{below: 0.1, above: 0.1, absolut: 5}"])
def test_a_band_that_is_misspelt_is_no_band_of_the_platforms(tmp_path: Path, band: str) -> None:
    """The message says what to write."""
    with pytest.raises(ContractError, match=r"controlSumBand is .*, not {below: 0.1, above: 0.5}, perhaps"):
        _sums(tmp_path, band)
