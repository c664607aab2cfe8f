"""Turns one driver of a stack into a line of an estimate: a quantity, its price, what it rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from slipway.catalog.cost_settings import stack_file
from slipway.model.cost import CostComponent, CostLine, Factor
from slipway.model.cost_basis import KEY, CostBasis
from slipway.model.environment import StackName
from slipway.observe.prices import PriceTable

HOURS: Final = 730
"""Of a month, as the vendors' own calculators count: 8,760 / 12."""

CATALOG: Final = "catalog"


@dataclass(frozen=True, kw_only=True)
class PlainDriver:
    """A volume that is paid as it is, such as gigabytes.

    Attributes:
        component: of what.
        driver: what is paid for.
        item: its name in the price table.
        volume: the field of the cost basis.
    """

    component: CostComponent
    driver: str
    item: str
    volume: str


@dataclass(frozen=True, kw_only=True)
class Meter:
    """Measures one stack.

    Attributes:
        stack: which.
        region: where it buys.
        prices: what things cost there.
        basis: the assumptions of the stack.
    """

    stack: StackName
    region: str
    prices: PriceTable
    basis: CostBasis

    def line(
        self,
        component: CostComponent,
        driver: str,
        item: str,
        quantity: Decimal | int,
        *factors: Factor,
    ) -> CostLine:
        """Price a quantity.

        Args:
            component: of what.
            driver: what is paid for.
            item: its name in the price table.
            quantity: units a month.
            factors: what the quantity, or the choice of the item, rests on.

        Raises:
            NoPrice: the region has no price for it.
        """
        return CostLine(
            stack=self.stack,
            component=component,
            driver=driver,
            quantity=Decimal(quantity),
            price=self.prices.price(item, self.region),
            factors=factors,
        )

    def plain(self, rows: Iterable[PlainDriver]) -> Iterator[CostLine]:
        """Price volumes that are paid as they are."""
        for row in rows:
            quantity = getattr(self.basis, row.volume)
            yield self.line(row.component, row.driver, row.item, quantity, self.volume(row.volume))

    def volume(self, field: str) -> Factor:
        """Name an assumption of the stack."""
        name = f"slipway:{KEY}.{to_camel(field)}"
        value = str(getattr(self.basis, field))
        return Factor(name=name, value=value, where=stack_file(self.stack), assumed=True)

    def setting(self, settings: BaseModel, field: str) -> Factor:
        """Name a setting of the stack."""
        name = f"slipway:{to_camel(field)}"
        return Factor(name=name, value=str(getattr(settings, field)), where=stack_file(self.stack))


def counted(what: str, number: int) -> Factor:
    """Name something that the catalog has so often."""
    return Factor(name=what, value=str(number), where=CATALOG)
