"""Which policies judged: a digest over every file that decides."""

from pathlib import Path
from typing import Final

from slipway.attest.plain_folder import plain_files
from slipway.attest.policies import digest_of_policies

_HERE: Final = Path(__file__).parent


def digest(folder: Path = _HERE) -> str:
    """Return the SHA-256 over names and contents of rules, packs, configuration and waivers: `sha256:...`.

    Raises:
        NotPlain: there is a link or a compiled module, whose content no digest of sources sees.
    """
    root = folder.resolve()
    return digest_of_policies(
        {path.relative_to(root).as_posix(): path.read_bytes() for path in plain_files(root)}
    )
