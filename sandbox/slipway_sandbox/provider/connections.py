"""The clients of a session with the AWS front, and what signs their requests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What signs a request to the AWS front."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class Connections:
    """The boto3 clients of one session; one boto3 session under all reads the services' models once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boto: Any = None
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, signer: Credentials, service: str, region: str, url: str) -> Any:
        """The client of a service; the first one decides whose all of them are."""
        key = (service, region)
        with self._lock:
            if key not in self._clients:
                self._boto = self._boto or _boto_session(signer)
                self._clients[key] = _boto_client(self._boto, service, region, url)
            return self._clients[key]


def _boto_session(signer: Credentials) -> Any:
    import boto3  # noqa: PLC0415  0.3 s that the other packages never need

    return boto3.Session(signer.access_key, signer.secret_key, signer.token)


def _boto_client(session: Any, service: str, region: str, url: str) -> Any:
    from botocore.config import Config  # noqa: PLC0415  as above

    # MWAA's client would ask "api.127.0.0.1", a name that leads nowhere.
    config = Config(inject_host_prefix=False)
    return session.client(service, region_name=region, endpoint_url=url, config=config)
