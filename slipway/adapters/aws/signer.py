"""Signatures of a KMS key, which nobody can read."""

import hashlib
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives import serialization

from slipway.adapters.aws.faults import asking
from slipway.ports.signer import Signer, SigningFailed


class KmsSigner(Signer):
    """A key of the kind ECC_NIST_P256 for SIGN_VERIFY.

    Args:
        client: of KMS.
        key: ARN, id or alias.
    """

    def __init__(self, client: Any, key: str) -> None:
        self._client = client
        self._key = key

    @property
    def key_id(self) -> str:
        """The key as it was named."""
        return self._key

    def sign(self, message: bytes) -> bytes:
        """Sign; KMS gets the digest, because it takes no message above 4096 bytes (API reference, Sign)."""
        with asking(SigningFailed, f"a signature of {self._key}"):
            answer = self._client.sign(
                KeyId=self._key,
                Message=hashlib.sha256(message).digest(),
                MessageType="DIGEST",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        return bytes(answer["Signature"])

    def public_key(self) -> bytes:
        """Return the public key; asked for once."""
        return self._pem

    @cached_property
    def _pem(self) -> bytes:
        with asking(SigningFailed, f"the public key of {self._key}"):
            encoded = self._client.get_public_key(KeyId=self._key)["PublicKey"]
        return serialization.load_der_public_key(encoded).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
