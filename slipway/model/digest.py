"""Digests: the names of what cannot change. Computing one is `slipway.attest`'s business."""

from typing import Annotated, Final, NewType

from pydantic import StringConstraints

Digest = NewType("Digest", str)
"""`sha256:` and 64 hexadecimal digits."""

DIGEST_PATTERN: Final = r"^sha256:[0-9a-f]{64}$"

DigestField = Annotated[Digest, StringConstraints(pattern=DIGEST_PATTERN)]
"""A digest in a document that is read."""

_SHORT: Final = 12


def short(digest: Digest) -> str:
    """Return the first twelve hexadecimal digits: enough for people to tell digests apart."""
    return hex_of(digest)[:_SHORT]


def hex_of(digest: Digest) -> str:
    """Return the hexadecimal digits alone, for names of objects."""
    return digest.removeprefix("sha256:")
