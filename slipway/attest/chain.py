"""Hash chains: what an entry's digest is over, so that none can be changed, moved or left out unnoticed."""

import json

from slipway.attest.canonical import canonical, digest_of
from slipway.attest.faults import NotCanonical
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


def is_whole(*, chain: str, sequence: int, previous: Digest, event: bytes, digest: Digest) -> bool:
    """Whether an entry has the digest of its bytes, and its event is written as it was hashed.

    Args:
        chain: the chain's name.
        sequence: its place.
        previous: digest of the entry before.
        event: canonical JSON of the event, as it is stored.
        digest: the entry's, as it is stored.
    """
    try:
        content = entry_content(chain=chain, sequence=sequence, previous=previous, event=event)
    except (ValueError, NotCanonical):
        return False
    return digest_of(content) == digest and b'"event":' + event in content
