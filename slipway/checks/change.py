"""A change: the difference between two revisions of a workspace. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from slipway.ports.revisions import FileAt, Revision


@dataclass(frozen=True, kw_only=True)
class Change:
    """What differs between two revisions.

    Attributes:
        base: where the change began: what it is compared with.
        head: what is checked.
        before: the files of base, by path relative to the workspace.
        after: the files of head.
    """

    base: Revision
    head: Revision
    before: Mapping[str, FileAt]
    after: Mapping[str, FileAt]

    @property
    def written(self) -> frozenset[str]:
        """Files that are new or other than they were; a file that may now be run is another."""
        return frozenset(path for path, file in self.after.items() if self.before.get(path) != file)

    @property
    def deleted(self) -> frozenset[str]:
        """Files that are gone; one that was moved is gone here and new there."""
        return frozenset(self.before.keys() - self.after.keys())

    @property
    def paths(self) -> frozenset[str]:
        """All of them."""
        return self.written | self.deleted

    def below(self, folder: str) -> frozenset[str]:
        """The changed files of a folder, relative to it.

        Args:
            folder: relative to the workspace; `.` for the workspace itself.
        """
        prefix = "" if folder == "." else f"{folder}/"
        return frozenset(path.removeprefix(prefix) for path in self.paths if path.startswith(prefix))
