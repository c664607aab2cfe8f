"""`slipway janitor` where masked clones are kept ready: made, named, dropped; none is forgotten."""

import json
from datetime import timedelta

import pytest

from slipway.cli.pool_desk import PoolDesk
from slipway.model.check_pool import CheckPool
from slipway.model.environment import Environment
from slipway.model.expiry import Expiry
from tests.cli.conftest import Slipway
from tests.cli.rollouts.conftest import Place
from tests.cli.rollouts.test_deploy import Places, Ship
from tests.doubles.desk import MemoryDesk
from tests.doubles.memory_warehouse import Thing
from tests.doubles.pool_account import CHECKS, JANITOR, Kept, PoolAccount

CONTRACT = """\
schema:
  - name: settlements
    properties: [{name: id, classification: confidential}]
"""
SOURCE = "FINEDGE_DEV"
WITHHELD = "it has no contract, which would say who may see its columns"


@pytest.fixture
def account() -> PoolAccount:
    """Two tables of what runs, one of them under contract, and one that no pipeline names."""
    tables = {("MARTS", "SETTLEMENTS"): False, ("MARTS", "REVENUE"): False, ("ELSEWHERE", "NOTES"): False}
    return PoolAccount(JANITOR, {SOURCE: Kept(owner=JANITOR, tables=tables)})


@pytest.fixture
def kept(slipway: Slipway, ship: Ship, places: Places, account: PoolAccount) -> Place:
    """Dev, with a pool of two for checks."""
    release = ship(**{"contracts/settlements.odcs.yaml": CONTRACT, "dbt/macros/schema.sql": "macro 2"})
    assert slipway("deploy", release, "-s", "dev").code == 0
    place = places[Environment.DEV]
    settings = CheckPool(environment=Environment.DEV, ready=2, max_age_hours=24)
    place.pool = PoolDesk(
        settings=settings, role=CHECKS, physical=lambda logical: f"{logical}_DEV", warehouse=account
    )
    return place


def test_a_dry_run_names_what_would_be_made_and_touches_nothing(
    slipway: Slipway, kept: Place, account: PoolAccount
) -> None:
    """And each table that is held back, with the reason."""
    assert kept.pool is not None
    said = json.loads(slipway("janitor", "-s", "dev", "--dry-run", "--format", "json").out)["pool"]
    assert [name.rpartition("_")[0][:16] for name in said["would_make"]] == [
        "FINEDGE_DEV_MASK",
        "FINEDGE_CI_POOL_",
        "FINEDGE_CI_POOL_",
    ]
    assert (said["ready"], said["would_drop"]) == (0, [])
    assert said["withheld"] == {f"{SOURCE}.MARTS.REVENUE": WITHHELD}
    assert list(account.kept) == [SOURCE]


def test_clones_are_made_and_told_and_then_left_alone(
    slipway: Slipway, kept: Place, account: PoolAccount
) -> None:
    """As text for a person, once; only the table under contract is in them."""
    assert kept.pool is not None
    told = slipway("janitor", "-s", "dev")
    assert told.code == 0
    assert "Pool of masked clones: 2 ready; made 3, dropped 0; 1 tables withheld." in told.out
    assert f"  withheld table {SOURCE}.MARTS.REVENUE: {WITHHELD}" in told.out
    clones = [each for name, each in account.kept.items() if "_POOL_" in name]
    assert [list(each.tables) for each in clones] == [[("MARTS", "SETTLEMENTS")]] * 2
    assert "2 ready; made 0, dropped 0" in slipway("janitor", "-s", "dev").out


def test_two_janitors_do_not_meet(slipway: Slipway, kept: Place, desk: MemoryDesk) -> None:
    """The second is told who has the pool, and has done the rest of its work."""
    lasting = timedelta(minutes=40)
    kept.leases.acquire("dev/check-pool", holder="another", now=desk.clock.now(), lasting=lasting)
    ended = slipway("janitor", "-s", "dev")
    assert ended.code == 4
    assert ended.out.startswith("Dropped 0;")
    assert "1 could not be done" in ended.out


def test_a_clone_whose_check_was_killed_right_after_it_was_taken_is_dropped_in_its_time(
    slipway: Slipway, kept: Place, desk: MemoryDesk
) -> None:
    """Its mark is under the name that it had in the pool, which alone would never drop it."""
    name, before = "FINEDGE_CI_0123456789AB_1", "FINEDGE_CI_POOL_20261126000000_AAAAAAAA_1"
    ends = desk.clock.now() + timedelta(hours=1)
    databases = kept.warehouse.marked_databases
    databases[name] = Thing(made=ends, expiry=Expiry(object=before, at=ends))
    assert slipway("janitor", "-s", "dev", "--ci").out.startswith("Dropped 0")
    assert databases[name].expiry == Expiry(object=name, at=ends)
    desk.clock.wait(3601)
    assert f"  database {name}" in slipway("janitor", "-s", "dev", "--ci").out
    assert databases == {}
