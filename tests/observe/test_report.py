"""What a report tells of an environment, and what it leaves out by name."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.signals import Metric, PlatformMetric
from slipway.model.snowflake_objects import Column
from slipway.ports.journal import Wait
from tests.doubles.deployments import NOON, opened
from tests.doubles.observed import Observed, left_out, values
from tests.doubles.workspace_folder import WorkspaceFolder

AGE, FAILED = Metric.AGE_MINUTES, Metric.FAILED_RUNS
OVERDUE, INTERRUPTED = PlatformMetric.DEPLOYMENTS_OVERDUE, PlatformMetric.DEPLOYMENTS_INTERRUPTED
UNMEASURED = PlatformMetric.PIPELINES_UNMEASURED
LOADED = Column("LOADED_AT")


@pytest.fixture
def dev() -> Observed:
    """FinEdge's dev."""
    return Observed()


def test_failed_runs_are_counted_by_slot_and_pipeline(dev: Observed) -> None:
    """Those of before are another report's; a DAG that has never run has not failed."""
    for minutes in (1, 2, 12, 20):
        dev.fail("fx-rates", ago=timedelta(minutes=minutes))
    report = dev.report()
    assert values(report, FAILED, "fx-rates") == [1, 0, 2]
    assert values(report, FAILED, "risk") == [0, 0, 0]
    assert values(report, FAILED, "payment-events") == []
    assert left_out(report) == {}


def test_a_report_that_comes_twice_says_the_same(dev: Observed) -> None:
    """Under the same moments, so that the largest number of a slot stays what it was."""
    dev.fail("fx-rates", ago=timedelta(minutes=3))
    once = dev.report().measured.readings
    dev.clock.wait(90)
    again = dev.report().measured.readings
    counts = [{each for each in told if each.series.metric is FAILED} for told in (once, again)]
    assert counts[0] == counts[1]


def test_a_dag_that_airflow_does_not_know_is_not_healthy(dev: Observed) -> None:
    """Its file may be broken: no run fails because none begins."""
    del dev.airflow.flows[next(each for each in dev.airflow.flows if each == "risk")]
    report = dev.report()
    assert left_out(report) == {("FailedRuns", "risk"): "Airflow does not know DAG 'risk'"}
    assert values(report, AGE, "risk") != []
    assert values(report, UNMEASURED, "dev") == [1]


def test_the_age_is_that_of_the_column_that_a_contract_names(dev: Observed) -> None:
    """Of settlements LOADED_AT; when the exceptions' table was made is no matter then."""
    settlements = str(dev.table("MARTS", "SETTLEMENTS"))
    dev.warehouse.moments[settlements, LOADED] = NOON - timedelta(minutes=90, seconds=30)
    dev.warehouse.tables[str(dev.table("MARTS", "SETTLEMENT_EXCEPTIONS"))].made = NOON - timedelta(days=9)
    assert values(dev.report(), AGE, "settlements") == [90.5]


def test_without_a_named_column_a_table_is_as_old_as_itself(dev: Observed) -> None:
    """Each run of revenue builds its tables anew; the oldest of them counts."""
    for table, minutes in (("REVENUE", 30), ("REVENUE_MONTHLY", 70)):
        dev.warehouse.tables[str(dev.table("MARTS", table))].made = NOON - timedelta(minutes=minutes)
    assert values(dev.report(), AGE, "revenue") == [70]


def test_a_stream_without_a_named_column_has_no_age(tmp_path: Path) -> None:
    """Its tables were made once: the day they were made would be told for ever."""
    folder = WorkspaceFolder(tmp_path / "finedge")
    report = Observed(folder.root).report()
    assert left_out(report)["AgeMinutes", "payment-events"] == (
        "nothing tells how fresh payment-events is: it streams, and no contract names a column"
    )


def test_a_table_without_a_row_is_as_old_as_itself(dev: Observed) -> None:
    """A pipeline that has never written grows older from the day its table was made."""
    dev.warehouse.tables[str(dev.table("MARTS", "SETTLEMENTS"))].made = NOON - timedelta(hours=30)
    assert values(dev.report(), AGE, "settlements") == [1800]


def test_a_row_of_the_future_makes_nothing_younger_than_now(dev: Observed) -> None:
    """Clocks differ."""
    dev.warehouse.moments[str(dev.table("MARTS", "SETTLEMENTS")), LOADED] = NOON + timedelta(minutes=3)
    assert values(dev.report(), AGE, "settlements") == [0]


