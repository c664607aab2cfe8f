"""Every price has a source, a date and how far it can be relied on."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from slipway.model.cost import Price, Sureness
from slipway.model.errors import DefinitionError
from slipway.observe.prices import load_prices, price_table

NAT = Price(
    item="nat-gateway-hour",
    region="us-east-1",
    usd=Decimal("0.045"),
    unit="hours",
    read=date(2026, 11, 1),
    source="a price list",
    sure=Sureness.LISTED,
)


def test_the_own_table_is_exact_decimals() -> None:
    """0.1 in binary is not 0.1; money never passes through it."""
    prices = load_prices()
    assert prices.price("spark-gigabyte-hour", "us-east-1").usd == Decimal("0.0057785")
    assert prices.price("key-request", "us-east-1").per == 10_000
    assert all(price.source and price.unit for price in prices.prices)


def test_a_price_of_everywhere_is_found_in_each_region() -> None:
    """GitHub has no regions."""
    assert load_prices().price("github-seat", "eu-west-1").usd == Decimal(21)


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [("1", "0.05"), ("0.1", "0.00"), ("0.111112", "0.01"), ("2190", "98.55"), ("0", "0.00")],
)
def test_an_amount_is_rounded_to_the_cent_half_up(quantity: str, amount: str) -> None:
    """0.045 becomes 0.05: a bank's rounding to even would make it 0.04."""
    assert NAT.of(Decimal(quantity)) == Decimal(amount)


def test_two_prices_of_a_thing_in_a_region_are_refused() -> None:
    """Which of them would an estimate take?"""
    with pytest.raises(DefinitionError, match=r"'nat-gateway-hour' has 2 prices in us-east-1"):
        price_table([NAT, NAT.model_copy(update={"usd": Decimal(1)})])


@pytest.mark.parametrize("usd", ["0", "-1"])
def test_nothing_is_for_nothing(usd: str) -> None:
    """A price of zero is a row that somebody forgot to fill in."""
    with pytest.raises(ValidationError, match="greater than 0"):
        Price.model_validate({**NAT.model_dump(), "usd": Decimal(usd)})
