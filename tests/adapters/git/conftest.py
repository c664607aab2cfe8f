"""A repository with a workspace in a folder of it."""

from pathlib import Path

import pytest

from tests.doubles.git_repository import GitRepository


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one commit, which has no workspace yet."""
    made = GitRepository.begun(tmp_path / "repository", "data/finedge")
    (made.root / "README.md").write_text("a repository", encoding="utf-8")
    made.commit("before the workspace")
    return made
