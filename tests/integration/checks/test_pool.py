"""`slipway check` takes a masked clone of production where one is ready, and dev's tables where none is."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from slipway.adapters.system_clock import SystemClock
from slipway.catalog import load_workspace
from slipway.cli.pool_desk import PoolDesk
from slipway.masking import tend
from slipway.model.check_pool import CheckPool
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from tests.doubles.git_repository import GitRepository
from tests.integration.checks.conftest import Dev
from tests.integration.checks.test_check import MARTS, check, findings, results

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def connection(dev: Dev, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a person whose connection to Snowflake is configured."""
    for name, value in dev.variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def ready(dev: Dev, finedge: GitRepository) -> Iterator[set[str]]:
    """Two masked clones of a production that has dev's tables; their names."""
    session = dev.account.warehouse()
    session.run("CREATE DATABASE FINEDGE_PROD CLONE FINEDGE_DEV", subject="test")
    settings = CheckPool(environment=Environment.DEV, ready=2, max_age_hours=24)
    desk = PoolDesk(
        settings=settings, role="ACCOUNTADMIN", physical=lambda logical: f"{logical}_PROD", warehouse=session
    )
    workspace, clock = load_workspace(finedge.workspace), SystemClock()
    done = tend(desk.pool(workspace), desk.plan(workspace, clock), session, clock=clock, tell=print)
    yield {each.name for each in done.made if "_POOL_" in each.name}
    for database in session.visible_databases():
        if "FINEDGE_PROD" in database.name or "_POOL_" in database.name:
            session.expire(database, at=clock.now() - timedelta(minutes=1))
            session.drop_expired(database, now=clock.now())
    session.close()


def test_a_change_is_built_on_a_masked_clone_that_is_then_gone(
    finedge: GitRepository, dev: Dev, ready: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything that it reads is in the clone; the other one still waits."""
    before = dev.databases()
    finedge.replace(f"{MARTS}/revenue/revenue_monthly.sql", "'ZZ'", "'XX'")
    finedge.commit("Call an unknown country XX")
    code = check(finedge, "--format", "json")
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (code, findings(report)) == (ExitCode.OK, []), f"{err}\n{out}"
    assert results(report)["dbt-build"] == "passed"
    assert "a masked clone of production" in err
    gone = before - dev.databases()
    assert len(gone) == 1
    assert gone < ready


def test_a_build_that_reads_what_is_withheld_goes_on_from_dev_and_says_so(
    finedge: GitRepository, dev: Dev, ready: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Tables of RAW have no contract, so no clone has them: the rows of two environments are never mixed."""
    before = dev.databases()
    merchants = "dbt/models/staging/merchants/stg_merchants.sql"
    finedge.write(merchants, (finedge.workspace / merchants).read_text(encoding="utf-8") + "-- a comment\n")
    finedge.commit("Say something")
    code = check(finedge, "--only", "dbt-build", "--format", "json")
    _, err = capsys.readouterr()
    assert code is not ExitCode.FINDINGS, err
    assert "building on FINEDGE_DEV: of the masked clones they do not have snowflake://FINEDGE.RAW" in err
    assert dev.databases() == before
    assert ready < before
