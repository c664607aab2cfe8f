"""Nobody becomes somebody without a signature: the two ways by which AWS itself lets unsigned requests in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from moto.core.config import default_user_config
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from slipway_sandbox.aws.assembly import assemble
from slipway_sandbox.aws.identity import PARTITION
from tests.aws.conftest import FOUNDING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slipway_sandbox.aws.front import Front

ACCESS_ROLE = f"arn:aws:iam::{FOUNDING.accounts['prod']}:role/OrganizationAccountAccessRole"
FEDERATED = {
    "AssumeRoleWithWebIdentity": {"RoleSessionName": "nobody", "WebIdentityToken": "any-word"},
    "AssumeRoleWithSAML": {"PrincipalArn": "arn:aws:iam::1:saml-provider/x", "SAMLAssertion": "PHg+PC94Pg=="},
}


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """A front in this process, so that the keys behind it can be counted."""
    monkeypatch.setitem(default_user_config, "iam", {"load_aws_managed_policies": True})
    iam_backends.reset()
    sts_backends.reset()
    yield assemble(FOUNDING, dynamodb_url="http://127.0.0.1:1", airflows={})
    iam_backends.reset()
    sts_backends.reset()


def unsigned(front: Front, fields: dict[str, str]) -> tuple[int, str]:
    """Status and body of the answer to a form that nobody signed."""
    body, statuses = urlencode(fields).encode(), []
    answer = front(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "RAW_URI": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "sts.amazonaws.com",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        },
        lambda status, _headers: statuses.append(status),
    )
    return int(statuses[0].split()[0]), b"".join(answer).decode()


def keys() -> set[str]:
    """Every key of every account."""
    return {key for partitions in iam_backends.values() for key in partitions[PARTITION].access_keys}


@pytest.mark.parametrize("action", FEDERATED)
def test_an_unsigned_request_gets_no_role(front: Front, action: str) -> None:
    """moto would issue an administrator's key of any account for the asking, trust policy or not."""
    asked = {"Action": action, "Version": "2011-06-15", "RoleArn": ACCESS_ROLE, **FEDERATED[action]}
    status, said = unsigned(front, asked)
    assert (status, f"does not support sts {action}: assume a role instead" in said) == (501, True)
    assert keys() == {FOUNDING.access_key_id, *(one["access_key_id"] for one in FOUNDING.people.values())}
