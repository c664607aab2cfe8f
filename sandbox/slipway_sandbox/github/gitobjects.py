"""What git prints, as values: commits, tree entries, refs, differences. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from slipway_sandbox.github.identity import now

ABSENT = "0" * 40
"""How git writes the object of a ref that is not there."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who made a commit, and when (ISO 8601)."""

    name: str
    email: str
    date: str

    @property
    def shape(self) -> dict[str, str]:
        """As GitHub writes it."""
        return {"name": self.name, "email": self.email, "date": self.date}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str
    signed: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a tree; size is None for what is no blob."""

    mode: str
    type: str
    sha: str
    size: int | None
    path: str


@dataclass(frozen=True, kw_only=True)
class Ref:
    """A full ref name and the object that it points to."""

    name: str
    sha: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A path to write into a tree; sha None removes it."""

    path: str
    sha: str | None
    mode: str = "100644"


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A file that differs between two commits.

    Attributes:
        sha: the blob after the change; before it, for a removed file.
        status: git's letter: A, M, D or T.
        added: lines; 0 for a binary file.
        removed: likewise.
    """

    path: str
    sha: str
    status: str
    added: int
    removed: int


def parse_entry(line: str) -> Entry:
    """One line of ``ls-tree -l``."""
    head, _, path = line.partition("\t")
    mode, kind, sha, size = head.split()
    return Entry(mode=mode, type=kind, sha=sha, size=None if size == "-" else int(size), path=path)


def parse_edit(head: str, path: str) -> Edit:
    """One raw line of diff-tree: ``:100644 100644 <old> <new> M``."""
    _, mode, _, new, _ = head.split()
    return Edit(path=path, sha=None if new == ABSENT else new, mode=mode)


def parse_change(head: str, path: str, added: str, removed: str) -> FileChange:
    """One raw line of diff-tree with its counts of lines; "-" stands for a binary file."""
    _, _, old, new, status = head.split()
    lines = (int(count) if count.isdigit() else 0 for count in (added, removed))
    return FileChange(
        path=path, sha=old if new == ABSENT else new, status=status, added=next(lines), removed=next(lines)
    )


def parse_commit(sha: str, raw: str) -> Commit:
    """A commit object as ``cat-file`` prints it."""
    head, _, message = raw.partition("\n\n")
    fields = [line.partition(" ") for line in head.splitlines()]
    found = {name: value for name, _, value in fields if name}
    return Commit(
        sha=sha,
        tree=found["tree"],
        parents=tuple(value for name, _, value in fields if name == "parent"),
        author=_signature(found["author"]),
        committer=_signature(found["committer"]),
        message=message.removesuffix("\n"),
        signed="gpgsig" in found,
    )


def _signature(line: str) -> Signature:
    person, _, moment = line.rpartition("> ")
    name, _, email = person.partition(" <")
    return Signature(name=name, email=email, date=_iso(int(moment.split()[0])))


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signature(name: str, email: str, date: str = "") -> Signature:
    """A signature of now, or of a given moment."""
    return Signature(name=name, email=email, date=date or now())
