"""States in files and on standard input: read as they are, unless Terraform's own lock is beside them."""

import io
import json
from pathlib import Path

import pytest

from slipway.adapters.terraform_state import FileState, StreamState
from slipway.model.errors import ExitCode
from slipway.ports.terraform_state import StateAbsent, StateLocked, StateStoreError

LOCK = {
    "ID": "7f3c",
    "Operation": "OperationTypeApply",
    "Who": "ana@laptop",
    "Created": "2026-03-02T12:00:00Z",
}


def test_a_file_is_read(tmp_path: Path) -> None:
    """Its path is what messages call it."""
    path = tmp_path / "data.tfstate"
    path.write_bytes(b"{}")
    read = FileState(path).read()
    assert (read.source, read.content, read.version) == (str(path), b"{}", "")


@pytest.mark.parametrize(
    ("lock", "told", "remedy"),
    [
        (
            json.dumps(LOCK),
            " by ana@laptop since 2026-03-02T12:00:00Z (OperationTypeApply)",
            "`terraform force-unlock 7f3c`",
        ),
        ("", "", "`terraform force-unlock ID`"),
        ("[]", "", "`terraform force-unlock ID`"),
    ],
)
def test_a_lock_of_the_local_backend_is_respected(tmp_path: Path, lock: str, told: str, remedy: str) -> None:
    """What is read during an apply is neither the old state nor the new one."""
    path = tmp_path / "data.tfstate"
    path.write_bytes(b"{}")
    (tmp_path / ".data.tfstate.lock.info").write_text(lock, encoding="utf-8")
    with pytest.raises(StateLocked) as locked:
        FileState(path).read()
    assert locked.value.message == f"{path} is locked{told}"
    assert remedy in locked.value.remedy
    assert locked.value.exit_code is ExitCode.ENVIRONMENT


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """It is the command line that is wrong."""
    with pytest.raises(StateAbsent, match=r"there is no file .*data\.tfstate") as absent:
        FileState(tmp_path / "data.tfstate").read()
    assert absent.value.exit_code is ExitCode.USAGE


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    """The reason is the system's."""
    with pytest.raises(StateStoreError, match="cannot be read: is a directory"):
        FileState(tmp_path).read()


def test_standard_input_is_read_to_its_end() -> None:
    """As `terraform state pull` writes it."""
    read = StreamState(io.BytesIO(b"{}")).read()
    assert (read.source, read.content) == ("standard input", b"{}")
