"""One session: who it is, where it looks for names, its parameters, and its transaction."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import duckdb
import pyarrow as pa

from slipway_sandbox.snowflake.access import Authority
from slipway_sandbox.snowflake.account import Account
from slipway_sandbox.snowflake.catalogue.draft import Draft
from slipway_sandbox.snowflake.catalogue.objects import Thing, settings_of
from slipway_sandbox.snowflake.errors import SnowflakeError, broken_transaction
from slipway_sandbox.snowflake.faults import as_snowflake
from slipway_sandbox.snowflake.identifiers import written
from slipway_sandbox.snowflake.interruption import Interruptible
from slipway_sandbox.snowflake.locks import Claim, TableMovedError
from slipway_sandbox.snowflake.names import Names
from slipway_sandbox.snowflake.parameters import DEFAULTS
from slipway_sandbox.snowflake.results import Result, StatementType
from slipway_sandbox.snowflake.temporary import ending, temporary
from slipway_sandbox.snowflake.transactions import Transaction
from slipway_sandbox.snowflake.turns import Turn
from slipway_sandbox.snowflake.variables import Variable

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
        self._connection = Interruptible(account.storage.connection())
        self._in_transaction = False
        self._began = False
        self._is_broken = False
        self._is_half_done = False
        self._first_error: SnowflakeError | None = None
        self._written: list[int] = []

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
        with self._transaction(writes=False):
            try:
                answer = self._connection.duckdb.sql(sql, params=list(bindings) if bindings else None)
                table, types = answer.to_arrow_table(), [str(kind) for kind in answer.types]
            except duckdb.Error as error:
                raise self._told(error) from error
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
            self._refuse_if_broken()
            self.statement = self.account.storage.next_statement()
            with self._transaction(writes=True):
                self._written.append(self.statement)
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
        self._connection.duckdb.register(name, table)

    def execute(self, sql: str, bindings: Sequence[Any] | None = None) -> int:
        """Run a statement of DuckDB's inside `writing`; how many rows it was about, 0 if it does not tell."""
        row = self._run(sql, bindings).fetchone()
        self._is_half_done = True
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def rows(self, sql: str, bindings: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a small query of our own."""
        return self._run(sql, bindings).fetchall()

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
        self._refuse_if_broken()
        if self._began:
            self._finish()
        self._end_transaction()

    def _end_transaction(self) -> None:
        self._in_transaction = False
        self.account.transactions.end(self.number)
        self.account.locks.release(self.number)

    def rollback(self) -> None:
        """Forget what the transaction wrote; without one it does nothing."""
        self._is_broken = False
        if self._began:
            self._undo()
        self._end_transaction()

    def stop(self) -> None:
        """Interrupt the statement that runs, from another thread: its wait for a lock, or DuckDB."""
        self.account.locks.cancel(self.number)
        self._connection.interrupt()

    def close(self) -> None:
        """End the session: its transaction is rolled back, its temporary tables go."""
        self.rollback()
        with self.account.alone():
            if left := temporary(self.account.catalogue, self.number):
                self.account.define(ending(left))
        self._connection.duckdb.close()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[None]:
        """A DuckDB transaction around one statement, or the session's own.

        Args:
            writes: whether the statement writes rows.
        """
        self._refuse_if_broken()
        if self._began and not self._written:
            self._connection.at_edge("COMMIT")  # nothing was written: a fresh view for each statement
            self._began = False
        if not self._began:
            self._connection.at_edge("BEGIN TRANSACTION")
        self._began = True
        self._is_half_done = False
        self._first_error = None
        try:
            yield
        except BaseException:
            self._abandon()
            raise
        if not self._in_transaction:
            if writes:
                self._finish()
            else:
                self._connection.at_edge("COMMIT")
                self._began = False

    def _abandon(self) -> None:
        """A statement failed: note whether what the transaction wrote before it is kept."""
        if self._in_transaction:
            if self._has_left_nothing():
                return
            self._is_broken = bool(self._written)
        self._undo()

    def _has_left_nothing(self) -> bool:
        """Whether nothing of a failed statement is written and DuckDB has not given up the transaction."""
        with suppress(duckdb.Error):
            self._connection.at_edge("SELECT 1")
            return not self._is_half_done
        return False

    def _undo(self) -> None:
        self._began = False
        self.account.storage.ended(self._written)
        self._written.clear()
        self._connection.at_edge("ROLLBACK")

    def _refuse_if_broken(self) -> None:
        if self._is_broken:
            raise broken_transaction()

    def _finish(self) -> None:
        statements, self._written, self._began = self._written, [], False
        with self._connection.edge() as edge:
            self.committed = self.account.storage.commit(edge, statements, self.account.clock())

    def _run(self, sql: str, bindings: Sequence[Any] | None = None) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.duckdb.execute(sql, list(bindings) if bindings else None)
        except duckdb.Error as error:
            raise self._told(error) from error

    def _told(self, error: duckdb.Error) -> SnowflakeError:
        """What is wrong; in a transaction that DuckDB has given up, what was wrong first."""
        if self._first_error is None or _GIVEN_UP not in str(error):
            self._first_error = as_snowflake(error)
        return self._first_error
