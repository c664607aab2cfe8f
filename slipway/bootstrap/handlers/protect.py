"""`protect-stack`: nobody deletes the stack, or lets go of the state and its keys, by accident."""

from dataclasses import dataclass

from slipway.bootstrap.blueprints import keeping_policy
from slipway.bootstrap.ground import Ground
from slipway.bootstrap.stages import ProtectStack
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Untouched
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class ProtectStackHandler(Handler[ProtectStack]):
    """Sets what is not set yet."""

    ground: Ground

    def describe(self, stage: ProtectStack) -> str:
        """Name the two protections."""
        return f"refuse that {stage.target} is deleted, or that what must last is replaced or removed"

    def observe(self, stage: ProtectStack, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """Look at both."""
        return Done() if self._is_protected() else Untouched()

    def do(self, stage: ProtectStack, run: Run) -> Progress:  # noqa: ARG002 - same
        """Protect."""
        if not self._is_protected():
            self.ground.stacks.protect(stage.target, self._policy)
        return Done()

    def verify(self, stage: ProtectStack, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """CloudFormation says so too."""
        if not self._is_protected():
            raise StageFailed(
                f"CloudFormation does not keep the protection of {stage.target}",
                remedy="use credentials that may set a stack's policy and its termination protection",
            )

    def undo(self, stage: ProtectStack, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Protection harms nothing: it stays."""
        return Done()

    @property
    def _policy(self) -> str:
        return keeping_policy(self.ground.blueprint.template)

    def _is_protected(self) -> bool:
        found = self.ground.read()
        return found is not None and found.protected and found.policy == self._policy
