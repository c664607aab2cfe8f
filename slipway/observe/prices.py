"""The dated price table: read from the package's data file, asked by item and region."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Final

from slipway.model.cost import Price
from slipway.model.errors import DefinitionError

FILE: Final = "prices.toml"
_EVERYWHERE: Final = "everywhere"


class NoPrice(DefinitionError):  # noqa: N818 - it says what is the case
    """The table does not say what something costs."""


@dataclass(frozen=True)
class PriceTable:
    """Prices by item and region.

    Attributes:
        prices: each item at most once a region.
    """

    prices: tuple[Price, ...]

    @cached_property
    def _found(self) -> dict[tuple[str, str], Price]:
        return {(price.item, price.region): price for price in self.prices}

    def price(self, item: str, region: str) -> Price:
        """Find a price.

        Args:
            item: what is bought.
            region: AWS region where it is bought.

        Raises:
            NoPrice: the table has none for the region.
        """
        found = self._found.get((item, region)) or self._found.get((item, _EVERYWHERE))
        if found is None:
            known = sorted(price.region for price in self.prices if price.item == item)
            elsewhere = f", only in {', '.join(known)}" if known else ""
            raise NoPrice(
                f"the price table has no '{item}' in {region}{elsewhere}",
                remedy=f"add it, with source and date, to slipway/observe/{FILE}, or choose what has a price",
            )
        return found


def price_table(prices: Iterable[Price]) -> PriceTable:
    """Build a table.

    Raises:
        DefinitionError: an item has two prices in a region.
    """
    known = tuple(prices)
    places = Counter((price.item, price.region) for price in known)
    for (item, region), number in places.items():
        if number > 1:
            raise DefinitionError(
                f"{FILE}: '{item}' has {number} prices in {region}", remedy="keep the one that was read last"
            )
    return PriceTable(known)


def load_prices() -> PriceTable:
    """Read the package's own table."""
    text = files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    rows = tomllib.loads(text, parse_float=Decimal)["price"]
    return price_table(Price.model_validate(row) for row in rows)
