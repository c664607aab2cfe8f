"""Cloud resources: the platform's program, run on the composition."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.ports.journal import Wait
from slipway.ports.stack_engine import Program, StackEngine, StackLocked, UpdateRefused
from slipway.rollout.change import Change
from slipway.rollout.debts import owed
from slipway.rollout.dossiers import NO_DOSSIERS, Dossiers
from slipway.rollout.ground import Ground
from slipway.rollout.stack_updates import StackUpdates
from slipway.rollout.stages import ApplyPlatform
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, TakenBack, Unclear, Waiting
from slipway.stages.handler import Outputs

_AGAIN: Final = timedelta(seconds=10)
_LOCK_LIMIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class ApplyPlatformHandler(Handler[ApplyPlatform]):
    """Updates the environment's stack.

    Attributes:
        ground: documents and compositions.
        engine: updates it.
        updates: writes down which states each update finds and leaves.
        dossiers: writes down who approved what the stack is updated to.
    """

    ground: Ground
    engine: StackEngine
    updates: StackUpdates
    dossiers: Dossiers = NO_DOSSIERS

    def describe(self, stage: ApplyPlatform) -> str:
        """Name the stack."""
        return f"update the cloud resources of stack {stage.target} from the composition (pulumi up)"

    def observe(self, stage: ApplyPlatform, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Running it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: ApplyPlatform, run: Run) -> Progress:
        """Update; while another update runs, wait for it."""
        try:
            return Done(self._up(stage.change, run, undoing=False))
        except StackLocked as locked:
            return _unlocked(locked, run)
        except UpdateRefused as refused:
            raise StageFailed(refused.message, remedy=refused.remedy) from refused

    def undo(self, stage: ApplyPlatform, run: Run, outputs: Outputs) -> TakenBack:  # noqa: ARG002 - same
        """Update from the composition as it was before: this stage's entries back, all others as they are.

        Where that is refused it is owed: the document is that of before, and so the next update brings the
        resources there, whoever's it is.
        """
        try:
            return Done(self._up(stage.change.back, run, undoing=True))
        except StackLocked as locked:
            return _unlocked(locked, run)
        except UpdateRefused as refused:
            return owed(StageFailed(refused.message, remedy=refused.remedy), run)

    def _up(self, change: Change, run: Run, *, undoing: bool) -> Outputs:
        """Update until nobody's entries have changed meanwhile: else the later of two undoes the earlier."""
        changed = 0
        applied = None
        noted = self.updates.of(run)
        while (entries := change.applied(self.ground.newest(run))) != applied:
            program = Program(
                stack=run.stack,
                workspace=self.ground.compositions.of(entries).resolve(),
                dossier=self.dossiers.write(run.deployment, entries, undoing=undoing),
            )
            with noted.update():
                changed += len(self.engine.up(program, on_change=lambda _: None))
            applied = entries
        return {"changed": str(changed), **noted.outputs}


def _unlocked(locked: StackLocked, run: Run) -> Waiting:
    return Waiting(
        Wait(
            condition=f"that update has ended: {locked.message}; {locked.remedy}",
            wake_at=run.clock.now() + _AGAIN,
            deadline=run.began + _LOCK_LIMIT,
        )
    )
