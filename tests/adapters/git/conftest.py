"""A repository with a workspace in a folder of it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@finedge.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@finedge.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


@dataclass(frozen=True)
class Repository:
    """A repository on disk.

    Attributes:
        root: its folder.
    """

    root: Path

    @property
    def workspace(self) -> Path:
        """The workspace's folder, below the root."""
        return self.root / "data" / "finedge"

    def git(self, *words: str) -> str:
        """Run git as Ada."""
        return subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def write(self, path: str, content: str) -> Path:
        """Write a file of the workspace."""
        file = self.workspace / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return file

    def commit(self, message: str = "change") -> str:
        """Commit all, and return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one commit, which has no workspace yet."""
    made = Repository(tmp_path / "repository")
    made.root.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    (made.root / "README.md").write_text("a repository", encoding="utf-8")
    made.commit("before the workspace")
    made.workspace.mkdir(parents=True)
    return made
