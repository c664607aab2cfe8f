"""Key pairs of who logs in: made with the world, their private halves in the sandbox's folder."""

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from slipway_sandbox.snowflake.place import AIRFLOW_KEY_FILE, AIRFLOW_PUBLIC_FILE, PRIVATE_KEY_FILE

_BITS: Final = 2048
_EXPONENT: Final = 65537


def engineers_public_key(folder: Path) -> str:
    """The public half as a user's property has it, of the key in a folder or of a new one put there."""
    return _public_half(folder / PRIVATE_KEY_FILE)


def make_airflows_key(folder: Path) -> None:
    """Make the key of the service users `airflow`, before anything reads its public half."""
    folder.mkdir(parents=True, exist_ok=True)
    public = _public_half(folder / AIRFLOW_KEY_FILE)
    (folder / AIRFLOW_PUBLIC_FILE).write_text(public, encoding="utf-8")


def _public_half(path: Path) -> str:
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
