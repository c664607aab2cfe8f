"""What was run: the rows of QUERY_HISTORY, newest last, and the results that RESULT_SCAN reads again."""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.results import Result

_KEPT_QUERIES: Final = 10_000
_KEPT_RESULTS: Final = 200
_RESULTS_LAST: Final = timedelta(hours=24)
"""https://docs.snowflake.com/en/sql-reference/functions/result_scan"""
_QUERIES_LAST: Final = timedelta(days=365)
"""As long as ACCOUNT_USAGE tells them: https://docs.snowflake.com/en/sql-reference/account-usage/query_history"""


@dataclass(frozen=True, kw_only=True)
class Query:
    """One statement that was run.

    Attributes:
        id: its query id, a UUID.
        text: as it was sent.
        kind: its first word, `CREATE_TABLE_AS_SELECT` and the like are not told apart.
        database: the session's database then.
        schema: the session's schema then.
        user: who ran it.
        role: the session's role.
        warehouse: the session's warehouse; empty for none.
        tag: the session's QUERY_TAG.
        session: the session's number.
        started: when it began.
        ended: when it ended.
        rows: how many rows it answered or changed.
        error: number of its error; 0 when it succeeded.
        message: text of its error.
        before: the commit after which it began.
        statement: the number under which it wrote; 0 when it did not write.
    """

    id: str
    text: str
    kind: str
    database: str
    schema: str
    user: str
    role: str
    warehouse: str
    tag: str
    session: int
    started: datetime
    ended: datetime
    rows: int
    error: int = 0
    message: str = ""
    before: int = 0
    statement: int = 0


class History:
    """The last queries and results, for all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: deque[Query] = deque(maxlen=_KEPT_QUERIES)
        self._results: OrderedDict[str, Result] = OrderedDict()

    def add(self, query: Query, result: Result | None) -> None:
        """Note a statement that has ended."""
        with self._lock:
            self._queries.append(query)
            if result is not None:
                self._results[query.id] = result
                while len(self._results) > _KEPT_RESULTS:
                    self._results.popitem(last=False)

    def find(self, query_id: str) -> Query | None:
        """The statement with an id, if it is still known."""
        with self._lock:
            return next((each for each in reversed(self._queries) if each.id == query_id), None)

    def result(self, query_id: str, now: datetime) -> Result:
        """What a statement answered.

        Raises:
            SnowflakeError: 709, there was no such statement; 710, its answer is not kept any more.
        """
        query = self.find(query_id)
        if query is None:
            raise SnowflakeError(709, "02000", f"Statement {query_id} not found")
        with self._lock:
            found = self._results.get(query_id)
        if found is None or query.ended + _RESULTS_LAST <= now:
            raise SnowflakeError(710, "02000", f"Result for query {query_id} has expired")
        return found

    def forget(self, now: datetime) -> None:
        """Let go of the results and statements whose time is over."""
        with self._lock:
            while self._queries and self._queries[0].ended + _QUERIES_LAST <= now:
                self._queries.popleft()
            old = {query.id for query in self._queries if query.ended + _RESULTS_LAST <= now}
            self._results = OrderedDict((key, each) for key, each in self._results.items() if key not in old)

    def newest_first(self) -> Iterator[Query]:
        """Every statement that is known."""
        with self._lock:
            known = list(self._queries)
        yield from reversed(known)
