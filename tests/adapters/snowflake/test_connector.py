"""What the connector's errors, answers and waits become."""

import subprocess
import sys

import pytest
from snowflake.connector.errors import OperationalError

from slipway.adapters.snowflake.connector import Patience, written
from slipway.adapters.snowflake.faults import login_fault, statement_fault
from slipway.model.errors import ExitCode
from slipway.ports.warehouse_errors import (
    ChangesNotTracked,
    ConnectionLost,
    LockTimeout,
    LoginRefused,
    ObjectExists,
    ObjectMissing,
    PointOutOfReach,
    PrivilegeMissing,
    StatementFailed,
    WarehouseError,
)


@pytest.mark.parametrize(
    ("number", "sqlstate", "message", "kind"),
    [
        (250003, "", "Failed to execute request", ConnectionLost),
        (390112, "08001", "Your session has expired", ConnectionLost),
        (999999, "08006", "anything of class 08", ConnectionLost),
        (2003, "02000", "does not exist or not authorized", ObjectMissing),
        (999999, "42S02", "does not exist", ObjectMissing),
        (2002, "42710", "already exists", ObjectExists),
        (3001, "42501", "Insufficient privileges", PrivilegeMissing),
        (625, "57014", "has locked table", LockTimeout),
        (707, "02000", "Time travel data is not available", PointOutOfReach),
        (707, "02000", "Change tracking is not enabled or has been missing", ChangesNotTracked),
        (904, "42000", "invalid identifier", StatementFailed),
    ],
)
def test_an_error_has_its_family(
    number: int, sqlstate: str, message: str, kind: type[WarehouseError]
) -> None:
    """A caller tells a lost connection from a wrong name without reading texts."""
    found = statement_fault(number, sqlstate, f"SQL error:\n{message}", "swap", "q-1")
    assert type(found) is kind
    assert (found.message, found.number, found.query_id) == (f"swap: SQL error: {message}", number, "q-1")
    assert (found.exit_code, bool(found.remedy)) == (ExitCode.ENVIRONMENT, True)


@pytest.mark.parametrize(("number", "kind"), [(250001, ConnectionLost), (390144, LoginRefused)])
def test_a_login_that_fails(number: int, kind: type[WarehouseError]) -> None:
    """Both come with SQL state 08001: the number tells them apart."""
    assert type(login_fault(number, "08001", "no", "account")) is kind


def test_rows_written_are_what_dml_answers() -> None:
    """Rows that an UPDATE joined twice are not written twice; a SELECT writes none."""
    names = ("number of rows updated", "number of multi-joined rows updated")
    assert written(names, [(3, 1)]) == 3
    assert written(("number of rows inserted", "number of rows deleted"), [(1, 2)]) == 3
    assert written(("COUNT(*)",), [(7,)]) == 0


def test_patience_ends_and_stays_ended() -> None:
    """The connector asks once in advance, and again after the end."""
    waits = Patience(0)
    assert next(waits) == 1
    for _ in range(2):
        with pytest.raises(OperationalError, match="no answer for 0 seconds"):
            next(waits)
    longer = Patience(60)
    assert [next(longer) for _ in range(5)] == [1, 2, 4, 8, 8]


def test_each_attempt_that_is_waited_for_is_told() -> None:
    """Nobody wonders whether a command hangs; of an answer at once nothing is said."""
    told: list[str] = []
    waits = Patience(30, told.append)
    next(waits)
    assert told == []
    next(waits)
    next(waits)
    assert told == [
        "waiting for Snowflake: connection lost, attempt 2, 30 s left",
        "waiting for Snowflake: connection lost, attempt 3, 30 s left",
    ]


def test_the_connector_is_not_imported_before_it_is_used() -> None:
    """Two seconds that no command without a warehouse should pay."""
    text = "import sys, slipway.adapters.snowflake; sys.exit('snowflake.connector' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