def test_a_missing_table_hides_no_other_pipeline(dev: Observed) -> None:
    """It is named; everybody else's age is told."""
    del dev.warehouse.tables[str(dev.table("MARTS", "MERCHANT_RISK"))]
    report = dev.report()
    assert left_out(report) == {
        (
            "AgeMinutes",
            "risk",
        ): "FINEDGE_DEV.MARTS.MERCHANT_RISK: there is no such table, or no right to see it"
    }
    others = [each.name for each in dev.workspace.pipelines if each.name != "risk"]
    assert all(values(report, AGE, name) for name in others)
    assert values(report, UNMEASURED, "dev") == [1]


def test_a_warehouse_that_is_gone_is_asked_once(dev: Observed) -> None:
    """Each question would wait as long; failures are told all the same."""
    dev.warehouse.is_down = True
    report = dev.report()
    assert dev.warehouse.asked == 1
    assert {metric for metric, _ in left_out(report)} == {"AgeMinutes"}
    assert values(report, UNMEASURED, "dev") == [12]
    assert values(report, FAILED, "risk") == [0, 0, 0]


def test_an_airflow_that_is_gone_hides_no_age(dev: Observed) -> None:
    """Every pipeline with a DAG is named, with one reason."""
    dev.airflow.is_down = True
    report = dev.report()
    assert set(left_out(report).values()) == {"Airflow does not answer"}
    assert values(report, UNMEASURED, "dev") == [10]
    assert all(values(report, AGE, each.name) for each in dev.workspace.pipelines)


def test_only_what_is_deployed_is_measured(dev: Observed) -> None:
    """What is merged and not there yet has no alarm; what is there and not in the workspace is named."""
    report = dev.report("risk", "gone")
    assert {each.series.subject for each in report.measured.readings} == {"risk", "dev"}
    assert set(left_out(report)) == {("AgeMinutes", "gone"), ("FailedRuns", "gone")}
    assert values(report, UNMEASURED, "dev") == [1]


def test_a_contract_that_cannot_be_read_hides_no_other_pipeline(tmp_path: Path) -> None:
    """The workspace's other pipelines are measured."""
    folder = WorkspaceFolder(tmp_path / "finedge")
    (folder.root / "contracts" / "settlements.odcs.yaml").write_text("schema: 1", encoding="utf-8")
    report = Observed(folder.root).report()
    reason = left_out(report)["AgeMinutes", "settlements"]
    assert reason.startswith("contracts/settlements.odcs.yaml is no contract that can be read: schema: ")
    assert values(report, FAILED, "settlements") == [0, 0, 0]


@pytest.mark.parametrize(
    ("waits", "held", "overdue", "interrupted"),
    [
        (None, True, 0, 0),
        (None, False, 0, 1),
        (timedelta(minutes=1), False, 0, 0),
        (timedelta(minutes=-1), False, 1, 0),
    ],
)
def test_deployments_that_need_somebody(
    dev: Observed, waits: timedelta | None, *, held: bool, overdue: int, interrupted: int
) -> None:
    """One that works holds its leases; one that waits has a deadline; anything else has been left alone."""
    head = opened()
    if waits is not None:
        head = replace(head, wait=Wait(condition="a run", wake_at=NOON, deadline=NOON + waits))
    dev.journal.save(head)
    if held:
        dev.leases.acquire("dev/risk", holder=f"{head.id} by ana", now=NOON, lasting=timedelta(minutes=1))
    report = dev.report()
    assert values(report, OVERDUE, "dev") == [overdue]
    assert values(report, INTERRUPTED, "dev") == [interrupted]


def test_another_deployments_lease_is_no_sign_of_life(dev: Observed) -> None:
    """A number that the id begins with is another attempt."""
    dev.journal.save(opened("dev-0123456789ab-1"))
    dev.leases.acquire("dev/x", holder="dev-0123456789ab-12 by ana", now=NOON, lasting=timedelta(minutes=1))
    assert values(dev.report(), INTERRUPTED, "dev") == [1]


def test_a_journal_that_is_gone_hides_no_pipeline(dev: Observed) -> None:
    """Nothing is told of deployments, which is an alarm by itself."""
    dev.journal.is_down = True
    report = dev.report()
    assert set(left_out(report)) == {("DeploymentsOverdue", "dev"), ("DeploymentsInterrupted", "dev")}
    assert values(report, UNMEASURED, "dev") == [0]
    reasons = {type(each.reason) for each in report.measured.unmeasured}
    assert all(issubclass(each, SlipwayError) for each in reasons)
    assert report.environment is Environment.DEV
