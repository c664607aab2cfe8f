"""Runs `git` in a workspace's folder, so that nothing around it changes what it reads or how it says so."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slipway.ports.revisions import RepositoryFailed

# A hook that calls us has these in its environment: they would name its repository instead of the folder's.
_OF_A_CALLING_HOOK: Final = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"})
_OURS: Final = {
    "GIT_NO_REPLACE_OBJECTS": "1",  # a replaced object would be read under a reviewed id
    "GIT_OPTIONAL_LOCKS": "0",  # a look takes no lock from the person who works there
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What git said.

    Attributes:
        exit_code: its own.
        output: its stdout.
        errors: its stderr, as text.
    """

    exit_code: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        """The output without the line end."""
        return self.output.decode(errors="surrogateescape").rstrip("\n")


@dataclass(frozen=True)
class Git:
    """The command, in one folder.

    Attributes:
        folder: where it runs.
    """

    folder: Path

    def ask(self, *words: str, stdin: bytes = b"") -> Answer:
        """Run git; the exit code is the caller's to judge.

        Raises:
            RepositoryFailed: it cannot be run there.
        """
        if not self.folder.is_dir():
            raise RepositoryFailed(f"{self.folder} is no folder", remedy="name the workspace's folder")
        try:
            ended = subprocess.run(
                ["git", *words],
                cwd=self.folder,
                env=_environment(),
                input=stdin,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise RepositoryFailed(
                f"git cannot be run: {error.strerror}", remedy="install git 2.38 or later"
            ) from error
        errors = ended.stderr.decode(errors="replace").strip()
        return Answer(exit_code=ended.returncode, output=ended.stdout, errors=errors)

    def tell(self, *words: str, stdin: bytes = b"") -> Answer:
        """Run a git command that has no reason to fail in a repository that is whole.

        Raises:
            RepositoryFailed: it failed.
        """
        answer = self.ask(*words, stdin=stdin)
        if answer.exit_code:
            raise _failed(self.folder, words, answer)
        return answer


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _OF_A_CALLING_HOOK}
    return kept | _OURS


def _failed(folder: Path, words: Sequence[str], answer: Answer) -> RepositoryFailed:
    said = (answer.errors.splitlines() or [f"exit code {answer.exit_code}"])[0]
    if "not a git repository" in answer.errors:
        return RepositoryFailed(
            f"{folder} is in no git repository",
            remedy="run the command in a clone of the data team's repository, or name its workspace",
        )
    if "dubious ownership" in answer.errors:
        return RepositoryFailed(
            f"git does not trust the repository of {folder}: somebody else owns it",
            remedy=f"git config --global --add safe.directory {folder}",
        )
    return RepositoryFailed(
        f"git {words[0]} failed in {folder}: {said}", remedy="run `git fsck`, or clone the repository anew"
    )
