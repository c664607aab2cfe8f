"""Money: prices, what an amount rests on, and an estimate of a month.

Amounts are US dollars. Each line of an estimate is rounded to the cent, half up, and totals are sums of
rounded lines: whoever adds up what is printed gets what is printed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, unique
from typing import Annotated, Final

from pydantic import Field

from slipway.model.environment import StackName
from slipway.model.frozen import Frozen

_CENT: Final = Decimal("0.01")


@unique
class Sureness(StrEnum):
    """How far a price can be relied on."""

    LISTED = "listed"
    """Computed from the vendor's own price list."""
    SECOND_HAND = "second-hand"
    """Told by others: documents, public repositories."""
    UNVERIFIED = "unverified"
    """General knowledge, or an upper bound where no source was found."""


@unique
class CostComponent(StrEnum):
    """What of a stack costs, in the order of reports."""

    NETWORK = "network"
    AIRFLOW = "airflow"
    SPARK = "spark"
    WAREHOUSE = "warehouse"
    BUILDS = "builds"
    OBSERVABILITY = "observability"
    STORAGE = "storage"
    KEYS = "keys"
    SOURCE = "source"


class Price(Frozen):
    """What one vendor asks for one thing in one region.

    Attributes:
        item: what is bought; an estimate asks for it by this name.
        region: AWS region, or `everywhere`.
        usd: US dollars for `per` units.
        per: how many units that buys; requests are sold by the thousand.
        unit: what is counted.
        read: when the source was read.
        source: where the figure is from.
        sure: how far it can be relied on.
    """

    item: str
    region: str
    usd: Annotated[Decimal, Field(gt=0)]
    per: Annotated[int, Field(ge=1)] = 1
    unit: str
    read: date
    source: str
    sure: Sureness

    def of(self, quantity: Decimal) -> Decimal:
        """Return the amount for a quantity, rounded to the cent."""
        return (quantity * self.usd / self.per).quantize(_CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Factor:
    """Something that an amount rests on.

    Attributes:
        name: a key of the stack file, or what of the catalog is counted.
        value: as it is written there.
        where: the file, or `catalog`.
        assumed: nobody can read it from a setting: a volume that somebody expects.
    """

    name: str
    value: str
    where: str
    assumed: bool = False


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """One driver of one stack.

    Attributes:
        stack: whose.
        component: what of the stack.
        driver: what is paid for; unique in its component.
        quantity: units a month.
        price: of a unit.
        factors: what the quantity and the choice of the price rest on.
    """

    stack: StackName
    component: CostComponent
    driver: str
    quantity: Decimal
    price: Price
    factors: tuple[Factor, ...]

    @property
    def amount(self) -> Decimal:
        """US dollars a month, rounded to the cent."""
        return self.price.of(self.quantity)

    @property
    def key(self) -> tuple[StackName, CostComponent, str]:
        """What makes it the same line in another estimate."""
        return (self.stack, self.component, self.driver)

    @property
    def assumptions(self) -> tuple[Factor, ...]:
        """The factors that are expectations."""
        return tuple(factor for factor in self.factors if factor.assumed)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A month of all stacks, against the cap.

    Attributes:
        lines: by stack and component, in the order of reports; the largest of a component first.
        cap: US dollars that a month may cost; of all stacks together.
    """

    lines: Sequence[CostLine]
    cap: Decimal

    @property
    def total(self) -> Decimal:
        """US dollars a month of all stacks."""
        return total(self.lines)

    @property
    def above_cap(self) -> bool:
        """Whether a month costs more than it may."""
        return self.total > self.cap

    def largest(self, number: int) -> Sequence[CostLine]:
        """Return the drivers that cost most, the largest first."""
        return sorted(self.lines, key=lambda line: line.amount, reverse=True)[:number]


def total(lines: Iterable[CostLine]) -> Decimal:
    """Return the sum of rounded amounts."""
    return sum((line.amount for line in lines), Decimal("0.00"))
