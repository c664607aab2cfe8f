"""Signing, by a key that nobody can read."""

from typing import Protocol

from slipway.model.errors import DependencyError


class SigningFailed(DependencyError):  # noqa: N818 - it says what happened
    """The key is missing, may not be used, or did not answer."""


class Signer(Protocol):
    """One asymmetric key (ECDSA on P-256 with SHA-256)."""

    @property
    def key_id(self) -> str:
        """A hint of which key signed; verification never trusts it."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign bytes of any length.

        Returns:
            The signature, DER.

        Raises:
            SigningFailed: there is no signature.
        """
        ...

    def public_key(self) -> bytes:
        """Return the public key, PEM, to be pinned and to verify offline."""
        ...
