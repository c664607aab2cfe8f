"""Leases while somebody works: renewed in the background, and no write to the journal once one is lost."""

import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto, unique
from typing import Final, assert_never
from uuid import uuid4

from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Deployment, Journal, StageRow
from slipway.ports.leases import Lease, LeaseHeld, LeaseLost, Leases, LeaseStoreError
from slipway.ports.reporter import Reporter

LASTING: Final = timedelta(seconds=30)
"""How long a lease outlives a process that was killed."""

_RENEWALS: Final = 3
"""How often a lease is renewed in the time that it lasts."""

_LOOK: Final = timedelta(seconds=5)


@unique
class Claim(Enum):
    """What is done about a lease that another process of the same deployment has, alive or dead."""

    LEAVE = auto()
    """It is refused at once."""
    AWAIT = auto()
    """A dead process does not renew it: it is taken once it has ended. A living one does: it is refused."""
    TAKE_OVER = auto()
    """It is taken at once: a process that lives is stopped at its next write, and its tools are ended."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who has a lease: one process, of one deployment.

    Attributes:
        deployment: what it works for.
        actor: ARN of whose process it is.
        process: which process: no other one, anywhere, is called so.
    """

    deployment: DeploymentId
    actor: str
    process: str

    @property
    def text(self) -> str:
        """As the store has it."""
        return f"{self._of_deployment}{self.actor} in {self.process}"

    def is_sibling(self, text: str) -> bool:
        """Whether another holder works for the same deployment."""
        return text.startswith(self._of_deployment)

    @property
    def _of_deployment(self) -> str:
        return f"{self.deployment} by "


def this_process() -> str:
    """Name this process, for people and for good: numbers of processes come again."""
    return f"process {os.getpid()} on {socket.gethostname()} ({uuid4().hex[:8]})"


class Held:
    """Leases that are held and renewed; the first target's token is the deployment's.

    Attributes:
        token: higher than that of any earlier process of the deployment.
    """

    def __init__(self, leases: Leases, held: list[Lease], clock: Clock, lasting: timedelta) -> None:
        self._leases = leases
        self._held = held
        self._clock = clock
        self._lasting = lasting
        self._lost: LeaseLost | None = None
        self.token = held[0].token

    @property
    def is_lost(self) -> bool:
        """Whether one of them was lost, or has ended."""
        ended = any(lease.until <= self._clock.now() for lease in self._held)
        return ended or self._lost is not None

    def renew(self) -> None:
        """Renew every lease; one that is lost is remembered, a store that does not answer is asked again."""
        for index, lease in enumerate(self._held):
            try:
                self._held[index] = self._leases.renew(lease, now=self._clock.now(), lasting=self._lasting)
            except LeaseLost as lost:
                self._lost = lost
            except LeaseStoreError:
                continue  # until the lease ends there is time to ask again; `require` looks at the clock

    def require(self) -> None:
        """Refuse to go on without the leases.

        Raises:
            LeaseLost: one of them was lost, or could not be renewed in time.
        """
        self.remaining()

    def remaining(self) -> timedelta:
        """Tell for how long all of them last, unless they are renewed.

        Raises:
            LeaseLost: one of them was lost, or could not be renewed in time.
        """
        if self._lost is not None:
            raise self._lost
        first = min(self._held, key=lambda lease: lease.until)
        left = first.until - self._clock.now()
        if left <= timedelta():
            raise LeaseLost(
                f"the lease of {first.target} could not be renewed in time",
                remedy="check that its store answers, then run the command again",
            )
        return left

    def give_back(self) -> None:
        """Let others in."""
        for lease in self._held:
            try:
                self._leases.release(lease)
            except LeaseStoreError:
                continue  # it ends by itself; how the deployment ended must not be lost over that


