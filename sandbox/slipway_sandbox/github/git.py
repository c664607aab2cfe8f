"""One bare git repository, through git's plumbing commands.

Owned here: objects and refs. Not owned: who may change them (`enforcement`), the lock (`forge`).
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from slipway_sandbox.github.gitobjects import (
    ABSENT,
    Commit,
    Edit,
    Entry,
    FileChange,
    Ref,
    Signature,
    parse_change,
    parse_commit,
    parse_edit,
    parse_entry,
)

_TIMEOUT_SECONDS = 120
_SUBMODULE = "160000"
_CONFLICT = 1  # what merge-tree ends with
_SHA = re.compile(r"[0-9a-f]{40}")


class GitError(Exception):
    """Git refused a command; the message is git's own."""


class GitRepository:
    """A bare repository on disk.

    Args:
        path: its folder.
        environment: what git runs with; the hook passes its own, so that objects in quarantine are seen.
    """

    def __init__(self, path: Path, environment: Mapping[str, str] | None = None) -> None:
        self.path = path
        self._environment = dict(environment) if environment is not None else clean_environment()

    @classmethod
    def create(cls, path: Path, default_branch: str) -> "GitRepository":
        """Make an empty repository whose HEAD names a branch that is not born yet."""
        path.mkdir(parents=True)
        repository = cls(path)
        repository.run("init", "--bare", "--quiet", "--template=", f"--initial-branch={default_branch}")
        return repository

    def run(self, *command: str, given: bytes | None = None, extra: Mapping[str, str] | None = None) -> bytes:
        """Git's answer on stdout.

        Raises:
            GitError: git ended with another code than 0.
        """
        done = self._start(command, given, extra)
        if done.returncode:
            raise GitError(f"git {command[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def holds(self, *command: str) -> bool:
        """Whether git answers a question by exit code 0."""
        return self._start(command, None, None).returncode == 0

    def _start(
        self, command: tuple[str, ...], given: bytes | None, extra: Mapping[str, str] | None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["git", "--git-dir", str(self.path), *command],
            input=given if given is not None else b"",
            capture_output=True,
            env=self._environment | dict(extra or {}),
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )

    def resolve(self, name: str, kind: str = "commit") -> str | None:
        """The sha of a branch, tag, full ref or (short) sha; None when there is no such object."""
        if name.startswith("-") or not name:
            return None
        heads = (f"refs/heads/{name}", f"refs/tags/{name}", name)
        for candidate in heads:
            done = self._start(("rev-parse", "--quiet", "--verify", f"{candidate}^{{{kind}}}"), None, None)
            if done.returncode == 0:
                return done.stdout.decode().strip()
        return None

    def refs(self, *prefixes: str) -> list[Ref]:
        """The refs under these prefixes (``refs/heads``), by name."""
        wanted = "%(refname)%00%(objectname)%00%(objecttype)"
        lines = self.run("for-each-ref", f"--format={wanted}", *prefixes).decode().splitlines()
        fields = (line.split("\0") for line in lines)
        return [Ref(name=name, sha=sha, type=kind) for name, sha, kind in fields]

    def ref(self, name: str) -> Ref | None:
        """The ref of exactly this full name."""
        return next((ref for ref in self.refs(name) if ref.name == name), None)

    def is_valid_ref(self, name: str) -> bool:
        """Whether git could make a ref of this full name."""
        return name.startswith("refs/") and self.holds("check-ref-format", name)

    def move_ref(self, name: str, new: str, old: str | None) -> None:
        """Point a ref to an object, if it still points to ``old`` (None: it must not exist)."""
        self.run("update-ref", name, new, old or ABSENT)

    def drop_ref(self, name: str, old: str) -> None:
        """Delete a ref, if it still points to ``old``."""
        self.run("update-ref", "-d", name, old)

    def point_head(self, branch: str) -> None:
        """Make a branch the one that a clone checks out."""
        self.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def object_type(self, sha: str) -> str | None:
        """blob, tree, commit or tag; None when there is no such object."""
        if not _SHA.fullmatch(sha):
            return None
        done = self._start(("cat-file", "-t", sha), None, None)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def blob(self, sha: str) -> bytes:
        """The content of a blob."""
        return self.run("cat-file", "blob", sha)

    def entries(self, tree: str, *paths: str, recursive: bool = False) -> list[Entry]:
        """The lines of a tree (or of a commit's tree), or one line for each of ``paths`` that exists."""
        flags = ("-r", "-t") if recursive else ()
        below = ("--", *paths) if paths else ()
        listing = self.run("ls-tree", "--full-tree", "-l", "-z", *flags, tree, *below).decode(
            errors="replace"
        )
        return [parse_entry(line) for line in listing.split("\0") if line]

    def commit(self, sha: str) -> Commit:
        """Read a commit object."""
        return parse_commit(sha, self.run("cat-file", "commit", sha).decode(errors="replace"))

    def commits(self, shas: Iterable[str]) -> list[Commit]:
        """Read many commit objects by one process."""
        given = "".join(f"{sha}\n" for sha in shas).encode()
        answer = self.run("cat-file", "--batch", given=given)
        found, at = [], 0
        while at < len(answer):
            head, start = answer[at : answer.index(b"\n", at)].decode().split(), answer.index(b"\n", at) + 1
            at = start + int(head[2])
            found.append(parse_commit(head[0], answer[start:at].decode(errors="replace")))
            at += 1
        return found

    def history(self, *selection: str) -> list[str]:
        """The shas that ``git rev-list`` gives for a selection, the newest first."""
        return self.run("rev-list", *selection).decode().split()

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether going from old to new is a fast forward."""
        return self.holds("merge-base", "--is-ancestor", old, new)

    def written_by(self, commits: Iterable[str]) -> list[Edit]:
        """The files that commits added or changed, each against its parents; submodules left out."""
        flags = ("--stdin", "-r", "-z", "-m", "--root", "--no-commit-id", "--no-renames", "--diff-filter=d")
        given = "".join(f"{commit}\n" for commit in commits).encode()
        fields = self.run("diff-tree", *flags, given=given).decode().split("\0")[:-1]
        edits = [parse_edit(head, path) for head, path in zip(fields[::2], fields[1::2], strict=True)]
        return [edit for edit in edits if edit.mode != _SUBMODULE]

    def changes(self, old: str | None, new: str) -> list[FileChange]:
        """What differs between two commits, a rename as two; old None: everything is new."""
        trees = (old or self.write_tree(None, []), new)
        raw = self.run("diff-tree", "-r", "-z", "--no-renames", *trees).decode().split("\0")[:-1]
        lines = self.run("diff-tree", "-r", "-z", "--no-renames", "--numstat", *trees).decode().split("\0")
        counts = {path: (added, gone) for added, gone, path in (line.split("\t") for line in lines if line)}
        return [
            parse_change(head, path, *counts[path]) for head, path in zip(raw[::2], raw[1::2], strict=True)
        ]

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor."""
        done = self._start(("merge-base", one, other), None, None)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def merged_tree(self, one: str, other: str) -> str | None:
        """Store the tree that merging two commits gives; its sha, or None when they conflict.

        Raises:
            GitError: git could not even try.
        """
        done = self._start(("merge-tree", "--write-tree", "--no-messages", one, other), None, None)
        if done.returncode not in {0, _CONFLICT}:
            raise GitError(f"git merge-tree: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode().splitlines()[0] if done.returncode == 0 else None

    def sizes(self, shas: Iterable[str]) -> dict[str, int]:
        """The sizes of blobs, in bytes."""
        asked = "\n".join(shas).encode()
        lines = self.run("cat-file", "--batch-check=%(objectname) %(objectsize)", given=asked).decode()
        pairs = (line.split() for line in lines.splitlines())
        return {sha: int(size) for sha, size in pairs}

    def write_blob(self, content: bytes) -> str:
        """Store content; its sha."""
        return self.run("hash-object", "-w", "--stdin", given=content).decode().strip()

    def write_tree(self, base: str | None, edits: Iterable[Edit]) -> str:
        """Store the tree that results from edits on a base tree (or commit); its sha."""
        with tempfile.TemporaryDirectory(prefix="slipway-index-") as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self.run("read-tree", base or "--empty", extra=index)
            lines = [
                f"{edit.mode if edit.sha else '0'} {edit.sha or ABSENT}\t{edit.path}\0" for edit in edits
            ]
            self.run("update-index", "-z", "--index-info", given="".join(lines).encode(), extra=index)
            return self.run("write-tree", extra=index).decode().strip()

    def write_commit(
        self, tree: str, parents: Iterable[str], message: str, author: Signature, committer: Signature
    ) -> str:
        """Store a commit; its sha."""
        people = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": author.date,
            "GIT_COMMITTER_NAME": committer.name,
            "GIT_COMMITTER_EMAIL": committer.email,
            "GIT_COMMITTER_DATE": committer.date,
        }
        flags = [flag for parent in parents for flag in ("-p", parent)]
        return self.run("commit-tree", tree, *flags, given=message.encode(), extra=people).decode().strip()


def clean_environment() -> dict[str, str]:
    """The process's environment without what would lead git to another repository or to a user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8"}
