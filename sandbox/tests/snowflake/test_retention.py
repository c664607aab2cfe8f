"""What is dropped or overwritten comes back within its retention, and takes no place after it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from slipway_sandbox.snowflake.errors import SnowflakeError
from tests.snowflake.world import World

_ROWS = 50_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A new account at the beginning of 2026."""
    made = World(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["TABLE", "SCHEMA", "DATABASE"])
def test_undrop_works_for_the_time_of_the_retention(world: World, kind: str) -> None:
    """A container takes what it holds with it, whatever the retention of that is."""
    world.run("CREATE SCHEMA shop.s")
    world.run("CREATE TABLE shop.s.t AS SELECT 7 AS a")
    name = {"TABLE": "shop.s.t", "SCHEMA": "shop.s", "DATABASE": "shop"}[kind]
    world.run(f"ALTER {kind} {name} SET DATA_RETENTION_TIME_IN_DAYS = 3")
    world.run(f"DROP {kind} {name}")
    world.wait(days=2, hours=23)
    world.run(f"UNDROP {kind} {name}")
    assert world.run("SELECT a FROM shop.s.t") == [(7,)]
    world.run(f"DROP {kind} {name}")
    world.now += timedelta(days=3)
    with pytest.raises(SnowflakeError, match="did not exist or was purged") as caught:
        world.run(f"UNDROP {kind} {name}")
    assert caught.value.sqlstate == "02000"
    world.wait(hours=1)
    assert world.tables() == 0


def test_rows_are_read_as_they_were_for_the_time_of_the_retention(world: World) -> None:
    """Also when the hourly purge has run in between; beyond it the error is Snowflake's."""
    world.run("CREATE TABLE t (a INT) DATA_RETENTION_TIME_IN_DAYS = 2")
    world.told("INSERT INTO t VALUES (1)", "first")
    world.wait(hours=30)
    world.told("UPDATE t SET a = 2", "second")
    world.wait(hours=17)
    assert world.run("SELECT a FROM t AT(STATEMENT => 'first')") == [(1,)]
    assert world.run("SELECT a FROM t BEFORE(STATEMENT => 'second')") == [(1,)]
    world.wait(hours=2)
    for point in ("AT(STATEMENT => 'first')", "AT(OFFSET => -176400)"):
        with pytest.raises(SnowflakeError, match="Time travel data is not available for table T") as caught:
            world.run(f"SELECT a FROM t {point}")
        assert (caught.value.number, caught.value.sqlstate) == (707, "02000")
    assert world.run("SELECT a FROM t BEFORE(STATEMENT => 'second')") == [(1,)]
    assert world.run("SELECT a FROM t AT(STATEMENT => 'second')") == [(2,)]
    world.wait(hours=48)
    history = world.stored(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'store' AND table_name[1] = 'h'"
    )
    assert world.stored(f"SELECT count(*) FROM store.{history}") == 0
    assert world.run("SELECT a FROM t") == [(2,)]


def test_the_order_of_what_nobody_can_look_back_to_is_forgotten(world: World) -> None:
    """And what is older than the horizon counts as written before every point."""
    world.run("CREATE TABLE t (a INT)")
    for number in range(50):
        world.run(f"INSERT INTO t VALUES ({number})")
    world.wait(days=2)
    world.run("INSERT INTO t VALUES (50)")
    kept = "the last one that all points see, the warehouse that resumed, the insert"
    assert world.stored("SELECT count(*) FROM meta.commits") == 3, kept
    assert world.run("SELECT COUNT(*) FROM t AT(OFFSET => -60)") == [(50,)]
    with pytest.raises(SnowflakeError, match="Statement nosuch not found"):
        world.run("SELECT COUNT(*) FROM t AT(STATEMENT => 'nosuch')")


def test_an_open_transaction_keeps_its_order(world: World) -> None:
    """A write that began before the horizon and ends after it is not seen before it ended."""
    world.run("CREATE TABLE t (a INT)")
    world.run("BEGIN")
    world.run("INSERT INTO t VALUES (1)")
    world.now += timedelta(days=2)
    world.run("SELECT 1")
    world.run("COMMIT")
    world.run("INSERT INTO t VALUES (2)")
    assert world.run("SELECT COUNT(*) FROM t AT(OFFSET => -3)") == [(0,)]
    assert world.run("SELECT COUNT(*) FROM t AT(OFFSET => -3)") == [(1,)]


def test_the_file_does_not_grow_without_bound(world: World) -> None:
    """Ten more days of the same work take no more place than the first ten did."""
    world.run(
        "CREATE TABLE t AS SELECT i AS a, i * 7 AS b "
        f"FROM (SELECT SEQ4() AS i FROM TABLE(GENERATOR(ROWCOUNT => {_ROWS})))"
    )
    sizes = []
    for _ in range(20):
        world.run("UPDATE t SET b = b + 1")
        world.run("CREATE OR REPLACE TABLE copied CLONE t")
        world.wait(days=1, hours=1)
        sizes.append(sum(each.stat().st_size for each in world.file.parent.iterdir()))
    assert max(sizes[10:]) <= 1.3 * max(sizes[:10]), "with DuckDB's log of what it has not yet put in place"
    assert world.tables() == 4, "t and copied, each with its history"


