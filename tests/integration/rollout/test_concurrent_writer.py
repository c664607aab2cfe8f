"""A writer that nobody paused, in a session of its own, at the worst moments of a swap.

Snowflake is the sandbox's. The candidate is a clone, so that no dbt is needed: what is tested are the looks
before and after the swap.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum, unique
from functools import partial
from itertools import count
from threading import Thread

import pytest

from slipway.adapters.snowflake import SnowflakeWarehouse
from slipway.adapters.snowflake.connector import ConnectorDriver
from slipway.model.dataset import Dataset
from slipway.model.pipeline import PipelineName
from slipway.model.snowflake_objects import Table
from slipway.ports.journal import Wait
from slipway.ports.warehouse import Swapped
from slipway.rollout.handlers.candidates import AuditCandidatesHandler, PrepareCandidatesHandler
from slipway.rollout.handlers.grants import EqualiseGrantsHandler
from slipway.rollout.handlers.keep import KeepGenerationHandler
from slipway.rollout.handlers.settle import SettleWritesHandler
from slipway.rollout.handlers.swap import SwapTableHandler
from slipway.rollout.relations import Relation, SchemaPlace
from slipway.rollout.stages import (
    AuditCandidates,
    EqualiseGrants,
    KeepGeneration,
    PrepareCandidates,
    RolloutStage,
    SettleWrites,
    SwapTable,
)
from slipway.rollout.transaction_limits import TransactionLimits
from slipway.stages import Completed, Executor, Handlers, Outcome, Parked, Stage, Undone
from slipway.stages.handler import Outputs
from tests.doubles.deployments import Fuse, MemoryJournal, ToldStory, opened
from tests.doubles.memory_environment import MemoryEvidence
from tests.integration.rollout.site import LeapingClock
from tests.integration.warehouse.account import TAG, RunningAccount, running_account

pytestmark = pytest.mark.integration

_numbers = count(1)
ROWS = [(1, Decimal("10.00")), (2, Decimal("20.00"))]
LATE = (3, Decimal("30.00"))
_LIMITS = TransactionLimits(statement=timedelta(hours=1), time_travel=timedelta(days=1))
_MANY = "(SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 50000)))"
_SLOW = (
    "INSERT INTO {table} SELECT 3, 30.00 "
    f"FROM (SELECT COUNT(*) FROM {_MANY} A CROSS JOIN {_MANY} B WHERE A.N + B.N <> -1)"
)
"""A statement that compiles at once and takes longer than a swap."""


@unique
class Moment(StrEnum):
    """When something happens to the table."""

    BEFORE_SWAP = "between the last look and the swap"
    AFTER_SWAP = "between the swap and the look after it"
    AFTER_LOOK = "after the look that follows the swap"
    WHILE_SETTLING = "while the release waits for whoever had begun before the swap"


@dataclass
class Watched:
    """What the test does at which moment."""

    at: dict[Moment, Callable[[], object]] = field(default_factory=dict)

    def reach(self, moment: Moment) -> None:
        """Do it, once."""
        self.at.pop(moment, lambda: None)()


class WatchedWarehouse(SnowflakeWarehouse):
    """The product's adapter, in whose swap the test has a word before and after the statement."""

    def __init__(self, account: RunningAccount, watched: Watched) -> None:
        super().__init__(ConnectorDriver(account.settings), TAG)
        self._watched = watched

    def swap(self, one: Swapped, other: Swapped, *, within: timedelta | None = None) -> None:
        """Swap."""
        self._watched.reach(Moment.BEFORE_SWAP)
        super().swap(one, other, within=within)
        self._watched.reach(Moment.AFTER_SWAP)


@dataclass
class WatchedStory(ToldStory):
    """Tells the test that the look after the swap is over."""

    watched: Watched = field(default_factory=Watched)

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:
        """Remember, and let the test do its part."""
        super().done(stage, outputs, took)
        if isinstance(stage, SwapTable):
            self.watched.reach(Moment.AFTER_LOOK)

    def waits(self, stage: Stage, wait: Wait) -> None:
        """Remember, and let the test do its part."""
        super().waits(stage, wait)
        self.watched.reach(Moment.WHILE_SETTLING)


