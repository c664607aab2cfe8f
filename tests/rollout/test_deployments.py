"""Deployments: one at a time a pipeline, continued by whoever comes, told to the ledger, and sealed."""

from datetime import timedelta

import pytest

from slipway.model.deployment import Purpose
from slipway.model.environment import Environment
from slipway.model.events import EventKind
from slipway.model.pipeline import PipelineName
from slipway.ports.journal import Conclusion, JournalFenced
from slipway.ports.leases import LeaseHeld, LeaseLost, LeaseStoreError
from slipway.ports.reporter import SilentReporter
from slipway.rollout.deployments import Deployments, DeploymentUnknown
from slipway.rollout.plan import build_rollout
from slipway.rollout.planned import Plan, plan_of
from slipway.rollout.table import rollout_handlers
from slipway.stages import Completed, Parked, Undone
from tests.doubles.deployments import Fuse, Killed, LosableLeases, ManualClock, MemoryChronicle, holding
from tests.rollout.world import ACTOR, RELEASE, Code, World

OLD, NEW = Code(), Code(view="v2", dag="dag 2", entry="entry 2")
DOUBLED = Code(factor="* 2")
HOUR = timedelta(hours=1)


class Desk:
    """A world, and a deployer in it."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.world = World(self.fuse)
        at, self.fuse.at = self.fuse.at, None
        self.world.begin(revenue=OLD)
        self.fuse.at = at
        self.leases = LosableLeases()
        self.chronicle = MemoryChronicle(self.fuse)

    def deployments(self, actor: str = ACTOR) -> Deployments:
        return Deployments(
            journal=self.world.journal,
            leases=self.leases,
            handlers=rollout_handlers(self.world.engines),
            chronicle=self.chronicle,
            reporter=SilentReporter(),
            clock=self.world.clock,
            actor=actor,
        )

    def plan(self, code: Code = NEW) -> Plan:
        return Plan(
            purpose=Purpose.DEPLOY,
            release=RELEASE,
            pipelines=(PipelineName("revenue"),),
            stages=build_rollout(self.world.facts("revenue", code)),
        )

    def deploy(self, code: Code = NEW) -> Completed | Undone | Parked:
        """Deploy as the command does: continue what is open, else begin, then wait."""
        made = self.deployments()
        attempt = made.attempt(Environment.DEV, Purpose.DEPLOY, RELEASE)
        if attempt.last is not None:
            done = attempt.last.conclusion is Conclusion.COMPLETED
            return Completed() if done else Undone(reason=attempt.last.reason)
        if attempt.open is not None:
            outcome = made.carry_on(attempt.id)
        else:
            outcome = made.begin(attempt.id, Environment.DEV, self.plan(code))
        return made.carry_on_until_over(attempt.id, outcome, patience=HOUR)


def test_a_deployment_is_told_from_opening_to_seal() -> None:
    """Each stage begun and done, with evidence and the tables that were written."""
    desk = Desk()
    assert desk.deploy() == Completed()
    (opened,) = desk.chronicle.opened.values()
    (sealed,) = desk.chronicle.sealed.values()
    assert opened.kind is EventKind.DEPLOYMENT_OPENED
    assert sealed.message == f"deploy of release {RELEASE[7:19]} is completed"
    assert sealed.datasets == (
        "snowflake://FINEDGE.MARTS.REVENUE",
        "snowflake://FINEDGE.MARTS.REVENUE_MONTHLY",
    ), "views are traced as tables are"
    done = {event.subject: event for event in desk.chronicle.events if event.kind is EventKind.STAGE_DONE}
    assert done["swap-table snowflake://FINEDGE.MARTS.REVENUE"].datasets == (
        "snowflake://FINEDGE.MARTS.REVENUE",
    )
    assert set(done["audit-candidates revenue"].evidence) <= set(desk.world.evidence.held)
    verdicts = [event for event in desk.chronicle.events if event.kind is EventKind.VERDICT]
    assert [event.figures["result"] for event in verdicts] == ["healthy"]
    assert set(verdicts[0].evidence) <= set(desk.world.evidence.held)
    assert {event.actor for event in desk.chronicle.events} == {ACTOR}
    assert desk.world.journal.open(Environment.DEV) == ()


def test_a_failure_is_told_too() -> None:
    """Denied and failed attempts are part of the record."""
    desk = Desk()
    assert isinstance(desk.deploy(DOUBLED), Undone)
    kinds = [event.kind for event in desk.chronicle.events]
    assert EventKind.STAGE_FAILED in kinds
    assert kinds[-1] is EventKind.STAGE_UNDONE
    (sealed,) = desk.chronicle.sealed.values()
    assert "was taken back: a data audit failed" in sealed.message


def test_a_second_deployer_is_refused_before_anything_is_touched() -> None:
    """The message says who works on it."""
    desk = Desk()
    before = desk.world.seen
    other = holding(desk.leases, desk.world.clock, "dev-x-1")
    with other, pytest.raises(LeaseHeld, match="dev/revenue is being changed by dev-x-1 by ben in a process"):
        desk.deploy()
    assert desk.world.seen == before
    assert desk.chronicle.opened == {}
    assert desk.world.journal.heads == {}
    assert desk.deploy() == Completed()


def test_without_a_lease_store_nothing_is_begun() -> None:
    """An outage is no way around a lease."""
    desk = Desk()
    desk.leases.is_down = True
    with pytest.raises(LeaseStoreError):
        desk.deploy()
    assert desk.world.journal.heads == {}


def test_a_lease_that_cannot_be_given_back_changes_nothing() -> None:
    """How a deployment ended is told all the same: the lease ends by itself."""
    clock = ManualClock()
    leases = LosableLeases()
    with holding(leases, clock):
        leases.is_down = True
    leases.is_down = False
    with pytest.raises(LeaseHeld):
        leases.acquire("dev/revenue", holder="two", now=clock.now(), lasting=HOUR)
    clock.wait(61)
    assert leases.acquire("dev/revenue", holder="two", now=clock.now(), lasting=HOUR).token == 2


def test_a_lost_lease_stops_the_process_at_its_next_write() -> None:
    """Whoever took over goes on; this one must not."""
    clock = ManualClock()
    leases = LosableLeases()
    with holding(leases, clock) as held:
        held.require()
        clock.wait(61)
        with pytest.raises(LeaseLost, match="could not be renewed in time"):
            held.require()
        leases.acquire("dev/revenue", holder="two", now=clock.now(), lasting=HOUR)
        held.renew()
        with pytest.raises(LeaseLost, match="has ended"):
            held.require()


def test_a_store_that_answers_again_in_time_is_no_loss() -> None:
    """One failed renewal is nothing."""
    clock = ManualClock()
    leases = LosableLeases()
    with holding(leases, clock) as held:
        leases.is_down = True
        clock.wait(15)
        held.renew()
        held.require()
        leases.is_down = False
        held.renew()
        clock.wait(25)
        held.require()


def test_an_older_process_of_the_same_deployment_is_fenced() -> None:
    """The newer one has a higher token."""
    desk = Desk()
    plan = desk.plan()
    made = desk.deployments()
    id_ = made.attempt(Environment.DEV, Purpose.DEPLOY, RELEASE).id
    made.begin(id_, Environment.DEV, plan)
    head = desk.world.journal.heads[id_]
    made.carry_on(id_)
    with pytest.raises(JournalFenced):
        desk.world.journal.save(head)


def test_what_has_ended_is_not_continued_but_begun_anew() -> None:
    """Its attempts are numbered."""
    desk = Desk()
    desk.deploy(DOUBLED)
    attempt = desk.deployments().attempt(Environment.DEV, Purpose.DEPLOY, RELEASE)
    assert (attempt.number, attempt.open) == (2, None)
    assert attempt.last is not None
    assert attempt.last.conclusion is Conclusion.UNDONE
    assert plan_of(attempt.last).effects == desk.plan(DOUBLED).effects
    with pytest.raises(DeploymentUnknown, match="there is no deployment dev-nosuch-1"):
        desk.deployments().carry_on(type(attempt.id)("dev-nosuch-1"))


def _boundaries(code: Code) -> int:
    desk = Desk()
    begun = len(desk.fuse.moments)
    desk.deploy(code)
    return len(desk.fuse.moments) - begun


@pytest.mark.parametrize("code", [NEW, DOUBLED], ids=["good", "bad"])
def test_the_ledger_is_complete_wherever_the_process_was_killed(code: Code) -> None:
    """Opened once, sealed once, every stage told done or undone: also when it died between two records."""
    whole = Desk()
    expected = whole.deploy(code)
    waits = {EventKind.PARKED, EventKind.RESUMED}  # what came true while nobody looked was not waited for
    told = {(e.kind, e.subject) for e in whole.chronicle.events if e.kind not in waits}
    for at in range(_boundaries(code)):
        desk = Desk()
        desk.fuse.at = len(desk.fuse.moments) + at
        with pytest.raises(Killed):
            desk.deploy(code)
        desk.fuse.at = None
        assert desk.deploy(code) == expected, desk.fuse.moments[-1]
        missing = told - {(e.kind, e.subject) for e in desk.chronicle.events}
        assert not missing, desk.fuse.moments
        assert len(desk.chronicle.opened) == len(desk.chronicle.sealed) == 1
        assert desk.world.seen["rows"] == whole.world.seen["rows"]
