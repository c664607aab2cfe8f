"""SYSTEM$CANCEL_QUERY and SYSTEM$CANCEL_ALL_QUERIES: who may end what runs.

Sources: https://docs.snowflake.com/en/sql-reference/functions/system_cancel_query and
.../system_cancel_all_queries.
"""

from collections.abc import Callable
from typing import Final

from slipway_sandbox.snowflake.catalogue.grants import Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.errors import insufficient_privileges, invalid_value
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


FUNCTIONS: Final[dict[str, Callable[[Session, str], str]]] = {
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
    admin = catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
    authority = session.authority
    return (
        authority.owns(catalogue.things[running.user])
        or (warehouse is not None and authority.may(Privilege.OPERATE, warehouse))
        or (admin is not None and admin.id in authority.roles)
    )
