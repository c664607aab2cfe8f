"""A change of a setting or of the catalog names itself, and the amount that follows from it."""

from decimal import Decimal

from slipway.model.cost import CostComponent
from slipway.model.environment import StackName
from slipway.observe.cost_change import CostChange, Reason
from slipway.observe.priced_parts import PipelineCounts
from tests.doubles.priced_stacks import estimated, settings


def test_one_changed_setting_is_named_with_its_amount() -> None:
    """One NAT gateway instead of three: 2 x 730 h x (0.045 + 0.005) less, in two drivers."""
    change = CostChange(before=estimated(), after=estimated(settings(natGateways=1)))
    lines = change.lines(tuple(StackName))
    assert [(each.line.driver, each.delta) for each in lines] == [
        ("NAT gateways", Decimal("-65.70")),
        ("addresses of NAT gateways", Decimal("-7.30")),
    ]
    why = Reason(name="slipway:natGateways", where="Pulumi.prod.yaml", before="3", after="1")
    assert [each.reasons for each in lines] == [[why], [why]]
    assert change.lines([StackName.DEV]) == []


def test_more_pipelines_change_the_class_and_say_so() -> None:
    """The catalog is a reason as a setting is; a worker of another class has another price."""
    counts = PipelineCounts(every=60, scheduled=60, modelled=12, signals=22, told=11)
    change = CostChange(before=estimated(), after=estimated(counts=counts))
    lines = {each.line.driver: each for each in change.lines([StackName.PROD])}
    more = {"logs written", "logs kept", "secrets"}
    assert set(lines) == {"environment", "workers that wait", "workers at peaks", *more}
    assert lines["environment"].delta == Decimal("182.50")  # 730 h x (0.74 - 0.49)
    assert lines["environment"].reasons == [
        Reason(name="pipelines with a DAG", where="catalog", before="10", after="60")
    ]


def test_a_driver_that_is_new_or_gone_is_told_from_nothing() -> None:
    """Airflow's smallest class has no workers that join; the next one has, though it asks for none."""
    smaller = estimated(settings(airflowSmallestClass="mw1.micro"))
    gone = CostChange(before=estimated(), after=smaller).lines([StackName.PROD])
    new = CostChange(before=smaller, after=estimated()).lines([StackName.PROD])
    assert [(each.line.driver, each.after) for each in gone] == [
        ("workers at peaks", None),
        ("workers that wait", None),
    ]
    assert sum(each.delta for each in gone) == -sum(each.delta for each in new) == Decimal("-150.15")
    assert {each.line.component for each in gone} == {CostComponent.AIRFLOW}


def test_the_same_estimate_has_no_change() -> None:
    """Nothing differs, nothing is told."""
    assert CostChange(before=estimated(), after=estimated()).lines(tuple(StackName)) == []
