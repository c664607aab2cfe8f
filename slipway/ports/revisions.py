"""The workspace's history: trees and files at a commit, without a checkout."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from slipway.model.errors import DependencyError, UsageError


class RevisionUnknown(UsageError):  # noqa: N818 - it says what is the case
    """A name that is no commit."""


class RepositoryFailed(DependencyError):  # noqa: N818 - same
    """Git is missing, or the folder is no repository."""


@dataclass(frozen=True, kw_only=True)
class Revision:
    """A commit.

    Attributes:
        commit: its full id.
        tree: id of the workspace's tree in it, what evidence is bound to; the empty tree's where the commit
            has no workspace yet.
    """

    commit: str
    tree: str


@dataclass(frozen=True, kw_only=True)
class FileAt:
    """A file in a tree.

    Attributes:
        blob: id of its content.
        executable: whether its mode says so.
    """

    blob: str
    executable: bool


class Revisions(Protocol):
    """Reads the repository that a workspace lives in; paths are relative to the workspace's root."""

    def resolve(self, name: str) -> Revision:
        """Find the commit of a branch, tag or id.

        Raises:
            RevisionUnknown: there is none.
        """
        ...

    def merge_base(self, first: str, second: str) -> Revision:
        """The newest commit that both descend from.

        Raises:
            RevisionUnknown: one of them is no commit, or they have none in common.
        """
        ...

    def files(self, commit: str) -> Mapping[str, FileAt]:
        """Every regular file of the workspace at a commit, by path, sorted.

        Raises:
            RepositoryFailed: the tree has a link or a submodule, which no artifact can hold.
        """
        ...

    def read(self, blobs: tuple[str, ...]) -> Mapping[str, bytes]:
        """Read contents by blob id, many in one go."""
        ...

    def uncommitted(self) -> tuple[str, ...]:
        """Paths in the workspace's folder that differ from HEAD, but for what is ignored."""
        ...
