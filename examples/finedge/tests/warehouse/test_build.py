"""The whole project on a warehouse: built twice, cloned, and built slim, by dbt-snowflake itself.

The tests stand in the order of a life: each one goes on from where the one before it ended.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Dbt
from payments import Load, settled
from snowflake.connector import SnowflakeConnection

TOTALS = "SELECT currency, SUM(gross_amount) FROM {}.MARTS.SETTLEMENTS GROUP BY 1"
UNBALANCED = (
    "SELECT * FROM FINEDGE.MARTS.SETTLEMENTS "
    "WHERE net_amount <> gross_amount - fee_amount - chargeback_amount"
)
Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def ask(connection: SnowflakeConnection) -> Ask:
    """Runs a query."""

    def asked(sql: str) -> list[tuple[Any, ...]]:
        cursor = connection.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]

    return asked


def _totals(ask: Ask) -> dict[str, Decimal]:
    """What the warehouse says that lines come to, by currency; a currency of no lines is left out."""
    return {currency: total for currency, total in ask(TOTALS.format("FINEDGE")) if total}


def test_first_build(dbt: Dbt, load: Callable[[Load], None], ask: Ask) -> None:
    """Amounts in five currencies, to the last digit what they are without a warehouse."""
    load(Load(1))
    assert dbt.run("build", "--exclude-resource-type", "unit_test") == {"pass": 71, "success": 29, "no-op": 7}
    assert ask("SELECT COUNT(*) FROM FINEDGE.STAGING.SETTLEMENT_LINES") == [(300,)]
    assert ask("SELECT DISTINCT exception_reason FROM FINEDGE.MARTS.SETTLEMENT_EXCEPTIONS ORDER BY 1") == [
        ("unknown_merchant",),
        ("unmatched_chargeback",),
    ]
    assert _totals(ask) == settled(Load(1))
    assert ask(UNBALANCED) == []


def test_second_build(dbt: Dbt, load: Callable[[Load], None], ask: Ask) -> None:
    """Updates, deletes, corrections and a row that arrives late; unit tests read what is there now."""
    load(Load(2))
    assert dbt.run("build") == {"pass": 97, "success": 29, "no-op": 7}
    merchants = "SELECT merchant_id, fee_plan, is_deleted FROM FINEDGE.STAGING.MERCHANTS "
    assert ask(merchants + "WHERE merchant_id IN (2, 3, 5) ORDER BY 1") == [
        (2, "volume", False),
        (3, "volume", True),
        (5, "volume", False),
    ]
    versions = "SELECT merchant_id, COUNT(*), COUNT(dbt_valid_to) FROM FINEDGE.SNAPSHOTS.MERCHANTS_HISTORY"
    assert ask(f"{versions} GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY 1") == [(2, 2, 1), (3, 2, 1)]
    assert ask("SELECT status, COUNT(*) FROM FINEDGE.STAGING.CHARGEBACKS GROUP BY 1 ORDER BY 1") == [
        ("lost", 2),
        ("open", 7),
        ("won", 1),
    ]
    assert ask("SELECT COUNT(*) FROM FINEDGE.STAGING.SETTLEMENT_LINES") == [(315,)]
    assert _totals(ask) == settled(Load(1), Load(2)) != settled(Load(1))
    assert ask(UNBALANCED) == []


def test_clone_and_slim_build(dbt: Dbt, connection: SnowflakeConnection, ask: Ask, tmp_path: Path) -> None:
    """A pull request's database: production's tables cloned, and only changed models built."""
    state = dbt.keep_state(tmp_path / "state")
    connection.cursor().execute("CREATE DATABASE FINEDGE_CI")
    assert dbt.run("clone", "--state", str(state), database="FINEDGE_CI") == {"success": 29}
    assert sorted(ask(TOTALS.format("FINEDGE_CI"))) == sorted(ask(TOTALS.format("FINEDGE")))
    changed = replace(dbt, project=tmp_path / "dbt")
    shutil.copytree(dbt.project, changed.project)
    model = changed.project / "models/marts/revenue/revenue_monthly.sql"
    model.write_text(model.read_text().replace("'ZZ'", "'XX'"))
    connection.cursor().execute("CREATE DATABASE FINEDGE_SLIM")
    arguments = ("build", "--select", "state:modified+", "--defer", "--state", str(state))
    changed.run(*arguments, database="FINEDGE_SLIM")
    built = {result["unique_id"] for result in changed.results() if result["status"] == "success"}
    assert built == {"model.finedge.revenue_monthly"}
    months = "SELECT SUM(amount) FROM {}.MARTS.REVENUE_MONTHLY"
    assert ask(months.format("FINEDGE_SLIM")) == ask(months.format("FINEDGE")) != [(Decimal(0),)]
