"""Fences: a conditional UPDATE and the work in one transaction, and a look at what became of a lost COMMIT.

The UPDATE takes the row's lock until the transaction ends, so that two holders never work at once, and it
finds the row only while no higher token was there
(https://docs.snowflake.com/en/sql-reference/transactions#resource-locking).
"""

import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from slipway.adapters.snowflake.session import Repeat, Session, Statement
from slipway.adapters.snowflake.tagging import SnowflakeStatements
from slipway.model.query_tag import QueryTag
from slipway.ports.warehouse import Fences, Statements
from slipway.ports.warehouse_errors import FenceMissing, NotTransactional, StaleFence
from slipway.ports.warehouse_results import Answer, Fence, Value

_TRANSACTIONAL: Final = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"})
_COMMENTS: Final = re.compile(r"^(\s|--[^\n]*\n|//[^\n]*\n|/\*.*?\*/)*", re.DOTALL)


class SnowflakeFences(Fences):
    """Keeps an older holder from writing after a newer one began.

    Args:
        session: runs the statements.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def install_fence(self, fence: Fence) -> None:
        """Make table and row where they are missing; Snowflake does not enforce the PRIMARY KEY."""
        table = fence.table.sql
        self._session.run(
            _statement(
                fence,
                f"CREATE TABLE IF NOT EXISTS {table} (TARGET VARCHAR NOT NULL PRIMARY KEY, "
                "TOKEN NUMBER(38,0) NOT NULL, WORK VARCHAR, UPDATED_AT TIMESTAMP_TZ)",
            )
        )
        if not self._tokens(fence):
            text = f"INSERT INTO {table} (TARGET, TOKEN) VALUES (?, 0)"
            self._session.run_observed(
                _statement(fence, text, (fence.target,)), lambda: bool(self._tokens(fence))
            )

    @contextmanager
    def fence(self, fence: Fence, token: int) -> Iterator[Statements]:
        """Do work in a transaction that holds the fence."""
        work = str(uuid.uuid4())
        subject = f"fence {fence.target}"
        with self._session.transaction(subject, is_committed=lambda: self._is_committed(fence, work)):
            self._take(fence, token, work)
            yield FencedStatements(self._session)

    def _take(self, fence: Fence, token: int, work: str) -> None:
        taken = self._session.run(
            _statement(
                fence,
                f"UPDATE {fence.table.sql} SET TOKEN = ?, WORK = ?, UPDATED_AT = CURRENT_TIMESTAMP() "
                "WHERE TARGET = ? AND TOKEN <= ?",
                (token, work, fence.target, token),
            )
        ).written
        if taken == 1:
            return
        rows = self._tokens(fence)
        if len(rows) != 1:
            raise FenceMissing(
                f"fence {fence.target} has {len(rows)} rows in {fence.table}, where one is wanted",
                remedy="install the fence, or delete all of its rows but that of the highest token",
            )
        raise StaleFence(
            f"token {token} of fence {fence.target} is stale: {fence.table} has {rows[0]}",
            remedy="stop: a newer holder has taken over, and its work stands",
        )

    def _tokens(self, fence: Fence) -> list[str]:
        text = f"SELECT TOKEN FROM {fence.table.sql} WHERE TARGET = ?"
        return [str(row[0]) for row in self._session.run(_statement(fence, text, (fence.target,))).rows]

    def _is_committed(self, fence: Fence, work: str) -> bool:
        """Whether a transaction whose COMMIT was not answered has been committed.

        It asks with an UPDATE that changes nothing: that waits for the lock which the transaction holds until
        its end, where a SELECT would read past it.
        """
        text = f"UPDATE {fence.table.sql} SET WORK = WORK WHERE TARGET = ? AND WORK = ?"
        return self._session.run(_statement(fence, text, (fence.target, work))).written > 0


class FencedStatements(SnowflakeStatements):
    """Statements of a transaction."""

    def run(
        self, statement: str, parameters: Sequence[Value] = (), *, subject: str, repeatable: bool = False
    ) -> Answer:
        """Run a statement that leaves the transaction open."""
        words = _COMMENTS.sub("", statement).split(maxsplit=1)
        word = words[0].upper() if words else ""
        if word not in _TRANSACTIONAL:
            raise NotTransactional(
                f"{subject}: {word or 'an empty text'} cannot be run under a fence, only "
                f"{', '.join(sorted(_TRANSACTIONAL))}",
                remedy="run definitions before or after the fenced work",
            )
        return super().run(statement, parameters, subject=subject, repeatable=repeatable)

    @contextmanager
    def tagged(self, tag: QueryTag) -> Iterator[None]:
        """Refuse: the tag of a transaction is one."""
        raise NotTransactional(
            f"the tag of stage {tag.stage} cannot be set under a fence", remedy="set it before the fence"
        )
        yield


def _statement(fence: Fence, text: str, parameters: Sequence[Value] = ()) -> Statement:
    return Statement(text=text, subject=f"fence {fence.target}", parameters=parameters, repeat=Repeat.SAFE)
