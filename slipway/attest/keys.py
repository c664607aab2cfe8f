"""Public keys that are pinned, and the name that follows from each: the digest of its SubjectPublicKeyInfo.

A key's id says nothing that its bytes do not: nobody can put another key under a trusted one's name.
"""

import hashlib
from dataclasses import dataclass, field
from typing import NewType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from slipway.attest.faults import NotAKey

KeyId = NewType("KeyId", str)
"""64 hexadecimal digits: SHA-256 of the key's SubjectPublicKeyInfo (RFC 5280, DER)."""


@dataclass(frozen=True)
class PublicKey:
    """One key that may vouch for something: ECDSA on P-256 with SHA-256.

    Attributes:
        id: follows from the key.
    """

    id: KeyId
    _key: ec.EllipticCurvePublicKey = field(repr=False, compare=False)

    @classmethod
    def from_pem(cls, pem: bytes) -> "PublicKey":
        """Read a key as `slipway.ports.signer` hands it out.

        Raises:
            NotAKey: the text is no PEM of an elliptic-curve key on P-256.
        """
        try:
            key = serialization.load_pem_public_key(pem)
        except ValueError as error:
            raise _not_a_key(f"it cannot be read ({error})") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise _not_a_key("it is of another kind")
        encoded = key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return cls(KeyId(hashlib.sha256(encoded).hexdigest()), key)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether a DER signature is this key's for a message."""
        try:
            self._key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def _not_a_key(reason: str) -> NotAKey:
    return NotAKey(
        f"this is no public key of a signer: {reason}",
        remedy="pin the PEM of an ECC_NIST_P256 key, as `aws kms get-public-key` returns it",
    )
