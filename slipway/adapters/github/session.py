"""Requests to one GitHub as one token: sent, tried again where that is safe, paged, and read as JSON.

What is sent twice: any request whose connection could not be made, and a GET whose connection was lost or
whose server failed. A write that may have arrived is never sent again.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import requests
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util import Retry

from slipway.adapters.github.faults import fault
from slipway.adapters.github.settings import GithubSettings
from slipway.ports.source_control_errors import AnswerNotUnderstood, SourceControlLost

_API_VERSION: Final = "2022-11-28"
_SERVER_FAILURES: Final = frozenset({500, 502, 503, 504})
_FIRST_DELAY_SECONDS: Final = 0.25  # doubles with every attempt after the second
_CONNECT_SECONDS: Final = 10.0
_FIRST_ERROR: Final = 400
_PAGE: Final = {"per_page": "100"}

Wire = TypeVar("Wire", bound=BaseModel)


class _Bearer(AuthBase):
    """The token, set by ourselves: left to itself the library prefers what a .netrc file says."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GithubSession:
    """One connection pool; it serves one thread."""

    def __init__(self, settings: GithubSettings) -> None:
        self._root = settings.endpoint.rstrip("/")
        self._timeout = (_CONNECT_SECONDS, settings.patience_seconds)
        self._http = requests.Session()
        self._http.auth = _Bearer(settings.token)
        self._http.headers["Accept"] = "application/vnd.github+json"
        self._http.headers["X-GitHub-Api-Version"] = _API_VERSION
        retry = Retry(
            total=settings.attempts - 1,
            allowed_methods=frozenset({"GET"}),
            status_forcelist=_SERVER_FAILURES,
            backoff_factor=_FIRST_DELAY_SECONDS,
            raise_on_status=False,
            respect_retry_after_header=False,  # it may ask for an hour: that is told, not waited for
        )
        for scheme in ("https://", "http://"):
            self._http.mount(scheme, HTTPAdapter(max_retries=retry))

    def get(self, path: str, shape: type[Wire], *, subject: str) -> Wire:
        """Read one object.

        Raises:
            SourceControlError: it could not be read; see `faults`.
        """
        return _read(shape, self._send("GET", self._root + path, subject=subject), subject)

    def pages(self, path: str, shape: type[Wire], *, subject: str) -> Iterator[Wire]:
        """Read a list, page by page; each page is one object of a shape that wraps it."""
        answer = self._send("GET", self._root + path, subject=subject, params=_PAGE)
        yield _read(shape, answer, subject)
        while following := answer.links.get("next", {}).get("url"):
            answer = self._send("GET", self._own(following, subject), subject=subject)
            yield _read(shape, answer, subject)

    def write(
        self, method: str, path: str, body: Mapping[str, Any], shape: type[Wire], *, subject: str
    ) -> Wire:
        """Send a change once."""
        return _read(shape, self._send(method, self._root + path, subject=subject, json=body), subject)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _own(self, url: str, subject: str) -> str:
        """The address of a next page, if it is on the server that the token is for."""
        if not url.startswith(f"{self._root}/"):
            raise AnswerNotUnderstood(f"the next page is on another server: {url}", subject=subject)
        return url

    def _send(self, method: str, url: str, *, subject: str, **content: Any) -> requests.Response:
        try:
            answer = self._http.request(method, url, timeout=self._timeout, **content)
        except requests.RequestException as error:
            raise SourceControlLost(
                f"{self._root} does not answer: {_cause(error)}", subject=subject
            ) from error
        if answer.status_code >= _FIRST_ERROR:
            now = datetime.now(UTC)
            raise fault(answer.status_code, answer.headers, _message(answer), subject=subject, now=now)
        return answer


def _cause(error: requests.RequestException) -> str:
    """What happened, without the library's objects around it; no header is in there."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return str(reason or error).rpartition(">: ")[2]


def _message(answer: requests.Response) -> str:
    """What the server says: its message, and the errors of single fields."""
    try:
        said = answer.json()
    except requests.JSONDecodeError:
        return f"HTTP status {answer.status_code}"
    if not isinstance(said, dict):
        return f"HTTP status {answer.status_code}"
    errors = said.get("errors") or ()
    details = [each.get("message") or each.get("code") if isinstance(each, dict) else each for each in errors]
    return ": ".join([str(said.get("message", "")), *map(str, details)])


def _read(shape: type[Wire], answer: requests.Response, subject: str) -> Wire:
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise AnswerNotUnderstood(f"{place}: {first['msg']}", subject=subject) from error
