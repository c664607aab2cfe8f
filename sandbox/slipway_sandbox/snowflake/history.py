"""What was run: the rows of QUERY_HISTORY, newest last, and the results that RESULT_SCAN reads again."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from slipway_sandbox.snowflake.errors import SnowflakeError
from slipway_sandbox.snowflake.query import Query
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.statement_journal import StatementJournal

_KEPT_QUERIES: Final = 10_000
_KEPT_RESULTS: Final = 200
_RESULTS_LAST: Final = timedelta(hours=24)
"""https://docs.snowflake.com/en/sql-reference/functions/result_scan"""
_QUERIES_LAST: Final = timedelta(days=365)
"""As long as ACCOUNT_USAGE tells them: https://docs.snowflake.com/en/sql-reference/account-usage/query_history"""


class History:
    """The statements of all sessions: the last ones in memory, every one in the journal.

    Args:
        journal: where they are written down.

    Attributes:
        last_statement: the highest number under which one of them has written.
    """

    def __init__(self, journal: StatementJournal) -> None:
        self._lock = threading.Lock()
        self._journal = journal
        self._queries: OrderedDict[str, Query] = OrderedDict()
        self._results: OrderedDict[str, Result] = OrderedDict()
        self.last_statement = 0
        for query in journal.read():
            self._remember(query)
            self.last_statement = max(self.last_statement, query.statement)

    def add(self, query: Query, result: Result | None) -> None:
        """Note a statement that has ended."""
        with self._lock:
            self._journal.add(query)
            self._remember(query)
            if result is not None:
                self._results[query.id] = result
                while len(self._results) > _KEPT_RESULTS:
                    self._results.popitem(last=False)

    def find(self, query_id: str) -> Query | None:
        """The statement with an id, if it is still known."""
        with self._lock:
            return self._queries.get(query_id) or self._journal.find(query_id)

    def result(self, query_id: str, user: int, now: datetime) -> Result:
        """What a statement answered, for the user who ran it.

        Raises:
            SnowflakeError: 709, the user ran no such statement; 710, its answer is not kept any more.
        """
        query = self.find(query_id)
        if query is None or query.user_id != user:
            raise SnowflakeError(709, "02000", f"Statement {query_id} not found")
        with self._lock:
            found = self._results.get(query_id)
        if found is None or query.ended + _RESULTS_LAST <= now:
            raise SnowflakeError(710, "02000", f"Result for query {query_id} has expired")
        return found

    def forget(self, now: datetime) -> None:
        """Let go of the results and statements whose time is over."""
        with self._lock:
            gone = [key for key, query in self._queries.items() if query.ended + _QUERIES_LAST <= now]
            for key in gone:
                del self._queries[key]
            self._journal.forget(now - _QUERIES_LAST)
            old = {key for key, query in self._queries.items() if query.ended + _RESULTS_LAST <= now}
            self._results = OrderedDict((key, each) for key, each in self._results.items() if key not in old)

    def newest_first(self) -> Iterator[Query]:
        """The last statements."""
        with self._lock:
            known = list(self._queries.values())
        yield from reversed(known)

    def _remember(self, query: Query) -> None:
        self._queries[query.id] = query
        self._queries.move_to_end(query.id)
        while len(self._queries) > _KEPT_QUERIES:
            self._queries.popitem(last=False)
