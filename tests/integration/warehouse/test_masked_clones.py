"""The pool of masked clones in an account with the roles that the stacks declare, each logged in as itself.

The invariant: whoever runs code that nobody has reviewed reads no value of production that is classified,
by no name and at no point of any history.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse, snowflake_warehouse
from slipway.masking import Pool, PoolPlan, Tended, plan_pool, tend
from slipway.model.contract import Contract
from slipway.model.masks import TableMask, Withheld, table_mask
from slipway.model.pipeline import DataClass
from slipway.model.snowflake_objects import Column, Database, Schema, Table
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ObjectMissing, PrivilegeMissing, WarehouseError
from tests.doubles.promised import promised_column
from tests.integration.warehouse.account import TAG, RunningAccount, running_account

pytestmark = pytest.mark.integration

PROD = Database("FINEDGE_PROD")
MERCHANTS = Table(Schema(PROD, "STAGING"), "MERCHANTS")
LIMITS = Table(Schema(PROD, "STAGING"), "LIMITS")
RAW = Table(Schema(PROD, "RAW"), "LINES")
JANITOR, CI = "FINEDGE_PROD_JANITOR", "FINEDGE_DEV_CI"
POOL = Pool(source=PROD, logical="FINEDGE", role=CI, ready=2, max_age=timedelta(hours=24))
NAMES = ["Acme Payments Limited", "Zeta", "Ümläut & Söhne", "x" * 150]


class SetClock(Clock):
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        """The moment that was set."""
        return self.at

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


CONTRACTS = {
    MERCHANTS: Contract(
        path="contracts/merchants.odcs.yaml",
        columns=(
            promised_column("MERCHANT_ID", DataClass.CONFIDENTIAL),
            promised_column("LEGAL_NAME", DataClass.CONFIDENTIAL),
            promised_column("ONBOARDED_ON", DataClass.RESTRICTED),
            promised_column("IS_SANCTIONED", DataClass.RESTRICTED),
            promised_column("COUNTRY"),
        ),
        key=(Column("MERCHANT_ID"),),
    ),
    LIMITS: Contract(
        path="contracts/limits.odcs.yaml",
        columns=(
            promised_column("MERCHANT_ID", DataClass.CONFIDENTIAL),
            promised_column("CURRENCY"),
            promised_column("CREDIT_LIMIT", DataClass.RESTRICTED, "CURRENCY"),
        ),
        key=(),
    ),
}


@dataclass(frozen=True, kw_only=True)
class World:
    """The account, with a session of each role.

    Attributes:
        account: it.
        admin: who sees everything.
        janitor: the janitor's session.
        check: the session of a check.
        clock: of all of them.
    """

    account: RunningAccount
    admin: SnowflakeWarehouse
    janitor: SnowflakeWarehouse
    check: SnowflakeWarehouse
    clock: SetClock

    def plan(self, contracts: dict[Table, Contract] | None = None, pool: Pool = POOL) -> PoolPlan:
        """What the pool needs now."""
        masks = masks_of(self.janitor, CONTRACTS if contracts is None else contracts)
        return plan_pool(pool, self.janitor.visible_databases(), masks, self.clock.now())

    def tend(self, contracts: dict[Table, Contract] | None = None, pool: Pool = POOL) -> Tended:
        """Do it."""
        return tend(pool, self.plan(contracts, pool), self.janitor, clock=self.clock, tell=print)

    def names(self) -> set[str]:
        """The pool's databases."""
        return {
            each.name
            for each in self.admin.visible_databases()
            if "MASK" in each.name or "_POOL_" in each.name
        }


def masks_of(warehouse: Warehouse, contracts: dict[Table, Contract]) -> dict[Table, TableMask | Withheld]:
    """How each table of production is masked."""
    return {
        table: table_mask(contracts.get(table), [(c.name, c.type) for c in warehouse.columns(table)])
        for table in warehouse.tables_of(PROD)
    }


