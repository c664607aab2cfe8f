"""The Revisions port over commits in memory, each a whole workspace, one after the other."""

import hashlib
from collections.abc import Mapping

from slipway.ports.revisions import FileAt, Revision, Revisions, RevisionUnknown


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


class Commits(Revisions):
    """A history without branches.

    Attributes:
        ids: of every commit, the oldest first.
        changed: what is not committed.
    """

    def __init__(self) -> None:
        self.changed: tuple[str, ...] = ()
        self.ids: list[str] = []
        self._files: dict[str, dict[str, FileAt]] = {}
        self._blobs: dict[str, bytes] = {}

    def commit(self, files: Mapping[str, str | bytes], *, executable: frozenset[str] = frozenset()) -> str:
        """Commit a workspace as a whole and return the commit's id."""
        held = {}
        for path, content in sorted(files.items()):
            written = content.encode() if isinstance(content, str) else content
            blob = hashlib.sha256(written).hexdigest()[:40]
            self._blobs[blob] = written
            held[path] = FileAt(blob=blob, executable=path in executable)
        commit = _id(f"commit {len(self.ids)} {sorted(held.items())}")
        self.ids.append(commit)
        self._files[commit] = held
        return commit

    def change(self, **changes: str | bytes | None) -> str:
        """Commit what the newest commit has, with files put in, or (None) taken out. Use `**{path: text}`."""
        before = self._files[self.ids[-1]]
        files = {path: self._blobs[file.blob] for path, file in before.items()}
        gone = {path for path, content in changes.items() if content is None}
        put = {path: content for path, content in changes.items() if content is not None}
        return self.commit({path: text for path, text in {**files, **put}.items() if path not in gone})

    def resolve(self, name: str) -> Revision:
        """Find `HEAD`, an id or its beginning, or (`^`) the commit before."""
        place = self._place(name.rstrip("^")) - name.count("^")
        if place < 0:
            raise RevisionUnknown(f"{name} is no commit here", remedy="name one that git log shows")
        commit = self.ids[place]
        return Revision(commit=commit, tree=_id(f"tree {sorted(self._files[commit].items())}"))

    def _place(self, name: str) -> int:
        if name == "HEAD":
            return len(self.ids) - 1
        return next((at for at, commit in enumerate(self.ids) if commit.startswith(name)), -1)

    def merge_base(self, first: str, second: str) -> Revision:
        """The older of the two: there are no branches."""
        return self.resolve(self.ids[min(self._place(first), self._place(second))])

    def files(self, commit: str) -> Mapping[str, FileAt]:
        """Every file at a commit."""
        return self._files[commit]

    def read(self, blobs: tuple[str, ...]) -> Mapping[str, bytes]:
        """Read contents."""
        return {blob: self._blobs[blob] for blob in blobs}

    def uncommitted(self) -> tuple[str, ...]:
        """What a test says."""
        return self.changed
