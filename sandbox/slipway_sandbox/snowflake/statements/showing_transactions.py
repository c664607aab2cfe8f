"""SHOW TRANSACTIONS and SHOW LOCKS: of transactions that run, and of statements that wait.

Sources: https://docs.snowflake.com/en/sql-reference/sql/show-transactions and .../show-locks.
"""

from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.results import Result
from slipway_sandbox.snowflake.session import Session
from slipway_sandbox.snowflake.statements.shown import COUNT, MOMENT, TEXT, Row, told
from slipway_sandbox.snowflake.statements.words import Words

_TRANSACTIONS: Final = (
    ("id", COUNT),
    ("user", TEXT),
    ("session", COUNT),
    ("name", TEXT),
    ("started_on", MOMENT),
    ("state", TEXT),
    ("scope", COUNT),
)
_LOCKS: Final = (
    ("resource", TEXT),
    ("type", TEXT),
    ("transaction", COUNT),
    ("transaction_started_on", MOMENT),
    ("status", TEXT),
    ("acquired_on", MOMENT),
    ("query_id", TEXT),
)


def show_transactions(session: Session, words: Words) -> Result:
    """SHOW TRANSACTIONS [IN ACCOUNT]: of the user, or of everybody."""
    everybodys = _in_account(session, words)
    users = session.account.catalogue.things
    rows = [
        {
            "id": each.id,
            "user": users[each.user].name,
            "session": each.session,
            "name": each.name,
            "started_on": each.started,
            "state": "running",
            "scope": 0,
        }
        for each in session.account.transactions.running()
        if everybodys or each.user == session.user.id
    ]
    return told(_TRANSACTIONS, rows)


def show_locks(session: Session, words: Words) -> Result:
    """SHOW LOCKS [IN ACCOUNT]: what is held, and what is waited for."""
    everybodys = _in_account(session, words)
    account = session.account
    held = [(number, table, since) for number, table, since in account.locks.held()]
    waiting = [(number, table, None) for number, table in account.locks.waiting().items()]
    rows: list[Row] = []
    for number, table, since in (*held, *waiting):
        begun = account.transactions.of(number)
        running = account.runs.of_session(number)
        owner = begun.user if begun is not None else running.user if running is not None else 0
        if everybodys or owner == session.user.id:
            rows.append(
                {
                    "resource": _full(session, table),
                    "type": "PARTITIONS",
                    "transaction": begun.id if begun is not None else None,
                    "transaction_started_on": begun.started if begun is not None else None,
                    "status": "WAITING" if since is None else "HOLDING",
                    "acquired_on": since,
                    "query_id": running.query_id if running is not None else None,
                }
            )
    return told(_LOCKS, rows)


def _in_account(session: Session, words: Words) -> bool:
    """Whether everybody's are asked for.

    Raises:
        SnowflakeError: 3001, the role may not see them.
    """
    asked = words.take("IN", "ACCOUNT")
    words.end()
    if asked:
        session.authority.require_on_account(Privilege.MONITOR_USAGE)
    return asked


def _full(session: Session, table: int) -> str:
    catalogue = session.account.catalogue
    return ".".join(written(part) for part in catalogue.full_name(catalogue.things[table]))
