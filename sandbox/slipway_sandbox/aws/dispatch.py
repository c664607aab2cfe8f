"""moto, in this process: one request in, one answer out.

Owned here: finding moto's application for a request fast, one request at a time per service where moto is
not thread-safe, and turning its failures into faults. Not owned: who calls (the front tells moto by header).
"""

import inspect
import threading
from contextlib import nullcontext
from functools import cache
from typing import Any

import moto.backends
import moto.core.responses
import moto.core.utils
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from slipway_sandbox.aws import build_projects, corrections, kms_signing
from slipway_sandbox.aws.faults import AwsError
from slipway_sandbox.aws.wire import Answer, Call

ACCOUNT_HEADER = "HTTP_X_MOTO_ACCOUNT_ID"
"""moto takes the account from this header before it looks at the credential."""

_ONE_AT_A_TIME = frozenset(
    {"ec2", "events", "iam", "kms", "logs", "monitoring", "s3", "secretsmanager", "ssm", "sts", "tagging"}
)
"""Services whose handlers never wait for anything, so a lock costs nothing and makes each call atomic."""


class Moto:
    """The services moto answers.

    Constructing it installs the corrections into the moto of this process.
    """

    def __init__(self) -> None:
        _remember_lookups()
        corrections.install()
        build_projects.install()
        kms_signing.install()
        self._dispatcher = DomainDispatcherApplication(_create_application)
        self._locks = {service: threading.Lock() for service in _ONE_AT_A_TIME}

    def answer(self, call: Call, account: str) -> Answer:
        """Carry the call out in ``account``.

        Raises:
            AwsError: moto does not know the operation, or failed in it.
        """
        call.environ[ACCOUNT_HEADER] = account
        try:
            with self._locks.get(call.scope.service, nullcontext()):
                answer = _run(self._dispatcher, call.environ)
        except NotImplementedError as error:
            raise _unsupported(call, str(error)) from error
        if _is_html_page(answer):
            raise _unsupported(call, "")
        return answer


def _create_application(service: Any) -> Any:
    if service is None:
        raise NotImplementedError("moto has no such service")
    return create_backend_app(service)


def _run(application: Any, environ: dict[str, Any]) -> Answer:
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        del exc_info
        started.append((status, headers))

    chunks = application(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    if environ["REQUEST_METHOD"] == "HEAD":  # its length is that of the body it leaves out
        return Answer(status=int(status[:3]), headers=tuple(headers), body=b"")
    return Answer.of(int(status[:3]), body, headers)


def _is_html_page(answer: Answer) -> bool:
    """Whether this is Flask's own error page: no operation of the service was reached."""
    return answer.status in {404, 405, 500, 501} and answer.body[:15].lower() == b"<!doctype html>"


def _unsupported(call: Call, detail: str) -> AwsError:
    message = f"the sandbox does not support {call.scope.service} {call.action}"
    return AwsError("NotImplemented", f"{message}: {detail}" if detail else message, status=501)


def _remember_lookups() -> None:
    """Keep the answers of two lookups that moto repeats on every request: half of its time."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules

    @cache
    def method_names(clazz: type) -> frozenset[str]:
        return frozenset(name for name, _ in inspect.getmembers(clazz, predicate=inspect.isfunction))

    moto.core.responses.method_names_from_class = method_names
