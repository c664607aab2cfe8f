"""What GitHub knows beside the git objects: documents of a few kinds in one SQLite file.

Owned here: storing and finding documents, one sequence of ids. Not owned: what is in a document.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, key));
CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
INSERT INTO sequence SELECT 1000 WHERE NOT EXISTS (SELECT 1 FROM sequence);
"""
_BUSY_SECONDS = 30


class Kind(StrEnum):
    """The kinds of documents, each with the form of its key."""

    USER = "user"  # login
    ORGANIZATION = "organization"  # login
    ORGANIZATION_MEMBER = "organization-member"  # org id/login
    TOKEN = "token"  # noqa: S105  a kind's name; the key is the token's sha256
    REPOSITORY = "repository"  # repository id
    REPOSITORY_NAME = "repository-name"  # owner/name, also former names
    COLLABORATOR = "collaborator"  # repository id/login
    TEAM = "team"  # team id
    TEAM_MEMBER = "team-member"  # team id/login
    TEAM_REPOSITORY = "team-repository"  # team id/repository id
    PROTECTION = "protection"  # repository id/rule id
    RULESET = "ruleset"  # scope/ruleset id, the scope is repository.<id> or organization.<id>
    ENVIRONMENT = "environment"  # repository id/environment name
    DEPLOYMENT_POLICY = "deployment-policy"  # repository id/environment id/policy id
    LABEL = "label"  # repository id/name
    VARIABLE = "variable"  # scope/name, the scope is repository.<id> or environment.<id>
    SECRET = "secret"  # noqa: S105  a kind's name; the key is scope/name
    KEY_PAIR = "key-pair"  # scope
    EMAIL = "email"  # address
    APP = "app"  # slug
    PULL = "pull"  # repository id/number
    REVIEW = "review"  # repository id/pull request number/review id
    STATUS = "status"  # repository id/commit sha/status id
    CHECK_SUITE = "check-suite"  # repository id/suite id
    CHECK_RUN = "check-run"  # repository id/run id


class Records:
    """The documents, safe to use from several threads and from the process of a git hook.

    Keys are compared without regard to case, as GitHub compares names.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        is_new = not path.exists()
        self._database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS
        )
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")  # the sandbox's world ends with its processes
        if is_new:
            self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing; nested use joins the outer one."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._database.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._end(outermost, "ROLLBACK")
                raise
            self._end(outermost, "COMMIT")

    def _end(self, outermost: bool, statement: str) -> None:  # noqa: FBT001  private, named by its caller
        self._depth -= 1
        if outermost:
            self._database.execute(statement)

    def next_id(self) -> int:
        """A number that no object of this GitHub has had."""
        with self.transaction():
            self._database.execute("UPDATE sequence SET last = last + 1")
            return int(self._database.execute("SELECT last FROM sequence").fetchone()[0])

    def find(self, kind: Kind, *key: object) -> Document | None:
        """The document, or None."""
        with self._lock:
            row = self._database.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, _joined(key))
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: Kind, *key: object, body: Document) -> Document:
        """Store a document in the place of one with the same key; returned for chaining."""
        with self._lock:
            self._database.execute(
                "INSERT INTO documents (kind, key, body) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, _joined(key), json.dumps(body)),
            )
        return body

    def remove(self, kind: Kind, *key: object) -> bool:
        """Delete one document; False when there was none."""
        with self._lock:
            done = self._database.execute(
                "DELETE FROM documents WHERE kind = ? AND key = ?", (kind, _joined(key))
            )
        return done.rowcount > 0

    def every(self, kind: Kind, *prefix: object) -> list[Document]:
        """The documents whose key starts with these parts, the oldest first."""
        return [body for _, body in self.items(kind, *prefix)]

    def items(self, kind: Kind, *prefix: object) -> list[tuple[str, Document]]:
        """As ``every``, each with its key."""
        start = f"{_joined(prefix)}/" if prefix else ""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, body FROM documents WHERE kind = ? AND substr(key, 1, ?) = ? ORDER BY position",
                (kind, len(start), start),
            ).fetchall()
        return [(key, json.loads(body)) for key, body in rows]

    def remove_all(self, kind: Kind, *prefix: object) -> None:
        """Delete every document whose key starts with these parts."""
        for key, _ in self.items(kind, *prefix):
            self.remove(kind, key)


def _joined(key: tuple[object, ...]) -> str:
    return "/".join(str(part) for part in key).lower()
