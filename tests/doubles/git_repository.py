"""A git repository on disk, written by Ada, without any setting of the machine's."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_IDENTITY: Final = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@finedge.example",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@finedge.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


@dataclass(frozen=True)
class GitRepository:
    """A repository.

    Attributes:
        root: its folder.
        workspace: the workspace's folder, in it or the same.
    """

    root: Path
    workspace: Path

    @classmethod
    def begun(cls, root: Path, workspace: str = ".") -> "GitRepository":
        """Make one without a commit."""
        made = cls(root, root / workspace)
        made.workspace.mkdir(parents=True)
        made.git("init", "--quiet", "--initial-branch", "main")
        return made

    def git(self, *words: str) -> str:
        """Run git as Ada."""
        return subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**os.environ, **_IDENTITY},
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

    def replace(self, path: str, old: str, new: str) -> None:
        """Edit a file of the workspace; the old text has to be there."""
        text = (self.workspace / path).read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        self.write(path, text.replace(old, new, 1))

    def commit(self, message: str = "change") -> str:
        """Commit all, and return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")