def test_the_purge_comes_once_an_hour(world: World) -> None:
    """Not with every statement: what is beyond its time is not there, but takes its place a little longer."""
    world.run("CREATE TABLE t (a INT) DATA_RETENTION_TIME_IN_DAYS = 0")
    world.run("DROP TABLE t")
    with pytest.raises(SnowflakeError, match="did not exist or was purged"):
        world.run("UNDROP TABLE t")
    world.wait(minutes=30)
    assert world.tables() == 2
    world.wait(minutes=30)
    assert world.tables() == 0


def test_columns_that_change_leave_no_old_rows_behind(world: World) -> None:
    """Time Travel begins anew with the change."""
    world.run("CREATE TABLE t AS SELECT 1 AS a")
    world.run("ALTER TABLE t ADD COLUMN b INT DEFAULT 2")
    assert world.run("SELECT a, b FROM t") == [(1, 2)]
    assert world.tables() == 4, "who reads the old rows now goes on"
    world.wait(hours=1)
    world.wait(hours=1)
    assert world.tables() == 2
    assert world.run("SELECT a, b FROM t") == [(1, 2)]


def test_results_last_a_day_and_statements_as_long_as_snowflake_tells_them(world: World) -> None:
    """RESULT_SCAN 24 hours, the functions of INFORMATION_SCHEMA 7 days, ACCOUNT_USAGE 365."""
    world.told("SELECT 41 + 1 AS a", "asked")
    assert world.run("SELECT a FROM TABLE(RESULT_SCAN('asked'))") == [(42,)]
    world.wait(hours=24)
    with pytest.raises(SnowflakeError, match="Result for query asked has expired") as caught:
        world.run("SELECT a FROM TABLE(RESULT_SCAN('asked'))")
    assert (caught.value.number, caught.value.sqlstate) == (710, "02000")
    function = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE query_id = 'asked'"
    view = "SELECT COUNT(*) FROM snowflake.account_usage.query_history WHERE query_id = 'asked'"
    world.wait(days=5)
    assert (world.run(function), world.run(view)) == ([(1,)], [(1,)])
    world.wait(days=2)
    assert (world.run(function), world.run(view)) == ([(0,)], [(1,)])
    world.wait(days=365)
    assert world.run(view) == [(0,)]


def test_a_clone_at_a_point_needs_the_history_of_every_table(world: World) -> None:
    """Unless it says that those without are left out; one that was not there yet is no part of it."""
    world.run("CREATE TABLE old (a INT) DATA_RETENTION_TIME_IN_DAYS = 5")
    world.run("CREATE TABLE brief AS SELECT 1 AS a")
    world.wait(days=2)
    world.run("CREATE TABLE young AS SELECT 1 AS a")
    with pytest.raises(SnowflakeError, match="Time travel data is not available for table BRIEF"):
        world.run("CREATE SCHEMA past CLONE public AT(OFFSET => -86400 * 1.5)")
    world.run(
        "CREATE SCHEMA past CLONE public AT(OFFSET => -129600) IGNORE TABLES WITH INSUFFICIENT DATA RETENTION"
    )
    assert [row[1] for row in world.run("SHOW TABLES IN SCHEMA shop.past")] == ["OLD"]
    with pytest.raises(SnowflakeError, match="Time travel data is not available for table OLD"):
        world.run("SELECT * FROM shop.past.old AT(OFFSET => -3600)")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x (a INT) DATA_RETENTION_TIME_IN_DAYS = 91",
        "CREATE TRANSIENT TABLE x (a INT) DATA_RETENTION_TIME_IN_DAYS = 2",
        "ALTER DATABASE shop SET DATA_RETENTION_TIME_IN_DAYS = 'x'",
    ],
)
def test_a_retention_that_cannot_be_is_refused(world: World, sql: str) -> None:
    """0 to 90 days, at most one for a table without Fail-safe."""
    with pytest.raises(SnowflakeError, match=r"invalid value .* for parameter 'DATA_RETENTION_TIME_IN_DAYS'"):
        world.run(sql)


def test_a_schemas_retention_counts_for_its_tables(world: World) -> None:
    """The nearest one that is set; a transient table never has more than a day."""
    world.run("ALTER DATABASE shop SET DATA_RETENTION_TIME_IN_DAYS = 10")
    world.run("CREATE SCHEMA s DATA_RETENTION_TIME_IN_DAYS = 4")
    world.run("CREATE TABLE s.a (a INT)")
    world.run("CREATE TRANSIENT TABLE s.b (a INT)")
    world.run("CREATE TABLE public.c (a INT)")
    told = world.run(
        "SELECT table_name, retention_time FROM shop.information_schema.tables "
        "WHERE table_name IN ('A', 'B', 'C') ORDER BY 1"
    )
    assert told == [("A", 4), ("B", 1), ("C", 10)]
