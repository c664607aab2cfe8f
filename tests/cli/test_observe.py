"""`slipway observe publish` as a schedule and a person use it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from slipway.cli import wiring
from slipway.cli.observe_wiring import ObservatoryDesk
from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.doubles.observed import FINEDGE, MemoryMetrics, Observed

PUBLISH = ("observe", "publish", "-s", "dev", "--workspace", str(FINEDGE))


@pytest.fixture
def dev() -> Observed:
    """FinEdge's dev."""
    return Observed()


@pytest.fixture
def metrics(dev: Observed, monkeypatch: pytest.MonkeyPatch) -> MemoryMetrics:
    """Where the command's readings go; it looks at `dev`."""
    kept = MemoryMetrics()

    @contextmanager
    def opened(environment: Environment) -> Iterator[ObservatoryDesk]:
        assert environment is Environment.DEV
        yield ObservatoryDesk(observatory=dev.observatory, metrics=kept, deployed=None)

    monkeypatch.setattr(wiring, "observatory", opened)
    return kept


def test_every_reading_is_put_and_shown(slipway: Slipway, metrics: MemoryMetrics) -> None:
    """A line a series: three slots of a count, one age."""
    ended = slipway(*PUBLISH)
    assert ended.code == 0
    assert "not measured" not in ended.err
    lines = [line.split() for line in ended.out.splitlines()]
    assert ended.out.startswith("dev at 2026-03-02 12:00:00 UTC: 25 metrics\n")
    assert ["risk", "FailedRuns", "0,", "0,", "0"] in lines
    assert ["dev", "DeploymentsOverdue", "0"] in lines
    assert len(metrics.kept) == 10 * 3 + 12 + 3


def test_a_dry_run_puts_nothing(slipway: Slipway, metrics: MemoryMetrics) -> None:
    """And shows the same."""
    ended = slipway(*PUBLISH, "--dry-run", "--format", "markdown")
    assert ended.code == 0
    assert metrics.kept == []
    assert "| risk | FailedRuns | 0, 0, 0 |" in ended.out.splitlines()


def test_what_is_not_measured_is_named_and_the_rest_is_put(
    slipway: Slipway, metrics: MemoryMetrics, dev: Observed
) -> None:
    """Exit code 4; one line a reason, however many it concerns; programs are told each."""
    dev.airflow.is_down = True
    del dev.warehouse.tables[str(dev.table("MARTS", "MERCHANT_RISK"))]
    ended = slipway(*PUBLISH, "--format", "json")
    assert ended.code == 4
    document = json.loads(ended.out)
    assert len(document["readings"]) == len(metrics.kept) == 11 + 3
    (age,) = (each for each in document["unmeasured"] if each["metric"] == "AgeMinutes")
    assert age["dimensions"] == {"Pipeline": "risk"}
    assert "MERCHANT_RISK" in age["reason"]
    failures, ages = (line for line in ended.err.splitlines() if "not measured" in line)
    assert "FailedRuns of accounts, chargebacks, fx-rates, " in failures
    assert failures.endswith("is not measured: Airflow does not answer; look at MWAA")
    assert "AgeMinutes of risk is not measured: FINEDGE_DEV.MARTS.MERCHANT_RISK" in ages
    (missing,) = (each for each in document["readings"] if each["metric"] == "PipelinesUnmeasured")
    assert (missing["value"], missing["unit"], missing["dimensions"]) == (10, "Count", {"Environment": "dev"})


def test_a_cloudwatch_that_does_not_answer_is_the_environments_failure(
    slipway: Slipway, metrics: MemoryMetrics
) -> None:
    """Exit code 3: the next report tells the same slots again."""
    metrics.is_down = True
    ended = slipway(*PUBLISH)
    assert (ended.code, ended.out) == (3, "")
    assert "error: CloudWatch does not answer" in ended.err
