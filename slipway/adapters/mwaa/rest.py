"""Calls of Airflow's REST API through MWAA: retries where a call may be repeated, one error where it fails.

Source: https://docs.aws.amazon.com/mwaa/latest/userguide/access-mwaa-apache-airflow-rest-api.html (paths
without `/api/v1`; ten seconds and about ten calls a second).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any, Final
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from slipway.adapters.aws.faults import asking, code_of
from slipway.ports.orchestrator import OrchestratorError

_REFUSED: Final = "RestApiClientException"
_FAILED: Final = frozenset({"RestApiServerException", "InternalServerException", "ThrottlingException"})
_ABSENT: Final = "ResourceNotFoundException"
_NEVER_UP: Final = frozenset({"CREATING", "CREATE_FAILED", "PENDING", "DELETING", "DELETED"})
"""MWAA API reference, "Environment": statuses in which there is no Airflow, rather than one that is down."""

_TRIES: Final = 3
_WAIT_SECONDS: Final = 1.0
_PAGE: Final = 100
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


@unique
class Method(StrEnum):
    """What a call does."""

    GET = "GET"
    POST = "POST"
    PATCH = "PATCH"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Airflow's answer to a call that it does not carry out.

    Attributes:
        status: HTTP status.
        title: in a few words.
        detail: why.
    """

    status: int
    title: str
    detail: str

    @property
    def is_missing(self) -> bool:
        """Whether what the call is about is not there."""
        return self.status == _NOT_FOUND

    @property
    def is_conflict(self) -> bool:
        """Whether it is there already."""
        return self.status == _CONFLICT


Answer = dict[str, Any] | Refusal


class RestApi:
    """The REST API of one environment's Airflow.

    Args:
        client: of MWAA.
        environment: name of the MWAA environment.
        pause: lets time pass between two tries.
    """

    def __init__(self, client: Any, environment: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._environment = environment
        self._pause = pause

    @property
    def name(self) -> str:
        """Whose REST API it is, for errors."""
        return f"Airflow of {self._environment}"

    def is_there(self) -> bool:
        """Whether the environment exists, and has had an Airflow yet: one that is down is there.

        Raises:
            OrchestratorError: AWS does not say.
        """
        with asking(OrchestratorError, self.name):
            try:
                told = self._client.get_environment(Name=self._environment)["Environment"]
            except ClientError as error:
                if code_of(error) == _ABSENT:
                    return False
                raise
        return told.get("Status") not in _NEVER_UP

    def call(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Call, and again when the connection or the server failed: only what may be repeated is called here.

        Returns:
            Airflow's document, or its refusal.

        Raises:
            OrchestratorError: no answer, or none that a repetition changes.
        """
        request: dict[str, Any] = {"Name": self._environment, "Method": method.value, "Path": path}
        request |= {"QueryParameters": dict(query)} if query else {}
        request |= {"Body": dict(body)} if body is not None else {}
        for remaining in reversed(range(_TRIES)):
            with asking(OrchestratorError, self.name):
                try:
                    return dict(self._client.invoke_rest_api(**request).get("RestApiResponse") or {})
                except ClientError as error:
                    if code_of(error) == _REFUSED:
                        return _refusal(error.response)
                    if code_of(error) not in _FAILED or not remaining:
                        raise
                except BotoCoreError:
                    if not remaining:
                        raise
            self._pause(_WAIT_SECONDS)
        raise AssertionError("the last try returns or raises")

    def expect(self, method: Method, path: str, **arguments: Any) -> dict[str, Any]:
        """Call, where any refusal is a fault.

        Raises:
            OrchestratorError: Airflow refuses, or does not answer.
        """
        answer = self.call(method, path, **arguments)
        if isinstance(answer, Refusal):
            raise self.refused(answer, f"{method} {path}")
        return answer

    def pages(self, path: str, member: str, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Read a list to its end."""
        offset = 0
        while True:
            page = self.expect(Method.GET, path, query={**query, "limit": _PAGE, "offset": offset})
            yield from page[member]
            offset += _PAGE
            if offset >= page["total_entries"]:
                return

    def refused(self, refusal: Refusal, what: str) -> OrchestratorError:
        """The error of a refusal that nobody expects."""
        return OrchestratorError(
            f"{self.name} refuses {what}: {refusal.status} {refusal.title}: {refusal.detail}",
            remedy="check that the role of this command may call Airflow as Op",
        )


def segment(text: str) -> str:
    """A part of a path: ids of runs hold colons and plus signs."""
    return quote(text, safe="")


def _refusal(response: Mapping[str, Any]) -> Refusal:
    told = response.get("RestApiResponse") or {}
    return Refusal(
        status=int(response.get("RestApiStatusCode", 0)),
        title=str(told.get("title", "")),
        detail=" ".join(str(told.get("detail", "")).split()),
    )
