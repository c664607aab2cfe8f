"""Bundles: one spelling, one digest; what slipway did not pack is not unpacked."""

import hashlib
import io
import tarfile
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.attest.bundle import BundledFile, BundleError, pack, unpack

FILES = (
    BundledFile(path="dags/finedge/dbt.py", content=b"x = 1\n"),
    BundledFile(path="dags/settlements.py", content=b"", executable=True),
    BundledFile(path="dags/größe.py", content=b"\xff\x00"),
)
_NAMES = st.text(
    st.characters(categories=("Ll", "Lu", "Nd"), include_characters="_- "), min_size=1, max_size=8
)


def test_the_bytes_are_these_and_no_others() -> None:
    """A digest that differs from machine to machine, or after an upgrade of Python, would be no identity."""
    digest = hashlib.sha256(pack(FILES)).hexdigest()
    assert digest == "57f00d32c23898d25657f7f9dfd6cc17744557c2c7c3c2218eeeaaae4c490f1c"


@given(
    st.dictionaries(
        st.lists(_NAMES, min_size=1, max_size=3).map("/".join), st.binary(max_size=600), max_size=6
    ),
    st.randoms(),
)
def test_what_is_packed_is_unpacked(contents: dict[str, bytes], random: Random) -> None:
    """In any order of the input the same bytes; nothing is lost."""
    folders = {path.rpartition("/")[0] for path in contents}
    files = [BundledFile(path=path, content=text) for path, text in contents.items() if path not in folders]
    kept = [file for file in files if not any(other.path.startswith(f"{file.path}/") for other in files)]
    shuffled = random.sample(kept, len(kept))
    assert pack(shuffled) == pack(kept)
    assert unpack(pack(shuffled)) == tuple(sorted(kept))


@pytest.mark.parametrize(
    "path", ["../up", "/etc/passwd", "a//b", "a/./b", "a/../b", "", "a/", "a\\b", "a\0b"]
)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    """Both when packing and, since unpacking packs again, when unpacking."""
    with pytest.raises(BundleError, match="is no path of a workspace"):
        pack([BundledFile(path=path, content=b"")])


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a/b"), ("a/b/c", "a/b")])
def test_two_files_of_one_place_are_refused(paths: tuple[str, str]) -> None:
    """Only one of them could be unpacked, and which one would be chance."""
    with pytest.raises(BundleError, match="stands twice"):
        pack([BundledFile(path=path, content=path.encode()) for path in paths])


def test_a_path_that_the_format_cannot_hold_is_refused_with_the_limits() -> None:
    """The archive would need an extension that not every version of Python writes alike."""
    with pytest.raises(BundleError, match="does not fit") as refused:
        pack([BundledFile(path="n" * 101, content=b"")])
    assert "100 bytes" in refused.value.remedy


def _archive(change: Callable[[tarfile.TarInfo], None]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("dags/a.py")
        change(member)
        archive.addfile(member, io.BytesIO(b"\0" * member.size))
    return held.getvalue()


def _link(member: tarfile.TarInfo) -> None:
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"


def _owned(member: tarfile.TarInfo) -> None:
    member.uid = 1000


def _dated(member: tarfile.TarInfo) -> None:
    member.mtime = 1.0


def _outside(member: tarfile.TarInfo) -> None:
    member.name = "../a.py"


def _setuid(member: tarfile.TarInfo) -> None:
    member.mode = 0o4755


@pytest.mark.parametrize("change", [_link, _owned, _dated, _outside, _setuid])
def test_an_archive_that_slipway_did_not_pack_is_refused(change: Callable[[tarfile.TarInfo], None]) -> None:
    """Even with a right digest: links, owners, times, special modes and paths that lead out have no use."""
    with pytest.raises(BundleError):
        unpack(_archive(change))


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b\x08", b"no archive" * 100, pack(FILES)[:-512], pack(FILES) + b"\0"]
)
def test_bytes_that_are_no_bundle_are_refused(content: bytes) -> None:
    """Cut off, padded, compressed or something else."""
    with pytest.raises(BundleError, match="no bundle"):
        unpack(content)
