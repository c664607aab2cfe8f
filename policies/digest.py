"""Which policies judged: a digest over every file that decides."""

import hashlib
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_DECIDING: Final = frozenset({".json", ".py", ".yaml"})


def digest(folder: Path = _HERE) -> str:
    """Return the SHA-256 over names and contents of rules, packs, configuration and waivers: `sha256:...`."""
    whole = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.suffix in _DECIDING and path.is_file())
    for path in sorted(files, key=lambda each: each.relative_to(folder).as_posix()):
        name, content = path.relative_to(folder).as_posix().encode(), path.read_bytes()
        for part in (name, content):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return f"sha256:{whole.hexdigest()}"
