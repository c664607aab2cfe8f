"""How the materialised Snowflake types reach the sandbox's account: one login a provider, SQL, rows by name.

The connector is Snowflake's own; it is imported, and the login made, when a server is first asked something:
half a second that recorded types and previews never need.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from slipway_sandbox.provider.contract import ProviderFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slipway_sandbox.provider.contract import Session

Row = dict[str, Any]
"""One row of an answer: column -> value."""

NOT_ANSWERING: Final = "see `slipway sandbox status`, then `slipway sandbox logs snowflake`"
_ABSENT: Final = frozenset({2003, 2043})
"""Snowflake's numbers for an object that does not exist, or that the role may not see."""
_PROBE_SECONDS: Final = 5.0
_PATIENCE_SECONDS: Final = 10.0
_LONGEST_WAIT_SECONDS: Final = 4
_NO_NUMBER: Final = 1
"""Below it are the numbers of errors that the connector itself raises without one of Snowflake's."""
_CONNECTOR: Final = range(250000, 260000)
"""Numbers of the connector's own: the server was not reached."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where an account is and who logs in.

    Attributes:
        host: where the server listens.
        port: its port.
        protocol: http or https.
        account: the account's identifier, ORGANIZATION-ACCOUNT.
        user: the login name.
        private_key: PEM text.
        passphrase: of the private key; empty for none.
        role: the session's role; empty for the user's own.
        warehouse: the session's warehouse; empty for the user's own.
        parameters: session parameters.
    """

    host: str
    port: int
    protocol: str
    account: str
    user: str
    private_key: str = field(repr=False)
    passphrase: str = field(default="", repr=False)
    role: str = ""
    warehouse: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """What people read."""
        return f"{self.protocol}://{self.host}:{self.port}"


class Snowflake:
    """A session with an account, begun when it is first needed; the threads of a provider share it.

    Args:
        login: where and as whom.
    """

    def __init__(self, login: Login) -> None:
        self._login = login
        self._lock = threading.Lock()
        self._connection: Any = None

    def execute(self, sql: str) -> None:
        """Run a statement.

        Raises:
            ProviderFault: the account refused it, in its own words, or does not answer.
        """
        self.rows(sql)

    def rows(self, sql: str) -> list[Row]:
        """The rows that a statement answers.

        Raises:
            ProviderFault: as `execute`.
        """
        return self._answer(sql, absent_is_fine=False) or []

    def find(self, sql: str) -> list[Row] | None:
        """The rows, or None when what the statement names does not exist."""
        return self._answer(sql, absent_is_fine=True)

    def forgive(self, sql: str) -> None:
        """Run a statement that takes something away; it is fine when that is gone already."""
        self._answer(sql, absent_is_fine=True)

    def _answer(self, sql: str, *, absent_is_fine: bool) -> list[Row] | None:
        from snowflake.connector.errors import Error  # noqa: PLC0415  see the module

        connection = self._opened()
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except Error as error:
            if absent_is_fine and error.errno in _ABSENT:
                return None
            raise self._fault(error, " ".join(sql.split()[:4])) from error

    def _opened(self) -> Any:
        with self._lock:
            if self._connection is None:
                self._connection = _connection(self._login)
            return self._connection

    def _fault(self, error: Any, what: str) -> ProviderFault:
        said = " ".join(str(error.raw_msg or error.msg).split())
        if error.errno < _NO_NUMBER or error.errno in _CONNECTOR:
            return ProviderFault(
                f"Snowflake at {self._login.url} does not answer: {said}", remedy=NOT_ANSWERING
            )
        return ProviderFault(f"Snowflake refused {what}: {error.errno:06d} ({error.sqlstate}): {said}")


def snowflake(session: Session) -> Snowflake:
    """The Snowflake side of a provider session.

    Raises:
        ProviderFault: the session is not one of the snowflake package.
    """
    if session.snowflake is None:
        raise ProviderFault(f"the provider of package {session.package!r} has no Snowflake session")
    return session.snowflake


class Patience(Iterator[int]):
    """Waits between attempts to reach a server, and their end: the connector's `backoff_policy`.

    The connector's own limit counts from the beginning of a statement, however well it proceeds; this one
    counts from the first failure.
    """

    def __init__(self) -> None:
        self._ends = 0.0
        self._wait = 1

    def __next__(self) -> int:
        """The seconds until the next attempt.

        Raises:
            OperationalError: there is none.
        """
        from snowflake.connector.errorcode import ER_FAILED_TO_REQUEST  # noqa: PLC0415  see the module
        from snowflake.connector.errors import OperationalError  # noqa: PLC0415  same

        if not self._ends:  # asked in advance, before anything has failed
            self._ends = float("inf")
            return self._wait
        now = time.monotonic()
        self._ends = min(self._ends, now + _PATIENCE_SECONDS)
        if now >= self._ends:
            raise OperationalError(
                msg=f"no answer for {_PATIENCE_SECONDS:g} seconds", errno=ER_FAILED_TO_REQUEST
            )
        self._wait = min(self._wait * 2, _LONGEST_WAIT_SECONDS)
        return self._wait


def _connection(login: Login) -> Any:
    """Log in.

    Raises:
        ProviderFault: nobody listens, or the user may not log in.
    """
    try:
        socket.create_connection((login.host, login.port), _PROBE_SECONDS).close()
    except OSError as error:  # the connector would try for a minute
        raise ProviderFault(
            f"Snowflake at {login.url} does not answer: {error.strerror or error}", remedy=NOT_ANSWERING
        ) from error
    import snowflake.connector  # noqa: PLC0415  see the module
    from snowflake.connector.errors import Error  # noqa: PLC0415  same

    # Without a handler Python prints the connector's errors, with their tracebacks, beside ours.
    logging.getLogger("snowflake.connector").addHandler(logging.NullHandler())
    try:
        return snowflake.connector.connect(**_parameters(login))
    except Error as error:
        said = " ".join(str(error.raw_msg or error.msg).split())
        raise ProviderFault(
            f"Snowflake at {login.url} refused the login of {login.user}: {said}",
            remedy='run eval "$(slipway sandbox env)" again: each sandbox has a key of its own',
        ) from error


def _parameters(login: Login) -> dict[str, Any]:
    chosen = {"role": login.role, "warehouse": login.warehouse}
    return {name: value for name, value in chosen.items() if value} | {
        "account": login.account,
        "user": login.user,
        "private_key": _key(login),
        "host": login.host,
        "port": login.port,
        "protocol": login.protocol,
        "backoff_policy": Patience,
        "session_parameters": dict(login.parameters),
    }


def _key(login: Login) -> bytes:
    """The private key as the connector takes it: DER.

    Raises:
        ProviderFault: it is no private key, or the passphrase does not open it.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  the connector brings it

    try:
        key = serialization.load_pem_private_key(
            login.private_key.encode(), login.passphrase.encode() or None
        )
    except (TypeError, ValueError) as error:
        raise ProviderFault(
            f"the private key of {login.user} cannot be read: {error}",
            remedy="give snowflake:privateKey, or SNOWFLAKE_PRIVATE_KEY, as PEM text",
        ) from error
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
