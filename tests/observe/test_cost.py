"""An estimate is arithmetic that a person can repeat; each case here was done by hand."""

from decimal import Decimal
from itertools import pairwise

import pytest
from pydantic.alias_generators import to_camel

from slipway.model.cost import Estimate
from slipway.model.cost_basis import EnvironmentCostBasis, SharedCostBasis
from slipway.model.environment import Environment, StackName
from slipway.model.errors import DefinitionError
from slipway.observe.priced_parts import PipelineCounts
from slipway.observe.prices import NoPrice, PriceTable, load_prices
from tests.doubles.priced_stacks import estimated, finedge, line, settings

DEV, STAGING, PROD, SHARED = StackName.DEV, StackName.STAGING, StackName.PROD, StackName.SHARED
# FinEdge has 22 signals of 12 pipelines, two of them without a DAG; so 250 have at most two each.
YEAR_AHEAD = PipelineCounts(every=250, scheduled=208, modelled=250, signals=500, told=130)


@pytest.fixture(scope="module")
def today() -> Estimate:
    """FinEdge's four stacks with the twelve pipelines of the example."""
    return estimated()


@pytest.mark.parametrize(
    ("stack", "driver", "by_hand"),
    [
        (DEV, "NAT gateways", "32.85"),  # 1 x 730 h x 0.045
        (PROD, "NAT gateways", "98.55"),  # 3 x 730 h x 0.045
        (DEV, "endpoints", "87.60"),  # 12 services x 1 zone x 730 h x 0.01
        (PROD, "endpoints", "262.80"),  # 12 services x 3 zones x 730 h x 0.01
        (STAGING, "environment", "357.70"),  # 730 h of mw1.small x 0.49
        (PROD, "workers that wait", "40.15"),  # (2 - 1 in the environment's price) x 730 h x 0.055
        (STAGING, "vCPU of streaming queries", "1229.30"),  # 23,360 vCPU-hours x 0.052624 = 1,229.29664
        (STAGING, "memory of streaming queries", "539.94"),  # 93,440 GB-hours x 0.0057785 = 539.94304
        (PROD, "vCPU of batch jobs", "52.62"),  # 1,000 vCPU-hours x 0.052624
        (PROD, "memory of batch jobs", "23.11"),  # 4,000 GB-hours x 0.0057785 = 23.114
        (PROD, "audits of what runs publish", "180.00"),  # 12 x 75 min = 15 h of MEDIUM (4) x 3
        (STAGING, "candidates of releases", "48.00"),  # 12 x 40 min = 8 h of SMALL (2) x 3
        (PROD, "rollbacks and rehearsals", "24.00"),  # 120 min = 2 h of MEDIUM (4) x 3
        (DEV, "checks of pull requests", "220.00"),  # 4,400 min = 73.33 h of XSMALL (1) x 3
        (PROD, "logs written", "26.00"),  # (40 + 12 x 1) GB x 0.50
        (PROD, "logs kept", "18.72"),  # 52 GB a month for 12 months x 0.03
        (STAGING, "logs kept", "1.54"),  # 52 GB x 30 days / (365 / 12) x 0.03 = 1.5386
        (PROD, "alarms", "3.00"),  # (22 of 12 pipelines, 3 of the platform, 1 of events, 4 of builds) x 0.10
        (PROD, "metrics", "7.50"),  # 25 of these x 0.30; the last one's is SQS's own
        (PROD, "dashboards", "3.00"),  # 1 x 3
        (PROD, "mails of alarms", "0.02"),  # 1,000 x 2 / 100,000
        (PROD, "secrets", "12.00"),  # (6 + 12 x 2) x 0.40
        (PROD, "data events of the trail", "25.00"),  # 25 million x 0.10 / 100,000
        (SHARED, "keys", "10.00"),  # artifacts, evidence, state, trail, signing, approvals, 4 stacks' secrets
        (SHARED, "seats on GitHub", "1260.00"),  # 60 x 21
        (PROD, "writes of tables", "12.50"),  # 20 million x 0.625
    ],
)
def test_a_driver_of_finedge(today: Estimate, stack: StackName, driver: str, by_hand: str) -> None:
    """Quantity, unit and price fit each other."""
    assert line(today, stack, driver).amount == Decimal(by_hand)


