"""What a month may cost before somebody is told: budgets and credits together, against the cap. Pure.

Budgets of AWS accounts and Snowflake's monitors tell, each for itself; only together they say whether a month
of everything can pass the cap in silence. What nothing limits (seats, storage in Snowflake) counts as it is
estimated.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from slipway.catalog.cost_settings import GuardSettings
from slipway.model.cost import CostComponent, Estimate, total
from slipway.model.errors import DefinitionError
from slipway.observe.prices import PriceTable

_STORAGE: Final = "snowflake-terabyte"


class LimitsAboveCap(DefinitionError):  # noqa: N818 - it says what is the case
    """A month may cost more than the cap, and no budget or monitor would tell."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Up to where a month costs money in silence.

    Attributes:
        budgets: US dollars of all AWS accounts.
        credits: of the one Snowflake account.
        credit_usd: what one costs.
        unlimited: US dollars that nothing limits, as estimated.
        cap: US dollars that a month may cost.
    """

    budgets: Decimal
    credits: int
    credit_usd: Decimal
    unlimited: Decimal
    cap: Decimal

    @property
    def total(self) -> Decimal:
        """US dollars a month."""
        return self.budgets + self.credits * self.credit_usd + self.unlimited

    def require_within_cap(self) -> None:
        """Refuse limits that the cap does not hold.

        Raises:
            LimitsAboveCap: a month at all limits costs more than the cap.
        """
        if self.total <= self.cap:
            return
        raise LimitsAboveCap(
            f"a month at its limits costs ${self.total:,.2f}, above the cap of ${self.cap:,.2f}: budgets of "
            f"${self.budgets:,.2f}, {self.credits:,} Snowflake credits at ${self.credit_usd}, and "
            f"${self.unlimited:,.2f} that nothing limits",
            remedy="lower slipway:monthlyBudget or slipway:monthlyCredits, or raise slipway:cost.monthlyCap",
        )


def limits(guards: GuardSettings, found: Estimate, prices: PriceTable) -> Limits:
    """Add up what tells, and what nothing limits.

    Args:
        guards: budgets and credits of the stacks.
        found: the estimate of the same stacks.
        prices: what a credit costs.

    Raises:
        NoPrice: the table has no price of a credit.
    """
    edition = guards.shared.cost.snowflake_edition
    credit = prices.price(f"snowflake-{edition}-credit", guards.shared.region)
    unlimited = (
        line for line in found.lines if line.component is CostComponent.SOURCE or line.price.item == _STORAGE
    )
    return Limits(
        budgets=Decimal(guards.budgets),
        credits=guards.shared.monthly_credits,
        credit_usd=credit.usd,
        unlimited=total(unlimited),
        cap=Decimal(guards.shared.cost.monthly_cap),
    )
