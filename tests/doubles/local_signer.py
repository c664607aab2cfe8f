"""A signer whose private key is in this process."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from slipway.attest import PublicKey
from slipway.ports.signer import Signer


class LocalSigner(Signer):
    """Signs as KMS does, with a key that is made on the spot."""

    def __init__(self, name: str = "local") -> None:
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def key_id(self) -> str:
        return self._name

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message, ec.ECDSA(hashes.SHA256()))

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def pinned(self) -> PublicKey:
        """The key as a verifier pins it."""
        return PublicKey.from_pem(self.public_key())