def test_totals_are_what_a_reader_adds_up(today: Estimate) -> None:
    """Each line is rounded before it is added; no cent appears or goes in between."""
    cents = [int(each.amount * 100) for each in today.lines]
    assert all(each.amount == each.amount.quantize(Decimal("0.01")) for each in today.lines)
    assert int(today.total * 100) == sum(cents)


def test_drivers_have_names_of_their_own_and_the_largest_of_a_component_is_first(today: Estimate) -> None:
    """A comparison finds a line by stack, component and driver."""
    assert len({each.key for each in today.lines}) == len(today.lines)
    for one, next_ in pairwise(today.lines):
        if (one.stack, one.component) == (next_.stack, next_.component):
            assert one.amount >= next_.amount


def test_every_assumption_moves_an_amount(today: Estimate) -> None:
    """A key that nothing rests on would be filled in for nothing.

    Dev's mw1.micro adds no workers; production checks no pull requests; only its rows are masked for them.
    """
    assumed = {
        (each.stack, factor.name.removeprefix("slipway:cost."))
        for each in today.lines
        for factor in each.assumptions
    }
    facts = {"monthlyCap", "snowflakeEdition"}  # no volumes: a limit, and what the account is
    shared = {to_camel(field) for field in SharedCostBasis.model_fields} - facts
    environment = {to_camel(field) for field in EnvironmentCostBasis.model_fields}
    assert {name for stack, name in assumed if stack is SHARED} == shared
    masked = {"maskMinutes", "maskedTerabytes"}
    assert {name for stack, name in assumed if stack is STAGING} == environment - masked - {"checkMinutes"}
    assert {name for stack, name in assumed if stack is PROD} == environment - {"checkMinutes"}
    assert {name for stack, name in assumed if stack is DEV} == environment - masked - {"airflowWorkerHours"}


def test_every_price_is_used() -> None:
    """A price that nothing asks for is not kept current by anybody."""
    table, asked = load_prices(), set()
    environments = settings(sparkClusterUnits=4).environments
    for edition in ("standard", "enterprise", "business-critical"):
        told = settings()
        basis = told.shared.cost.model_copy(update={"snowflake_edition": edition})
        shared = told.shared.model_copy(update={"cost": basis})
        for scheduled in (0, 41, 201):
            counts = PipelineCounts(every=300, scheduled=scheduled, modelled=1, signals=1, told=1)
            told = type(told)(shared=shared, environments=environments)
            asked |= {each.price.item for each in estimated(told, counts).lines}
    assert asked == {price.item for price in table.prices}


def test_a_year_ahead_finedge_stays_below_its_cap() -> None:
    """250 pipelines: a larger Airflow, more candidates to audit; the cap of the product holds."""
    found = estimated(counts=YEAR_AHEAD)
    assert line(found, PROD, "environment").price.item == "airflow-mw1.large-hour"
    # 250 x 75 min = 312.5 h of MEDIUM (4 credits) x 3
    assert line(found, PROD, "audits of what runs publish").amount == Decimal("3750.00")
    # 250 x 40 min = 166.67 h of SMALL (2 credits) x 3
    assert line(found, STAGING, "candidates of releases").amount == Decimal("1000.00")
    assert line(found, PROD, "secrets").amount == Decimal("202.40")  # (6 + 250 x 2) x 0.40
    assert found.cap == Decimal(18000)
    assert not found.above_cap


def test_above_the_cap_the_largest_drivers_are_known() -> None:
    """What a person would turn down first."""
    basis = settings().environments[Environment.PROD].cost
    wasteful = basis.model_copy(update={"pipeline_audit_minutes": 6000}).model_dump(by_alias=True)
    found = estimated(settings(cost=wasteful))
    assert found.above_cap
    assert [each.driver for each in found.largest(2)] == ["audits of what runs publish", "seats on GitHub"]
    assert found.largest(1)[0].amount == Decimal("14400.00")  # 12 x 100 h of MEDIUM (4) x 3


def test_each_workload_is_priced_at_its_own_size() -> None:
    """A larger warehouse for rollbacks makes nothing else dearer."""
    sizes = {"transform": "XSMALL", "release": "SMALL", "rollback": "LARGE"}
    found = estimated(settings(warehouseSizes=sizes))
    # 15 h x 1, 4 h x 2 and 2 h x 8 credits, x 3
    assert line(found, PROD, "audits of what runs publish").amount == Decimal("45.00")
    assert line(found, PROD, "candidates of releases").amount == Decimal("24.00")
    assert line(found, PROD, "rollbacks and rehearsals").amount == Decimal("48.00")


