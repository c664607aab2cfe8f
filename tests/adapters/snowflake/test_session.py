"""Which statements run again after a lost connection, and what is said of those that do not."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.adapters.snowflake.session import Repeat, Session, Statement
from slipway.model.environment import Environment
from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse_errors import ConnectionLost, OutcomeUnknown, StaleFence, StatementFailed
from slipway.ports.warehouse_results import Fence
from tests.doubles.snowflake_driver import ScriptedDriver, answer, lost

TAG = QueryTag(environment=Environment.PROD, stage="publish")
READ = Statement(text="SELECT 1", subject="reading")
WRITE = Statement(text="INSERT 1", subject="late rows", repeat=Repeat.NEVER)
FENCE = Fence(table=Table.of("D", "S", "FENCES"), target="sink")
ONE, OTHER = Table.of("D", "S", "ONE"), Table.of("D", "S", "OTHER")
EARLY, LATE = (answer((datetime(2026, 11, day, tzinfo=UTC), None)) for day in (1, 2))


def test_a_reading_survives_two_lost_connections() -> None:
    """Each attempt logs in anew: the old session is not asked again."""
    driver = ScriptedDriver(SELECT=[lost(), lost(), answer((1,))])
    assert Session(driver, TAG).run(READ).rows == ((1,),)
    assert driver.sent == ["login", "SELECT 1"] * 3


def test_a_reading_gives_up() -> None:
    """A dead server is told after three attempts."""
    driver = ScriptedDriver(SELECT=[lost()])
    with pytest.raises(ConnectionLost):
        Session(driver, TAG).run(READ)
    assert driver.sent.count("SELECT 1") == 3


def test_a_write_is_never_sent_twice() -> None:
    """It may have been committed before the connection was lost."""
    driver = ScriptedDriver(INSERT=[lost()])
    with pytest.raises(
        OutcomeUnknown, match="late rows: the connection was lost, and it may have taken effect"
    ):
        Session(driver, TAG).run(WRITE)
    assert driver.sent == ["login", "INSERT 1"]


def test_a_write_that_could_not_be_sent_took_no_effect() -> None:
    """No login, no doubt."""
    driver = ScriptedDriver(login=[lost()])
    with pytest.raises(ConnectionLost):
        Session(driver, TAG).run(WRITE)
    assert driver.sent == ["login"]


def test_an_error_of_the_server_is_not_repeated() -> None:
    """Only a lost connection is a reason to send again."""
    driver = ScriptedDriver(SELECT=[StatementFailed("no", subject="reading")])
    with pytest.raises(StatementFailed):
        Session(driver, TAG).run(READ)
    assert driver.sent == ["login", "SELECT 1"]


def test_a_tag_is_sent_before_the_next_statement_and_with_each_login() -> None:
    """A session that was lost must not go on with the tag of another stage."""
    other = QueryTag(environment=Environment.PROD, stage="audit")
    driver = ScriptedDriver(SELECT=[answer(), lost(), answer()])
    session = Session(driver, TAG)
    session.run(READ)
    with session.tagged(other):
        session.run(READ)
    session.run(READ)
    altered = [f"ALTER SESSION SET QUERY_TAG = '{each.text}'" for each in (other, TAG)]
    assert [each for each in driver.sent if each.startswith("ALTER")] == altered
    assert driver.tags == [TAG.text, other.text]


def test_a_swap_may_run_for_less_than_its_lease_lasts() -> None:
    """And what comes after it for as long as before: also in a session that was lost in between."""
    driver = ScriptedDriver(SELECT=[EARLY])
    warehouse = SnowflakeWarehouse(driver, TAG)
    warehouse.swap(ONE, OTHER, within=timedelta(seconds=19.5))
    warehouse.point()
    assert [each for each in driver.sent if not each.startswith("SELECT")] == [
        "login",
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 18",
        'ALTER TABLE "D"."S"."ONE" SWAP WITH "D"."S"."OTHER"',
        "ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 3600",
    ]


def test_a_swap_that_was_seen_to_happen_is_done() -> None:
    """When the objects were made tells them apart: exchanged times are an exchange."""
    driver = ScriptedDriver(SELECT=[EARLY, LATE, EARLY, LATE], ALTER=[lost()])
    SnowflakeWarehouse(driver, TAG).swap(ONE, OTHER)
    assert sum(each.startswith("ALTER") for each in driver.sent) == 1


@pytest.mark.parametrize("after", [[LATE, EARLY], [EARLY, EARLY], [lost()]])
def test_a_swap_in_doubt_is_not_repeated(after: list[object]) -> None:
    """A second swap would undo the first one, which may be running still."""
    driver = ScriptedDriver(SELECT=[EARLY, LATE, *after], ALTER=[lost()])  # type: ignore[list-item]  # replies
    with pytest.raises(OutcomeUnknown, match=r"swap D\.S\.ONE with D\.S\.OTHER"):
        SnowflakeWarehouse(driver, TAG).swap(ONE, OTHER)
    assert sum(each.startswith("ALTER") for each in driver.sent) == 1


def test_a_swap_of_objects_of_the_same_moment_is_in_doubt() -> None:
    """Times that are equal tell nothing."""
    driver = ScriptedDriver(SELECT=[EARLY], ALTER=[lost()])
    with pytest.raises(OutcomeUnknown):
        SnowflakeWarehouse(driver, TAG).swap(ONE, OTHER)


def test_a_clone_that_is_there_after_a_lost_connection_is_ours() -> None:
    """Its name was free before."""
    driver = ScriptedDriver(SELECT=[answer(), EARLY, EARLY], CREATE=[lost()])
    SnowflakeWarehouse(driver, TAG).clone(ONE, OTHER, expires=None)
    assert sum(each.startswith("CREATE") for each in driver.sent) == 1


def test_fenced_work_is_one_transaction() -> None:
    """The fence is taken first; COMMIT comes last."""
    driver = ScriptedDriver(UPDATE=[answer(written=1)])
    with SnowflakeWarehouse(driver, TAG).fence(FENCE, 7) as work:
        work.run("INSERT 1", subject="batch")
    assert [each.split()[0] for each in driver.sent] == ["login", "BEGIN", "UPDATE", "INSERT", "COMMIT"]


def test_a_stale_fence_runs_no_work() -> None:
    """No row was updated: somebody with a higher token was there."""
    driver = ScriptedDriver(UPDATE=[answer(written=0)], SELECT=[answer((8,))])
    with (
        pytest.raises(StaleFence, match="token 7 of fence sink is stale"),
        SnowflakeWarehouse(driver, TAG).fence(FENCE, 7) as work,
    ):
        work.run("INSERT 1", subject="batch")
    assert driver.sent[-1] == "ROLLBACK"
    assert "INSERT 1" not in driver.sent


def test_a_connection_lost_in_fenced_work_is_not_mended() -> None:
    """What a new session would run were outside the transaction, and outside the fence."""
    driver = ScriptedDriver(UPDATE=[answer(written=1)], INSERT=[lost(), answer()])

    def work() -> None:
        with SnowflakeWarehouse(driver, TAG).fence(FENCE, 7) as fenced:
            with suppress(ConnectionLost):
                fenced.run("INSERT 1", subject="batch", repeatable=True)
            fenced.run("INSERT 1", subject="batch", repeatable=True)

    with pytest.raises(ConnectionLost):
        work()
    assert driver.sent.count("login") == 1
    assert "COMMIT" not in driver.sent


def test_swallowing_the_loss_does_not_commit() -> None:
    """A block that catches every error is still no success."""
    driver = ScriptedDriver(UPDATE=[answer(written=1)], INSERT=[lost()])

    def work() -> None:
        with SnowflakeWarehouse(driver, TAG).fence(FENCE, 7) as fenced, suppress(ConnectionLost):
            fenced.run("INSERT 1", subject="batch")

    with pytest.raises(ConnectionLost):
        work()
    assert "COMMIT" not in driver.sent


def test_a_commit_without_an_answer_is_looked_for() -> None:
    """The fence's row has the id of the work that was committed with it."""
    driver = ScriptedDriver(UPDATE=[answer(written=1)], COMMIT=[lost()])
    with SnowflakeWarehouse(driver, TAG).fence(FENCE, 7):
        pass
    assert driver.sent.count("COMMIT") == 1
    assert driver.sent[-1].startswith("UPDATE")


def test_a_commit_that_did_not_happen_is_told() -> None:
    """The row has another work's id: the transaction was rolled back."""
    driver = ScriptedDriver(UPDATE=[answer(written=1), answer(written=0)], COMMIT=[lost()])
    with pytest.raises(ConnectionLost, match="rolled back"), SnowflakeWarehouse(driver, TAG).fence(FENCE, 7):
        pass


def test_a_commit_that_cannot_be_looked_for_is_in_doubt() -> None:
    """Neither success nor failure may be said."""
    driver = ScriptedDriver(UPDATE=[answer(written=1), lost()], COMMIT=[lost()])
    with pytest.raises(OutcomeUnknown), SnowflakeWarehouse(driver, TAG).fence(FENCE, 7):
        pass
