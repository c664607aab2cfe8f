"""The journal of deployments: what each stage was about to do and what it did, so that a rerun continues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from typing import NewType, Protocol, Self

from slipway.model.environment import Environment, StackName
from slipway.model.errors import DependencyError, SlipwayError
from slipway.model.events import DeploymentId

StageName = NewType("StageName", str)
"""Unique among the stages of a deployment, such as `swap snowflake://FINEDGE.MARTS.REVENUE`."""


class JournalStoreError(DependencyError):
    """The store did not answer: nothing is done that could not be written down."""


class JournalFenced(SlipwayError):  # noqa: N818 - it says what is the case
    """Somebody with a newer lease has written: this process must stop."""


@unique
class StageState(StrEnum):
    """How far a stage is."""

    INTENT = "intent"
    """About to be done: whether it was, only the world can tell."""

    WAITING = "waiting"
    """Begun, and now something else takes its time."""

    DONE = "done"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"

    OWED = "owed"
    """Not taken back, or not whole: it was refused for so long that it is left to people."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What a parked stage waits for.

    Attributes:
        condition: one sentence for people.
        wake_at: not to be looked at before.
        deadline: after that it has failed; on the way back, after that somebody has to look.
    """

    condition: str
    wake_at: datetime
    deadline: datetime


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """The newest word on one stage.

    Attributes:
        deployment: of which deployment.
        stage: which stage.
        state: how far it is.
        token: the fencing token of who wrote it.
        at: when.
        began: when the stage was begun first; on the way back, when taking it back was begun first.
        outputs: what later stages and the way back need to know: names, points, versions; never row values.
        wait: while WAITING, and while UNDOING waits.
        error: only when FAILED or OWED: the message, with its remedy.
    """

    deployment: DeploymentId
    stage: StageName
    state: StageState
    token: int
    at: datetime
    began: datetime
    outputs: Mapping[str, str] = field(default_factory=dict)
    wait: Wait | None = None
    error: str = ""


@unique
class Direction(StrEnum):
    """Where a deployment is going."""

    FORWARD = "forward"
    BACK = "back"


@unique
class Conclusion(StrEnum):
    """How a deployment ended."""

    COMPLETED = "completed"
    UNDONE = "undone"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The head of a journal: what is carried out, so that anybody can continue it.

    Attributes:
        id: its name.
        stack: where.
        plan: canonical JSON of the stages, written once.
        direction: forward, or back after a stage has failed.
        reason: why it goes back.
        conclusion: how it ended; None while it is open.
        token: the fencing token of who wrote this.
        actor: ARN of who began it.
        began: when.
        wait: what an open deployment waits for; None while somebody works on it.
        unseen_until: from when on it can be told what a completed one could not see; None where that is
            nothing, where nobody can say when, or where somebody has looked again.
    """

    id: DeploymentId
    stack: StackName
    plan: bytes
    direction: Direction
    reason: str
    conclusion: Conclusion | None
    token: int
    actor: str
    began: datetime
    wait: Wait | None = None
    unseen_until: datetime | None = None

    @classmethod
    def beginning(
        cls, id_: DeploymentId, stack: StackName, plan: bytes, *, actor: str, began: datetime
    ) -> Self:
        """Say what is about to be carried out, before anybody holds a lease for it."""
        return cls(
            id=id_,
            stack=stack,
            plan=plan,
            direction=Direction.FORWARD,
            reason="",
            conclusion=None,
            token=0,
            actor=actor,
            began=began,
        )

    @property
    def environment(self) -> Environment:
        """The environment that the stack makes real; a ValueError for `shared`, which makes none."""
        return Environment(self.stack.value)


class Journal(Protocol):
    """Deployments and the rows of their stages; a write with a lower token than what is there is refused."""

    def deployment(self, id_: DeploymentId) -> Deployment | None:
        """The head of a deployment; None when there is none."""
        ...

    def save(self, deployment: Deployment) -> None:
        """Write the head.

        Raises:
            JournalFenced: a newer lease has written.
            JournalStoreError: the store failed.
        """
        ...

    def rows(self, id_: DeploymentId) -> tuple[StageRow, ...]:
        """The newest row of each stage that was begun."""
        ...

    def write(self, row: StageRow) -> None:
        """Write a row, in place of the stage's earlier one.

        Raises:
            JournalFenced: a newer lease has written.
            JournalStoreError: the store failed.
        """
        ...

    def open(self, environment: Environment) -> tuple[Deployment, ...]:
        """Every deployment of an environment that has not ended."""
        ...

    def unseen(self, environment: Environment) -> tuple[Deployment, ...]:
        """Every completed deployment of an environment that has `unseen_until`, oldest first."""
        ...
