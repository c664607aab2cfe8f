"""A check takes a masked clone that has what it reads, alone and whole; else it says why it takes none."""

from collections.abc import Mapping
from datetime import timedelta

from slipway.checks.pool_claim import NotTaken, Taken, Wanted, take
from slipway.lineage.extract.dbt import read_manifest
from slipway.lineage.impact import walk
from slipway.model.expiry import Expiry
from slipway.model.snowflake_objects import Database
from slipway.ports.warehouse_errors import ObjectMissing
from tests.doubles.dbt_manifest import manifest, model, resource
from tests.doubles.deployments import NOON
from tests.doubles.pool_account import CHECKS, Kept, PoolAccount

TARGET = Database("FINEDGE_CI_0123456789AB_1")
FIRST, SECOND = "FINEDGE_CI_POOL_20261126000000_AAAAAAAA_1", "FINEDGE_CI_POOL_20261126000000_AAAAAAAA_2"
HOUR = timedelta(hours=1)
WHOLE = {("STAGING", "STG"): True, ("RAW", "LINES"): True, ("MARTS", "MART"): True}


def wanted(changed: str = "models/mart.sql") -> Wanted:
    """A mart on a private model on a view on a table on a source."""
    source = resource("source.finedge.raw.lines", "_raw.yml", relation_name="CI.RAW.LINES")
    resources = [
        source,
        model("stg", "source.finedge.raw.lines", relation_name="CI.STAGING.STG"),
        model("view", "model.finedge.stg", relation_name="CI.STAGING.VIEW"),
        model("private", "model.finedge.view", relation_name="CI.INTERMEDIATE.PRIVATE"),
        model("mart", "model.finedge.private", relation_name="CI.MARTS.MART"),
    ]
    project = read_manifest(manifest(*resources), {"CI": "FINEDGE"})
    impact = walk(project.graph, project.changed_by(frozenset({changed})))
    return Wanted(project=project, built=frozenset(impact), logical="FINEDGE")


def pool(tables: Mapping[tuple[str, str], bool] = WHOLE, *names: str, hours: int = 24) -> PoolAccount:
    """Clones that wait, with these tables."""
    kept = {
        name: Kept(owner=CHECKS, tables=dict(tables), expiry=Expiry(object=name, at=NOON + hours * HOUR))
        for name in names or (FIRST, SECOND)
    }
    return PoolAccount(CHECKS, kept)


def taken(account: PoolAccount, needs: Wanted | None = None) -> Taken | NotTaken:
    """What a check gets at noon for a build of two hours at most."""
    return take(account, needs or wanted(), TARGET, now=NOON, lasting=2 * HOUR)


def test_a_clone_is_renamed_and_marked_for_the_check() -> None:
    """Models that are not in it are built in it, down to what is; the other clone still waits."""
    account = pool()
    found = taken(account)
    assert found == Taken(offered=Database(FIRST), also_built=("private", "view"))
    assert sorted(account.kept) == [TARGET.name, SECOND]
    assert account.kept[TARGET.name].expiry == Expiry(object=TARGET.name, at=NOON + 2 * HOUR)


def test_a_source_that_is_withheld_keeps_every_clone_in_the_pool() -> None:
    """Rows of two environments are never mixed."""
    account = pool({("STAGING", "STG"): True})
    found = taken(account, wanted("models/stg.sql"))
    assert found == NotTaken(why="they do not have snowflake://FINEDGE.RAW.LINES")
    assert sorted(account.kept) == [FIRST, SECOND]


def test_none_is_taken_where_none_is_ready() -> None:
    """Nor one that may be dropped during the build, nor a database that is none of the pool's."""
    none = NotTaken(why="none is ready")
    assert taken(PoolAccount(CHECKS, {})) == none
    assert taken(pool(WHOLE, FIRST, hours=1)) == none
    assert taken(pool(WHOLE, "FINEDGE_CI_0123456789AB_2", "FINEDGE_CI_POOL_OLD")) == none


class Contested(PoolAccount):
    """Somebody else renames each clone just before."""

    faster = 1

    def rename(self, database: Database, to: Database) -> None:
        """Lose as often as the other one is faster."""
        if self.faster:
            self.faster -= 1
            del self.kept[database.name]
            raise ObjectMissing("does not exist or is not authorized", subject=str(database))
        super().rename(database, to)


def test_of_two_checks_one_gets_a_clone_and_the_other_the_next() -> None:
    """Each clone is one check's."""
    account = Contested(CHECKS, pool().kept)
    found = taken(account)
    assert isinstance(found, Taken)
    assert found.offered == Database(SECOND)


def test_where_others_are_always_faster_the_check_says_so() -> None:
    """It goes on from the environment."""
    account = Contested(CHECKS, pool().kept)
    account.faster = 2
    assert taken(account) == NotTaken(why="others have taken all that were ready")
