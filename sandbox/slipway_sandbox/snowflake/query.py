"""One statement that was run, as the history, Time Travel and the journal on disk know it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Query:
    """One statement that was run.

    Attributes:
        id: its query id, a UUID.
        text: as it was sent.
        kind: its QUERY_TYPE.
        database: the session's database then.
        schema: the session's schema then.
        user: the name of who ran it.
        user_id: the id of who ran it.
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
        statement: the number under which it wrote rows; 0 when it did not.
        commit: the commit that it made, of a transaction or of a definition; 0 for none.
    """

    id: str
    text: str
    kind: str
    database: str
    schema: str
    user: str
    user_id: int
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
    commit: int = 0
