"""A workspace on disk for each test."""

from pathlib import Path

import pytest

from tests.doubles.workspace_folder import WorkspaceFolder


@pytest.fixture
def folder(tmp_path: Path) -> WorkspaceFolder:
    """A workspace without a finding."""
    return WorkspaceFolder(tmp_path / "finedge")
