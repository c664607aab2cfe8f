"""Logins, tags and lost connections."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.environment import Environment
from slipway.model.errors import ExitCode
from slipway.model.query_tag import QueryTag
from slipway.model.snowflake_objects import Schema, Table
from slipway.ports.warehouse_errors import (
    ConnectionLost,
    LockTimeout,
    LoginRefused,
    OutcomeUnknown,
    PrivilegeMissing,
    StatementFailed,
)
from slipway.ports.warehouse_results import Fence
from tests.integration.warehouse.account import TAG, RunningAccount, running_account

pytestmark = pytest.mark.integration


def stop(running: RunningAccount) -> int:
    """End a server at once; returns its port."""
    running.process.kill()
    running.process.wait()
    assert running.settings.port is not None
    return running.settings.port


def test_a_dead_server_is_told_with_its_remedy(tmp_path: Path) -> None:
    """In the session's patience, not in the connector's: that one is endless."""
    with running_account(tmp_path / "home") as running:
        told: list[str] = []
        warehouse = running.warehouse(told=told.append)
        warehouse.point()
        assert told == []
        stop(running)
        began = time.monotonic()
        with pytest.raises(ConnectionLost) as caught:
            warehouse.point()
        assert time.monotonic() - began < 240
        assert told[0].startswith("waiting for Snowflake: connection lost, attempt 2, ")
        assert caught.value.exit_code is ExitCode.ENVIRONMENT
        assert caught.value.remedy.startswith("check that the warehouse answers")
        with pytest.raises(OutcomeUnknown, match="late: the connection was lost"):
            open_session_of(running).run("INSERT INTO t VALUES (1)", subject="late")


def open_session_of(running: RunningAccount) -> SnowflakeWarehouse:
    """Start a server again, open a session, and end the server."""
    assert running.settings.port is not None
    home = running.settings.private_key_file.parents[1]
    with running_account(home, port=running.settings.port) as again:
        warehouse = again.warehouse()
        warehouse.point()
        return warehouse


def test_a_restarted_server_is_logged_in_to_again(tmp_path: Path) -> None:
    """A reading survives the end of its session; work of unknown outcome does not run twice."""
    home = tmp_path / "home"
    with running_account(home) as running:
        warehouse = running.warehouse()
        warehouse.run("CREATE DATABASE D", subject="test")
        warehouse.run("CREATE TABLE D.PUBLIC.T (A INT)", subject="test")
        port = stop(running)
    with running_account(home, port=port):
        assert warehouse.fingerprint(Table.of("D", "PUBLIC", "T")).rows == 0
    with running_account(home, port=port):
        with pytest.raises(OutcomeUnknown):
            warehouse.run("INSERT INTO D.PUBLIC.T VALUES (1)", subject="late")
        warehouse.run("INSERT INTO D.PUBLIC.T VALUES (1)", subject="again")
        assert warehouse.fingerprint(Table.of("D", "PUBLIC", "T")).rows == 1
        warehouse.close()


def test_a_session_that_ends_under_a_fence_has_written_nothing(tmp_path: Path) -> None:
    """The transaction is gone with the session: nothing of it may be committed by a new one."""
    home = tmp_path / "home"
    table = Table.of("D", "PUBLIC", "T")
    fence = Fence(table=Table.of("D", "PUBLIC", "FENCES"), target="t")
    with running_account(home) as running:
        warehouse = running.warehouse()
        warehouse.run("CREATE DATABASE D", subject="test")
        warehouse.run(f"CREATE TABLE {table.sql} (A INT)", subject="test")
        warehouse.install_fence(fence)

        def work() -> None:
            with warehouse.fence(fence, 1) as fenced:
                fenced.run(f"INSERT INTO {table.sql} VALUES (1)", subject="first half")
                stop(running)
                fenced.run(f"INSERT INTO {table.sql} VALUES (2)", subject="second half")

        with pytest.raises(ConnectionLost):
            work()
    assert running.settings.port is not None
    with running_account(home, port=running.settings.port):
        assert warehouse.fingerprint(table).rows == 0
        warehouse.close()


def test_a_server_that_hangs_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    """A pause is no loss: nothing is sent twice."""
    with running_account(tmp_path / "home") as running:
        warehouse = running.warehouse()
        warehouse.run("CREATE DATABASE D", subject="test")
        warehouse.run("CREATE TABLE D.PUBLIC.T (A INT)", subject="test")
        os.kill(running.process.pid, signal.SIGSTOP)
        child = os.fork()
        if child == 0:
            time.sleep(1)
            os.kill(running.process.pid, signal.SIGCONT)
            os._exit(0)
        warehouse.run("INSERT INTO D.PUBLIC.T VALUES (1)", subject="test")
        os.waitpid(child, 0)
        assert warehouse.fingerprint(Table.of("D", "PUBLIC", "T")).rows == 1
        warehouse.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"user": "NOBODY"}, "as NOBODY"),
        ({"role": "NOSUCH"}, "does not exist"),
        ({"private_key_file": Path("/nowhere/key.p8")}, "/nowhere/key.p8"),
    ],
)
def test_a_refused_login_says_what_to_check(
    account: RunningAccount, wrong: dict[str, object], said: str
) -> None:
    """A wrong user is no lost connection: trying again helps nobody."""
    settings = replace(account.settings, **wrong)  # type: ignore[arg-type]  # one field a case
    with pytest.raises(LoginRefused) as caught:
        replace(account, settings=settings).warehouse().point()
    assert said in caught.value.message
    assert "key" in caught.value.remedy


def test_errors_carry_number_state_subject_and_query(
    account: RunningAccount, warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """What an engineer searches the history and the manual for."""
    with pytest.raises(StatementFailed) as caught:
        warehouse.run(f"SELECT NOSUCH FROM {settlements.sql}", subject="audit of keys")
    assert (caught.value.number, caught.value.sqlstate, caught.value.subject) == (
        904,
        "42000",
        "audit of keys",
    )
    assert len(caught.value.query_id) == 36
    assert caught.value.message == "audit of keys: SQL compilation error: invalid identifier 'NOSUCH'"
    warehouse.run("CREATE ROLE IF NOT EXISTS SESSIONS_READER", subject="test")
    warehouse.run("GRANT ROLE SESSIONS_READER TO USER PLATFORM_ENGINEER", subject="test")
    for on in (f"USAGE ON DATABASE {settlements.database.sql}", f"USAGE ON SCHEMA {settlements.schema.sql}"):
        warehouse.run(f"GRANT {on} TO ROLE SESSIONS_READER", subject="test")
    warehouse.run(f"GRANT SELECT ON TABLE {settlements.sql} TO ROLE SESSIONS_READER", subject="test")
    reader = replace(account, settings=replace(account.settings, role="SESSIONS_READER")).warehouse()
    reader.run("USE SECONDARY ROLES NONE", subject="test")
    with pytest.raises(PrivilegeMissing) as refused:
        reader.run(f"DELETE FROM {settlements.sql}", subject="clean-up")
    reader.close()
    assert (refused.value.number, refused.value.remedy[:19]) == (3001, "grant the privilege")


def test_a_lock_is_waited_for_and_then_told(
    account: RunningAccount, warehouse: SnowflakeWarehouse, settlements: Table
) -> None:
    """The session's LOCK_TIMEOUT holds, not the server's twelve hours."""
    fence = Fence(table=Table(settlements.schema, "FENCES"), target="t")
    warehouse.install_fence(fence)
    other = replace(account, settings=replace(account.settings, lock_seconds=1)).warehouse()
    with warehouse.fence(fence, 1) as work:
        work.run(f"DELETE FROM {settlements.sql}", subject="test")
        with pytest.raises(LockTimeout, match="clean-up"):
            other.run(f"DELETE FROM {settlements.sql}", subject="clean-up")
    other.close()


def test_every_statement_carries_its_tag(warehouse: SnowflakeWarehouse, schema: Schema) -> None:
    """The query history tells which stage of which deployment wrote."""
    other = QueryTag(environment=Environment.DEV, deployment="it's d-2", stage="audit")
    first = warehouse.run("SELECT 1", subject="test")
    with warehouse.tagged(other):
        second = warehouse.run("SELECT 2", subject="test")
    third = warehouse.run("SELECT 3", subject="test")
    history = warehouse.run(
        "SELECT QUERY_ID, QUERY_TAG FROM "
        f"TABLE({schema.database.sql}.INFORMATION_SCHEMA.QUERY_HISTORY_BY_SESSION())",
        subject="test",
    )
    tags = {str(query): QueryTag.parse(str(tag)) for query, tag in history.rows}
    assert [tags[each.query_id] for each in (first, second, third)] == [TAG, other, TAG]