@pytest.fixture
def world(tmp_path: object) -> Iterator[World]:
    """Production with two tables under contract and one without, and the roles as the stacks declare them."""
    with running_account(tmp_path) as account:  # type: ignore[arg-type]
        admin = account.warehouse()
        for statement in _production():
            admin.run(statement, subject="test")
        made = World(
            account=account,
            admin=admin,
            janitor=_as(account, JANITOR),
            check=_as(account, CI),
            clock=SetClock(),
        )
        yield made
        for session in (made.janitor, made.check, admin):
            session.close()


def _as(account: RunningAccount, role: str) -> SnowflakeWarehouse:
    """With this role alone, as the stacks' service users have it: the test's user holds all of them."""
    session = snowflake_warehouse(replace(account.settings, role=role), TAG)
    session.run("USE SECONDARY ROLES NONE", subject="test")
    return session


def _production() -> Iterator[str]:
    yield f"CREATE DATABASE {PROD}"
    yield from (f"CREATE SCHEMA {PROD}.{name}" for name in ("STAGING", "RAW"))
    yield (
        f"CREATE TABLE {MERCHANTS} (MERCHANT_ID NUMBER(38,0) NOT NULL, LEGAL_NAME VARCHAR(200), "
        "ONBOARDED_ON DATE, IS_SANCTIONED BOOLEAN, COUNTRY VARCHAR(2))"
    )
    rows = [
        f"(90000{number}, '{name}', '2024-02-0{number}', {number == 2}, 'DE')"
        for number, name in enumerate(NAMES, start=1)
    ]
    yield f"INSERT INTO {MERCHANTS} VALUES {', '.join(rows)}, (900005, NULL, NULL, NULL, NULL)"
    yield (
        f"CREATE TABLE {LIMITS} (MERCHANT_ID NUMBER(18,0), CURRENCY VARCHAR(3), CREDIT_LIMIT NUMBER(18,2))"
    )
    yield (
        f"INSERT INTO {LIMITS} VALUES (900001, 'EUR', 1000.01), (900002, 'EUR', 2500.50), "
        "(900003, 'EUR', NULL), (900004, 'EUR', 12.34), (900001, 'USD', 777.77)"
    )
    yield f"CREATE TABLE {RAW} AS SELECT 'DE89370400440532013000' AS IBAN"
    yield from (f"CREATE ROLE {role}" for role in (JANITOR, CI))
    yield from (f"GRANT CREATE DATABASE ON ACCOUNT TO ROLE {role}" for role in (JANITOR, CI))
    yield f"GRANT USAGE ON DATABASE {PROD} TO ROLE {JANITOR}"
    yield f"GRANT USAGE ON ALL SCHEMAS IN DATABASE {PROD} TO ROLE {JANITOR}"
    yield f"GRANT SELECT ON ALL TABLES IN DATABASE {PROD} TO ROLE {JANITOR}"
    yield f"GRANT ROLE {CI} TO ROLE {JANITOR}"
    yield from (f"GRANT ROLE {role} TO USER PLATFORM_ENGINEER" for role in (JANITOR, CI))


def test_two_clones_are_made_once(world: World) -> None:
    """A second run does nothing; the table without a contract is named, and in none of them."""
    done = world.tend()
    assert len(done.made) == 3
    assert done.withheld == {RAW: "it has no contract, which would say who may see its columns"}
    there = world.names()
    assert len(there) == 3
    assert not any("MASKING" in name for name in there)
    again = world.tend()
    assert (again.made, again.dropped, world.names()) == ([], [], there)
    offered = _offered(world)
    assert [str(table).partition(".")[2] for table in world.check.tables_of(offered)] == [
        "STAGING.LIMITS",
        "STAGING.MERCHANTS",
    ]


def _offered(world: World) -> Database:
    return world.plan().ready[0]


