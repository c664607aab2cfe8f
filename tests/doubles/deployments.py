"""Doubles of what a deployment stands on: a patient clock, a journal in memory, a fuse."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from slipway.model.environment import Environment, StackName
from slipway.model.events import DeploymentId, Event
from slipway.ports.clock import Clock
from slipway.ports.journal import (
    Deployment,
    Direction,
    Journal,
    JournalFenced,
    JournalStoreError,
    StageName,
    StageRow,
    Wait,
)
from slipway.ports.leases import Lease, Leases, LeaseStoreError
from slipway.ports.reporter import SilentReporter
from slipway.rollout.leasing import Claim, Held, Holder, Leasing
from slipway.rollout.recording import Chronicle
from slipway.stages import Completed, Stage, StageFailed, Undone
from slipway.stages.handler import Outputs
from slipway.stages.story import Story
from tests.doubles.records import MemoryLeases

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone: no handler of exceptions sees this one."""


@dataclass
class Fuse:
    """Kills the process at one of the moments at which a process can die: before or after a write.

    Attributes:
        at: the number of the moment; None: never.
        moments: what the moments so far were called.
    """

    at: int | None = None
    moments: list[str] = field(default_factory=list)

    def burn(self, moment: str) -> None:
        """Pass a moment, or die at it."""
        self.moments.append(moment)
        if self.at is not None and len(self.moments) - 1 == self.at:
            raise Killed(moment)

    def around(self, what: str, write: Callable[[], None]) -> None:
        """Write something, with a moment before and one after."""
        self.burn(f"before {what}")
        write()
        self.burn(f"after {what}")


class ManualClock(Clock):
    """Stands still until somebody waits or moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the moment."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Let time pass, at once."""
        self._now += timedelta(seconds=seconds)


