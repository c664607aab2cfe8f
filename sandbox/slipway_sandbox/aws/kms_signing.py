"""KMS signatures as KMS makes them: digests signed as they are, sizes limited, a bad signature an error.

moto hashes a digest a second time, so that no offline verification succeeds; it accepts messages of any size;
and it answers Verify with ``false`` where AWS raises. The rules are those of the KMS API reference, Sign and
Verify.
"""

from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from moto.core.exceptions import JsonRESTError
from moto.kms.exceptions import ValidationException
from moto.kms.models import KmsBackend
from moto.kms.responses import KmsResponse
from moto.kms.utils import ECDSAPrivateKey, RSAPrivateKey

RAW_LIMIT_BYTES = 4096

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}


class Digest(bytes):
    """A message that is already hashed."""

    __slots__ = ()


def install() -> None:
    """Put the corrections in place; to be called once, before the first request."""
    KmsResponse._get_param = _with_typed_message(KmsResponse._get_param)  # noqa: SLF001 - no public seam
    for private_key in (ECDSAPrivateKey, RSAPrivateKey):
        private_key.sign = _signing_digests(private_key.sign)
        private_key.verify = _verifying_digests(private_key.verify)
    KmsBackend.verify = _raising_on_mismatch(KmsBackend.verify)


def _with_typed_message(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_param(self: Any, param_name: str, if_none: Any = None) -> Any:
        value = original(self, param_name, if_none)
        algorithm = original(self, "SigningAlgorithm")
        if param_name != "Message" or algorithm is None:
            return value
        return _typed(value, original(self, "MessageType") or "RAW", algorithm)

    return get_param


def _typed(message: bytes | str, message_type: str, algorithm: str) -> bytes:
    content = message.encode() if isinstance(message, str) else message
    if message_type == "RAW":
        if len(content) > RAW_LIMIT_BYTES:
            raise ValidationException(f"Message must have length less than or equal to {RAW_LIMIT_BYTES}")
        return content
    if message_type != "DIGEST":
        raise ValidationException(f"MessageType {message_type} is not supported by the sandbox")
    size = _hash_of(algorithm).digest_size
    if len(content) != size:
        raise ValidationException(
            f"Digest is invalid length for algorithm {algorithm}: {size} bytes are expected"
        )
    return Digest(content)


def _hash_of(algorithm: str) -> hashes.HashAlgorithm:
    bits = algorithm.rpartition("_")[2]
    if bits not in _HASHES:
        raise ValidationException(f"SigningAlgorithm {algorithm} is not supported by the sandbox")
    return _HASHES[bits]()


def _signing_digests(original: Callable[..., bytes]) -> Callable[..., bytes]:
    def sign(self: Any, message: bytes, signing_algorithm: str) -> bytes:
        if not isinstance(message, Digest):
            return original(self, message, signing_algorithm)
        return bytes(self.private_key.sign(message, *_scheme(self, signing_algorithm)))

    return sign


def _verifying_digests(original: Callable[..., bool]) -> Callable[..., bool]:
    def verify(self: Any, message: bytes, signature: bytes, signing_algorithm: str) -> bool:
        if not isinstance(message, Digest):
            return original(self, message, signature, signing_algorithm)
        try:
            self.private_key.public_key().verify(signature, message, *_scheme(self, signing_algorithm))
        except InvalidSignature:
            return False
        return True

    return verify


def _scheme(key: Any, algorithm: str) -> tuple[Any, ...]:
    """What the cryptography library needs to know beside the digest: padding for RSA, and the hash."""
    prehashed = Prehashed(_hash_of(algorithm))
    if isinstance(key, ECDSAPrivateKey):
        return (ec.ECDSA(prehashed),)
    padding, _ = key._RSAPrivateKey__padding_and_hash_algorithm(algorithm)  # noqa: SLF001 - moto's own table
    return (padding, prehashed)


def _raising_on_mismatch(original: Callable[..., Any]) -> Callable[..., Any]:
    def verify(
        self: KmsBackend, key_id: str, message: bytes, signature: bytes, signing_algorithm: str
    ) -> Any:
        arn, valid, algorithm = original(self, key_id, message, signature, signing_algorithm)
        if not valid:
            raise JsonRESTError("KMSInvalidSignatureException", "The signature is not valid")
        return arn, valid, algorithm

    return verify
