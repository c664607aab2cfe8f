"""Walks a plan: INTENT before, DONE after, back when the world says no; a rerun continues.

Owned here: the order of journal, handler and story. Deliberately not here: leases (whoever calls holds one
and hands in its token), what a stage does, and what to do when a server does not answer (the exception
passes, the journal stays, and the same call later continues).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, assert_never

from slipway.ports.clock import Clock
from slipway.ports.journal import (
    Conclusion,
    Deployment,
    Direction,
    Journal,
    StageName,
    StageRow,
    StageState,
    Wait,
)
from slipway.stages.handler import (
    Done,
    Handler,
    Handlers,
    Outputs,
    Progress,
    Run,
    StageFailed,
    Unclear,
    Untouched,
    Waiting,
)
from slipway.stages.outcome import Completed, Outcome, Parked, Undone
from slipway.stages.stage import Stage


class Story(Protocol):
    """Is told what happens, before the journal says so: what a killed process has told is told again.

    The ledger and the terminal listen.
    """

    def begun(self, stage: Stage, sentence: str) -> None:
        """A stage begins, or is continued."""
        ...

    def done(self, stage: Stage, outputs: Outputs) -> None:
        """A stage is done."""
        ...

    def waits(self, stage: Stage, wait: Wait) -> None:
        """A stage waits."""
        ...

    def failed(self, stage: Stage, reason: StageFailed) -> None:
        """A stage failed; the way back begins."""
        ...

    def undone(self, stage: Stage) -> None:
        """A stage was taken back."""
        ...

    def ended(self, outcome: Completed | Undone) -> None:
        """The deployment is about to end: told before the journal says so, so that a rerun tells it again."""
        ...


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Carries a deployment on, from wherever it is.

    Attributes:
        handlers: who carries out which kind.
        journal: where it is written down.
        clock: tells the time.
        story: is told what happens.
        actor: ARN of who carries it out.
    """

    handlers: Handlers
    journal: Journal
    clock: Clock
    story: Story
    actor: str

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
        return _Walk(self, deployment, tuple(stages)).walk()


