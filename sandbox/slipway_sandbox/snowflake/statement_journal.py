"""Statements on disk: one line each beside the database file, so that an id is known after a restart too.

Time Travel by statement needs ids from before a crash. A line is handed to the operating system before the
statement is answered; that costs microseconds, a row of the database would cost as much as the statement.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from slipway_sandbox.snowflake.query import Query

_QUERY: Final = TypeAdapter(Query)
_LONGEST_TEXT: Final = 100_000
"""Characters of QUERY_TEXT: https://docs.snowflake.com/en/sql-reference/account-usage/query_history."""


class StatementJournal:
    """Every statement of an account, in the order in which they ended.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)
        self._end_a_half_line()

    def add(self, query: Query) -> None:
        """Write a statement down."""
        self._file.write(_QUERY.dump_json(query) + b"\n")

    def read(self) -> Iterator[Query]:
        """Every statement, the oldest first; a line that a crash has cut off is none."""
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    yield _QUERY.validate_json(line)
                except ValidationError:
                    continue

    def find(self, query_id: str) -> Query | None:
        """The last statement with an id: only lines that have its text are read."""
        wanted = query_id.encode()
        found = None
        with self._path.open("rb") as lines:
            for line in lines:
                if wanted in line and (query := _QUERY.validate_json(line)).id == query_id:
                    found = query
        return found

    def forget(self, before: datetime) -> None:
        """Remove the statements that ended before a moment; the others are put in their place at once."""
        if next((query.ended > before for query in self.read()), True):
            return
        new = self._path.with_suffix(".new")
        with new.open("wb") as file:
            file.writelines(_QUERY.dump_json(each) + b"\n" for each in self.read() if each.ended > before)
        self._file.close()
        new.replace(self._path)
        self._file = self._path.open("ab", buffering=0)

    def clear(self) -> None:
        """Begin anew: the account is a new one."""
        self._file.truncate(0)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _end_a_half_line(self) -> None:
        text = self._path.read_bytes()[-1:] if self._path.stat().st_size else b"\n"
        if text != b"\n":
            self._file.write(b"\n")


def shortened(text: str) -> str:
    """A statement's text as the history keeps it."""
    return text[:_LONGEST_TEXT]
