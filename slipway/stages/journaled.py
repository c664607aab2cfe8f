"""One deployment as its journal has it: its stages with the newest word on each, and how more is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

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
from slipway.stages.handler import UNSEEN_UNTIL, Handlers, Outputs, Run
from slipway.stages.stage import Stage
from slipway.stages.story import Story


@dataclass
class Journaled:
    """What the walk forward and the way back share.

    Attributes:
        handlers: who carries out which kind.
        journal: where it is written down.
        clock: tells the time.
        story: is told what happens.
        actor: ARN of who carries it out.
        lease: how long the lease lasts from now on, unless it is renewed; raises LeaseLost once it is lost.
        deployment: the head, as it was written last.
        stages: the plan.
        rows: the newest word on each stage that was begun.
    """

    handlers: Handlers
    journal: Journal
    clock: Clock
    story: Story
    actor: str
    lease: Callable[[], timedelta]
    deployment: Deployment
    stages: tuple[Stage, ...]
    rows: dict[StageName, StageRow] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {row.stage: row for row in self.journal.rows(self.deployment.id)}

    def learn(self, stage: Stage, outputs: Outputs) -> Outputs:
        """Add to what is known of a stage; a verification that fails now can be undone with all of it."""
        row = self.rows[stage.name]
        self.rows[stage.name] = replace(row, outputs={**row.outputs, **outputs})
        return self.rows[stage.name].outputs

    def run(self, stage: Stage) -> Run:
        """What the stage's handler is told."""
        row = self.rows.get(stage.name)
        return Run(
            deployment=self.deployment.id,
            stack=self.deployment.stack,
            token=self.deployment.token,
            actor=self.actor,
            clock=self.clock,
            earlier={each.name: self.rows[each.name].outputs for each in self._before(stage)},
            own={} if row is None else row.outputs,
            began=self.clock.now() if row is None else row.began,
            lease=self.lease,
            keep=lambda outputs: self._keep(stage, outputs),
        )

    def _keep(self, stage: Stage, outputs: Outputs) -> None:
        """Write down what a stage learns while it is under way; how far it is stays as it was."""
        self.learn(stage, outputs)
        row = replace(self.rows[stage.name], token=self.deployment.token, at=self.clock.now())
        self.journal.write(row)
        self.rows[stage.name] = row

    def _before(self, stage: Stage) -> Iterable[Stage]:
        position = self.stages.index(stage)
        return (each for each in self.stages[:position] if each.name in self.rows)

    def write(
        self, stage: Stage, state: StageState, outputs: Outputs, wait: Wait | None = None, error: str = ""
    ) -> None:
        """Write the newest word on a stage down."""
        now = self.clock.now()
        row = StageRow(
            deployment=self.deployment.id,
            stage=stage.name,
            state=state,
            token=self.deployment.token,
            at=now,
            began=self._began(stage, state, now),
            outputs=dict(outputs),
            wait=wait,
            error=error,
        )
        self.journal.write(row)
        self.rows[stage.name] = row

    def _began(self, stage: Stage, state: StageState, now: datetime) -> datetime:
        """When the stage was begun first; the way back begins anew, and its deadlines count from there."""
        row = self.rows.get(stage.name)
        if row is None:
            return now
        turns = state is StageState.UNDOING and row.state is not StageState.UNDOING
        return now if turns else row.began

    def end_completed(self) -> None:
        """Write down that every stage is done, and from when on what none of them could see can be told."""
        known = (row.outputs.get(UNSEEN_UNTIL) for row in self.rows.values())
        latest = max((datetime.fromisoformat(each) for each in known if each), default=None)
        self.deployment = replace(self.deployment, unseen_until=latest)
        self.save(conclusion=Conclusion.COMPLETED, wait=None)

    def save(
        self,
        *,
        wait: Wait | None,
        conclusion: Conclusion | None = None,
        direction: Direction | None = None,
        reason: str | None = None,
    ) -> None:
        """Write the head down; what is not given stays as it is."""
        self.deployment = replace(
            self.deployment,
            wait=wait,
            conclusion=conclusion,
            direction=direction or self.deployment.direction,
            reason=self.deployment.reason if reason is None else reason,
        )
        self.journal.save(self.deployment)
