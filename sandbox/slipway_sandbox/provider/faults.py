"""How errors are told: one sentence to the user, the traceback to the provider's log.

Exceptions of the libraries below (botocore, requests, sqlite3) end here.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from typing import Any

import grpc

from slipway_sandbox.provider.contract import ProviderFault

log = logging.getLogger("slipway.provider")

_NOT_ANSWERING = "the sandbox's server does not answer; look at `slipway sandbox status`"
ACRONYM_LENGTH = 3


class CancelledByEngineError(Exception):
    """The engine cancelled its operation before this request began."""


class UnsupportedError(Exception):
    """The request is for something that this provider does not have at all."""


def code(error: Exception) -> Any:
    """The gRPC status that an error has."""
    match error:
        case CancelledByEngineError():
            return grpc.StatusCode.CANCELLED
        case UnsupportedError():
            return grpc.StatusCode.UNIMPLEMENTED
        case ProviderFault():
            return grpc.StatusCode.FAILED_PRECONDITION
        case TimeoutError():
            return grpc.StatusCode.DEADLINE_EXCEEDED
        case _:
            return grpc.StatusCode.UNKNOWN


def sentence(error: Exception, doing: str) -> str:
    """What the user reads. An error that nobody foresaw is named as a fault of the sandbox, and logged."""
    match error:
        case ProviderFault(message=message, remedy=remedy):
            told = f"{message} ({remedy})" if remedy else message
        case CancelledByEngineError():
            told = "the operation was cancelled"
        case TimeoutError() | UnsupportedError():
            told = str(error)
        case sqlite3.Error():
            told = f"the sandbox's store failed: {error}"
        case _:
            told = _library_error(error) or _bug(error)
    return f"{doing}: {told}"


def _library_error(error: Exception) -> str | None:
    origin = type(error).__module__.partition(".")[0]
    if origin == "requests":
        return f"{type(error).__name__}: {_NOT_ANSWERING}"
    if origin != "botocore":
        return None
    answer = getattr(error, "response", None)
    if isinstance(answer, dict):  # a ClientError: the server's own code and message
        said = answer.get("Error", {})
        return f"{said.get('Code', 'Unknown')}: {said.get('Message', str(error))}"
    return _NOT_ANSWERING if "Connect" in type(error).__name__ else str(error)


def _bug(error: Exception) -> str:
    log.error("unforeseen", exc_info=error)
    return f"{type(error).__name__}: {error} (a fault of the sandbox's provider; see its log)"


def labelled(token: str) -> str:
    """A type in a sentence: "S3 bucket" for "aws:s3/bucket:Bucket"."""
    package, _, path = token.partition(":")
    module, _, _ = path.partition("/")
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", token.rpartition(":")[2]).lower()
    area = package if module.startswith("index") else module.rstrip("_")
    return f"{area.upper() if len(area) <= ACRONYM_LENGTH else area} {kind}"
