"""The pool: made once, continued after a kill at any moment, renewed, and never given away half masked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from slipway.masking import Pool, PoolPlan, Tended, plan_pool, tend
from slipway.model.contract import Contract, PromisedColumn
from slipway.model.masks import TableMask, Withheld, table_mask
from slipway.model.pipeline import DataClass
from slipway.model.pool_naming import offered_of
from slipway.model.snowflake_objects import Column, Database, Schema, Table
from tests.doubles.deployments import Fuse, Killed, ManualClock
from tests.doubles.pool_account import CHECKS, JANITOR, Kept, PoolAccount

PROD = Database("FINEDGE_PROD")
MERCHANTS = Table(Schema(PROD, "STAGING"), "MERCHANTS")
RATES = Table(Schema(PROD, "STAGING"), "RATES")
RAW = Table(Schema(PROD, "RAW"), "LINES")
POOL = Pool(source=PROD, logical="FINEDGE", role=CHECKS, ready=2, max_age=timedelta(hours=24))


def masks(data_class: DataClass = DataClass.CONFIDENTIAL) -> dict[Table, TableMask | Withheld]:
    """Of two tables under contract and one without."""
    name = PromisedColumn(name=Column("NAME"), type="", required=True, is_amount=False, data_class=data_class)
    contract = Contract(path="contracts/merchants.odcs.yaml", columns=(name,), key=(Column("NAME"),))
    columns = [(Column("NAME"), "VARCHAR(20)")]
    return {
        MERCHANTS: table_mask(contract, columns),
        RATES: table_mask(contract, columns),
        RAW: table_mask(None, columns),
    }


@dataclass
class World:
    """The account, and the janitor's visits to it."""

    kept: dict[str, Kept] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    rules: Callable[[], dict[Table, TableMask | Withheld]] = masks

    def plan(self, pool: Pool = POOL) -> PoolPlan:
        """What the pool needs."""
        return plan_pool(
            pool, PoolAccount(JANITOR, self.kept).visible_databases(), self.rules(), self.clock.now()
        )

    def visit(self, fuse: Fuse | None = None, pool: Pool = POOL, repeated: int = 0) -> Tended:
        """The janitor does it."""
        account = PoolAccount(JANITOR, self.kept, fuse)
        account.repeated = repeated
        return tend(pool, self.plan(pool), account, clock=self.clock, tell=lambda _: None)

    def offered(self) -> list[str]:
        """What a check would find."""
        found = PoolAccount(CHECKS, self.kept).visible_databases()
        return [each.name for each in found if offered_of(each, "FINEDGE")]


def test_clones_are_made_once_and_given_to_checks() -> None:
    """A second visit does nothing; the private database stays the janitor's."""
    world = World()
    done = world.visit()
    assert [each.name for each in done.made if "_POOL_" in each.name] == world.offered()
    assert len(world.offered()) == 2
    private = [name for name, each in world.kept.items() if each.owner == JANITOR]
    assert len(private) == 1
    assert private[0].startswith("FINEDGE_PROD_MASKED_")
    again = world.visit()
    assert (again.made, again.dropped) == ([], [])
    assert done.withheld == {RAW: "it has no contract, which would say who may see its columns"}


def _moments() -> int:
    fuse = Fuse()
    World().visit(fuse)
    return len(fuse.moments)


@pytest.mark.parametrize("moment", range(_moments()))
def test_a_janitor_that_is_killed_is_continued_and_gives_nothing_half_made(moment: int) -> None:
    """At every moment: what checks see is whole, and the next visit ends where an undisturbed one does."""
    world = World()
    with pytest.raises(Killed):
        world.visit(Fuse(at=moment))
    whole = {("STAGING", "MERCHANTS"), ("STAGING", "RATES")}
    assert all(world.kept[name].tables.keys() == whole for name in world.offered())
    world.clock.wait(60)
    world.visit()
    assert len(world.offered()) == 2
    assert all(world.kept[name].tables.keys() == whole for name in world.offered())
    assert len(world.kept) == 3
    for name, each in world.kept.items():
        assert each.expiry is not None
        assert each.expiry.object == name


def test_old_rows_are_masked_anew() -> None:
    """What a check has taken stays: it has another name."""
    world = World()
    world.visit()
    first, second = world.offered()
    PoolAccount(CHECKS, world.kept).rename(Database(first), Database("FINEDGE_CI_TAKEN_1"))
    world.clock.wait(25 * 3600)
    done = world.visit()
    assert second in {each.name for each in done.dropped}
    assert len(world.offered()) == 2
    assert not {first, second} & set(world.offered())
    assert "FINEDGE_CI_TAKEN_1" in world.kept


def test_other_rules_withdraw_what_was_masked_by_the_old_ones() -> None:
    """A column that is classified from now on is not handed out for another day."""
    world = World(rules=lambda: masks(DataClass.INTERNAL))
    world.visit()
    old = world.offered()
    world.rules = masks
    plan = world.plan()
    assert {doomed.database.name for doomed in plan.drop} >= set(old)
    assert {doomed.why for doomed in plan.drop} == {"it was masked by other rules"}
    world.clock.wait(1)
    world.visit()
    assert not set(old) & set(world.offered())


def test_what_was_taken_is_made_again_of_the_same_masked_rows() -> None:
    """That masks nothing anew."""
    world = World()
    world.visit()
    PoolAccount(CHECKS, world.kept).rename(Database(world.offered()[0]), Database("FINEDGE_CI_TAKEN_1"))
    plan = world.plan()
    assert (plan.mask, len(plan.make), len(plan.ready)) == (False, 1, 1)
    world.visit()
    assert len(world.offered()) == 2


def test_a_table_whose_masked_keys_collide_is_withheld() -> None:
    """A build on it would fail, for a fault that is no fault of the change."""
    world = World()
    done = world.visit(repeated=3)
    assert done.withheld[MERCHANTS] == "3 of its keys, masked, are those of other rows"
    assert all(not world.kept[name].tables for name in world.offered())


def test_a_pool_of_nothing_is_not_made() -> None:
    """Without one table under contract there is nothing to hand out."""
    world = World(rules=lambda: {RAW: Withheld(why="it has no contract")})
    assert world.visit().made == []
    assert world.kept == {}