@dataclass(frozen=True, kw_only=True)
class Leasing:
    """Takes leases for one process.

    Attributes:
        leases: of the environment.
        clock: tells the time.
        reporter: is told how long a dead process's lease is waited for.
        lasting: how long a lease outlives a process that was killed.
        on_lost: ends what works without the journal, once a lease is lost.
    """

    leases: Leases
    clock: Clock
    reporter: Reporter
    lasting: timedelta = LASTING
    on_lost: Callable[[], None] = lambda: None

    @contextmanager
    def holding(self, targets: Iterable[str], holder: Holder, claim: Claim) -> Iterator[Held]:
        """Hold the leases of several targets until the block ends, always taken in the same order.

        Raises:
            LeaseHeld: somebody else has one of them; none is kept.
        """
        held = Held(self.leases, self._taken(targets, holder, claim), self.clock, self.lasting)
        ended = threading.Event()
        beat = threading.Thread(target=self._beat, args=(held, ended), daemon=True)
        beat.start()
        try:
            yield held
        finally:
            ended.set()
            beat.join()
            held.give_back()

    def _taken(self, targets: Iterable[str], holder: Holder, claim: Claim) -> list[Lease]:
        taken: list[Lease] = []
        try:
            for target in sorted(targets):
                taken.append(self._take(target, holder, claim))  # noqa: PERF401 - what was taken is given back
            return [self._fresh(lease, holder) for lease in taken]
        except SlipwayError:
            for lease in taken:
                self.leases.release(lease)
            raise

    def _fresh(self, lease: Lease, holder: Holder) -> Lease:
        """The first one may have ended nearly, or wholly, while the last one was waited for."""
        is_fresh = lease.until - self.clock.now() > self.lasting / 2
        return lease if is_fresh else self._acquire(lease.target, holder)

    def _take(self, target: str, holder: Holder, claim: Claim) -> Lease:
        try:
            return self._acquire(target, holder)
        except LeaseHeld as held:
            if not holder.is_sibling(held.holder):
                raise
            match claim:
                case Claim.LEAVE:
                    raise
                case Claim.AWAIT:
                    return self._take_when_ended(target, holder, held)
                case Claim.TAKE_OVER:
                    self.reporter.step(f"taking over from {held.holder}")
                    return self._acquire(target, holder, take_over=True)
                case _:
                    assert_never(claim)

    def _take_when_ended(self, target: str, holder: Holder, held: LeaseHeld) -> Lease:
        """Wait until it has ended; who renews it meanwhile is alive."""
        until = held.until
        while True:
            self._wait(target, until)
            try:
                return self._acquire(target, holder)
            except LeaseHeld as still:
                if still.until > until or still.holder != held.holder:
                    raise _is_alive(target, still) from still

    def _wait(self, target: str, until: datetime) -> None:
        left = max(until - self.clock.now(), timedelta(seconds=1))
        self.reporter.step(f"the lease of {target} ends in {left.total_seconds():.0f} s")
        self.clock.wait(min(left, _LOOK).total_seconds())

    def _acquire(self, target: str, holder: Holder, *, take_over: bool = False) -> Lease:
        return self.leases.acquire(
            target, holder=holder.text, now=self.clock.now(), lasting=self.lasting, take_over=take_over
        )

    def _beat(self, held: Held, ended: threading.Event) -> None:
        while not ended.wait(self.lasting.total_seconds() / _RENEWALS):
            held.renew()
            if held.is_lost:
                self.on_lost()
                return


def _is_alive(target: str, held: LeaseHeld) -> LeaseHeld:
    return LeaseHeld(
        f"{target} is being changed by {held.holder}, which is alive: it renews its lease",
        remedy="let it end; to stop it where it is, run this again with --take-over",
        holder=held.holder,
        until=held.until,
    )


@dataclass(frozen=True, kw_only=True)
class LeasedJournal(Journal):
    """A journal that is not written to without the leases.

    Attributes:
        journal: the journal.
        held: the leases.
    """

    journal: Journal
    held: Held

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """Read."""
        return self.journal.deployment(id_)

    def save(self, deployment: Deployment) -> None:
        """Write, with the leases."""
        self.held.require()
        self.journal.save(deployment)

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """Read."""
        return self.journal.rows(id_)

    def write(self, row: StageRow) -> None:
        """Write, with the leases."""
        self.held.require()
        self.journal.write(row)

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read."""
        return self.journal.open(environment)

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Read."""
        return self.journal.unseen(environment)
