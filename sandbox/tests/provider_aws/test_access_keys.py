"""Keys whose creation fails half way: the key is active, and its secret was told this once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest
from botocore.exceptions import ClientError
from google.protobuf.json_format import MessageToDict

from slipway_sandbox.provider.aws.iam_access import AccessKey
from slipway_sandbox.provider.connections import Credentials
from slipway_sandbox.provider.contract import Session
from tests.provider.engine import Engine, Resource, is_secret
from tests.provider.test_materialised import broken

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Resource("aws:iam/accessKey:AccessKey", "ci")
INPUTS = {"user": "with-half-a-key", "status": "Inactive"}


@pytest.fixture
def iam(session: Session) -> Iterator[Any]:
    """IAM with a user that has no key."""
    client = session.client("iam")
    client.create_user(UserName=INPUTS["user"])
    yield client
    for key in client.list_access_keys(UserName=INPUTS["user"])["AccessKeyMetadata"]:
        client.delete_access_key(UserName=INPUTS["user"], AccessKeyId=key["AccessKeyId"])
    client.delete_user(UserName=INPUTS["user"])


def _refuses(*_: Any) -> None:
    raise ClientError({"Error": {"Code": "ServiceFailure", "Message": "Try again."}}, "UpdateAccessKey")


def _caller(session: Session, own: Credentials) -> str:
    """Whose requests these credentials sign."""
    fresh = Session(
        package=session.package,
        account=session.account,
        region=session.region,
        world=session.world,
        credentials=own,
    )
    return str(fresh.client("sts").get_caller_identity()["Arn"])


def test_a_key_that_cannot_be_switched_off_keeps_its_secret(
    session: Session, iam: Any, pulumi: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost, it would be an active key that no state knows; the next update switches it off."""
    with monkeypatch.context() as patch:
        patch.setattr(AccessKey, "change", _refuses)
        with pytest.raises(grpc.RpcError) as error:
            pulumi.create(KEY, INPUTS)
    kept = broken(error.value)
    outputs = MessageToDict(kept.properties)
    (key,) = iam.list_access_keys(UserName=INPUTS["user"])["AccessKeyMetadata"]
    assert (kept.id, key["Status"]) == (key["AccessKeyId"], "Active")
    assert "ServiceFailure" in kept.reasons[0]
    assert is_secret(outputs["secret"])
    own = Credentials(access_key=kept.id, secret_key=outputs["secret"]["value"])
    assert _caller(session, own).endswith(f":user/{INPUTS['user']}")
    mended = pulumi.update(KEY, kept.id, INPUTS, outputs, INPUTS)
    assert (mended["secret"], mended["status"]) == (outputs["secret"], "Inactive")
