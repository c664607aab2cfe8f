"""Cloud resources: the platform's program, run on the composition."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.model.environment import StackName
from slipway.ports.journal import Wait
from slipway.ports.stack_engine import Program, StackEngine, StackLocked, UpdateRefused
from slipway.rollout.change import Change
from slipway.rollout.ground import Ground
from slipway.rollout.stages import ApplyPlatform
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Unclear, Waiting
from slipway.stages.handler import Outputs

_AGAIN: Final = timedelta(seconds=10)
_LOCK_LIMIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class ApplyPlatformHandler(Handler[ApplyPlatform]):
    """Updates the environment's stack.

    Attributes:
        ground: documents and compositions.
        engine: updates it.
    """

    ground: Ground
    engine: StackEngine

    def describe(self, stage: ApplyPlatform) -> str:
        """Name the stack."""
        return f"update the cloud resources of stack {stage.target} from the composition (pulumi up)"

    def observe(self, stage: ApplyPlatform, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Running it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: ApplyPlatform, run: Run) -> Progress:
        """Update; while another update runs, wait for it."""
        try:
            return Done({"changed": str(self._up(stage.change, run))})
        except StackLocked as locked:
            now = run.clock.now()
            return Waiting(
                Wait(
                    condition=f"{locked.message.rstrip('.')} is over",
                    wake_at=now + _AGAIN,
                    deadline=run.began + _LOCK_LIMIT,
                )
            )
        except UpdateRefused as refused:
            raise StageFailed(refused.message, remedy=refused.remedy) from refused

    def undo(self, stage: ApplyPlatform, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Update from the composition as it was before: this stage's entries back, all others as they are."""
        self._up(stage.change.back, run)

    def _up(self, change: Change, run: Run) -> int:
        """Update until nobody's entries have changed meanwhile: else the later of two undoes the earlier."""
        changed = 0
        applied = None
        while (workspace := self.ground.workspace(change, run)) != applied:
            program = Program(stack=StackName(run.environment.value), workspace=workspace.resolve())
            changed += len(self.engine.up(program, on_change=lambda _: None))
            applied = workspace
        return changed
