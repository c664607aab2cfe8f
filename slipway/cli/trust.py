"""The public keys that are believed: files of the platform's checkout, put there by people and reviewed.

They lie in `keys/` beside the stack files, so that changing whom to believe is a change of the platform and
never of a data team's workspace, and that a release is verified without asking anybody.
"""

from pathlib import Path
from typing import Final

from slipway.attest import PublicKey
from slipway.model.errors import DefinitionError, DependencyError

FOLDER: Final = "keys"
"""The folder beside Pulumi.yaml; each `.pem` in it is one key."""


class NothingPinned(DependencyError):  # noqa: N818 - it says what is the case
    """No key is believed here, so nothing that is signed can be."""


def read_trusted(platform: Path) -> tuple[PublicKey, ...]:
    """Read the pinned keys.

    Args:
        platform: the folder with Pulumi.yaml.

    Raises:
        NothingPinned: there is none.
        DefinitionError: a file there is no key.
    """
    folder = platform / FOLDER
    files = sorted(folder.glob("*.pem"))
    if not files:
        raise NothingPinned(
            f"no public key is pinned in {folder}",
            remedy="slipway release pin, compare its id with the key's owner, and commit the file",
        )
    return tuple(_key(file) for file in files)


def pin(platform: Path, pem: bytes) -> tuple[Path, bool]:
    """Write a key down, to be believed from now on.

    Args:
        platform: the folder with Pulumi.yaml.
        pem: the public key.

    Returns:
        Its file, and whether it is new.
    """
    key = PublicKey.from_pem(pem)
    file = platform / FOLDER / f"signing-{key.id[:12]}.pem"
    is_new = not file.exists()
    if is_new:
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(pem)
    return file, is_new


def _key(file: Path) -> PublicKey:
    try:
        return PublicKey.from_pem(file.read_bytes())
    except DefinitionError as error:
        raise DefinitionError(f"{file}: {error.message}", remedy=error.remedy) from error
    except OSError as error:
        raise DefinitionError(
            f"{file} cannot be read: {error.strerror}", remedy="give yourself the right"
        ) from error
