"""A lease is one process's: a dead one's ends by itself, a living one's is taken only by who says so."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest

from slipway.model.events import DeploymentId
from slipway.ports.leases import LeaseHeld, LeaseLost
from slipway.ports.reporter import SilentReporter
from slipway.rollout.leasing import LASTING, Claim, Holder, Leasing, this_process
from tests.doubles.deployments import LosableLeases, ManualClock, holding

Work = Callable[[], object]

TARGET = "dev/revenue"
MINE = Holder(deployment=DeploymentId("dev-x-1"), actor="ana", process="process 2")
DEAD = Holder(deployment=DeploymentId("dev-x-1"), actor="ana", process="process 1")
OTHERS = Holder(deployment=DeploymentId("dev-x-11"), actor="ana", process="process 1")


class Told(SilentReporter):
    """Remembers the steps."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def step(self, message: str) -> None:
        """Remember."""
        self.steps.append(message)


class Clock(ManualClock):
    """Lets somebody else work while this process waits."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Work = lambda: None

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        super().wait(seconds)
        self.meanwhile()


class Room:
    """Leases, and a process that wants one."""

    def __init__(self) -> None:
        self.leases, self.clock, self.told = LosableLeases(), Clock(), Told()
        self.leasing = Leasing(leases=self.leases, clock=self.clock, reporter=self.told)

    def left_by(self, holder: Holder) -> None:
        """Have a lease whose process was killed."""
        self.leases.acquire(TARGET, holder=holder.text, now=self.clock.now(), lasting=LASTING)


def test_no_two_processes_have_the_same_name() -> None:
    """Also on two machines, and where a number comes again."""
    assert this_process() != this_process()


def test_the_lease_of_a_killed_process_is_taken_once_it_has_ended() -> None:
    """Half a minute at most, and the person is told how long."""
    room = Room()
    room.left_by(DEAD)
    room.clock.wait(12)
    began = room.clock.now()
    with room.leasing.holding([TARGET], MINE, Claim.AWAIT) as held:
        assert held.token == 2
        assert room.clock.now() - began == timedelta(seconds=18)
    assert room.told.steps[:2] == [
        "the lease of dev/revenue ends in 18 s",
        "the lease of dev/revenue ends in 13 s",
    ]


def test_leases_are_fresh_when_the_last_one_was_waited_for() -> None:
    """The first one has ended meanwhile: nobody renews it before all are there."""
    room = Room()
    room.left_by(DEAD)
    with room.leasing.holding(["dev/a", TARGET], MINE, Claim.AWAIT) as held:
        assert held.remaining() == LASTING


def test_a_process_that_lives_is_refused() -> None:
    """It renews its lease: two processes would build into one candidate schema."""
    room = Room()
    with holding(room.leases, room.clock, "dev-x-1") as living:
        room.clock.meanwhile = living.renew
        with (
            pytest.raises(LeaseHeld, match="by dev-x-1 by ben in a process, which is alive") as refused,
            room.leasing.holding([TARGET], MINE, Claim.AWAIT),
        ):
            raise AssertionError
        living.require()
    assert refused.value.remedy == "let it end; to stop it where it is, run this again with --take-over"


def test_who_must_not_wait_is_refused_at_once() -> None:
    """A schedule comes again in a minute."""
    room = Room()
    room.left_by(DEAD)
    before = room.clock.now()
    with pytest.raises(LeaseHeld), room.leasing.holding([TARGET], MINE, Claim.LEAVE):
        raise AssertionError
    assert room.clock.now() == before


def test_a_process_that_is_taken_over_from_is_stopped_at_its_next_write() -> None:
    """And what it has running is ended, as soon as it hears of it."""
    room = Room()
    lost = Event()
    living = Leasing(
        leases=room.leases,
        clock=room.clock,
        reporter=SilentReporter(),
        lasting=timedelta(seconds=0.3),
        on_lost=lost.set,
    )
    with (
        living.holding([TARGET], DEAD, Claim.LEAVE) as older,
        room.leasing.holding([TARGET], MINE, Claim.TAKE_OVER) as newer,
    ):
        assert newer.token > older.token
        assert lost.wait(10)
        with pytest.raises(LeaseLost):
            older.require()
        newer.require()
    assert room.told.steps == ["taking over from dev-x-1 by ana in process 1"]


@pytest.mark.parametrize("claim", [Claim.AWAIT, Claim.TAKE_OVER])
def test_another_deployments_lease_is_nobodys_to_take(claim: Claim) -> None:
    """However it is asked for."""
    room = Room()
    room.left_by(OTHERS)
    before = room.clock.now()
    with pytest.raises(LeaseHeld, match="dev-x-11 by ana"), room.leasing.holding([TARGET], MINE, claim):
        raise AssertionError
    assert room.clock.now() == before


def test_how_long_a_lease_lasts_still_is_what_a_statement_may_take() -> None:
    """Of several the one that ends first counts; one that has ended allows nothing."""
    room = Room()
    with room.leasing.holding([TARGET, "dev/risk"], MINE, Claim.LEAVE) as held:
        room.clock.wait(11)
        assert held.remaining() == timedelta(seconds=19)
        held.renew()
        assert held.remaining() == timedelta(seconds=30)
        room.clock.wait(30)
        with pytest.raises(LeaseLost, match="could not be renewed in time"):
            held.remaining()
