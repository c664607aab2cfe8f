"""The database that a pull request's build has to itself: one of the pool, or clones of what the build needs.

Of an environment only what it reads or goes on from is cloned: that takes as long as the change is large.
The check drops it in any outcome; should it be killed, the database's mark tells the janitor when to.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from slipway.checks.context import Tell
from slipway.model.dataset import Dataset
from slipway.model.expiry import Expiry, marked
from slipway.model.snowflake_objects import Database, Schema, Table, literal
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Warehouse

LIFETIME: Final = timedelta(hours=2)
"""How long a clone may stay whose check was killed: longer than any build may take."""

_SUBJECT: Final = "clone for a pull request"


@dataclass(frozen=True, kw_only=True)
class CiClone:
    """Where clones come from and go to.

    Attributes:
        source: the environment's database.
        target: the database to make; its name is free.
    """

    source: Database
    target: Database

    @contextmanager
    def made(
        self, warehouse: Warehouse, wanted: Iterable[Dataset], *, clock: Clock, tell: Tell
    ) -> Iterator[None]:
        """Have the database for the time of a block.

        Args:
            warehouse: a session of its own.
            wanted: the tables to clone; those that the source does not have, or has as views, are left out.
            clock: tells when it expires.
            tell: told how far it is.
        """
        expires = clock.now() + LIFETIME
        self._make(warehouse, expires)
        try:
            self._fill(warehouse, tuple(wanted), expires, tell)
            yield
        finally:
            self._drop(warehouse, clock, tell)

    @contextmanager
    def taken(self, warehouse: Warehouse, *, clock: Clock, tell: Tell) -> Iterator[None]:
        """Have a database that is there already, taken from the pool, for the time of a block.

        Args:
            warehouse: a session of its own.
            clock: tells when it is dropped.
            tell: told how far it is.
        """
        try:
            yield
        finally:
            self._drop(warehouse, clock, tell)

    def _make(self, warehouse: Warehouse, expires: datetime) -> None:
        """Make the database with its mark in one statement: there is no moment in which it has none."""
        mark = marked("Clone for a pull request.", Expiry(object=str(self.target), at=expires))
        warehouse.run(f"CREATE DATABASE {self.target.sql} COMMENT = {literal(mark)}", subject=_SUBJECT)

    def _fill(self, warehouse: Warehouse, wanted: tuple[Dataset, ...], expires: datetime, tell: Tell) -> None:
        names = {(dataset.schema, dataset.table) for dataset in wanted}
        tables = sorted(names & self._tables(warehouse))
        for schema in sorted({schema for schema, _ in names}):
            statement = f"CREATE SCHEMA IF NOT EXISTS {Schema(self.target, schema).sql}"
            warehouse.run(statement, subject=_SUBJECT, repeatable=True)
        for number, (schema, name) in enumerate(tables, start=1):
            tell(f"cloning {schema}.{name}, {number} of {len(tables)}")
            source, target = Schema(self.source, schema), Schema(self.target, schema)
            warehouse.clone(Table(source, name), Table(target, name), expires=expires)

    def _tables(self, warehouse: Warehouse) -> set[tuple[str, str]]:
        """The tables of the source: a view is not cloned, dbt builds it or reads the source's."""
        statement = (
            f"SELECT TABLE_SCHEMA, TABLE_NAME FROM {self.source.sql}.INFORMATION_SCHEMA.TABLES "  # noqa: S608 - the name is quoted
            "WHERE TABLE_TYPE = 'BASE TABLE'"
        )
        answer = warehouse.run(statement, subject=_SUBJECT, repeatable=True)
        return {(str(schema), str(name)) for schema, name in answer.rows}

    def _drop(self, warehouse: Warehouse, clock: Clock, tell: Tell) -> None:
        """Drop it by its mark, as everything is dropped: nothing without one ever is."""
        tell(f"dropping {self.target}")
        now = clock.now()
        warehouse.expire(self.target, at=now)
        warehouse.drop_expired(self.target, now=now)
