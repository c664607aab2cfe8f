"""From an answer that is no success to the port's error.

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api and
https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from slipway.ports.source_control_errors import (
    NotFound,
    RateLimited,
    RequestRefused,
    RightMissing,
    SourceControlError,
    SourceControlLost,
    TokenRefused,
)

_LIMITS: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})
_BY_STATUS: Final[Mapping[int, type[SourceControlError]]] = {
    HTTPStatus.UNAUTHORIZED: TokenRefused,
    HTTPStatus.FORBIDDEN: RightMissing,
    HTTPStatus.NOT_FOUND: NotFound,
}
_NO_COMMIT: Final = "No commit found"  # answered with 422
_NEEDS_APP: Final = "authenticate via a GitHub App"
_APP_REMEDY: Final = (
    "use the token of a GitHub App's installation (in Actions: the job's own), or set a commit status"
)


def fault(
    status: int, headers: Mapping[str, str], message: str, *, subject: str, now: datetime
) -> SourceControlError:
    """Name what an answer refuses.

    Args:
        status: its HTTP status, 400 or more.
        headers: its headers, names in any case.
        message: what its body says.
        subject: what was asked.
        now: the moment from which a delay counts.
    """
    if status in _LIMITS and _is_limit(headers, message):
        return RateLimited(message, subject=subject, resumes=_resumes(headers, now), status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SourceControlLost(f"the server failed ({status}): {message}", subject=subject, status=status)
    kind = NotFound if _NO_COMMIT in message else _BY_STATUS.get(status, RequestRefused)
    remedy = _APP_REMEDY if _NEEDS_APP in message else ""
    return kind(message, subject=subject, remedy=remedy, status=status)


def _is_limit(headers: Mapping[str, str], message: str) -> bool:
    """The primary limit has a counter, the secondary one a delay or only its words."""
    spent = headers.get("x-ratelimit-remaining") == "0"
    return spent or "retry-after" in headers or "rate limit" in message.lower()


def _resumes(headers: Mapping[str, str], now: datetime) -> datetime | None:
    delay, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if delay.isdigit():
        return now + timedelta(seconds=int(delay))
    return datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() else None