def test_what_is_classified_is_masked_and_the_rest_is_as_it_was(world: World) -> None:
    """Types, lengths, missing values, joins, keys and each currency's sum are kept; no value is."""
    world.tend()
    clone = _offered(world)
    before = world.admin.run(f"SELECT * FROM {MERCHANTS.sql} ORDER BY LEGAL_NAME", subject="test").rows
    there = Table(Schema(clone, "STAGING"), "MERCHANTS")
    after = world.check.run(f"SELECT * FROM {there.sql}", subject="test").rows
    assert len(after) == len(before)
    for column in range(4):
        known = {row[column] for row in before if row[column] is not None and column != 3}
        assert not known & {row[column] for row in after}
    lengths = sorted(len(str(row[1])) for row in before if row[1] is not None)
    assert sorted(len(str(row[1])) for row in after if row[1] is not None) == lengths
    assert sum(row[1] is None for row in after) == 1
    assert {row[3] for row in after} == {None, False}
    assert sorted(str(row[4]) for row in after) == sorted(str(row[4]) for row in before)
    assert world.check.columns(there) == world.admin.columns(MERCHANTS)
    joined = (
        f"SELECT COUNT(*) FROM {clone}.STAGING.MERCHANTS M JOIN {clone}.STAGING.LIMITS L "
        "ON L.MERCHANT_ID = M.MERCHANT_ID"
    )
    assert world.check.run(joined, subject="test").rows == ((5,),)
    sums = "SELECT CURRENCY, SUM(CREDIT_LIMIT), COUNT(CREDIT_LIMIT) FROM {}.STAGING.LIMITS GROUP BY CURRENCY"
    in_clone = {row[0]: row[1:] for row in world.check.run(sums.format(clone), subject="test").rows}
    assert in_clone["EUR"] == (Decimal("3512.85"), 3)
    assert in_clone["USD"][0] != Decimal("777.77")
    limits = world.check.run(f"SELECT CREDIT_LIMIT FROM {clone}.STAGING.LIMITS", subject="test").rows
    assert not {row[0] for row in limits} & {Decimal("1000.01"), Decimal("2500.50"), Decimal("12.34")}


def test_a_check_reaches_neither_production_nor_what_is_being_made(world: World) -> None:
    """Least privilege, asked of the account itself: by name, and by cloning."""
    world.tend()
    (private,) = [Database(name) for name in world.names() if "_MASKED_" in name]
    for table in (MERCHANTS, Table(Schema(private, "STAGING"), "MERCHANTS")):
        with pytest.raises((ObjectMissing, PrivilegeMissing)):
            world.check.run(f"SELECT * FROM {table.sql}", subject="test")
        with pytest.raises((ObjectMissing, PrivilegeMissing)):
            world.check.run(f"CREATE DATABASE STOLEN CLONE {table.database.sql}", subject="test")
    assert PROD not in world.check.visible_databases()
    assert private not in world.check.visible_databases()


def test_no_point_of_a_clones_history_shows_an_unmasked_value(world: World) -> None:
    """Not before the clone was made, not before the private database was filled, nor in the private one."""
    before = world.admin.point()
    world.tend()
    clone = _offered(world)
    after = world.admin.point()
    (private,) = [Database(name) for name in world.names() if "_MASKED_" in name]
    for session, database in ((world.check, clone), (world.admin, private)):
        table = Table(Schema(database, "STAGING"), "MERCHANTS").sql
        ids = [f"AT(STATEMENT => '{after.query_id}')", f"AT(STATEMENT => '{before.query_id}')"]
        ids += [f"BEFORE(STATEMENT => '{each}')" for each in _statements(world)]
        for point in ids:
            try:
                rows = session.run(f"SELECT LEGAL_NAME FROM {table} {point}", subject="test").rows
            except WarehouseError:
                continue
            assert not {row[0] for row in rows} & set(NAMES)


def _statements(world: World) -> list[str]:
    """Ids of everything that was run in the account so far."""
    world.admin.run(f"USE DATABASE {PROD}", subject="test")
    rows = world.admin.run(
        "SELECT QUERY_ID FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())", subject="test"
    ).rows
    return [str(row[0]) for row in rows]


def test_the_secret_is_in_no_history(world: World) -> None:
    """Whoever reads the query history could otherwise look up values by their masks."""
    world.tend()
    world.admin.run(f"USE DATABASE {PROD}", subject="test")
    history = "SELECT QUERY_TEXT FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY())"
    query = f"{history} WHERE QUERY_TEXT LIKE 'INSERT INTO%MASKING%'"
    texts = [str(row[0]) for row in world.admin.run(query, subject="test").rows]
    assert len(texts) == 2
    assert all("CAST(? AS VARCHAR)" in text for text in texts)
