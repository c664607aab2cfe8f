"""Files and folders that a person names on the command line."""

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


class FileUnwritable(UsageError):  # noqa: N818 - same
    """A file cannot be written where it was asked for."""


def write_file(path: Path, content: str, *, option: str) -> None:
    """Write a file, and the folders that it is in.

    Args:
        path: where.
        content: of the file.
        option: which names the folder.

    Raises:
        FileUnwritable: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise FileUnwritable(
            f"{path} cannot be written: {error.strerror}",
            remedy=f"name a folder that can be written: {option} FOLDER",
        ) from error
