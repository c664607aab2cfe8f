"""Walks a plan: INTENT before, DONE after, back when the world says no; a rerun continues.

Owned here: the order of journal, handler and story. Deliberately not here: leases (whoever calls holds one
and hands in its token), what a stage does, and what to do when a server does not answer (the exception
passes, the journal stays, and the same call later continues).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from slipway.ports.clock import Clock
from slipway.ports.journal import (
    Deployment,
    Direction,
    Journal,
    StageRow,
    StageState,
    Wait,
)
from slipway.stages.handler import (
    Done,
    Handler,
    Handlers,
    Progress,
    StageFailed,
    Unclear,
    Untouched,
    Waiting,
)
from slipway.stages.journaled import Journaled
from slipway.stages.outcome import Completed, Outcome, Parked
from slipway.stages.stage import Stage
from slipway.stages.story import Story
from slipway.stages.way_back import WayBack


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Carries a deployment on, from wherever it is.

    Attributes:
        handlers: who carries out which kind.
        journal: where it is written down.
        clock: tells the time.
        story: is told what happens.
        actor: ARN of who carries it out.
        lease: how long the lease lasts from now on, unless it is renewed; raises LeaseLost once it is lost.
    """

    handlers: Handlers
    journal: Journal
    clock: Clock
    story: Story
    actor: str
    lease: Callable[[], timedelta]

    def carry_on(self, deployment: Deployment, stages: Sequence[Stage]) -> Outcome:
        """Walk the plan until it is completed, waits, or is undone.

        Args:
            deployment: the head, with the token of a lease that is held; it is in the journal already.
            stages: its plan.

        Returns:
            How it ended, for this time.

        Raises:
            SlipwayError: something that is no verdict on the release failed; call again to continue.
        """
        at = Journaled(
            handlers=self.handlers,
            journal=self.journal,
            clock=self.clock,
            story=self.story,
            actor=self.actor,
            lease=self.lease,
            deployment=deployment,
            stages=tuple(stages),
        )
        return _Walk(at).walk()


@dataclass(frozen=True)
class _Walk:
    at: Journaled

    def _go_on_back(self) -> None:
        """A process may have died between the failure of a stage and the way back: the failure stands."""
        failed = next((row for row in self.at.rows.values() if row.state is StageState.FAILED), None)
        if failed is not None and self.at.deployment.direction is Direction.FORWARD:
            self.at.save(direction=Direction.BACK, reason=failed.error, wait=None)

    def walk(self) -> Outcome:
        self._go_on_back()
        if self.at.deployment.direction is Direction.FORWARD:
            outcome = self._forward()
            if outcome is not None:
                return outcome
        return WayBack(self.at).walk()

    def _forward(self) -> Outcome | None:
        """Do what is not done; None when the way back has begun."""
        for stage in self.at.stages:
            try:
                parked = self._advance(stage)
            except StageFailed as failure:
                self._turn_back(stage, failure)
                return None
            if parked is not None:
                self.at.save(wait=parked.wait)
                return parked
        outcome = Completed()
        self.at.story.ended(outcome)
        self.at.end_completed()
        return outcome

    def _advance(self, stage: Stage) -> Parked | None:
        row = self.at.rows.get(stage.name)
        if row is not None and row.state is StageState.DONE:
            return None
        handler = self.at.handlers.of(stage)
        if row is None or row.state is not StageState.WAITING:  # another look is no news
            self.at.story.begun(stage, handler.describe(stage))
        progress = self._found(stage, handler, row) or self._do(stage, handler)
        match progress:
            case Done(outputs):
                known = self.at.learn(stage, outputs)
                handler.verify(stage, self.at.run(stage), known)
                took = self.at.clock.now() - self.at.rows[stage.name].began
                self.at.story.done(stage, known, took)
                self.at.write(stage, StageState.DONE, known)
                return None
            case Waiting(wait, outputs):
                self._refuse_late(stage, wait)
                self.at.write(stage, StageState.WAITING, self.at.learn(stage, outputs), wait)
                self.at.story.waits(stage, wait)
                return Parked(stage=stage, wait=wait)
            case _:
                assert_never(progress)

    def _refuse_late(self, stage: Stage, wait: Wait) -> None:
        """What came true is done, however late somebody looks: only what still waits can be too late."""
        if self.at.clock.now() > wait.deadline:
            raise StageFailed(
                f"{stage.name}: {wait.condition} did not come true by {_minute(wait.deadline)}",
                remedy="look at what it waited for; the release was taken back, deploy it again after that",
            )

    def _found(self, stage: Stage, handler: Handler[Stage], row: StageRow | None) -> Done | None:
        """What a killed process had done already."""
        if row is None or row.state is not StageState.INTENT:
            return None
        observed = handler.observe(stage, self.at.run(stage))
        match observed:
            case Done():
                return observed
            case Untouched() | Unclear():
                return None
            case _:
                assert_never(observed)

    def _do(self, stage: Stage, handler: Handler[Stage]) -> Progress:
        if stage.name not in self.at.rows:
            self.at.write(stage, StageState.INTENT, handler.prepare(stage, self.at.run(stage)))
        return handler.do(stage, self.at.run(stage))

    def _turn_back(self, stage: Stage, failure: StageFailed) -> None:
        row = self.at.rows.get(stage.name)
        known = {} if row is None else row.outputs
        self.at.story.failed(stage, failure, known)
        self.at.write(stage, StageState.FAILED, known, error=str(failure))
        self.at.save(direction=Direction.BACK, reason=str(failure), wait=None)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
