"""Where resources live that no server of the sandbox knows: one SQLite file in the sandbox's home.

Several provider processes use it at once. It holds what a cloud would hold: a row exists from create to
delete, whatever the engine's state says.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slipway_sandbox.provider.values import flat, revived

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from slipway_sandbox.provider.contract import Properties

BUSY_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    scope TEXT NOT NULL, token TEXT NOT NULL, id TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL,
    PRIMARY KEY (scope, token, id)
) WITHOUT ROWID
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One recorded resource.

    Attributes:
        scope: the account or organisation that owns it; an id means something only inside one.
        token: its type.
        id: unique in its scope and type.
        inputs: as last created or updated.
        outputs: what a read answers.
    """

    scope: str
    token: str
    id: str
    inputs: Properties
    outputs: Properties


class Store:
    """The rows of one sandbox; safe to use from any thread and from several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.Lock()  # SQLite's own waiting for a lock is by sleeping: slow among threads

    def insert(self, row: Row) -> bool:
        """Add a row; False when its id is taken."""
        cursor = self._changed(
            "INSERT OR IGNORE INTO resources VALUES (?, ?, ?, ?, ?)",
            (row.scope, row.token, row.id, _text(row.inputs), _text(row.outputs)),
        )
        return cursor.rowcount == 1

    def has(self, scope: str, token: str, id_: str) -> bool:
        """Whether an id is taken."""
        found = self._connection().execute(
            "SELECT 1 FROM resources WHERE scope = ? AND token = ? AND id = ?", (scope, token, id_)
        )
        return found.fetchone() is not None

    def replace(self, row: Row) -> bool:
        """Change a row's inputs and outputs; False when there is no such row."""
        cursor = self._changed(
            "UPDATE resources SET inputs = ?, outputs = ? WHERE scope = ? AND token = ? AND id = ?",
            (_text(row.inputs), _text(row.outputs), row.scope, row.token, row.id),
        )
        return cursor.rowcount == 1

    def find(self, scope: str, token: str, id_: str) -> Row | None:
        """The row of an id, None when it does not exist."""
        found = self._connection().execute(
            "SELECT inputs, outputs FROM resources WHERE scope = ? AND token = ? AND id = ?",
            (scope, token, id_),
        )
        pair = found.fetchone()
        if pair is None:
            return None
        inputs, outputs = (revived(json.loads(text)) for text in pair)
        return Row(scope=scope, token=token, id=id_, inputs=inputs, outputs=outputs)

    def delete(self, scope: str, token: str, id_: str) -> bool:
        """Remove a row; False when there was none."""
        cursor = self._changed(
            "DELETE FROM resources WHERE scope = ? AND token = ? AND id = ?", (scope, token, id_)
        )
        return cursor.rowcount == 1

    def rows(self, token_prefix: str = "") -> Iterator[Row]:
        """Every row whose type begins so, in order of scope, type and id."""
        found = self._connection().execute("SELECT * FROM resources ORDER BY scope, token, id")
        for scope, token, id_, inputs, outputs in found:
            if token.startswith(token_prefix):
                yield Row(
                    scope=scope,
                    token=token,
                    id=id_,
                    inputs=revived(json.loads(inputs)),
                    outputs=revived(json.loads(outputs)),
                )

    def _changed(self, statement: str, values: tuple[str, ...]) -> sqlite3.Cursor:
        with self._writing:
            return self._connection().execute(statement, values)

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "PRAGMA synchronous = OFF"
            )  # the file dies with its world: no crash to survive
            connection.execute(_SCHEMA)
            self._local.connection = connection
        return connection


def _text(properties: Properties) -> str:
    return json.dumps(flat(properties), separators=(",", ":"))
