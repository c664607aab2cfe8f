"""The files of a folder that is known by its digest: what Python could run there beside them is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from slipway.model.errors import DefinitionError

_COMPILED: Final = frozenset({".so", ".pyd", ".pyc"})
_CACHE: Final = "__pycache__"
"""Where Python keeps what it compiled; it does not count, since it is made from the sources."""


class NotPlain(DefinitionError):  # noqa: N818 - it says what is the case
    """A link, or a compiled module: a digest of sources would not see what it brings."""


def plain_files(folder: Path) -> Iterator[Path]:
    """Find every file below a folder, caches of Python left out.

    Args:
        folder: where; it may be a link itself.

    Raises:
        NotPlain: there is a link or a compiled module below it.
    """
    for path in sorted(folder.resolve().rglob("*")):
        if path.is_symlink():
            raise NotPlain(
                f"{path} is a link, and no digest sees what it leads to", remedy="put the file itself there"
            )
        if path.suffix in _COMPILED and path.parent.name != _CACHE:
            raise NotPlain(
                f"{path} is a compiled module, and Python would run it in place of a source",
                remedy="remove it",
            )
        if path.is_file() and path.parent.name != _CACHE:
            yield path
