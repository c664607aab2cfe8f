"""One account for the tests of a worker; every test works in a database of its own."""

import itertools
from collections.abc import Iterator

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.snowflake_objects import Database, Schema, Table
from tests.integration.warehouse.account import RunningAccount, running_account

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAccount]:
    """An account with nothing in it."""
    with running_account(tmp_path_factory.mktemp("warehouse")) as running:
        yield running


@pytest.fixture
def warehouse(account: RunningAccount) -> Iterator[SnowflakeWarehouse]:
    """A session."""
    opened = account.warehouse()
    yield opened
    opened.close()


@pytest.fixture
def schema(warehouse: SnowflakeWarehouse) -> Schema:
    """A schema of the test's own; its name needs quotes."""
    database = Database(f"Finedge {next(_numbers)}")
    warehouse.run(f"CREATE DATABASE {database.sql}", subject="test")
    made = Schema(database, "marts")
    warehouse.run(f"CREATE SCHEMA {made.sql}", subject="test")
    return made


@pytest.fixture
def settlements(warehouse: SnowflakeWarehouse, schema: Schema) -> Table:
    """A table with change tracking: three settlements of 60.60 in all."""
    table = Table(schema, "SETTLEMENTS")
    warehouse.run(
        f"CREATE TABLE {table.sql} (ID NUMBER(18,0) NOT NULL, AMOUNT NUMBER(18,2), RATE FLOAT, "
        '"currency" VARCHAR(3)) CHANGE_TRACKING = TRUE',
        subject="test",
    )
    warehouse.run(
        f"INSERT INTO {table.sql} VALUES (1, 10.10, 1, 'EUR'), (2, 20.20, 1.1, 'USD'), "
        "(3, 30.30, NULL, NULL)",
        subject="test",
    )
    warehouse.run(f"ALTER TABLE {table.sql} SET COMMENT = 'What merchants are owed.'", subject="test")
    return table