@dataclass
class Ground:
    """A table in production, a session that releases and one that writes."""

    table: Table
    watched: Watched
    releasing: WatchedWarehouse
    writer: SnowflakeWarehouse

    def write(self) -> None:
        """Insert the late row."""
        self.writer.run(f"INSERT INTO {self.table.sql} VALUES (?, ?)", LATE, subject="writer")

    def say(self, statement: str) -> None:
        """Run a statement of the writer's."""
        self.writer.run(statement, subject="writer")

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """What people read in production."""
        answer = self.releasing.run(f"SELECT ID, AMOUNT FROM {self.table.sql} ORDER BY ID", subject="test")
        return list(answer.rows)

    def begin(self) -> None:
        """Begin a transaction, and insert the late row in it."""
        self.say("BEGIN")
        self.write()

    def write_slowly(self) -> Thread:
        """Insert the late row by one statement with AUTOCOMMIT, which has begun when this returns."""
        thread = Thread(target=self.say, args=(_SLOW.format(table=self.table.sql),))
        thread.start()
        while thread.is_alive() and not self.releasing.open_transactions():
            pass
        return thread

    def release(self) -> Outcome:
        """Publish a candidate, however long that takes."""
        relation = Relation(
            dataset=Dataset.parse("snowflake://FINEDGE.MARTS.REVENUE"),
            database=self.table.schema.database.name,
            suffix="__SLIPWAY_1",
            grows=True,
            is_new=False,
        )
        evidence, warehouse, clock = MemoryEvidence(Fuse()), self.releasing, LeapingClock()
        executor = Executor(
            handlers=Handlers(
                {
                    "prepare-candidates": PrepareCandidatesHandler(warehouse=warehouse),
                    "audit-candidates": AuditCandidatesHandler(warehouse=warehouse, evidence=evidence),
                    "equalise-grants": EqualiseGrantsHandler(warehouse=warehouse),
                    "swap-table": SwapTableHandler(warehouse=warehouse, limits=_LIMITS),
                    "settle-writes": SettleWritesHandler(warehouse=warehouse),
                    "keep-generation": KeepGenerationHandler(warehouse=warehouse),
                }
            ),
            journal=MemoryJournal(Fuse()),
            clock=clock,
            story=WatchedStory(watched=self.watched),
            actor="test",
            lease=lambda: timedelta(seconds=20),
        )
        while isinstance(outcome := executor.carry_on(opened(), _stages(relation)), Parked):
            clock.wait(timedelta(hours=1).total_seconds())  # however seldom somebody looks
        return outcome


def _stages(relation: Relation) -> tuple[RolloutStage, ...]:
    relations = (relation,)
    candidates = SchemaPlace(database=relation.database, name="MARTS").candidate(relation.suffix)
    return (
        PrepareCandidates(target="revenue", relations=relations, schemas=(candidates,), keep_days=7),
        AuditCandidates(target="revenue", relations=relations),
        EqualiseGrants(target="revenue", relations=relations),
        SwapTable(target=relation.dataset.uri, relation=relation, pipeline=PipelineName("revenue")),
        SettleWrites(target="revenue", relations=relations),
        KeepGeneration(target="revenue", relations=relations, days=7),
    )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAccount]:
    """An account with nothing in it."""
    with running_account(tmp_path_factory.mktemp("account")) as running:
        yield running


@pytest.fixture
def ground(account: RunningAccount) -> Iterator[Ground]:
    """A database of the test's own."""
    watched = Watched()
    releasing, writer = WatchedWarehouse(account, watched), account.warehouse()
    table = Table.of(f"FINEDGE_{next(_numbers)}", "MARTS", "REVENUE")
    for statement in (
        f"CREATE DATABASE {table.schema.database.sql}",
        f"CREATE SCHEMA {table.schema.sql}",
        f"CREATE TABLE {table.sql} (ID NUMBER(38,0), AMOUNT NUMBER(18,2))",
        f"INSERT INTO {table.sql} VALUES {', '.join(f'({key}, {amount})' for key, amount in ROWS)}",
    ):
        releasing.run(statement, subject="test")
    yield Ground(table=table, watched=watched, releasing=releasing, writer=writer)
    releasing.close()
    writer.close()


