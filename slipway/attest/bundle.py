"""The bytes of an artifact: a tar archive that has one spelling only, so that equal files have one digest.

Owns the format, both ways. Which files belong to a part is `slipway.release`'s business, where they are put
`slipway.environment`'s.

Not compressed: two versions of zlib write different bytes of the same input, and then the same commit would
be two artifacts.
"""

import io
import tarfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from slipway.model.digest import Digest, hex_of
from slipway.model.errors import DefinitionError

_PLAIN: Final = 0o644
_EXECUTABLE: Final = 0o755


def artifact_key(digest: Digest) -> str:
    """Where an artifact is kept in the artifact store, and in copies of it."""
    return f"artifacts/sha256/{hex_of(digest)}"


class BundleError(DefinitionError):
    """Files that cannot be bundled, or bytes that are no bundle."""


@dataclass(frozen=True, kw_only=True, order=True)
class BundledFile:
    """A file of a part.

    Attributes:
        path: relative to the workspace's root, with '/' between names.
        content: its bytes.
        executable: whether it may be run.
    """

    path: str
    content: bytes
    executable: bool = False


def pack(files: Iterable[BundledFile]) -> bytes:
    """Write files as a bundle: sorted by path, owned by nobody, of no time.

    Args:
        files: in any order.

    Returns:
        The same bytes for the same files, on every machine.

    Raises:
        BundleError: a path is unsafe, stands twice, or is too long for the format.
    """
    ordered = sorted(files)
    _refuse_unsafe([file.path for file in ordered])
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in ordered:
            try:
                archive.addfile(_header(file), io.BytesIO(file.content))
            except ValueError as error:
                raise BundleError(
                    f"the path {file.path} does not fit into a bundle: {error}",
                    remedy="shorten it: a name may have 100 bytes, the folders above it 155",
                ) from error
    return held.getvalue()


def unpack(content: bytes) -> tuple[BundledFile, ...]:
    """Read a bundle, and only what `pack` writes.

    Args:
        content: bytes whose digest has been verified.

    Returns:
        Its files, sorted; every path is relative and stays below the folder that it is put in.

    Raises:
        BundleError: it is anything else: another archive, a link, a path that leads out, a second spelling.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            files = tuple(_read(archive, member) for member in archive)
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise _no_bundle(str(error)) from error
    if pack(files) != content:
        raise _no_bundle("it is an archive that slipway did not pack")
    return files


def _header(file: BundledFile) -> tarfile.TarInfo:
    header = tarfile.TarInfo(file.path)
    header.size = len(file.content)
    header.mode = _EXECUTABLE if file.executable else _PLAIN
    return header


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> BundledFile:
    stream = archive.extractfile(member) if member.isreg() else None
    if stream is None:
        raise _no_bundle(f"{member.name} is no regular file")
    return BundledFile(path=member.name, content=stream.read(), executable=member.mode == _EXECUTABLE)


def _refuse_unsafe(paths: list[str]) -> None:
    for path in paths:
        names = path.split("/")
        if "\\" in path or "\0" in path or not set(names).isdisjoint({"", ".", ".."}):
            raise BundleError(
                f"{path!r} is no path of a workspace", remedy="rename it: no '..', no '\\', no '/' at an end"
            )
    _refuse_collisions(paths)


def _refuse_collisions(paths: list[str]) -> None:
    """Refuse two files of one path, and a file where another has a folder: only one could be unpacked."""
    times = Counter(paths)
    times.update({str(folder) for path in paths for folder in PurePosixPath(path).parents})
    clash = next((path for path in paths if times[path] > 1), None)
    if clash is not None:
        raise BundleError(f"{clash} stands twice in a bundle", remedy="keep one of the two")


def _no_bundle(reason: str) -> BundleError:
    return BundleError(
        f"these bytes are no bundle: {reason}", remedy="build the release again; a bundle is never edited"
    )
