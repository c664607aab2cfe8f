"""The sessions that are open, by the token that their drivers send."""

import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.session import Session

_TOKEN: Final = re.compile(r'Snowflake Token="(.*)"')
_KEPT_ANSWERS: Final = 20
_GONE: Final = SnowflakeError(390104, "08001", "User must login again to access the service.")


@dataclass
class Opened:
    """A session and the lock that keeps its statements one after another.

    Attributes:
        session: the session.
        lock: held while one of its statements runs.
        answered: request id -> what was answered: a driver sends a request again, under the same id, when it
            has lost the answer, and Snowflake runs it once.
    """

    session: Session
    lock: threading.Lock = field(default_factory=threading.Lock)
    answered: OrderedDict[str, dict[str, Any]] = field(default_factory=OrderedDict)

    def once(self, request_id: str, run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Run a request, or answer one that has been run as it was answered."""
        with self.lock:
            if request_id and request_id in self.answered:
                return self.answered[request_id]
            answer = run()
            self.answered[request_id] = answer
            while len(self.answered) > _KEPT_ANSWERS:
                self.answered.popitem(last=False)
            return answer


class OpenSessions:
    """Every open session; each change of the table is one step, since requests come at once."""

    def __init__(self) -> None:
        self._by_token: dict[str, Opened] = {}

    def add(self, session: Session) -> str:
        """Keep a session; the token by which its driver names it."""
        token = secrets.token_urlsafe(32)
        self._by_token[token] = Opened(session)
        return token

    def of(self, authorization: str) -> Opened:
        """The session of a request.

        Args:
            authorization: the request's header.

        Raises:
            SnowflakeError: 390104, it is not open; drivers log in again.
        """
        found = self._by_token.get(_token(authorization))
        if found is None:
            raise _GONE
        return found

    def end(self, authorization: str) -> None:
        """End the session of a request, when its statement has ended.

        Raises:
            SnowflakeError: 390104, it is not open.
        """
        found = self._by_token.pop(_token(authorization), None)
        if found is None:
            raise _GONE
        with found.lock:
            found.session.close()

    def end_all(self) -> None:
        """End every session."""
        while self._by_token:
            self._by_token.popitem()[1].session.close()


def _token(authorization: str) -> str:
    found = _TOKEN.search(authorization)
    return found[1] if found else ""
