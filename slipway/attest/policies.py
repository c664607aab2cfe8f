"""The digest by which policies are known: in evidence, in the ledger, in what a control part holds. Pure."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from slipway.model.digest import Digest

_DECIDING: Final = frozenset({".json", ".py", ".yaml"})


def digest_of_policies(files: Mapping[str, bytes]) -> Digest:
    """Return the SHA-256 over names and contents of rules, packs, configuration and waivers: `sha256:...`.

    Args:
        files: by path below the folder of the policies, any others among them.
    """
    whole = hashlib.sha256()
    for path in sorted(path for path in files if decides(path)):
        for part in (path.encode(), files[path]):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return Digest(f"sha256:{whole.hexdigest()}")


def decides(path: str) -> bool:
    """Whether a file of the policies has a part in what they say."""
    return PurePosixPath(path).suffix in _DECIDING
