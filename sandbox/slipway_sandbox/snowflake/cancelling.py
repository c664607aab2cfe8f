"""SYSTEM$CANCEL_QUERY, SYSTEM$CANCEL_ALL_QUERIES, SYSTEM$ABORT_TRANSACTION: who may end what runs.

Sources: https://docs.snowflake.com/en/sql-reference/functions/system_cancel_query,
.../system_cancel_all_queries and .../system_abort_transaction.
"""

from collections.abc import Callable
from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.errors import insufficient_privileges, invalid_value, unsupported
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.running import Running
from slipway_sandbox.snowflake.session import Session

_NOTHING: Final = "Identified SQL statement is not currently executing."


def cancel_query(session: Session, query_id: str) -> str:
    """End one statement."""
    if _cancel(session, lambda each: each.query_id == query_id):
        return f"query [{query_id}] terminated."
    return _NOTHING


def cancel_all_queries(session: Session, number: str) -> str:
    """End what runs in one session."""
    if not number.isdecimal():
        raise invalid_value(f"invalid value [{number}] for the id of a session")
    return f"{_cancel(session, lambda each: each.session == int(number))} cancelled."


def abort_transaction(session: Session, number: str) -> str:
    """Roll a transaction back, and end what it is doing.

    Raises:
        SnowflakeError: 3001, it is another user's and the session has no ACCOUNTADMIN; 2, it is a statement
            with AUTOCOMMIT, which is cancelled instead.
    """
    if not number.isdecimal():
        raise invalid_value(f"invalid value [{number}] for the id of a transaction")
    account = session.account
    found = next((each for each in account.transactions.running() if str(each.id) == number), None)
    if found is None:
        return f"Transaction {number} is not running."
    if found.user != session.user.id and not _is_administrator(session):
        raise insufficient_privileges("user", written(account.catalogue.things[found.user].name))
    if found.is_one_statement:
        raise unsupported(
            f"SYSTEM$ABORT_TRANSACTION({number}), a statement with AUTOCOMMIT: "
            f"SYSTEM$CANCEL_ALL_QUERIES({found.session}) ends it"
        )
    running = account.runs.of_session(found.session)
    account.transactions.abort(found)
    if running is not None and found.session != session.number:
        account.runs.cancel(lambda each: each.query_id == running.query_id)
    return f"Aborted transaction id {number}"


FUNCTIONS: Final[dict[str, Callable[[Session, str], str]]] = {
    "SYSTEM$ABORT_TRANSACTION": abort_transaction,
    "SYSTEM$CANCEL_QUERY": cancel_query,
    "SYSTEM$CANCEL_ALL_QUERIES": cancel_all_queries,
}
"""Name -> what it does with its one argument."""


def _cancel(session: Session, chosen: Callable[[Running], bool]) -> int:
    """End what is chosen, except the statement that asks.

    Raises:
        SnowflakeError: 3001, one of them is another user's and the role may not.
    """

    def may(each: Running) -> bool:
        if not chosen(each) or each.session == session.number:
            return False
        if each.user != session.user.id and not _may_end_others(session, each):
            user = session.account.catalogue.things[each.user]
            raise insufficient_privileges("user", written(user.name))
        return True

    return session.account.runs.cancel(may)


def _may_end_others(session: Session, running: Running) -> bool:
    catalogue = session.account.catalogue
    warehouse = catalogue.find(ACCOUNT, ObjectKind.WAREHOUSE, running.warehouse)
    authority = session.authority
    return (
        authority.owns(catalogue.things[running.user])
        or (warehouse is not None and authority.may(Privilege.OPERATE, warehouse))
        or _is_administrator(session)
    )


def _is_administrator(session: Session) -> bool:
    admin = session.account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    return admin is not None and admin.id in session.authority.roles