class MemoryJournal(Journal):
    """Keeps the newest rows, refuses lower tokens, and dies where the fuse says."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.heads: dict[DeploymentId, Deployment] = {}
        self.stored: dict[tuple[DeploymentId, StageName], StageRow] = {}

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """The head of a deployment."""
        return self.heads.get(id_)

    def save(self, deployment: Deployment) -> None:
        """Write the head."""
        self._refuse_older(deployment.id, deployment.token)
        self.fuse.around("journal head", lambda: self.heads.update({deployment.id: deployment}))

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """The newest row of each stage."""
        return tuple(row for (deployment, _), row in self.stored.items() if deployment == id_)

    def write(self, row: StageRow) -> None:
        """Write a row."""
        self._refuse_older(row.deployment, row.token)
        key = (row.deployment, row.stage)
        self.fuse.around(f"journal {row.state} {row.stage}", lambda: self.stored.update({key: row}))

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Every deployment that has not ended."""
        heads = self.heads.values()
        return tuple(each for each in heads if each.environment is environment and each.conclusion is None)

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Every deployment that is to be looked at again."""
        heads = sorted(self.heads.values(), key=lambda head: head.began)
        return tuple(each for each in heads if each.environment is environment and each.unseen_until)

    def _refuse_older(self, id_: DeploymentId, token: int) -> None:
        tokens = [head.token for head in self.heads.values() if head.id == id_]
        tokens += [row.token for row in self.rows(id_)]
        if tokens and token < max(tokens):
            raise JournalFenced(f"{id_} has a newer writer", remedy="stop: another process has taken over")


class LosableJournal(MemoryJournal):
    """A journal whose store a test may take away.

    Attributes:
        is_down: nothing is read or written any more.
    """

    is_down = False

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """The head, if the store answers."""
        self._answer()
        return super().deployment(id_)

    def save(self, deployment: Deployment) -> None:
        """Write the head, if the store answers."""
        self._answer()
        super().save(deployment)

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """The rows, if the store answers."""
        self._answer()
        return super().rows(id_)

    def write(self, row: StageRow) -> None:
        """Write a row, if the store answers."""
        self._answer()
        super().write(row)

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Those that have not ended, if the store answers."""
        self._answer()
        return super().open(environment)

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Those that are to be looked at again, if the store answers."""
        self._answer()
        return super().unseen(environment)

    def _answer(self) -> None:
        if self.is_down:
            raise JournalStoreError("the journal does not answer", remedy="try again once it does")


@dataclass
class ToldStory(Story):
    """Remembers what it was told."""

    told: list[str] = field(default_factory=list)

    def begun(self, stage: Stage, sentence: str) -> None:
        """Remember."""
        self.told.append(f"begun {stage.name}: {sentence}")

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:
        """Remember."""
        assert took >= timedelta()
        self.told.append(f"done {stage.name} {dict(outputs)}")

    def waits(self, stage: Stage, wait: Wait) -> None:
        """Remember."""
        self.told.append(f"waits {stage.name}: {wait.condition}")

    def failed(self, stage: Stage, reason: StageFailed, outputs: Outputs) -> None:  # noqa: ARG002 - the story's
        """Remember."""
        self.told.append(f"failed {stage.name}: {reason.message}")

    def overdue(self, stage: Stage, wait: Wait) -> None:
        """Remember."""
        self.told.append(f"overdue {stage.name}: {wait.condition}")

    def undone(self, stage: Stage, outputs: Outputs) -> None:
        """Remember."""
        self.told.append(f"undone {stage.name} {dict(outputs) or ''}".rstrip())

    def owed(self, stage: Stage, why: StageFailed, outputs: Outputs) -> None:  # noqa: ARG002 - the story's
        """Remember."""
        self.told.append(f"owed {stage.name}: {why.message}")

    def ended(self, outcome: Completed | Undone) -> None:
        """Remember."""
        self.told.append(f"ended {outcome}")


def opened(
    id_: str = "dev-0123456789ab-1", environment: Environment = Environment.DEV, token: int = 1
) -> Deployment:
    """A deployment that has just begun."""
    return Deployment(
        id=DeploymentId(id_),
        stack=StackName(environment.value),
        plan=b"[]",
        direction=Direction.FORWARD,
        reason="",
        conclusion=None,
        token=token,
        actor="arn:aws:iam::111122223333:user/ana.silva",
        began=NOON,
    )


@dataclass
class LosableLeases(MemoryLeases):
    """Leases whose store a test may take away."""

    is_down: bool = False

    def acquire(
        self, target: str, *, holder: str, now: datetime, lasting: timedelta, take_over: bool = False
    ) -> Lease:
        """Take it, if the store answers."""
        self._answer()
        return super().acquire(target, holder=holder, now=now, lasting=lasting, take_over=take_over)

    def renew(self, lease: Lease, *, now: datetime, lasting: timedelta) -> Lease:
        """Make it last longer, if the store answers."""
        self._answer()
        return super().renew(lease, now=now, lasting=lasting)

    def release(self, lease: Lease) -> None:
        """Give it back, if the store answers."""
        self._answer()
        super().release(lease)

    def _answer(self) -> None:
        if self.is_down:
            raise LeaseStoreError("the lease store does not answer", remedy="check it")


def holding(
    leases: Leases, clock: Clock, deployment: str = "dev-y-1", process: str = "a process"
) -> AbstractContextManager[Held]:
    """Hold dev's revenue for a deployment, as a process of Ben's does."""
    holder = Holder(deployment=DeploymentId(deployment), actor="ben", process=process)
    leasing = Leasing(leases=leases, clock=clock, reporter=SilentReporter())
    return leasing.holding(["dev/revenue"], holder, Claim.LEAVE)


class MemoryChronicle(Chronicle):
    """Events of deployments, in order; a chain is opened and sealed once."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.opened: dict[str, Event] = {}
        self.events: list[Event] = []
        self.sealed: dict[str, Event] = {}

    def open(self, event: Event) -> None:
        """Begin a chain once."""
        self.fuse.around("ledger open", lambda: self._once(self.opened, event))

    def record(self, event: Event) -> None:
        """Append."""
        self.fuse.around(f"ledger {event.kind} {event.subject}", lambda: self.events.append(event))

    def seal(self, event: Event) -> None:
        """End a chain once."""
        self.fuse.around("ledger seal", lambda: self._once(self.sealed, event))

    def _once(self, chains: dict[str, Event], event: Event) -> None:
        chains.setdefault(str(event.deployment), event)
