"""Leases while somebody works: renewed in the background, and no write to the journal once one is lost."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.model.environment import Environment
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Deployment, Journal, StageRow
from slipway.ports.leases import Lease, LeaseLost, Leases, LeaseStoreError

LASTING: Final = timedelta(seconds=60)
"""How long a lease outlives a process that was killed."""


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
        if self._lost is not None:
            raise self._lost
        ended = [lease.target for lease in self._held if lease.until <= self._clock.now()]
        if ended:
            raise LeaseLost(
                f"the lease of {ended[0]} could not be renewed in time",
                remedy="check that its store answers, then run the command again: it continues",
            )

    def give_back(self) -> None:
        """Let others in."""
        for lease in self._held:
            try:
                self._leases.release(lease)
            except LeaseStoreError:
                continue  # it ends by itself; how the deployment ended must not be lost over that


@contextmanager
def holding(
    leases: Leases, targets: Iterable[str], *, holder: str, clock: Clock, lasting: timedelta = LASTING
) -> Iterator[Held]:
    """Hold the leases of several targets until the block ends, always taken in the same order.

    Raises:
        LeaseHeld: somebody else has one of them; none is kept.
    """
    taken: list[Lease] = []
    try:
        for target in sorted(targets):
            lease = leases.acquire(target, holder=holder, now=clock.now(), lasting=lasting)
            taken.append(lease)
    except SlipwayError:
        for lease in taken:
            leases.release(lease)
        raise
    held = Held(leases, taken, clock, lasting)
    ended = threading.Event()
    beat = threading.Thread(target=_beat, args=(held, ended, lasting), daemon=True)
    beat.start()
    try:
        yield held
    finally:
        ended.set()
        beat.join()
        held.give_back()


def _beat(held: Held, ended: threading.Event, lasting: timedelta) -> None:
    while not ended.wait(lasting.total_seconds() / 4):
        held.renew()


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
