"""A warehouse is suspended when it was idle for long enough, and resumes for a query if it may."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from slipway_sandbox.snowflake.errors import SnowflakeError
from tests.snowflake.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An account with a table to read."""
    made = World(tmp_path)
    made.run("CREATE TABLE t AS SELECT 1 AS a")
    yield made
    made.close()


def _state(world: World) -> object:
    (shown,) = world.run("SHOW WAREHOUSES LIKE 'W'")
    return shown[1]


def test_an_idle_warehouse_is_suspended_and_resumes(world: World) -> None:
    """AUTO_SUSPEND counts from the last query; one that needs nothing computed leaves it alone."""
    world.run("CREATE WAREHOUSE w AUTO_SUSPEND = 60")
    assert _state(world) == "STARTED"
    world.now += timedelta(seconds=45)
    assert world.run("SELECT a FROM t") == [(1,)]
    world.now += timedelta(seconds=45)
    assert _state(world) == "STARTED"
    world.now += timedelta(seconds=45)
    world.run("SELECT COUNT(*) FROM t")
    assert _state(world) == "SUSPENDED"
    assert world.run("SELECT a FROM t") == [(1,)]
    assert _state(world) == "STARTED"


def test_a_warehouse_that_does_not_resume_by_itself(world: World) -> None:
    """The error is that of a session without a warehouse."""
    world.run("CREATE WAREHOUSE w AUTO_SUSPEND = 60 AUTO_RESUME = FALSE")
    assert world.run("SELECT a FROM t") == [(1,)]
    world.now += timedelta(seconds=61)
    with pytest.raises(SnowflakeError, match="No active warehouse") as caught:
        world.run("SELECT a FROM t")
    assert (caught.value.number, caught.value.sqlstate) == (606, "57P03")
    world.run("ALTER WAREHOUSE w SET AUTO_RESUME = TRUE")
    assert world.run("SELECT a FROM t") == [(1,)]


def test_a_warehouse_without_auto_suspend_runs_on(world: World) -> None:
    """0 means never."""
    world.run("CREATE WAREHOUSE w AUTO_SUSPEND = 0")
    world.wait(days=20)
    assert _state(world) == "STARTED"