def test_a_cluster_costs_all_nodes_that_it_may_have() -> None:
    """Eight units are nine nodes, with the primary one; without a cluster nothing speaks of it."""
    found = estimated(settings(sparkClusterUnits=8))
    assert line(found, PROD, "nodes of the cluster").amount == Decimal("1072.22")  # 9 x 730 h x 0.1632
    assert line(found, PROD, "EMR on nodes of the cluster").amount == Decimal("268.06")  # ... x 0.0408
    assert line(found, PROD, "disks of the cluster").amount == Decimal("71.10")  # 9 x 79 GB x 0.10
    assert not [each for each in estimated().lines if each.driver.endswith("of the cluster")]


def test_a_region_without_a_price_is_refused() -> None:
    """Another region's price would be a guess that looks like a figure."""
    elsewhere = settings(region="unused").environments[Environment.PROD]
    told = settings()
    moved = elsewhere.model_copy(update={"region": "eu-west-1"})
    told = type(told)(shared=told.shared, environments={**told.environments, Environment.PROD: moved})
    with pytest.raises(NoPrice) as caught:
        estimated(told)
    assert "the price table has no '" in caught.value.message
    assert "in eu-west-1, only in us-east-1" in caught.value.message
    assert "slipway/observe/prices.toml" in caught.value.remedy


def test_a_class_without_a_price_is_refused() -> None:
    """Nobody has told what mw1.xlarge costs; the settings may still ask for it."""
    told = settings(airflowSmallestClass="mw1.xlarge", airflowLargestClass="mw1.xlarge")
    with pytest.raises(NoPrice, match=r"no 'airflow-mw1\.xlarge-hour' in us-east-1"):
        estimated(told)


def test_more_pipelines_than_the_settings_allow_are_refused_as_at_preview() -> None:
    """The same sentence that the program says."""
    told = settings(airflowSmallestClass="mw1.small", airflowLargestClass="mw1.small")
    with pytest.raises(DefinitionError, match=r"208 pipelines .* need class mw1\.large") as caught:
        estimated(told, YEAR_AHEAD)
    assert caught.value.remedy == "set it to mw1.large in Pulumi.prod.yaml, or catalog fewer pipelines"


def test_the_dearer_edition_makes_every_credit_dearer() -> None:
    """One account, so one edition for all environments."""
    told = settings()
    basis = told.shared.cost.model_copy(update={"snowflake_edition": "business-critical"})
    dearer = type(told)(shared=told.shared.model_copy(update={"cost": basis}), environments=told.environments)
    assert line(estimated(dearer), PROD, "audits of what runs publish").amount == Decimal("240.00")


def test_finedge_is_counted_from_its_catalog() -> None:
    """Twelve pipelines, ten of them with a DAG."""
    assert finedge() == PipelineCounts(every=12, scheduled=10, modelled=12, signals=22, told=11)


def test_an_estimate_asks_for_no_price_of_nothing() -> None:
    """An empty table cannot price anything: it is refused, not taken for free."""
    with pytest.raises(NoPrice, match=r"the price table has no '[a-z-]+' in us-east-1"):
        estimated(prices=PriceTable(()))


def test_fresher_clones_for_checks_cost_more() -> None:
    """Each refresh masks all rows again: twice as often is twice the compute, and no pool costs nothing."""
    daily = line(estimated(), PROD, "masking of clones for checks")
    pool = {"environment": "dev", "ready": 12, "maxAgeHours": 12}
    often = line(estimated(settings(checkPool=pool)), PROD, "masking of clones for checks")
    assert daily.amount == Decimal("46.50")  # 31 x 30 minutes at 1 credit of 3 dollars an hour
    assert often.amount == daily.amount / 31 * 61
    assert any("checkPool.maxAgeHours" in factor.name for factor in often.factors)
    sizes = {"transform": "MEDIUM", "release": "MEDIUM", "rollback": "MEDIUM"}
    none = estimated(settings(checkPool=None, warehouseSizes=sizes))
    assert not [each for each in none.lines if "checks" in each.driver and each.stack is PROD]
