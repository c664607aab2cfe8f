"""An account in this process, whose time passes when a test says so."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from slipway_sandbox.snowflake.account import FIRST_WAREHOUSE, Account, FirstUser
from slipway_sandbox.snowflake.catalogue.objects import ACCOUNT, ObjectKind
from slipway_sandbox.snowflake.service import execute, new_query_id
from slipway_sandbox.snowflake.session import Session

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """An account whose time passes when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.now = _BEGIN
        self.file = folder / "a.duckdb"
        self._start()
        self.run("CREATE DATABASE shop")

    def restart(self) -> None:
        """End the account and start it again, with a new session in the same place."""
        self.close()
        self._start()
        self.run("USE SCHEMA shop.public")

    def _start(self) -> None:
        self.account = Account(self.file, FirstUser(name="ADMIN", public_key=""), lambda: self.now)
        user = self.account.catalogue.find(ACCOUNT, ObjectKind.USER, "ADMIN")
        role = self.account.catalogue.find(ACCOUNT, ObjectKind.ROLE, "ACCOUNTADMIN")
        assert user is not None
        assert role is not None
        self.session = Session(self.account, user, role.id)
        self.session.warehouse = FIRST_WAREHOUSE

    def run(self, sql: str) -> list[tuple[object, ...]]:
        """Run a statement a second after the last one; its rows."""
        return self.told(sql, new_query_id())

    def told(self, sql: str, query_id: str) -> list[tuple[object, ...]]:
        """Run a statement under an id."""
        self.now += timedelta(seconds=1)
        table = execute(self.session, sql, None, query_id).table
        return [tuple(row.values()) for row in table.to_pylist()]

    def wait(self, **time: float) -> None:
        """Let time pass, and a statement run that changes nothing."""
        self.now += timedelta(**time)
        self.run("SELECT 1")

    def stored(self, sql: str) -> object:
        """Ask DuckDB itself."""
        with self.account.storage.connection() as connection:
            row = connection.execute(sql).fetchone()
        assert row is not None
        return row[0]

    def close(self) -> None:
        """End the session and the account."""
        self.session.close()
        self.account.close()

    def tables(self) -> object:
        """How many tables DuckDB holds for the rows of ours."""
        return self.stored("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'store'")
