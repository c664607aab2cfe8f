"""From an error number and a SQL state to the port's error.

Numbers: https://docs.snowflake.com/en/developer-guide/python-connector/python-connector-api (25xxxx, the
connector's own), and those that Snowflake's server answers, as its documentation and its drivers quote them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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

_LOST: Final = frozenset(
    {
        250001,  # cannot connect
        250002,  # the connection is closed
        250003,  # a request failed
        250005,  # the server failed
        251011,  # time-out of the connection
        251012,  # a retryable HTTP code, to the end
        252008,  # the session could not be renewed
        390104,  # log in again
        390111,  # the session is gone
        390112,  # the session has expired
        390113,  # the master token is not found
        390114,  # the master token has expired
        390115,  # the master token is invalid
    }
)

_BY_NUMBER: Final[Mapping[int, type[WarehouseError]]] = MappingProxyType(
    {
        625: LockTimeout,  # waited for a lock too long, or a deadlock
        707: PointOutOfReach,  # Time Travel data is not available
        709: PointOutOfReach,  # the statement is not found
        2002: ObjectExists,
        2003: ObjectMissing,
        2043: ObjectMissing,  # does not exist, or operation cannot be performed
        3001: PrivilegeMissing,
        3013: PrivilegeMissing,  # the role is not the user's
    }
)

_BY_STATE: Final[Mapping[str, type[WarehouseError]]] = MappingProxyType(
    {"02000": ObjectMissing, "42S02": ObjectMissing, "42501": PrivilegeMissing, "42710": ObjectExists}
)


def statement_fault(number: int, sqlstate: str, message: str, subject: str, query_id: str) -> WarehouseError:
    """The error of a statement.

    Args:
        number: the connector's or the server's number.
        sqlstate: the SQL state.
        message: the text.
        subject: what the statement was about.
        query_id: its id; empty when it did not get that far.
    """
    kind = _kind(number, sqlstate, message)
    return kind(_told(message), subject=subject, number=number, sqlstate=sqlstate, query_id=query_id)


def login_fault(number: int, sqlstate: str, message: str, subject: str) -> WarehouseError:
    """The error of a login: nothing answers, or what was presented is not accepted."""
    is_refused = number not in _LOST
    kind = LoginRefused if is_refused else ConnectionLost
    return kind(_told(message), subject=subject, number=number, sqlstate=sqlstate)


def _kind(number: int, sqlstate: str, message: str) -> type[WarehouseError]:
    if number in _LOST or sqlstate.startswith("08"):  # SQL:2003 class 08, connection exception
        return ConnectionLost
    if "change tracking" in message.lower():  # shares its number with other errors of Time Travel
        return ChangesNotTracked
    return _BY_NUMBER.get(number) or _BY_STATE.get(sqlstate, StatementFailed)


def _told(message: str) -> str:
    """One line: Snowflake puts the reason on the second."""
    return " ".join(message.split())
