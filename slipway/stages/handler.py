"""What a kind of stage does: describe, observe, do, verify, undo."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from slipway.model.environment import Environment, StackName
from slipway.model.errors import SlipwayError
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import StageName, Wait
from slipway.stages.stage import Stage

S = TypeVar("S", bound=Stage)

Outputs = Mapping[str, str]

UNSEEN_UNTIL: Final = "can be told from"
"""Output of a stage that could not see everything: from when on what it could not see can be told."""


@dataclass(frozen=True)
class Done:
    """It is done.

    Attributes:
        outputs: what later stages, verification and the way back need to know.
    """

    outputs: Outputs = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """It was begun, and something else takes its time.

    Attributes:
        wait: what for, and until when.
        outputs: what is known so far.
    """

    wait: Wait
    outputs: Outputs = field(default_factory=dict)


Progress = Done | Waiting
"""What `do` says."""


class StageFailed(SlipwayError):  # noqa: N818 - it says what happened
    """The world says no: what was done so far has to be undone.

    Anything else that goes wrong (a server that does not answer) leaves the deployment open, to be continued.
    On the way back the other stages of its place are taken back still, and none of a later place.
    """


@dataclass(frozen=True, kw_only=True)
class Owed:
    """It cannot be taken back for now, and no later place needs it: the way back goes on without it.

    Attributes:
        why: what says no.
        again: not to be tried again before.
        until: after that it is not tried any more, and stays a debt that people are told of.
        outputs: what is known so far.
    """

    why: StageFailed
    again: datetime
    until: datetime
    outputs: Outputs = field(default_factory=dict)


TakenBack = Done | Waiting | Owed
"""What `undo` says."""


@dataclass(frozen=True)
class Untouched:
    """Nothing of the stage is to be seen."""


@dataclass(frozen=True)
class Unclear:
    """Some of it is there, or it cannot be told: `do` may be called again, and `undo` too."""


Observed = Done | Untouched | Unclear
"""What `observe` says of a stage whose process was killed."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a handler is told of the deployment it works for.

    Attributes:
        deployment: its id.
        stack: where.
        token: fencing token of the lease.
        actor: ARN of who carries it out.
        clock: tells the time.
        earlier: outputs of the stages before this one, by their names.
        own: outputs that this stage has written so far, while it waits.
        began: when this stage was begun first; on the way back, when that was begun first.
        lease: how long the lease lasts from now on, unless it is renewed; raises LeaseLost once it is lost.
        keep: writes outputs of this stage down at once, while it is done or taken back: whoever continues
            after this process was killed finds them in `own`.
    """

    deployment: DeploymentId
    stack: StackName
    token: int
    actor: str
    clock: Clock
    earlier: Mapping[StageName, Outputs]
    own: Outputs
    began: datetime
    lease: Callable[[], timedelta]
    keep: Callable[[Outputs], None]

    @property
    def environment(self) -> Environment:
        """The environment that the stack makes real; a ValueError for `shared`, which makes none."""
        return Environment(self.stack.value)


class Handler(ABC, Generic[S]):
    """Carries out one kind of stage. It keeps no state: the next call may be another process."""

    @abstractmethod
    def describe(self, stage: S) -> str:
        """Say in one sentence what the stage does, in the words of the data team."""

    def prepare(self, stage: S, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Look at what the way back will need to know, before anything is changed. Changes nothing.

        It is written down with the intent, so that a killed process cannot take it along.
        """
        return {}

    @abstractmethod
    def observe(self, stage: S, run: Run) -> Observed:
        """Look whether it was done, after a process that meant to was killed. Changes nothing."""

    @abstractmethod
    def do(self, stage: S, run: Run) -> Progress:
        """Do it, or continue it: calling it again after it was cut off anywhere does no harm.

        Raises:
            StageFailed: the world says no.
        """

    def verify(self, stage: S, run: Run, outputs: Outputs) -> None:
        """Prove that what was done holds.

        Raises:
            StageFailed: it does not.
        """

    def prepare_back(self, stage: S, run: Run, outputs: Outputs, *, was_done: bool) -> Outputs:  # noqa: ARG002
        """Look at what the world has been told since, before the way back changes anything. Changes nothing.

        It is written down with the beginning of the way back, so that a killed process cannot take it along.

        Args:
            stage: which stage.
            run: the deployment.
            outputs: what the journal knows of it.
            was_done: whether it was done and proven; else it was cut off, or has failed.
        """
        return {}

    @abstractmethod
    def undo(self, stage: S, run: Run, outputs: Outputs) -> TakenBack:
        """Take it back, whether it was done, half done or not at all; calling it again does no harm.

        Args:
            stage: which stage.
            run: the deployment.
            outputs: what the journal knows of it; empty when the process was killed before it could tell.

        Returns:
            Done, or what has to come true before it is taken back: nothing that the way back reaches after it
            is touched until then. There is no way back from the way back: past its deadline it is waited for
            still, and people are told. Or that it is owed: then the way back goes on.

        Raises:
            StageFailed: the world says no, and what is taken back later needs it.
        """


class Handlers:
    """The table: which handler carries out which kind."""

    def __init__(self, table: Mapping[str, Handler[Any]]) -> None:
        self._table = dict(table)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that can be carried out."""
        return frozenset(self._table)

    def of(self, stage: Stage) -> Handler[Any]:
        """The handler of a stage's kind."""
        return self._table[stage.kind]
