"""KMS signs, the public key alone verifies; STS says who acts."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from slipway.adapters.aws import KmsSigner, StsIdentity, assumed, client
from slipway.attest import PublicKey, seal, verify
from slipway.model.environment import StackName
from slipway.ports.identity import IdentityUnknown
from slipway.ports.signer import SigningFailed
from tests.integration.aws.front import ACCOUNTS, REGION, Front

pytestmark = pytest.mark.integration


def test_an_envelope_of_kms_is_verified_offline(aws: Callable[[str], Any]) -> None:
    """Of any size: KMS signs the digest of what is signed."""
    kms = aws("kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/signing-test", TargetKeyId=key)
    signer = KmsSigner(kms, "alias/signing-test")
    pinned = PublicKey.from_pem(signer.public_key())
    payload = b"m" * 10_000
    verified = verify(
        seal(payload, "text/plain", signer), subject="m", payload_type="text/plain", keys=[pinned]
    )
    assert (verified.payload, verified.signers) == (payload, (pinned.id,))


def test_a_key_that_is_missing(aws: Callable[[str], Any]) -> None:
    """Named, with the stacks that make it."""
    with pytest.raises(
        SigningFailed, match="a signature of alias/nobody: AWS answers NotFoundException"
    ) as failed:
        KmsSigner(aws("kms"), "alias/nobody").sign(b"x")
    assert "pulumi up" in failed.value.remedy


def test_the_caller_is_who_sts_says(front: Front, aws: Callable[[str], Any]) -> None:
    """A person's own user, and a session of a role in another account."""
    me = StsIdentity(aws("sts")).caller()
    assert (me.account, me.arn) == ("111122223333", "arn:aws:iam::111122223333:user/platform-engineer")
    role = f"arn:aws:iam::{ACCOUNTS[StackName.PROD]}:role/OrganizationAccountAccessRole"
    there = StsIdentity(client(assumed(front.session(), role, session_name="ana"), "sts")).caller()
    assert there.account == ACCOUNTS[StackName.PROD]
    assert there.arn.endswith(":assumed-role/OrganizationAccountAccessRole/ana")


def test_a_role_that_may_not_be_assumed(front: Front, aws: Callable[[str], Any]) -> None:
    """The refusal comes with the first request and leads to whose credentials these are."""
    del aws
    role = f"arn:aws:iam::{ACCOUNTS[StackName.PROD]}:role/nobody"
    with pytest.raises(IdentityUnknown, match=r"AWS answers AccessDenied: .*is not authorized") as refused:
        StsIdentity(client(assumed(front.session(), role, session_name="ana"), "sts")).caller()
    assert "aws sts get-caller-identity" in refused.value.remedy


def test_credentials_of_nobody(front: Front, aws: Callable[[str], Any]) -> None:
    """An unknown key is no identity."""
    del aws
    stranger = front.session({"access_key_id": "AKIANOBODY", "secret_access_key": "x"})
    with pytest.raises(IdentityUnknown, match="InvalidClientTokenId") as refused:
        StsIdentity(client(stranger, "sts")).caller()
    assert refused.value.remedy.startswith("log in")


def test_no_credentials_at_all(aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A role is never assumed with credentials that botocore finds elsewhere."""
    del aws
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    empty = boto3.Session(region_name=REGION)
    for session in (empty, assumed(empty, "arn:aws:iam::111122223333:role/x", session_name="ana")):
        with pytest.raises(IdentityUnknown, match="there are no AWS credentials"):
            StsIdentity(client(session, "sts")).caller()
