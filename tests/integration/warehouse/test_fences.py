"""An older holder writes nothing after a newer one began."""

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.model.snowflake_objects import Schema, Table
from slipway.ports.warehouse_errors import FenceMissing, NotTransactional, StaleFence, StatementFailed
from slipway.ports.warehouse_results import Fence
from tests.integration.warehouse.account import RunningAccount

pytestmark = pytest.mark.integration


@pytest.fixture
def sink(warehouse: SnowflakeWarehouse, schema: Schema) -> Table:
    """A table that a stream writes to."""
    table = Table(schema, "SINK")
    warehouse.run(f"CREATE TABLE {table.sql} (BATCH INT NOT NULL)", subject="test")
    return table


@pytest.fixture
def fence(warehouse: SnowflakeWarehouse, sink: Table) -> Fence:
    """The sink's fence; one of another sink is in the same table."""
    made = Fence(table=Table(sink.schema, "fences"), target="it's a sink")
    for each in (made, Fence(table=made.table, target="other"), made):
        warehouse.install_fence(each)
    return made


def batches(warehouse: SnowflakeWarehouse, sink: Table) -> list[int]:
    """What was written."""
    rows = warehouse.run(f"SELECT BATCH FROM {sink.sql} ORDER BY BATCH", subject="test").rows
    return [int(str(row[0])) for row in rows]


def write(warehouse: SnowflakeWarehouse, sink: Table, fence: Fence, token: int, batch: int) -> None:
    """Write a batch under a fence."""
    with warehouse.fence(fence, token) as work:
        work.run(f"INSERT INTO {sink.sql} VALUES (?)", (batch,), subject="batch")


def test_a_stale_token_writes_nothing(
    account: RunningAccount, warehouse: SnowflakeWarehouse, sink: Table, fence: Fence
) -> None:
    """Blue wakes up after green took over: its batch is not in the sink."""
    green = account.warehouse()
    write(warehouse, sink, fence, 7, 1)
    write(warehouse, sink, fence, 7, 2)
    write(green, sink, fence, 8, 3)
    with pytest.raises(StaleFence) as caught:
        write(warehouse, sink, fence, 7, 4)
    green.close()
    assert caught.value.message.startswith("token 7 of fence it's a sink is stale")
    assert batches(warehouse, sink) == [1, 2, 3]


def test_a_newer_holder_stops_the_older_one_without_writing(
    warehouse: SnowflakeWarehouse, sink: Table, fence: Fence
) -> None:
    """A cutover fences first and works later."""
    with warehouse.fence(fence, 9):
        pass
    with pytest.raises(StaleFence):
        write(warehouse, sink, fence, 8, 1)
    assert batches(warehouse, sink) == []


def test_work_that_fails_writes_nothing(warehouse: SnowflakeWarehouse, sink: Table, fence: Fence) -> None:
    """Fence and work are one transaction; a token that failed can be used again."""

    def work() -> None:
        with warehouse.fence(fence, 8) as fenced:
            fenced.run(f"INSERT INTO {sink.sql} VALUES (1)", subject="first half")
            fenced.run(f"INSERT INTO {sink.sql} VALUES (NULL)", subject="second half")

    with pytest.raises(StatementFailed, match="second half"):
        work()
    assert batches(warehouse, sink) == []
    write(warehouse, sink, fence, 7, 2)
    assert batches(warehouse, sink) == [2]


@pytest.mark.parametrize("text", ["CREATE TABLE t (a INT)", "/* x */ truncate table t", "COMMIT", ""])
def test_what_would_commit_is_refused(
    warehouse: SnowflakeWarehouse, sink: Table, fence: Fence, text: str
) -> None:
    """A definition commits the transaction: the work before it would be published half."""

    def work() -> None:
        with warehouse.fence(fence, 8) as fenced:
            fenced.run(f"INSERT INTO {sink.sql} VALUES (1)", subject="work")
            fenced.run(text, subject="definition")

    with pytest.raises(NotTransactional, match="definition"):
        work()
    assert batches(warehouse, sink) == []


def test_a_fence_that_is_not_there(warehouse: SnowflakeWarehouse, sink: Table, fence: Fence) -> None:
    """No row is not a free row."""
    with pytest.raises(FenceMissing, match="has 0 rows"):
        write(warehouse, sink, Fence(table=fence.table, target="nobody"), 1, 1)
    warehouse.run(f"INSERT INTO {fence.table.sql} SELECT * FROM {fence.table.sql}", subject="test")
    with pytest.raises(FenceMissing, match="has 2 rows"):
        write(warehouse, sink, fence, 1, 1)
    assert batches(warehouse, sink) == []
