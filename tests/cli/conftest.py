"""A workspace on disk, and the command run in this process with what it wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from slipway.cli.main import main
from tests.doubles.workspace_folder import WorkspaceFolder


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        code: its exit code.
        out: what it wrote on stdout.
        err: what it wrote on stderr.
    """

    code: int
    out: str
    err: str


Slipway = Callable[..., Ended]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WorkspaceFolder:
    """A workspace without a finding; the command is run in it."""
    workspace = WorkspaceFolder(tmp_path / "finedge")
    monkeypatch.chdir(workspace.root)
    return workspace


@pytest.fixture
def slipway(capsys: pytest.CaptureFixture[str]) -> Slipway:
    """The command, without its process."""

    def run(*arguments: str) -> Ended:
        code = main(arguments)
        written = capsys.readouterr()
        return Ended(int(code), written.out, written.err)

    return run
