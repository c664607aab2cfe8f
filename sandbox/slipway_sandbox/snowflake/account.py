"""The account: its catalogue, its file, and the one door through which definitions change it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from slipway_sandbox.snowflake.catalogue import record
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.grants import GRANTABLE, Grant, Membership, Privilege
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind, SettingsBody
from slipway_sandbox.snowflake.history import History
from slipway_sandbox.snowflake.locks import TableLocks
from slipway_sandbox.snowflake.running import Runs
from slipway_sandbox.snowflake.statement_journal import StatementJournal
from slipway_sandbox.snowflake.storage import STATEMENT, Storage, transaction
from slipway_sandbox.snowflake.temporary import ending, temporary
from slipway_sandbox.snowflake.transactions import Transactions

Clock = Callable[[], datetime]

SYSTEM_ROLES: Final = {
    "ACCOUNTADMIN": ("SYSADMIN", "SECURITYADMIN"),
    "SECURITYADMIN": ("USERADMIN",),
    "SYSADMIN": (),
    "USERADMIN": (),
    "PUBLIC": (),
}
"""Role -> the roles granted to it: https://docs.snowflake.com/en/user-guide/security-access-control-overview."""

_SYSTEM_GRANTS: Final = {
    "ACCOUNTADMIN": (Privilege.EXECUTE_TASK, Privilege.EXECUTE_MANAGED_TASK, Privilege.MONITOR_USAGE),
    "SECURITYADMIN": (Privilege.MANAGE_GRANTS,),
    "SYSADMIN": (Privilege.CREATE_DATABASE, Privilege.CREATE_WAREHOUSE),
    "USERADMIN": (Privilege.CREATE_ROLE, Privilege.CREATE_USER),
}

FIRST_WAREHOUSE: Final = "COMPUTE_WH"
"""The warehouse with which Snowflake begins a trial account."""


@dataclass(frozen=True, kw_only=True)
class FirstUser:
    """The user with whom an account begins.

    Attributes:
        name: login name, upper case.
        public_key: its RSA key, PEM without the first and last lines.
    """

    name: str
    public_key: str


class Account:
    """One account.

    Args:
        path: its DuckDB file.
        first_user: an account administrator, made when the file is new.
        clock: tells the time, in UTC.

    Attributes:
        next_purge: when what is beyond its retention is removed next (purging.py).
        transactions: those that run now.
        uses: warehouse -> when a query ran on it last (warehouses.py).
        fitting_views: schema and name of a view -> its id and the columns of what it read, when its query
            was last found to produce the columns that it declared (statements/queries.py).
        unnamed: storage that belonged to nothing when the last purge ran.
        purging: held by the thread that does so.
    """

    def __init__(self, path: Path, first_user: FirstUser, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.storage = Storage(path)
        self.locks = TableLocks()
        self._journal = StatementJournal(path.with_suffix(".statements"))
        self.runs = Runs()
        self.transactions = Transactions()
        self.uses: dict[int, datetime] = {}
        self.fitting_views: dict[tuple[int, str], object] = {}
        self.next_purge = clock()
        self.unnamed: frozenset[str] = frozenset()
        self.purging = threading.Lock()
        self._definitions = threading.RLock()
        self._sessions = 0
        self.catalogue = record.load(self.storage.connection())
        if not self.catalogue.things:
            self._journal.clear()
            self.define(lambda draft: _found(draft, first_user, self.clock()))
        if left := temporary(self.catalogue):
            self.define(ending(left))  # of sessions that a crash ended
        self.history = History(self._journal)
        self.storage.go_on_after(self.history.last_statement)
        self._public = self._id_of(ObjectKind.ROLE, "PUBLIC")

    @property
    def public_role(self) -> int:
        """The id of the role that everybody has."""
        return self._public

    def next_session(self) -> int:
        """The number of a new session."""
        with self._definitions:
            self._sessions += 1
            return self._sessions

    def close(self) -> None:
        """Write everything down."""
        self.storage.close()
        self._journal.close()

    def define(self, change: Callable[[Draft], object]) -> int:
        """Change the catalogue, and the file with it, in one transaction of its own.

        Args:
            change: changes the draft, and adds the DuckDB statements that belong to the change.

        Returns:
            The number of its commit.
        """
        with self._defining() as (connection, draft, statement):
            change(draft)
            after = draft.finish()
            with transaction(connection):
                connection.execute(f"SET VARIABLE {STATEMENT} = {statement}")
                for sql in draft.physical:
                    connection.execute(sql)
                record.save(connection, self.catalogue, after)
                point = self.storage.commit(connection, [statement], self.clock())
            self.catalogue = after
            return point

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Definitions one after another: what a statement has looked up stays so until it has changed it."""
        with self._definitions:
            yield

    @contextmanager
    def _defining(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Draft, int]]:
        with self._definitions:
            connection, statement = self.storage.connection(), self.storage.next_statement()
            try:
                yield connection, Draft(self.catalogue, self.clock()), statement
            finally:
                self.storage.ended([statement])
                connection.close()

    def _id_of(self, kind: ObjectKind, name: str) -> int:
        found = self.catalogue.find(ACCOUNT, kind, name)
        assert found is not None, f"an account without {kind} {name}"  # noqa: S101
        return found.id


def _found(draft: Draft, user: FirstUser, now: datetime) -> None:
    """Begin an account: the system's roles with their grants, a warehouse for everybody, its first user."""
    roles = {name: draft.add(ObjectKind.ROLE, name, ACCOUNT, 0, SettingsBody()) for name in SYSTEM_ROLES}
    for name, contained in SYSTEM_ROLES.items():
        for each in contained:
            draft.grant_role(Membership(role=roles[each].id, to=roles[name].id, created_on=now))
    for name, privileges in _SYSTEM_GRANTS.items():
        for privilege in privileges:
            assert privilege in GRANTABLE[ObjectKind.ACCOUNT]  # noqa: S101
            draft.grant(Grant(privilege=privilege, on=ACCOUNT, to=roles[name].id, created_on=now))
    warehouse = draft.add(
        ObjectKind.WAREHOUSE, FIRST_WAREHOUSE, ACCOUNT, roles["ACCOUNTADMIN"].id, SettingsBody()
    )
    draft.grant(Grant(privilege=Privilege.USAGE, on=warehouse.id, to=roles["PUBLIC"].id, created_on=now))
    settings = {
        "RSA_PUBLIC_KEY": user.public_key,
        "DEFAULT_ROLE": "ACCOUNTADMIN",
        "DEFAULT_WAREHOUSE": FIRST_WAREHOUSE,
    }
    made = draft.add(
        ObjectKind.USER, user.name, ACCOUNT, roles["ACCOUNTADMIN"].id, SettingsBody(settings=settings)
    )
    draft.grant_role(Membership(role=roles["ACCOUNTADMIN"].id, to=made.id, created_on=now))
