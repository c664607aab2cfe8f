"""Whose credential it is: access key id -> account, secret, session.

The keys are moto's: IAM users' keys and the sessions of assumed roles live in its backends, one per account.
An unknown key is refused here, because moto would let it into an account of its own.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from slipway_sandbox.aws import faults
from slipway_sandbox.aws.signature import is_signed_with
from slipway_sandbox.aws.wire import Call, Scheme

PARTITION = "aws"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who sent a request.

    Attributes:
        account: the AWS account the credential belongs to.
        arn: the user, or the session of an assumed role.
        user_id: what STS calls its UserId.
        role_arn: the role behind a session, else nothing.
    """

    account: str
    arn: str
    user_id: str
    role_arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Credential:
    caller: Caller
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires: datetime | None = None
    key: Any = field(default=None, repr=False)


class Directory:
    """The credentials of all accounts."""

    def __init__(self) -> None:
        self._found: dict[str, _Credential] = {}

    def identify(self, call: Call) -> Caller:
        """Find the caller and verify that it holds the secret.

        Raises:
            AwsError: no signature, an unknown or inactive key, a wrong or missing token, a wrong signature.
        """
        if call.scope.scheme is Scheme.ANONYMOUS:
            raise faults.unsigned(call)
        credential = self._credential(call.scope.access_key_id)
        if credential is None:
            raise faults.unknown_key(call)
        _check_token(call, credential)
        if not is_signed_with(call, credential.secret):
            raise faults.bad_signature(call)
        return credential.caller

    def _credential(self, access_key_id: str) -> _Credential | None:
        """Look the key up, in what was found before as long as moto still holds that very key as active."""
        known = self._found.get(access_key_id)
        if known is not None and _is_current(known, access_key_id):
            return known
        self._found.pop(access_key_id, None)
        found = _search(access_key_id)
        if found is not None:
            self._found[access_key_id] = found
        return found


def _is_current(credential: _Credential, access_key_id: str) -> bool:
    keys = iam_backends[credential.caller.account][PARTITION].access_keys
    return keys.get(access_key_id) is credential.key and credential.key.status == "Active"


def _search(access_key_id: str) -> _Credential | None:
    for account, partitions in list(iam_backends.items()):
        key = partitions[PARTITION].access_keys.get(access_key_id)
        if key is not None and key.status == "Active":
            return _user(account, key) if key.user_name else _session(account, key)
    return None


def _user(account: str, key: Any) -> _Credential:
    user = iam_backends[account][PARTITION].users[key.user_name]
    caller = Caller(account=account, arn=user.arn, user_id=user.id)
    return _Credential(caller=caller, secret=key.secret_access_key, key=key)


def _session(account: str, key: Any) -> _Credential | None:
    session = sts_backends[account][PARTITION].get_assumed_role_from_access_key(key.access_key_id)
    if session is None:
        return None
    return _Credential(
        caller=Caller(account=account, arn=session.arn, user_id=session.user_id, role_arn=session.role_arn),
        secret=key.secret_access_key,
        token=session.session_token,
        expires=session.expiration.replace(tzinfo=UTC),
        key=key,
    )


def _check_token(call: Call, credential: _Credential) -> None:
    given = call.header("X-Amz-Security-Token") or call.query.get("X-Amz-Security-Token")
    given = given or call.query.get("x-amz-security-token") or None
    if given != credential.token:
        raise faults.bad_token(call)
    if credential.expires is not None and credential.expires < datetime.now(UTC):
        raise faults.expired_token(call)
