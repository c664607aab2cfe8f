"""Signatures that verify offline with the public key alone: the auditor has no AWS account."""

import hashlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.aws.conftest import Cloud

MESSAGE = b'{"digest": "sha256:0000"}'
DIGEST = hashlib.sha256(MESSAGE).digest()


@pytest.fixture
def kms(cloud: Cloud) -> Any:
    """A client in the audit account."""
    return cloud.client("kms", cloud.session_in("shared"))


def key(kms: Any, spec: str = "ECC_NIST_P256") -> str:
    """A fresh signing key."""
    return str(kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"])


@pytest.mark.parametrize(("kind", "message"), [("RAW", MESSAGE), ("DIGEST", DIGEST)])
def test_an_elliptic_signature_verifies_offline(kms: Any, kind: str, message: bytes) -> None:
    """moto hashes a digest once more, and nobody can verify that."""
    name = key(kms)
    signed = kms.sign(KeyId=name, Message=message, MessageType=kind, SigningAlgorithm="ECDSA_SHA_256")
    public = load_der_public_key(kms.get_public_key(KeyId=name)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signed["Signature"], MESSAGE, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(("kind", "message"), [("RAW", MESSAGE), ("DIGEST", DIGEST)])
def test_an_rsa_signature_verifies_offline(kms: Any, kind: str, message: bytes) -> None:
    """The same for the keys of older signers."""
    name = key(kms, "RSA_2048")
    algorithm = "RSASSA_PKCS1_V1_5_SHA_256"
    signed = kms.sign(KeyId=name, Message=message, MessageType=kind, SigningAlgorithm=algorithm)
    public = load_der_public_key(kms.get_public_key(KeyId=name)["PublicKey"])
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signed["Signature"], MESSAGE, padding.PKCS1v15(), hashes.SHA256())


def test_raw_and_digest_are_two_ways_to_one_signature(kms: Any) -> None:
    """What was signed raw is verified by digest, and the other way round; a changed message is an error."""
    name = key(kms)
    common = {"KeyId": name, "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(Message=MESSAGE, MessageType="RAW", **common)["Signature"]
    assert kms.verify(Message=DIGEST, MessageType="DIGEST", Signature=signature, **common)["SignatureValid"]
    assert kms.verify(Message=MESSAGE, Signature=signature, **common)["SignatureValid"]
    with pytest.raises(kms.exceptions.KMSInvalidSignatureException):
        kms.verify(Message=MESSAGE + b" ", Signature=signature, **common)
    other = hashlib.sha256(b"other").digest()
    with pytest.raises(kms.exceptions.KMSInvalidSignatureException):
        kms.verify(Message=other, MessageType="DIGEST", Signature=signature, **common)


@pytest.mark.parametrize(
    ("kind", "size", "reason"),
    [
        ("RAW", 4097, "less than or equal to 4096"),
        ("DIGEST", 5, "invalid length"),
        ("DIGEST", 64, "invalid length"),
    ],
)
def test_sizes_are_limited_as_by_kms(kms: Any, kind: str, size: int, reason: str) -> None:
    """A message too large for KMS must fail here, not in the real account."""
    with pytest.raises(ClientError, match=f"ValidationException.*{reason}"):
        kms.sign(KeyId=key(kms), Message=b"x" * size, MessageType=kind, SigningAlgorithm="ECDSA_SHA_256")
