"""Assets and archives as a server gets them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from slipway_sandbox.provider.contract import Archive, Asset, ProviderFault

if TYPE_CHECKING:
    from pathlib import Path


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_asset_is_its_text_or_its_file(tmp_path: Path) -> None:
    """By path and by file URL, with what a URL escapes."""
    file = tmp_path / "a file.txt"
    file.write_bytes(b"\x00content")
    assert Asset(text="é").content() == "é".encode()
    assert Asset(path=str(file)).content() == b"\x00content"
    assert Asset(uri=file.as_uri()).content() == b"\x00content"


def test_a_folder_becomes_the_same_zip_each_time(tmp_path: Path) -> None:
    """Times are left out: equal files give equal bytes, and no update."""
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "deep" / "b.py").write_text("B = 1")
    (tmp_path / "src" / "a.py").write_text("A = 1")
    first = Archive(path=str(tmp_path / "src")).content()
    (tmp_path / "src" / "a.py").touch()
    assert Archive(path=str(tmp_path / "src")).content() == first
    assert unpacked(first) == {"a.py": b"A = 1", "deep/b.py": b"B = 1"}


def test_archives_nest_and_an_archive_file_is_passed_on(tmp_path: Path) -> None:
    """A layer made of a file, a folder and a zip."""
    inner = Archive(assets={"x.txt": Asset(text="x")}).content()
    (tmp_path / "inner.zip").write_bytes(inner)
    whole = Archive(
        assets={
            "text.txt": Asset(text="t"),
            "zip": Archive(path=str(tmp_path / "inner.zip")),
            "tree": Archive(assets={"y.txt": Asset(text="y")}),
        }
    )
    assert unpacked(whole.content()) == {"text.txt": b"t", "zip/x.txt": b"x", "tree/y.txt": b"y"}
    assert Archive(path=str(tmp_path / "inner.zip")).content() == inner


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file, an address of the network, a file that is no archive."""
    with pytest.raises(ProviderFault, match=r"asset .*gone.txt cannot be read: No such file"):
        Asset(path=str(tmp_path / "gone.txt")).content()
    with pytest.raises(ProviderFault, match=r"asset https://example\.com/a is not a file"):
        Asset(uri="https://example.com/a").content()
    (tmp_path / "a.zip").write_text("no zip")
    with pytest.raises(ProviderFault, match=r"archive .*a.zip is not a zip file"):
        Archive(assets={"a": Archive(path=str(tmp_path / "a.zip"))}).content()
