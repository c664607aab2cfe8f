"""Carries an account's plan out: begins, waits for CloudFormation, tells how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from slipway.bootstrap.ground import Ground
from slipway.bootstrap.handlers.changes import CHANGES
from slipway.bootstrap.journal import RunJournal
from slipway.bootstrap.table import bootstrap_handlers
from slipway.model.environment import StackName
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Deployment, Wait
from slipway.ports.reporter import Reporter, SilentReporter, Task
from slipway.stages import Completed, Executor, Outcome, Parked, Stage, StageFailed, Undone
from slipway.stages.handler import Outputs
from slipway.stages.story import Story

_NO_LEASE: Final = timedelta.max
"""CloudFormation itself lets one at a time change a stack: there is nothing that could be lost."""


@dataclass
class Telling(Story):
    """Tells a task what happens, each line once, and keeps what CloudFormation would change or has changed.

    Attributes:
        task: is told.
        reporter: is told details.
        changes: action and resource to type, once they are known.
    """

    task: Task
    reporter: Reporter = field(default_factory=SilentReporter)
    changes: dict[str, str] = field(default_factory=dict)
    _said: str = ""

    def begun(self, stage: Stage, sentence: str) -> None:
        """A stage begins."""
        self.reporter.detail(f"{stage.kind}: {sentence}")

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:  # noqa: ARG002 - the signature
        """Keep the changes."""
        if CHANGES in outputs:
            self.changes = {name: type_ for name, type_ in outputs.items() if " " in name}

    def waits(self, stage: Stage, wait: Wait) -> None:  # noqa: ARG002 - the story's signature
        """Say how far CloudFormation is."""
        self._say(wait.condition)

    def failed(self, stage: Stage, reason: StageFailed, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Say so at once."""
        self._say(f"{stage.kind} failed: {reason.message}")

    def overdue(self, stage: Stage, wait: Wait) -> None:  # noqa: ARG002 - the story's signature
        """Say what is waited for still."""
        self._say(wait.condition)

    def undone(self, stage: Stage, outputs: Outputs) -> None:  # noqa: ARG002 - the story's signature
        """A detail."""
        self.reporter.detail(f"{stage.kind} was taken back")

    def owed(self, stage: Stage, why: StageFailed, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Say what is left to people."""
        self.reporter.warning(f"owed by {stage.kind}: {why.message}; {why.remedy}")

    def ended(self, outcome: Completed | Undone) -> None:
        """The result tells it."""

    def _say(self, line: str) -> None:
        if line != self._said:
            self._said = line
            self.task.update(line)


@dataclass(frozen=True, kw_only=True)
class Bootstrapping:
    """One run.

    Attributes:
        stack: the Pulumi stack whose account it is.
        ground: where the account's stack is made.
        clock: tells the time.
        actor: ARN of who runs this.
    """

    stack: StackName
    ground: Ground
    clock: Clock
    actor: str

    def carry_out(self, stages: Sequence[Stage], telling: Telling, *, patience: timedelta) -> Outcome:
        """Carry a plan out until it has ended, or patience has.

        Args:
            stages: the plan.
            telling: is told what happens.
            patience: how long CloudFormation is waited for.

        Returns:
            How it ended; `Parked` when CloudFormation is at it still.
        """
        executor = Executor(
            handlers=bootstrap_handlers(self.ground),
            journal=RunJournal(),
            clock=self.clock,
            story=telling,
            actor=self.actor,
            lease=lambda: _NO_LEASE,
        )
        head = self._head()
        executor.journal.save(head)
        until = self.clock.now() + patience
        outcome = executor.carry_on(head, stages)
        while isinstance(outcome, Parked) and self.clock.now() < until:
            self.clock.wait((outcome.wait.wake_at - self.clock.now()).total_seconds())
            outcome = executor.carry_on(head, stages)
        return outcome

    def _head(self) -> Deployment:
        return Deployment.beginning(
            DeploymentId(f"{self.stack}-account-bootstrap"),
            self.stack,
            b"[]",
            actor=self.actor,
            began=self.clock.now(),
        )
