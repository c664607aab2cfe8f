"""The platform engineer's key pair: made when the account is, its private half in the sandbox's folder."""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from slipway_sandbox.snowflake.place import PRIVATE_KEY_FILE

_BITS: Final = 2048
_EXPONENT: Final = 65537


def engineers_public_key(folder: Path) -> str:
    """The public half as a user's property has it, of the key in a folder or of a new one put there."""
    path = folder / PRIVATE_KEY_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_pem(rsa.generate_private_key(_EXPONENT, _BITS)))
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "".join(public.decode().splitlines()[1:-1])


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
