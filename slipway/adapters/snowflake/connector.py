"""The session port on snowflake-connector-python. Importing it takes half a second: do so where it is used.

Source: https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-connect
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import snowflake.connector
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errorcode import ER_FAILED_TO_REQUEST
from snowflake.connector.errors import Error, OperationalError

from slipway.adapters.snowflake.faults import login_fault, statement_fault
from slipway.adapters.snowflake.session import Connection, Driver, Statement, tell_nobody
from slipway.adapters.snowflake.settings import SnowflakeSettings
from slipway.ports.warehouse_errors import LoginRefused
from slipway.ports.warehouse_results import Answer

_LONGEST_WAIT_SECONDS: Final = 8
_WRITTEN: Final = "number of rows "


class ConnectorDriver(Driver):
    """Logs in with a key pair.

    Args:
        settings: where, and as whom.
        told: is told, a line each time, that an answer is waited for.
    """

    def __init__(self, settings: SnowflakeSettings, told: Callable[[str], None] = tell_nobody) -> None:
        self._settings = settings
        self._told = told
        # Without a handler Python prints the connector's errors, with their tracebacks, beside ours.
        logging.getLogger("snowflake.connector").addHandler(logging.NullHandler())

    @property
    def statement_seconds(self) -> int:
        """How long any statement of its sessions may run."""
        return self._settings.statement_seconds

    def connect(self, tag: str) -> Connection:
        """Open a session whose parameters hold from its first statement."""
        subject = f"Snowflake account {self._settings.account} as {self._settings.user}"
        try:
            return ConnectorConnection(
                snowflake.connector.connect(**_parameters(self._settings, tag, self._told))
            )
        except Error as error:
            raise login_fault(*_facts(error), subject) from error
        except (OSError, ValueError) as error:  # the key file is missing, or is no key
            raise LoginRefused(
                str(error),
                subject=subject,
                remedy=f"put the private key at {self._settings.private_key_file}",
            ) from error


class ConnectorConnection(Connection):
    """One login.

    Args:
        connection: the connector's.
    """

    def __init__(self, connection: SnowflakeConnection) -> None:
        self._connection = connection

    def run(self, statement: Statement) -> Answer:
        """Run a statement and read all that it answers."""
        cursor = None
        try:
            cursor = self._connection.cursor()
            cursor.execute(statement.text, tuple(statement.parameters) or None)
            rows = [tuple(row) for row in cursor.fetchall()]
        except Error as error:
            raise statement_fault(*_facts(error), statement.subject, str(error.sfqid or "")) from error
        names = tuple(column.name for column in cursor.description or ())
        return Answer(
            query_id=str(cursor.sfqid), columns=names, rows=tuple(rows), written=written(names, rows)
        )

    def close(self) -> None:
        """Log out, without another word to a server that is gone."""
        with suppress(Error):
            self._connection.close(retry=False)


def written(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """How many rows a DML statement wrote, by its answer: one row of `number of rows ...`.

    Source: https://docs.snowflake.com/en/sql-reference/sql/update (insert, delete, merge), output.
    """
    if len(rows) != 1:
        return 0
    return sum(int(value) for name, value in zip(columns, rows[0], strict=True) if name.startswith(_WRITTEN))


class Patience(Iterator[int]):
    """Waits between the attempts to reach the server, and an end of them: the connector's `backoff_policy`.

    The connector's own limit, `network_timeout`, is one for the whole statement, however well it proceeds;
    this one counts from the first failure. Asked again after its end it says the same: no generator does.

    Args:
        seconds: from the first failure to the last attempt.
        told: is told of each attempt that is still to come.
    """

    def __init__(self, seconds: float, told: Callable[[str], None] = tell_nobody) -> None:
        self._seconds = seconds
        self._told = told
        self._attempt = 1
        self._ends = 0.0
        self._wait = 1

    def __next__(self) -> int:
        """The seconds until the next attempt.

        Raises:
            OperationalError: there is none.
        """
        if not self._ends:  # asked in advance, before anything has failed
            self._ends = float("inf")
            return self._wait
        now = time.monotonic()
        self._ends = min(self._ends, now + self._seconds)
        if now >= self._ends:
            raise OperationalError(msg=f"no answer for {self._seconds:g} seconds", errno=ER_FAILED_TO_REQUEST)
        self._wait = min(self._wait * 2, _LONGEST_WAIT_SECONDS)
        self._attempt += 1
        left = f"{self._ends - now:.0f} s left"
        self._told(f"waiting for Snowflake: connection lost, attempt {self._attempt}, {left}")
        return self._wait


def _parameters(settings: SnowflakeSettings, tag: str, told: Callable[[str], None]) -> dict[str, Any]:
    return settings.address() | {
        "account": settings.account,
        "user": settings.user,
        "role": settings.role,
        "warehouse": settings.warehouse,
        "private_key_file": str(settings.private_key_file),
        "paramstyle": "qmark",  # parameters travel beside the text, never in it
        "login_timeout": settings.login_seconds,
        "backoff_policy": lambda: Patience(settings.patience_seconds, told),
        "session_parameters": {
            "QUERY_TAG": tag,
            "AUTOCOMMIT": True,
            "TIMEZONE": "UTC",
            "LOCK_TIMEOUT": settings.lock_seconds,
            "STATEMENT_TIMEOUT_IN_SECONDS": settings.statement_seconds,
        },
    }


def _facts(error: Error) -> tuple[int, str, str]:
    """Number, SQL state and text; the connector writes -1 and `n/a` where it has none."""
    number = max(error.errno, 0)
    sqlstate = error.sqlstate if error.sqlstate not in {None, "n/a"} else ""
    return number, str(sqlstate), str(error.raw_msg or error.msg)
