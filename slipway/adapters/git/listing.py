"""Reads what git prints: trees (`ls-tree -z`), contents (`cat-file --batch`), paths (`status -z`). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from slipway.ports.revisions import FileAt, RepositoryFailed

_REGULAR: Final = {b"100644": False, b"100755": True}
_NAMES: Final = {b"120000": "a link", b"160000": "a submodule"}


def files_of(output: bytes) -> dict[str, FileAt]:
    """Read a listing of a whole tree.

    Args:
        output: of `git ls-tree -r -z`.

    Raises:
        RepositoryFailed: it has something that no artifact can hold.
    """
    entries = (entry.partition(b"\t") for entry in output.split(b"\0") if entry)
    return dict(sorted(_file(head.split(), path) for head, _, path in entries))


def _file(head: list[bytes], path: bytes) -> tuple[str, FileAt]:
    mode, _, blob = head
    try:
        name = path.decode()
    except UnicodeDecodeError as error:
        raise RepositoryFailed(
            f"the name of {path.decode(errors='backslashreplace')} is not UTF-8", remedy="rename the file"
        ) from error
    if mode not in _REGULAR:
        kind = _NAMES.get(mode, f"of mode {mode.decode()}")
        raise RepositoryFailed(
            f"{name} is {kind}, which no artifact can hold",
            remedy="commit the file itself in the workspace",
        )
    return name, FileAt(blob=blob.decode(), executable=_REGULAR[mode])


def contents_of(output: bytes, asked: Iterable[str]) -> Mapping[str, bytes]:
    """Read contents.

    Args:
        output: of `git cat-file --batch`.
        asked: the ids that were asked for, in their order.

    Raises:
        RepositoryFailed: one of them is not in the repository.
    """
    return dict(_contents(output, asked))


def _contents(output: bytes, asked: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    at = 0
    for blob in asked:
        end = output.index(b"\n", at)
        words = output[at:end].split()
        if words[1:2] != [b"blob"]:
            raise RepositoryFailed(
                f"the repository has no file content {blob}",
                remedy="fetch it: a shallow or partial clone may lack what its commits name",
            )
        begin = end + 1
        at = begin + int(words[2])
        yield blob, output[begin:at]
        at += 1  # the line end after the content


def uncommitted_of(output: bytes) -> tuple[str, ...]:
    """Read the paths of a status, relative to the repository's root, sorted.

    Args:
        output: of `git status --porcelain -z --no-renames`.
    """
    entries = (entry for entry in output.split(b"\0") if entry)
    return tuple(sorted(entry[3:].decode(errors="backslashreplace") for entry in entries))
