"""A workspace's history, read with git. The workspace may be a folder of a larger repository."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from slipway.adapters.git.command import Git
from slipway.adapters.git.listing import contents_of, files_of, uncommitted_of
from slipway.ports.revisions import FileAt, Revision, Revisions, RevisionUnknown


class GitRevisions(Revisions):
    """The repository around a workspace's folder."""

    def __init__(self, workspace: Path) -> None:
        self._git = Git(workspace)

    def resolve(self, name: str) -> Revision:
        """Find the commit of a branch, tag or id, and the workspace's own tree in it."""
        found = self._git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.exit_code:
            prefix = self._prefix  # a folder without a repository has another remedy
            raise RevisionUnknown(
                f"{name!r} is no commit of the repository of {prefix or self._git.folder.name}",
                remedy="name a branch, a tag or a commit's id; fetch it first when it is on the server only",
            )
        return self._revision(found.text)

    def merge_base(self, first: str, second: str) -> Revision:
        """The newest commit that both descend from."""
        commits = [self.resolve(name).commit for name in (first, second)]
        found = self._git.ask("merge-base", *commits)
        if found.exit_code:
            raise RevisionUnknown(
                f"{first!r} and {second!r} have no common commit here",
                remedy="a shallow clone lacks it: run `git fetch --unshallow`",
            )
        return self._revision(found.text)

    def files(self, commit: str) -> Mapping[str, FileAt]:
        """Every regular file of the workspace at a commit, by path, sorted."""
        tree = self.resolve(commit).tree
        return files_of(self._git.tell("ls-tree", "-r", "-z", "--full-tree", tree).output)

    def read(self, blobs: tuple[str, ...]) -> Mapping[str, bytes]:
        """Read contents by blob id, all by one process."""
        asked = tuple(dict.fromkeys(blobs))
        if not asked:
            return {}
        lines = "".join(f"{blob}\n" for blob in asked).encode()
        return contents_of(self._git.tell("cat-file", "--batch", "--buffer", stdin=lines).output, asked)

    def uncommitted(self) -> tuple[str, ...]:
        """What of the workspace's folder is not as HEAD says."""
        status = self._git.tell("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", ".")
        return tuple(path.removeprefix(self._prefix) for path in uncommitted_of(status.output))

    @cached_property
    def _prefix(self) -> str:
        """The workspace's folder below the repository's root, with a slash at its end; empty for the root."""
        return self._git.tell("rev-parse", "--show-prefix").text

    def _revision(self, commit: str) -> Revision:
        found = self._git.ask("rev-parse", "--verify", "--quiet", f"{commit}:{self._prefix.rstrip('/')}")
        return Revision(commit=commit, tree=self._empty_tree if found.exit_code else found.text)

    @cached_property
    def _empty_tree(self) -> str:
        """The tree of a workspace that is not there yet: a base may be older than the workspace."""
        return self._git.tell("hash-object", "-t", "tree", "--stdin").text
