"""One session: who it is, where it looks for names, its parameters, and its transaction."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pyarrow as pa

from slipway_sandbox.snowflake.access import Authority
from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.objects import Thing, settings_of
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.locks import Claim, TableMovedError
from slipway_sandbox.snowflake.names import Names
from slipway_sandbox.snowflake.parameters import DEFAULTS
from slipway_sandbox.snowflake.results import Result, StatementType
from slipway_sandbox.snowflake.temporary import ending, temporary
from slipway_sandbox.snowflake.transactions import Transaction
from slipway_sandbox.snowflake.turns import Turn
from slipway_sandbox.snowflake.variables import Variable
from slipway_sandbox.snowflake.work import Work

_GIVEN_UP: Final = "transaction is aborted"
"""What DuckDB says to all that follows an error in a transaction."""


class Session:
    """One session.

    Args:
        account: where it is.
        user: who it is.
        role: id of its primary role.

    Attributes:
        defaults: its parameters when it begins: what the user is set to, else Snowflake's defaults.
        statement: the number under which the present statement writes rows; 0 while it does not.
        committed: the commit that the present statement has made; 0 while it has not.
        moment: when the present statement began.
        request: the driver's id of the request that is answered.
        turn: taken while a statement runs.
    """

    def __init__(self, account: Account, user: Thing, role: int) -> None:
        self.account = account
        self.user = user
        self._role = role
        self.number = account.next_session()
        self.has_secondary_roles = False
        self.database = self.schema = self.warehouse = ""
        self.defaults = DEFAULTS | {k: v for k, v in settings_of(user).items() if k in DEFAULTS}
        self.parameters = dict(self.defaults)
        self.variables = dict[str, Variable]()
        self.query_ids: list[str] = []
        self.statement = self.committed = 0
        self.moment = account.clock()
        self.request = ""
        self.turn = Turn()
        self._work = Work(account.storage, account.clock, on_commit=self._note_commit)
        self._in_transaction = False

    @property
    def role(self) -> int:
        """The id of its primary role; one that was taken from the user, or dropped, gives way to PUBLIC."""
        return self._role if self._role in self.may_be else self.account.public_role

    @role.setter
    def role(self, role: int) -> None:
        self._role = role

    @property
    def may_be(self) -> frozenset[int]:
        """The roles that the user may use: those granted, what they contain, and PUBLIC."""
        catalogue = self.account.catalogue
        granted = catalogue.roles_granted_to.get(self.user.id, ())
        return catalogue.inherited(*granted, self.account.public_role)

    @property
    def authority(self) -> Authority:
        """What the session may do now."""
        catalogue, role = self.account.catalogue, self.role
        own = catalogue.inherited(role, self.account.public_role)
        roles = self.may_be if self.has_secondary_roles else own
        return Authority(catalogue=catalogue, roles=roles, primary=role, creating=own)

    def names(self, command: str) -> Names:
        """How the session finds objects now; the command is a statement's first word, for messages."""
        return Names(
            catalogue=self.account.catalogue,
            authority=self.authority,
            database=self.database,
            schema=self.schema,
            session=self.number,
            command=command,
        )

    @property
    def role_name(self) -> str:
        """The name of its primary role."""
        return self.account.catalogue.things[self.role].name

    @property
    def commits_by_itself(self) -> bool:
        """Whether a statement that writes outside of a transaction is one (AUTOCOMMIT)."""
        return self.parameters["AUTOCOMMIT"] == "true"

    @property
    def in_transaction(self) -> bool:
        """Whether BEGIN was said and neither COMMIT nor ROLLBACK yet."""
        return self._in_transaction

    def describe(self, sql: str, bindings: Sequence[Any] | None = None) -> list[str]:
        """DuckDB's types of a query's columns."""
        return [row[1] for row in self.rows(f"DESCRIBE {sql}", bindings)]

    def query(self, sql: str, bindings: Sequence[Any] | None = None) -> Result:
        """Run a query; it sees what is committed, and what this session's transaction has written."""
        with self._work.statement(lasts=self._in_transaction):
            table, types = self._work.query(sql, bindings)
            return Result(table=table, types=types, statement=StatementType.SELECT)

    @contextmanager
    def writing(self, table: Thing, claim: Claim = Claim.CHANGE) -> Iterator[int]:
        """A statement that writes rows: visible when it ends, or with the transaction that it is part of.

        Args:
            table: the table, as it was looked up.
            claim: what the statement does with it.

        Yields:
            The statement's number.
        """
        if not self.commits_by_itself:
            self.begin()  # https://docs.snowflake.com/en/sql-reference/transactions, "Autocommit"
        if not self._in_transaction:
            self._note_transaction("")
        try:
            self.claim(table, claim)
            self._work.refuse_if_broken()
            self.statement = self.account.storage.next_statement()
            with self._work.statement(lasts=self._in_transaction, number=self.statement):
                yield self.statement
        finally:
            if not self._in_transaction:
                self._end_transaction()

    def claim(self, table: Thing, claim: Claim) -> None:
        """Take a table's lock, waiting for as long as LOCK_TIMEOUT says.

        Raises:
            TableMovedError: its rows are in another place since it was looked up.
        """
        seconds = float(self.parameters["LOCK_TIMEOUT"])
        self.account.locks.take(
            table.id, self.number, claim, name=written(table.name), seconds=seconds, clock=self.account.clock
        )
        if self.account.catalogue.is_moved(table):
            raise TableMovedError

    def define(self, change: Callable[[Draft], object]) -> None:
        """Change the catalogue as a part of the present statement."""
        self.committed = self.account.define(change)

    def lend(self, name: str, table: pa.Table) -> None:
        """Let queries of this session read rows under a name of DuckDB's."""
        self._work.lend(name, table)

    def execute(self, sql: str, bindings: Sequence[Any] | None = None) -> int:
        """Run a statement of DuckDB's inside `writing`; how many rows it was about, 0 if it does not tell."""
        return self._work.write(sql, bindings)

    def rows(self, sql: str, bindings: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a small query of our own."""
        return self._work.rows(sql, bindings)

    def begin(self, name: str = "") -> None:
        """Begin a transaction; one that is open stays open, as in Snowflake."""
        if not self._in_transaction:
            self._in_transaction = True
            self._note_transaction(name)

    def _note_transaction(self, name: str) -> None:
        self.account.transactions.begin(
            Transaction(
                session=self.number,
                user=self.user.id,
                name=name or str(uuid.uuid4()),
                started=self.account.clock(),
                is_one_statement=not self._in_transaction,
                turn=self.turn,
                rollback=self.rollback,
            )
        )

    def commit(self) -> None:
        """Make what the transaction wrote visible; without one it does nothing."""
        self._work.commit()
        self._end_transaction()

    def _end_transaction(self) -> None:
        self._in_transaction = False
        self.account.transactions.end(self.number)
        self.account.locks.release(self.number)

    def rollback(self) -> None:
        """Forget what the transaction wrote; without one it does nothing."""
        self._work.rollback()
        self._end_transaction()

    def stop(self) -> None:
        """Interrupt the statement that runs, from another thread: its wait for a lock, or DuckDB."""
        self.account.locks.cancel(self.number)
        self._work.interrupt()

    def close(self) -> None:
        """End the session: its transaction is rolled back, its temporary tables go."""
        self.rollback()
        with self.account.alone():
            if left := temporary(self.account.catalogue, self.number):
                self.account.define(ending(left))
        self._work.close()

    def _note_commit(self, number: int) -> None:
        self.committed = number
