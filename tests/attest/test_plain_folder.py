"""A folder that is known by a digest holds nothing that the digest does not see."""

from pathlib import Path

import pytest

from policies.digest import digest
from slipway.attest.plain_folder import NotPlain, plain_files
from slipway.attest.program import read_program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules, as a checkout has them after they ran."""
    rules = tmp_path / "policies" / "rules"
    (rules / "__pycache__").mkdir(parents=True)
    (rules / "tagging.py").write_text("RULES = ()\n", encoding="utf-8")
    (rules / "__pycache__" / "tagging.cpython-311.pyc").write_bytes(b"compiled")
    return tmp_path / "policies"


def test_what_python_compiled_for_itself_does_not_count(folder: Path) -> None:
    """Neither as a file nor in the digest."""
    assert [path.name for path in plain_files(folder)] == ["tagging.py"]
    before = digest(folder)
    (folder / "rules" / "__pycache__" / "tagging.cpython-311.pyc").write_bytes(b"compiled again")
    assert digest(folder) == before


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    """As the sandbox's project has it; the digest is the same."""
    link = tmp_path / "elsewhere"
    link.symlink_to(folder)
    assert digest(link) == digest(folder)


@pytest.mark.parametrize("target", ["rules/tagging.py", "rules", "nowhere"])
def test_a_link_is_refused(folder: Path, target: str) -> None:
    """To a file, to a folder, to nothing."""
    (folder / "more").symlink_to(folder / target)
    with pytest.raises(NotPlain, match=r"more is a link, and no digest sees what it leads to"):
        digest(folder)


@pytest.mark.parametrize("name", ["tagging.cpython-311-x86_64-linux-gnu.so", "tagging.pyc", "tagging.pyd"])
def test_a_compiled_module_is_refused(folder: Path, name: str) -> None:
    """Python takes it before the source of that name."""
    (folder / "rules" / name).write_bytes(b"compiled")
    with pytest.raises(NotPlain, match="is a compiled module, and Python would run it in place of a source"):
        digest(folder)


def test_the_program_has_none_either(tmp_path: Path) -> None:
    """Its folders are known by digests too."""
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "dev.py").write_text("", encoding="utf-8")
    assert list(read_program(tmp_path).files) == ["stacks/dev.py"]
    (tmp_path / "stacks" / "dev.so").write_bytes(b"compiled")
    with pytest.raises(NotPlain):
        read_program(tmp_path)
