"""Points by statement, and changes since them: whatever was run between, and whether the account ran on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway_sandbox.snowflake import history
from slipway_sandbox.snowflake.errors import SnowflakeError
from tests.snowflake.world import World

_UNTRACKED = "Change tracking is not enabled or has been missing for the time range requested on table 'T'"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A new account at the beginning of 2026."""
    made = World(tmp_path)
    yield made
    made.close()


def _changes(world: World, point: str) -> list[tuple[object, ...]]:
    return world.run(f"SELECT a FROM t CHANGES(INFORMATION => DEFAULT) AT({point}) ORDER BY a")


def test_changes_are_told_from_when_they_are_tracked(world: World) -> None:
    """Not of the time before, and after a pause not of what was before it."""
    world.told("CREATE TABLE t (a INT)", "made")
    world.told("INSERT INTO t VALUES (1)", "first")
    world.told("ALTER TABLE t SET CHANGE_TRACKING = TRUE", "on")
    world.told("INSERT INTO t VALUES (2)", "second")
    world.run("ALTER TABLE t SET CHANGE_TRACKING = TRUE")
    world.run("INSERT INTO t VALUES (3)")
    for early in ("STATEMENT => 'made'", "STATEMENT => 'first'", "OFFSET => -7"):
        with pytest.raises(SnowflakeError, match=_UNTRACKED) as caught:
            _changes(world, early)
        assert caught.value.number == 1438
    assert _changes(world, "STATEMENT => 'on'") == [(2,), (3,)]
    assert _changes(world, "STATEMENT => 'second'") == [(3,)]
    world.run("ALTER TABLE t SET CHANGE_TRACKING = FALSE")
    world.run("INSERT INTO t VALUES (4)")
    world.told("ALTER TABLE t SET CHANGE_TRACKING = TRUE", "again")
    world.run("INSERT INTO t VALUES (5)")
    with pytest.raises(SnowflakeError, match=_UNTRACKED):
        _changes(world, "STATEMENT => 'second'")
    assert _changes(world, "STATEMENT => 'again'") == [(5,)]


def test_a_view_that_is_told_to_track_lets_its_table_begin(world: World) -> None:
    """A table that tracks already goes on without a gap."""
    world.run("CREATE TABLE t (a INT)")
    world.told("INSERT INTO t VALUES (1)", "before")
    world.run("CREATE VIEW v AS SELECT a FROM t")
    world.told("ALTER VIEW v SET CHANGE_TRACKING = TRUE", "on")
    world.run("INSERT INTO t VALUES (2)")
    world.run("ALTER VIEW v SET CHANGE_TRACKING = TRUE")
    with pytest.raises(SnowflakeError, match=_UNTRACKED):
        _changes(world, "STATEMENT => 'before'")
    assert _changes(world, "STATEMENT => 'on'") == [(2,)]


def test_the_point_of_a_definition_or_a_commit_is_after_it(world: World) -> None:
    """And BEFORE is before it: what the transaction wrote belongs to its COMMIT."""
    world.told("CREATE TABLE t AS SELECT 1 AS a", "made")
    world.run("BEGIN")
    world.run("INSERT INTO t VALUES (2)")
    world.told("COMMIT", "committed")
    world.run("DELETE FROM t")
    assert world.run("SELECT a FROM t AT(STATEMENT => 'made')") == [(1,)]
    assert world.run("SELECT a FROM t AT(STATEMENT => 'committed') ORDER BY a") == [(1,), (2,)]
    assert world.run("SELECT a FROM t BEFORE(STATEMENT => 'committed')") == [(1,)]


def test_a_point_outlasts_ten_thousand_statements_and_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id of a query, of a write and of a definition, as a journal elsewhere keeps them."""
    monkeypatch.setattr(history, "_KEPT_QUERIES", 5)
    world.told("CREATE TABLE t AS SELECT 1 AS a", "made")
    world.told("SELECT 1 AS one", "asked")
    world.told("INSERT INTO t VALUES (2)", "wrote")
    for number in range(3, 10):
        world.run(f"INSERT INTO t VALUES ({number})")
    seen = {"made": 1, "asked": 1, "wrote": 2}
    for _ in range(2):
        for query_id, count in seen.items():
            assert world.run(f"SELECT COUNT(*) FROM t AT(STATEMENT => '{query_id}')") == [(count,)], query_id
        assert world.run("SELECT COUNT(*) FROM t BEFORE(STATEMENT => 'wrote')") == [(1,)]
        world.restart()


def test_a_statement_that_was_never_committed_is_not_another_one_after_a_restart(world: World) -> None:
    """Its number is not given again."""
    world.run("CREATE TABLE t (a INT)")
    world.run("BEGIN")
    world.told("INSERT INTO t VALUES (1)", "lost")
    world.restart()
    world.run("INSERT INTO t VALUES (2)")
    with pytest.raises(SnowflakeError, match="Statement lost is not committed"):
        world.run("SELECT a FROM t AT(STATEMENT => 'lost')")


def test_a_line_that_a_crash_has_cut_off_is_no_statement(world: World, tmp_path: Path) -> None:
    """Those before and after it are."""
    world.told("CREATE TABLE t AS SELECT 1 AS a", "made")
    with (tmp_path / "a.statements").open("ab") as journal:
        journal.write(b'{"id": "cut o')
    world.restart()
    world.told("INSERT INTO t VALUES (2)", "wrote")
    assert world.run("SELECT COUNT(*) FROM t AT(STATEMENT => 'made')") == [(1,)]
    world.restart()
    assert world.run("SELECT COUNT(*) FROM t AT(STATEMENT => 'wrote')") == [(2,)]
    told = world.run("SELECT query_id FROM snowflake.account_usage.query_history WHERE query_id = 'made'")
    assert told == [("made",)]
