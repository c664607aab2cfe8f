"""`settle-stack`: nothing is under way, and no failed beginning is in the way."""

from dataclasses import dataclass

from slipway.bootstrap.ground import Ground, is_working, refuse_stuck, waiting
from slipway.bootstrap.stages import SettleStack
from slipway.ports.account_stacks import StackState
from slipway.stages import Done, Handler, Observed, Progress, Run, Untouched
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class SettleStackHandler(Handler[SettleStack]):
    """Waits for whoever is at work, a killed process's order too; deletes what never came up."""

    ground: Ground

    def describe(self, stage: SettleStack) -> str:
        """Say what it waits for."""
        return f"wait for what is under way on {stage.target}, and delete it if it never came up"

    def observe(self, stage: SettleStack, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """`do` looks first."""
        return Untouched()

    def do(self, stage: SettleStack, run: Run) -> Progress:
        """Look, wait, delete."""
        found = self.ground.read()
        refuse_stuck(found)
        if found is not None and is_working(found):
            return waiting(run, f"{stage.target} is in {found.status}")
        if found is not None and found.state is StackState.NEVER_UP:
            self.ground.stacks.delete(stage.target)
            return waiting(run, f"{stage.target} never came up ({found.status}): it is deleted")
        return Done()

    def undo(self, stage: SettleStack, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """What never came up is not missed."""
        return Done()
