"""Files that a person names on the command line."""

from pathlib import Path

from slipway.model.errors import UsageError


class FileUnreadable(UsageError):  # noqa: N818 - it says what is the case
    """A file that was named and cannot be read."""


def read_file(path: Path) -> bytes:
    """Read a file.

    Raises:
        FileUnreadable: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise FileUnreadable(
            f"{path} cannot be read: {reason}", remedy="name a file that can be read"
        ) from error
