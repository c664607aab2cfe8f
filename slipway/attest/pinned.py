"""Which public keys are believed, and of what: a key vouches for one kind of statement. Pure.

What a key is for its file's name says (`approvals-3f2a90c1d4e5.pem`), so that it is reviewed with the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from slipway.attest.keys import PublicKey
from slipway.model.errors import DefinitionError


@unique
class KeyUse(StrEnum):
    """What a key vouches for; the first word of its file's name."""

    SIGNING = "signing"
    """What the platform has made: releases, first documents, checkpoints."""

    APPROVALS = "approvals"
    """What people have said in a session of the role for approvals: approvals and revocations."""


@dataclass(frozen=True, kw_only=True)
class PinnedKeys:
    """Public keys by what they vouch for; no key is in both.

    Attributes:
        signing: of releases, first documents and checkpoints.
        approvals: of approvals and revocations.
    """

    signing: tuple[PublicKey, ...]
    approvals: tuple[PublicKey, ...]


def key_file(use: KeyUse, key: PublicKey) -> str:
    """Return how the file of a pinned key is called: nobody puts another key under its name unnoticed."""
    return f"{use}-{key.id[:12]}.pem"


def read_pinned(files: Mapping[str, bytes]) -> PinnedKeys:
    """Read pinned keys.

    Args:
        files: every `.pem` of the folder, by what errors call it; its last part is the file's name.

    Raises:
        DefinitionError: a file is no key, says by its name no use, or has a key of the other use.
    """
    found: dict[KeyUse, dict[PublicKey, str]] = {use: {} for use in KeyUse}
    for name in sorted(files):
        found[_use(name)][_key(name, files[name])] = name
    both = found[KeyUse.SIGNING].keys() & found[KeyUse.APPROVALS].keys()
    for key in sorted(both, key=lambda each: each.id):
        raise DefinitionError(
            f"{found[KeyUse.SIGNING][key]} and {found[KeyUse.APPROVALS][key]} are one key: "
            "who signs releases could write approvals",
            remedy="remove one of them: slipway release pin writes both as the platform has them",
        )
    return PinnedKeys(signing=tuple(found[KeyUse.SIGNING]), approvals=tuple(found[KeyUse.APPROVALS]))


def _use(name: str) -> KeyUse:
    word = name.rpartition("/")[2].removesuffix(".pem").partition("-")[0]
    if word not in tuple(KeyUse):
        raise DefinitionError(
            f"{name} does not say what its key is for",
            remedy=f"call it {' or '.join(f'{use}-<id>.pem' for use in KeyUse)}",
        )
    return KeyUse(word)


def _key(name: str, pem: bytes) -> PublicKey:
    try:
        return PublicKey.from_pem(pem)
    except DefinitionError as error:
        raise DefinitionError(f"{name}: {error.message}", remedy=error.remedy) from error
