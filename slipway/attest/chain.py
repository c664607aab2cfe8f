"""Hash chains: what an entry's digest is over, so that none can be changed, moved or left out unnoticed."""

import json

from slipway.attest.canonical import canonical, digest_of
from slipway.model.digest import Digest


def origin_of(chain: str) -> Digest:
    """Return what the first entry of a chain names as the one before it: the digest of the chain's name."""
    return digest_of(chain.encode())


def entry_content(*, chain: str, sequence: int, previous: Digest, event: bytes) -> bytes:
    """Return the bytes of an entry; their digest is the entry's.

    Args:
        chain: the chain's name.
        sequence: 0 for the first.
        previous: digest of the entry before.
        event: canonical JSON of the event.
    """
    return canonical({"chain": chain, "sequence": sequence, "previous": previous, "event": json.loads(event)})
