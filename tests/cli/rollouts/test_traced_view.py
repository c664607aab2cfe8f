"""`slipway audit trace` of a view: people read it under production's name, as they read a table."""

from collections.abc import Callable

from slipway.model.environment import Environment
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import REVENUE, Place

Places = dict[Environment, Place]
Ship = Callable[..., str]
VIEW = "snowflake://FINEDGE.MARTS.REVENUE_MONTHLY"


def test_who_changed_a_view_is_told(slipway: Slipway, ship: Ship, places: Places) -> None:
    """By its URI: which release, who deployed it, when it was made anew, and what took it back."""
    assert str(REVENUE) in places[Environment.DEV].warehouse.tables
    release = ship(**{"dbt/models/marts/revenue/revenue_monthly.sql": "view v2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    told = slipway("audit", "trace", VIEW)
    assert told.code == 0, told.err
    assert f"release {release} runs; deployed " in told.out
    assert "  MARTS.REVENUE_MONTHLY 2026-11-26 " in told.out
    assert slipway("rollback", "revenue", "-s", "dev").code == 0
    assert f"release {release} was rolled back" in slipway("audit", "trace", VIEW).out