@dataclass
class _Walk:
    executor: Executor
    deployment: Deployment
    stages: tuple[Stage, ...]
    rows: dict[StageName, StageRow] = field(init=False)

    def __post_init__(self) -> None:
        journal = self.executor.journal
        self.rows = {row.stage: row for row in journal.rows(self.deployment.id)}

    def walk(self) -> Outcome:
        if self.deployment.direction is Direction.FORWARD:
            outcome = self._forward()
            if outcome is not None:
                return outcome
        return self._back()

    def _forward(self) -> Outcome | None:
        """Do what is not done; None when the way back has begun."""
        for stage in self.stages:
            try:
                parked = self._advance(stage)
            except StageFailed as failure:
                self._turn_back(stage, failure)
                return None
            if parked is not None:
                self._save(wait=parked.wait)
                return parked
        outcome = Completed()
        self.executor.story.ended(outcome)
        self._save(conclusion=Conclusion.COMPLETED, wait=None)
        return outcome

    def _advance(self, stage: Stage) -> Parked | None:
        row = self.rows.get(stage.name)
        if row is not None and row.state is StageState.DONE:
            return None
        handler = self.executor.handlers.of(stage)
        if row is None or row.state is not StageState.WAITING:  # another look is no news
            self.executor.story.begun(stage, handler.describe(stage))
        progress = self._found(stage, handler, row) or self._do(stage, handler)
        match progress:
            case Done(outputs):
                known = self._learn(stage, outputs)
                handler.verify(stage, self._run(stage), known)
                self.executor.story.done(stage, known)
                self._write(stage, StageState.DONE, known)
                return None
            case Waiting(wait, outputs):
                self._refuse_late(stage, wait)
                self._write(stage, StageState.WAITING, self._learn(stage, outputs), wait)
                self.executor.story.waits(stage, wait)
                return Parked(stage=stage, wait=wait)
            case _:
                assert_never(progress)

    def _refuse_late(self, stage: Stage, wait: Wait) -> None:
        """What came true is done, however late somebody looks: only what still waits can be too late."""
        if self.executor.clock.now() > wait.deadline:
            raise StageFailed(
                f"{stage.name}: {wait.condition} did not come true by {_minute(wait.deadline)}",
                remedy="look at what it waited for; the release was taken back, deploy it again after that",
            )

    def _found(self, stage: Stage, handler: Handler[Stage], row: StageRow | None) -> Done | None:
        """What a killed process had done already."""
        if row is None or row.state is not StageState.INTENT:
            return None
        observed = handler.observe(stage, self._run(stage))
        match observed:
            case Done():
                return observed
            case Untouched() | Unclear():
                return None
            case _:
                assert_never(observed)

    def _do(self, stage: Stage, handler: Handler[Stage]) -> Progress:
        if stage.name not in self.rows:
            self._write(stage, StageState.INTENT, handler.prepare(stage, self._run(stage)))
        return handler.do(stage, self._run(stage))

    def _learn(self, stage: Stage, outputs: Outputs) -> Outputs:
        """Add to what is known of a stage; a verification that fails now can be undone with all of it."""
        row = self.rows[stage.name]
        self.rows[stage.name] = replace(row, outputs={**row.outputs, **outputs})
        return self.rows[stage.name].outputs

    def _turn_back(self, stage: Stage, failure: StageFailed) -> None:
        self.executor.story.failed(stage, failure)
        row = self.rows.get(stage.name)
        self._write(stage, StageState.FAILED, {} if row is None else row.outputs, error=failure.message)
        self._save(direction=Direction.BACK, reason=str(failure), wait=None)

    def _back(self) -> Undone:
        for stage in reversed(self.stages):
            row = self.rows.get(stage.name)
            if row is None or row.state is StageState.UNDONE:
                continue
            self._write(stage, StageState.UNDOING, row.outputs)
            self.executor.handlers.of(stage).undo(stage, self._run(stage), row.outputs)
            self.executor.story.undone(stage)
            self._write(stage, StageState.UNDONE, row.outputs)
        outcome = Undone(reason=self.deployment.reason)
        self.executor.story.ended(outcome)
        self._save(conclusion=Conclusion.UNDONE, wait=None)
        return outcome

    def _run(self, stage: Stage) -> Run:
        row = self.rows.get(stage.name)
        return Run(
            deployment=self.deployment.id,
            environment=self.deployment.environment,
            token=self.deployment.token,
            actor=self.executor.actor,
            clock=self.executor.clock,
            earlier={each.name: self.rows[each.name].outputs for each in self._before(stage)},
            own={} if row is None else row.outputs,
            began=self.executor.clock.now() if row is None else row.began,
        )

    def _before(self, stage: Stage) -> Iterable[Stage]:
        position = self.stages.index(stage)
        return (each for each in self.stages[:position] if each.name in self.rows)

    def _write(
        self, stage: Stage, state: StageState, outputs: Outputs, wait: Wait | None = None, error: str = ""
    ) -> None:
        now = self.executor.clock.now()
        row = StageRow(
            deployment=self.deployment.id,
            stage=stage.name,
            state=state,
            token=self.deployment.token,
            at=now,
            began=self.rows[stage.name].began if stage.name in self.rows else now,
            outputs=dict(outputs),
            wait=wait,
            error=error,
        )
        self.executor.journal.write(row)
        self.rows[stage.name] = row

    def _save(
        self,
        *,
        wait: Wait | None,
        conclusion: Conclusion | None = None,
        direction: Direction | None = None,
        reason: str | None = None,
    ) -> None:
        self.deployment = replace(
            self.deployment,
            wait=wait,
            conclusion=conclusion,
            direction=direction or self.deployment.direction,
            reason=self.deployment.reason if reason is None else reason,
        )
        self.executor.journal.save(self.deployment)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
