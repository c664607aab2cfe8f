"""How an adoption is told on stderr while it goes on."""

from dataclasses import dataclass
from datetime import timedelta

from slipway.ports.journal import Wait
from slipway.ports.reporter import Reporter, Task
from slipway.stages import Completed, Stage, StageFailed, Undone
from slipway.stages.handler import Outputs
from slipway.stages.story import Story


@dataclass(frozen=True)
class AdoptionStory(Story):
    """Tells a task which stage it is at.

    Attributes:
        task: is told stages.
        reporter: is told details, and what fails.
    """

    task: Task
    reporter: Reporter

    def begun(self, stage: Stage, sentence: str) -> None:
        """Name it."""
        self.task.update(stage.target)
        self.reporter.detail(f"{stage.name}: {sentence}")

    def done(self, stage: Stage, outputs: Outputs, took: timedelta) -> None:  # noqa: ARG002 - the signature
        """Say how long it took."""
        self.reporter.detail(f"{stage.name}: done in {took.total_seconds():.1f} s")

    def waits(self, stage: Stage, wait: Wait) -> None:
        """No stage of an adoption waits."""

    def overdue(self, stage: Stage, wait: Wait) -> None:
        """Same."""

    def failed(self, stage: Stage, reason: StageFailed, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Say so before the way back begins."""
        self.reporter.warning(f"{stage.name}: {reason.message}; what was done is taken back")

    def undone(self, stage: Stage, outputs: Outputs) -> None:  # noqa: ARG002 - the story's signature
        """A detail."""
        self.reporter.detail(f"{stage.name}: taken back")

    def owed(self, stage: Stage, why: StageFailed, outputs: Outputs) -> None:
        """No stage of an adoption owes anything."""

    def ended(self, outcome: Completed | Undone) -> None:
        """The result tells it."""