def test_without_a_writer_the_candidate_is_published(ground: Ground) -> None:
    """The moments are reached, and nothing else stops this release."""
    reached: list[Moment] = []
    ground.watched.at = {moment: partial(reached.append, moment) for moment in Moment}
    assert ground.release() == Completed()
    assert reached == [each for each in Moment if each is not Moment.WHILE_SETTLING]
    assert ground.rows == ROWS


@pytest.mark.parametrize("moment", [Moment.BEFORE_SWAP, Moment.AFTER_SWAP, Moment.AFTER_LOOK])
def test_a_row_that_is_written_around_the_swap_is_in_production(ground: Ground, moment: Moment) -> None:
    """Before the swap it is the old generation's, and the release stops; after it, it is the new one's."""
    ground.watched.at = {moment: ground.write}
    outcome = ground.release()
    assert ground.rows == [*ROWS, LATE]
    if moment is Moment.BEFORE_SWAP:
        assert isinstance(outcome, Undone)
        assert "1 rows inserted, 0 updated, 0 deleted" in outcome.reason
    else:
        assert outcome == Completed()


_AFTER_THE_SWAP = [Moment.AFTER_SWAP, Moment.AFTER_LOOK, Moment.WHILE_SETTLING]


@pytest.mark.parametrize("commits", _AFTER_THE_SWAP)
def test_a_transaction_that_is_committed_after_the_swap_stops_the_release(
    ground: Ground, commits: Moment
) -> None:
    """It was begun on the old generation and belongs to it: that is swapped back, with its row."""
    ground.watched.at = {Moment.BEFORE_SWAP: ground.begin, commits: lambda: ground.say("COMMIT")}
    outcome = ground.release()
    assert isinstance(outcome, Undone)
    assert "1 rows inserted, 0 updated, 0 deleted" in outcome.reason
    assert ground.rows == [*ROWS, LATE]


@pytest.mark.parametrize("ends", _AFTER_THE_SWAP)
def test_a_transaction_that_is_rolled_back_stops_nothing(ground: Ground, ends: Moment) -> None:
    """What was never committed is no row."""
    ground.watched.at = {Moment.BEFORE_SWAP: ground.begin, ends: lambda: ground.say("ROLLBACK")}
    assert ground.release() == Completed()
    assert ground.rows == ROWS


def test_a_transaction_that_outlasts_the_release_commits_to_production(ground: Ground) -> None:
    """Nobody waits for it for ever: the release is taken back first, and the row is in no kept generation."""
    ground.watched.at = {Moment.BEFORE_SWAP: ground.begin}
    outcome = ground.release()
    assert isinstance(outcome, Undone)
    assert "every transaction that was open at the swap has ended" in outcome.reason
    assert "of PLATFORM_ENGINEER since" in outcome.reason
    ground.say("COMMIT")
    assert ground.rows == [*ROWS, LATE]


def test_a_transaction_that_began_after_the_swap_is_nobodys_business(ground: Ground) -> None:
    """It writes to the new generation, and may go on as long as it likes."""
    ground.watched.at = {Moment.AFTER_LOOK: ground.begin}
    assert ground.release() == Completed()
    ground.say("COMMIT")
    assert ground.rows == [*ROWS, LATE]


def test_a_transaction_that_began_before_the_swap_and_writes_after_it(ground: Ground) -> None:
    """Its statement finds the new generation by the name; that it could have written before is waited for."""
    ground.watched.at = {
        Moment.BEFORE_SWAP: lambda: ground.say("BEGIN"),
        Moment.AFTER_LOOK: ground.write,
        Moment.WHILE_SETTLING: lambda: ground.say("COMMIT"),
    }
    assert ground.release() == Completed()
    assert ground.rows == [*ROWS, LATE]


def test_one_statement_that_outlasts_the_swap_stops_the_release(ground: Ground) -> None:
    """With AUTOCOMMIT it is a transaction while it runs, and its row belongs to the old generation."""
    begun: list[Thread] = []

    def end() -> None:
        (thread,) = begun
        assert thread.is_alive()
        thread.join()

    ground.watched.at = {
        Moment.BEFORE_SWAP: lambda: begun.append(ground.write_slowly()),
        Moment.WHILE_SETTLING: end,
    }
    outcome = ground.release()
    assert isinstance(outcome, Undone)
    assert "1 rows inserted, 0 updated, 0 deleted" in outcome.reason
    assert ground.rows == [*ROWS, LATE]
