"""A clone is made of what is needed, and is gone afterwards, however the build ends."""

from datetime import UTC, datetime, timedelta

import pytest

from slipway.checks.ci_clone import LIFETIME, CiClone
from slipway.checks.dbt_build import to_clone
from slipway.lineage.extract.dbt import read_manifest
from slipway.lineage.impact import walk
from slipway.model.dataset import Dataset
from slipway.model.expiry import expiry_in
from slipway.model.snowflake_objects import Database, Schema, SnowflakeObject
from slipway.ports.clock import Clock
from slipway.ports.warehouse import Cloned
from slipway.ports.warehouse_errors import ObjectExists
from slipway.ports.warehouse_results import Answer, Point, Value
from tests.doubles.dbt_manifest import manifest, model, resource
from tests.doubles.memory_warehouse import MemoryWarehouse

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
CLONE = CiClone(source=Database("FINEDGE_DEV"), target=Database("FINEDGE_CI_AB_1"))
WANTED = [
    Dataset.parse(f"snowflake://FINEDGE.{name}") for name in ("MARTS.REVENUE", "RAW.LINES", "MARTS.NEW")
]


class StoppedClock(Clock):
    """It is noon."""

    def now(self) -> datetime:
        """Noon."""
        return NOON

    def wait(self, seconds: float) -> None:
        """Nothing passes."""


class CloneAccount(MemoryWarehouse):
    """An account with two tables, which remembers what was made and dropped.

    Attributes:
        told: each statement or verb, in order.
        databases: the databases that were made, with their comment.
        fails: a word in a statement that then fails.
    """

    def __init__(self, fails: str = "nothing") -> None:
        super().__init__()
        self.told: list[str] = []
        self.databases: dict[str, str] = {}
        self.fails = fails

    def run(
        self,
        statement: str,
        parameters: object = (),  # noqa: ARG002 - the port's signature
        *,
        subject: str,
        repeatable: bool = False,  # noqa: ARG002 - same
    ) -> Answer:
        """Remember a statement, and answer the list of tables."""
        if self.fails in statement:
            raise ObjectExists("the name is taken", subject=subject)
        self.told.append(statement)
        if statement.startswith("CREATE DATABASE"):
            self.databases[statement.split('"')[1]] = statement.partition(" COMMENT = ")[2].strip("'")
        rows: tuple[tuple[Value, ...], ...] = (("MARTS", "REVENUE"), ("RAW", "LINES"), ("MARTS", "OTHER"))
        return Answer(query_id="1", columns=(), rows=rows if "TABLES" in statement else ())

    def clone(
        self,
        source: Cloned,
        target: Cloned,
        *,
        expires: datetime | None,
        at: Point | None = None,  # noqa: ARG002 - same
    ) -> None:
        """Remember a clone."""
        self.told.append(f"clone {source} to {target} until {expires}")

    def expire(
        self,
        subject: SnowflakeObject,
        *,
        at: datetime,
        under: SnowflakeObject | None = None,  # noqa: ARG002 - same
    ) -> None:
        """Remember it."""
        self.told.append(f"expire {subject} at {at}")

    def drop_expired(self, subject: SnowflakeObject, *, now: datetime) -> bool:  # noqa: ARG002 - same
        """Drop the database."""
        self.told.append(f"drop {subject}")
        return self.databases.pop(str(subject), None) is not None


def test_what_is_wanted_and_there_is_cloned_with_its_end_in_sight() -> None:
    """A new model has nothing to go on from; its schema is made, and other tables are left alone."""
    account = CloneAccount()
    with CLONE.made(account, WANTED, clock=StoppedClock(), tell=print):
        assert list(account.databases) == ["FINEDGE_CI_AB_1"]
        clones = [told for told in account.told if told.startswith("clone")]
        until = NOON + LIFETIME
        assert clones == [
            f"clone FINEDGE_DEV.MARTS.REVENUE to FINEDGE_CI_AB_1.MARTS.REVENUE until {until}",
            f"clone FINEDGE_DEV.RAW.LINES to FINEDGE_CI_AB_1.RAW.LINES until {until}",
        ]
        schemas = [told for told in account.told if told.startswith("CREATE SCHEMA")]
        assert schemas == [
            f"CREATE SCHEMA IF NOT EXISTS {Schema(CLONE.target, name).sql}" for name in ("MARTS", "RAW")
        ]
    assert account.databases == {}


def test_a_database_is_never_without_its_mark() -> None:
    """Killed right after it was made, the janitor still knows when to drop it."""
    account = CloneAccount()
    with CLONE.made(account, [], clock=StoppedClock(), tell=print):
        mark = expiry_in(account.databases["FINEDGE_CI_AB_1"])
    assert mark is not None
    assert mark.allows_drop_of("FINEDGE_CI_AB_1", NOON + timedelta(hours=2))
    assert not mark.allows_drop_of("FINEDGE_CI_AB_1", NOON + timedelta(hours=1))


@pytest.mark.parametrize("end", [RuntimeError, KeyboardInterrupt])
def test_a_build_that_breaks_leaves_no_clone(end: type[BaseException]) -> None:
    """Nor does Ctrl-C."""
    account = CloneAccount()
    with pytest.raises(end), CLONE.made(account, WANTED, clock=StoppedClock(), tell=print):
        raise end
    assert account.databases == {}


def test_a_clone_that_cannot_be_filled_is_dropped() -> None:
    """A missing right on one table, halfway."""
    account = CloneAccount(fails="CREATE SCHEMA")
    with pytest.raises(ObjectExists), CLONE.made(account, WANTED, clock=StoppedClock(), tell=print):
        pytest.fail("the block must not run")
    assert account.databases == {}


def test_a_database_of_somebody_elses_is_not_dropped() -> None:
    """The name was taken: what has it is not ours."""
    account = CloneAccount(fails="CREATE DATABASE")
    account.databases["FINEDGE_CI_AB_1"] = "somebody's"
    with pytest.raises(ObjectExists), CLONE.made(account, WANTED, clock=StoppedClock(), tell=print):
        pytest.fail("the block must not run")
    assert account.databases == {"FINEDGE_CI_AB_1": "somebody's"}


def test_what_is_cloned_is_what_is_built_and_the_sources_that_it_and_its_tests_read() -> None:
    """Everything else is read where it is; another database's tables always are."""

    def source(name: str, relation: str) -> dict[str, object]:
        found: dict[str, object] = resource(f"source.finedge.raw.{name}", "_raw.yml", relation_name=relation)
        return found

    resources = [
        source("lines", "CI.RAW.LINES"),
        source("codes", "CI.RAW.CODES"),
        source("unread", "CI.RAW.UNREAD"),
        source("foreign", "OTHER.RAW.FOREIGN"),
        model(
            "stg", "source.finedge.raw.lines", "source.finedge.raw.foreign", relation_name="CI.STAGING.STG"
        ),
        model("mart", "model.finedge.stg", relation_name="CI.MARTS.MART"),
        model("aside", "source.finedge.raw.unread", relation_name="CI.MARTS.ASIDE"),
        resource("test.finedge.t", "t.sql", "model.finedge.mart", "source.finedge.raw.codes"),
    ]
    project = read_manifest(manifest(*resources), {"CI": "FINEDGE"})
    impact = walk(project.graph, project.changed_by(frozenset({"models/stg.sql"})))
    assert [str(each) for each in to_clone(project, impact, "FINEDGE")] == [
        "snowflake://FINEDGE.MARTS.MART",
        "snowflake://FINEDGE.RAW.CODES",
        "snowflake://FINEDGE.RAW.LINES",
        "snowflake://FINEDGE.STAGING.STG",
    ]
