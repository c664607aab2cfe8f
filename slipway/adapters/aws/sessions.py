"""Sessions and clients: whose credentials are used, and how long AWS is waited for."""

from dataclasses import dataclass, field
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
from botocore.exceptions import NoCredentialsError

from slipway.adapters.aws.faults import asking
from slipway.ports.stack_engine import StackEngineError

_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent_extra="slipway",
)


def own_session(region: str, *, profile: str | None = None) -> Any:
    """Return a session with the credentials of this process's environment.

    Args:
        region: the AWS region.
        profile: whose credentials of the shared configuration files to take instead.
    """
    return boto3.Session(region_name=region, profile_name=profile)


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """What proves that it is the user, beside their key.

    Attributes:
        device: its ARN, or the serial number of hardware.
        code: what it shows now; good for one session.
    """

    device: str
    code: str = field(repr=False)


def assumed(session: Any, role_arn: str, *, session_name: str, factor: SecondFactor | None = None) -> Any:
    """Return a session of a role. The role is assumed at the first request, and again before it expires.

    Args:
        session: whose credentials assume the role.
        role_arn: the role.
        session_name: what CloudTrail shows beside the role.
        factor: for a role that asks for one; such a session is not opened again when it expires.
    """
    inner = botocore.session.get_session()
    resolver = inner.get_component("credential_provider")
    # never anybody else's credentials
    resolver.providers = [_Assumed(session, role_arn, session_name, factor)]
    return boto3.Session(botocore_session=inner, region_name=session.region_name)


def variables_of(session: Any, subject: str) -> dict[str, str]:
    """Return a session's credentials as variables of another process; they end when the session does.

    Args:
        session: whose credentials.
        subject: what they are for, such as `the role that changes resources`.

    Raises:
        StackEngineError: there are none, or AWS does not give them.
    """
    with asking(StackEngineError, subject):
        found = session.get_credentials()
        if found is None:
            raise NoCredentialsError
        frozen = found.get_frozen_credentials()
    return {
        "AWS_ACCESS_KEY_ID": frozen.access_key,
        "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
        "AWS_SESSION_TOKEN": frozen.token,
    }


def client(session: Any, service: str, *, endpoint: str | None = None) -> Any:
    """Return a client that gives up after a few tries instead of hanging.

    Args:
        session: whose credentials.
        service: such as `s3`.
        endpoint: URL to ask; None: AWS's, or what AWS_ENDPOINT_URL says.
    """
    return session.client(service, config=_CONFIG, endpoint_url=endpoint)


class _Assumed(CredentialProvider):  # type: ignore[misc] # botocore is untyped
    METHOD = "slipway-assume-role"

    def __init__(self, session: Any, role_arn: str, session_name: str, factor: SecondFactor | None) -> None:
        super().__init__()
        self._session = session
        self._role_arn = role_arn
        self._asked = {"RoleSessionName": session_name}
        self._code = ""
        if factor is not None:
            self._asked["SerialNumber"] = factor.device
            self._code = factor.code

    def load(self) -> Any:
        source = self._session.get_credentials()
        if source is None:
            return None  # botocore then says that there are no credentials
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(self._session.client, config=_CONFIG),
            source_credentials=source,
            role_arn=self._role_arn,
            extra_args=self._asked,
            mfa_prompter=lambda _: self._code,
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method=self.METHOD)
