"""The bands of a contract: how far a release may move a figure, as a data team writes it."""

from decimal import Decimal
from pathlib import Path

import pytest

from slipway.catalog.contracts import ContractError, read_contract
from slipway.model.contract import CONTROL_SUM, Band
from slipway.model.snowflake_objects import Column

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


_SPLIT = """\
schema:
  - name: revenue
    properties:
      - name: amount
        customProperties:
          - {{property: currencyColumn, value: currency}}
          - {{property: controlSumBy, value: {by}}}
      - {{name: currency}}
      - {{name: country, physicalName: country_code, classification: internal}}
      - {{name: merchant, classification: confidential}}
      - {{name: free}}
"""


def _splits(folder: Path, by: str) -> dict[Column, tuple[Column, ...]]:
    (folder / "revenue.odcs.yaml").write_text(_SPLIT.format(by=by), encoding="utf-8")
    return dict(read_contract(folder, "revenue.odcs.yaml").splits)


def test_a_contract_says_what_a_control_sum_is_split_by(tmp_path: Path) -> None:
    """By the columns as they are stored; the currency alone where it says nothing."""
    amount, currency, country = Column("AMOUNT"), Column("CURRENCY"), Column("COUNTRY_CODE")
    assert _splits(tmp_path, "[currency, country]") == {amount: (currency, country)}
    assert _splits(tmp_path, "[country]") == {amount: (country,)}
    assert _splits(tmp_path, "null") == {amount: (currency,)}


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("country", "controlSumBy of amount is 'country', no list of columns"),
        ("[]", "no list of columns such as"),
        ("[nosuch]", "names 'nosuch', which is no column of revenue"),
        (
            "[merchant]",
            "names merchant, which is classified confidential: its values would stand in evidence",
        ),
        ("[free]", "names free, which is classified nowhere"),
    ],
)
def test_what_cannot_name_a_sum_is_refused(tmp_path: Path, by: str, said: str) -> None:
    """A promise that is misspelt is no promise, and evidence tells no values that people may not see."""
    with pytest.raises(ContractError, match=said):
        _splits(tmp_path, by)
