"""Sessions and clients: whose credentials are used, and how long AWS is waited for."""

from functools import partial
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    DeferredRefreshableCredentials,
)

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra="slipway",
)


def own_session(region: str) -> Any:
    """Return a session with the credentials of this process's environment.

    Args:
        region: the AWS region.
    """
    return boto3.Session(region_name=region)


def assumed(session: Any, role_arn: str, *, session_name: str) -> Any:
    """Return a session of a role. The role is assumed at the first request, and again before it expires.

    Args:
        session: whose credentials assume the role.
        role_arn: the role.
        session_name: what CloudTrail shows beside the role.
    """
    inner = botocore.session.get_session()
    resolver = inner.get_component("credential_provider")
    resolver.providers = [_Assumed(session, role_arn, session_name)]  # never anybody else's credentials
    return boto3.Session(botocore_session=inner, region_name=session.region_name)


def client(session: Any, service: str) -> Any:
    """Return a client that gives up after a few tries instead of hanging."""
    return session.client(service, config=_CONFIG)


class _Assumed(CredentialProvider):  # type: ignore[misc] # botocore is untyped
    METHOD = "slipway-assume-role"

    def __init__(self, session: Any, role_arn: str, session_name: str) -> None:
        super().__init__()
        self._session = session
        self._role_arn = role_arn
        self._session_name = session_name

    def load(self) -> Any:
        source = self._session.get_credentials()
        if source is None:
            return None  # botocore then says that there are no credentials
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(self._session.client, config=_CONFIG),
            source_credentials=source,
            role_arn=self._role_arn,
            extra_args={"RoleSessionName": self._session_name},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method=self.METHOD)
