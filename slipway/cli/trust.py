"""The public keys that are believed: files of the platform's checkout, put there by people and reviewed.

They lie in `keys/` beside the stack files, so that changing whom to believe is a change of the platform and
never of a data team's workspace, and that a release is verified without asking anybody.
"""

from pathlib import Path
from typing import Final

from slipway.attest import PinnedKeys, PublicKey
from slipway.attest.pinned import KeyUse, key_file, read_pinned
from slipway.model.errors import DefinitionError, DependencyError

FOLDER: Final = "keys"
"""The folder beside Pulumi.yaml; each `.pem` in it is one key."""


class NothingPinned(DependencyError):  # noqa: N818 - it says what is the case
    """No key is believed here, so nothing that is signed can be."""


def read_trusted(platform: Path) -> PinnedKeys:
    """Read the pinned keys.

    Args:
        platform: the folder with Pulumi.yaml.

    Raises:
        NothingPinned: there is none by which a release is believed.
        DefinitionError: a file there is no key, or does not say of what.
    """
    folder = platform / FOLDER
    pinned = read_pinned({str(file): _content(file) for file in folder.glob("*.pem")})
    if not pinned.signing:
        raise NothingPinned(
            f"no public key is pinned in {folder}",
            remedy="slipway release pin, compare its id with the key's owner, and commit the file",
        )
    return pinned


def pin(platform: Path, use: KeyUse, pem: bytes) -> tuple[Path, bool]:
    """Write a key down, to be believed from now on.

    Args:
        platform: the folder with Pulumi.yaml.
        use: what it vouches for.
        pem: the public key.

    Returns:
        Its file, and whether it is new.
    """
    file = platform / FOLDER / key_file(use, PublicKey.from_pem(pem))
    is_new = not file.exists()
    if is_new:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(pem)
    return file, is_new


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DefinitionError(
            f"{file} cannot be read: {error.strerror}", remedy="give yourself the right"
        ) from error
