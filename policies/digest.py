"""Which policies judged: a digest over every file that decides."""

from pathlib import Path
from typing import Final

from slipway.attest.policies import decides, digest_of_policies

_HERE: Final = Path(__file__).parent


def digest(folder: Path = _HERE) -> str:
    """Return the SHA-256 over names and contents of rules, packs, configuration and waivers: `sha256:...`."""
    files = (path for path in folder.rglob("*") if decides(path.name) and path.is_file())
    return digest_of_policies({path.relative_to(folder).as_posix(): path.read_bytes() for path in files})
