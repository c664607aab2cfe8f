"""Budgets and credits together stay within the cap, and hold what a month is expected to cost."""

from decimal import Decimal

import pytest

from slipway.catalog.cost_settings import GuardSettings, read_guard_settings
from slipway.model.cost import CostComponent, Estimate
from slipway.model.environment import Environment, StackName
from slipway.observe.limits import Limits, LimitsAboveCap, limits
from slipway.observe.prices import load_prices
from tests.doubles.declared_stacks import declared
from tests.doubles.priced_stacks import ROOT, estimated
from tests.observe.test_cost import YEAR_AHEAD

WATCHED = (
    "audits of what runs publish",
    "candidates of releases",
    "checks of pull requests",
    "masking of clones for checks",
)


@pytest.fixture(scope="module")
def guards() -> GuardSettings:
    """Those of the repository's own stack files."""
    return read_guard_settings(lambda name: (ROOT / name).read_bytes(), "here")


@pytest.fixture(scope="module")
def ahead() -> Estimate:
    """A month with 250 pipelines."""
    return estimated(counts=YEAR_AHEAD)


def test_the_own_stacks_cannot_pass_the_cap_in_silence(guards: GuardSettings, ahead: Estimate) -> None:
    """At all budgets, all credits, and with 250 pipelines' storage and everybody's seat."""
    found = limits(guards, ahead, load_prices())
    # 212 + 2,010 + 3,955 + 3,560; 2,240 credits x 3; 60 seats x 21 + 12 TB x 23
    assert (found.budgets, found.credits * found.credit_usd) == (Decimal(9737), Decimal(6720))
    assert found.unlimited == Decimal("1536.00")
    assert found.total == Decimal("17993.00")
    found.require_within_cap()


@pytest.mark.parametrize("stack", StackName)
def test_what_250_pipelines_cost_an_account_is_within_its_budget(
    guards: GuardSettings, ahead: Estimate, stack: StackName
) -> None:
    """A budget that a good month passes is one that nobody reads."""
    own = guards.shared if stack is StackName.SHARED else guards.environments[Environment(stack.value)]
    expected = sum(
        line.amount
        for line in ahead.lines
        if line.stack is stack and line.component not in {CostComponent.WAREHOUSE, CostComponent.SOURCE}
    )
    assert 0.8 * own.monthly_budget < expected < own.monthly_budget


def test_what_250_pipelines_take_of_snowflake_is_within_every_monitor(
    guards: GuardSettings, ahead: Estimate
) -> None:
    """The account's holds what all environments may take, and what their rollbacks are expected to."""
    quotas = 0
    for environment in Environment:
        stack = StackName(environment.value)
        own = [line for line in ahead.lines if line.stack is stack and line.driver in WATCHED]
        quota = declared(stack).one("snowflake:index/resourceMonitor:ResourceMonitor").inputs["creditQuota"]
        assert sum(line.quantity for line in own) <= quota, stack
        quotas += int(quota)
    rollbacks = sum(line.quantity for line in ahead.lines if line.driver == "rollbacks and rehearsals")
    assert quotas + rollbacks <= guards.shared.monthly_credits


def test_limits_above_the_cap_are_refused_with_their_parts() -> None:
    """A person sees what to turn down."""
    found = Limits(
        budgets=Decimal(10_000),
        credits=3_000,
        credit_usd=Decimal(3),
        unlimited=Decimal("1490.00"),
        cap=Decimal(18_000),
    )
    with pytest.raises(LimitsAboveCap) as refused:
        found.require_within_cap()
    assert refused.value.message == (
        "a month at its limits costs $20,490.00, above the cap of $18,000.00: budgets of $10,000.00, "
        "3,000 Snowflake credits at $3, and $1,490.00 that nothing limits"
    )
    assert "slipway:monthlyBudget" in refused.value.remedy
