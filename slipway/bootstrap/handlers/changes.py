"""`propose-changes`, `apply-changes`, `discard-changes`: a change set, from the sum to the work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from slipway.bootstrap.blueprints import resources_of
from slipway.bootstrap.failures import failure_of
from slipway.bootstrap.ground import Ground, is_working, refuse_stuck, waiting
from slipway.bootstrap.stages import ApplyChanges, DiscardChanges, ProposeChanges
from slipway.ports.account_stacks import (
    AccountStack,
    Proposal,
    ProposalState,
    StackChange,
    StackEvent,
    StackState,
)
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Untouched
from slipway.stages.handler import Outputs

CHANGES: Final = "changes"
"""What `propose-changes` tells: how many changes there are; `0` for none."""

_SEEN: Final = "seen"
"""What `apply-changes` notes: when the newest event before its own was."""


@dataclass(frozen=True, kw_only=True)
class ProposeChangesHandler(Handler[ProposeChanges]):
    """Makes a change set, unless the stack is as it should be."""

    ground: Ground

    def describe(self, stage: ProposeChanges) -> str:
        """Say what is asked."""
        return f"have CloudFormation compute what would change in {stage.target}"

    def observe(self, stage: ProposeChanges, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """`do` looks first."""
        return Untouched()

    def do(self, stage: ProposeChanges, run: Run) -> Progress:
        """Propose, and wait for the sum."""
        found = self.ground.read()
        refuse_stuck(found)
        if found is not None and is_working(found):
            return waiting(run, f"{stage.target} is in {found.status}")
        if found is not None and found.state is StackState.NEVER_UP:
            raise _never_up(found)
        if found is not None and found.follows(self.ground.blueprint):
            return Done({CHANGES: "0"})
        proposal = self.ground.stacks.proposal(stage.target, self.ground.change_set)
        if proposal is None:
            creates = found is None or found.state is StackState.REVIEWED
            self.ground.stacks.propose(self.ground.blueprint, self.ground.change_set, creates=creates)
            return waiting(run, "CloudFormation computes the changes", {"proposed": "yes"})
        return self._computed(stage, run, proposal)

    def _computed(self, stage: ProposeChanges, run: Run, proposal: Proposal) -> Progress:
        match proposal.state:
            case ProposalState.COMPUTING:
                return waiting(run, "CloudFormation computes the changes")
            case ProposalState.READY:
                return Done(_told(proposal.changes))
            case ProposalState.EMPTY:
                return Done({CHANGES: "0"})
            case ProposalState.SPENT if run.own.get("spent"):
                raise StageFailed(
                    f"CloudFormation refuses the template of {stage.target}: {proposal.reason}",
                    remedy="check the values that `slipway bootstrap --explain` prints",
                )
            case ProposalState.SPENT:
                self.ground.stacks.discard(stage.target, self.ground.change_set)
                why = proposal.reason or "outdated"
                return waiting(run, f"an older proposal is made anew ({why})", {"spent": "yes"})
            case _:
                assert_never(proposal.state)

    def undo(self, stage: ProposeChanges, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Take the proposal away, and a stack that is nothing but one."""
        withdraw(self.ground, stage.target)
        return Done()


@dataclass(frozen=True, kw_only=True)
class ApplyChangesHandler(Handler[ApplyChanges]):
    """Executes the change set and follows CloudFormation until it is done, or has gone back."""

    ground: Ground

    def describe(self, stage: ApplyChanges) -> str:
        """Say what is made."""
        made = ", ".join(resources_of(self.ground.blueprint.template))
        return (
            f"have CloudFormation bring {stage.target} up to date, and go back when something fails: {made}"
        )

    def observe(self, stage: ApplyChanges, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """`do` looks first."""
        return Untouched()

    def prepare(self, stage: ApplyChanges, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Note what CloudFormation has told so far: what it tells next is of this run."""
        return {_SEEN: self._newest(stage.target)}

    def do(self, stage: ApplyChanges, run: Run) -> Progress:
        """Begin it where nobody has, then follow it."""
        found = self.ground.read()
        if found is not None and is_working(found):
            return waiting(run, progress_of(self.ground.stacks.events(stage.target), found))
        if run.own.get("begun"):
            if self._newest(stage.target) == run.own.get(_SEEN):  # what was ordered does not show at once
                return waiting(run, "CloudFormation begins")
            return self._ended(stage, found)
        if _is_empty(run):
            return Done()
        self.ground.stacks.execute(stage.target, self.ground.change_set)
        return waiting(run, "CloudFormation begins", {"begun": "yes"})

    def _ended(self, stage: ApplyChanges, found: AccountStack | None) -> Done:
        if found is None or found.state is not StackState.UP or found.went_back:
            raise failure_of(stage.target, found, self.ground.stacks.events(stage.target))
        return Done()

    def _newest(self, stack: str) -> str:
        events = self.ground.stacks.events(stack)
        return events[-1].at.isoformat() if events else ""

    def undo(self, stage: ApplyChanges, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """CloudFormation has gone back by itself."""
        return Done()


@dataclass(frozen=True, kw_only=True)
class DiscardChangesHandler(Handler[DiscardChanges]):
    """Ends a dry run."""

    ground: Ground

    def describe(self, stage: DiscardChanges) -> str:
        """Say that nothing stays."""
        return f"take the proposal away again: {stage.target} stays as it is"

    def observe(self, stage: DiscardChanges, run: Run) -> Observed:  # noqa: ARG002 - a handler's signature
        """`do` may be called again."""
        return Untouched()

    def do(self, stage: DiscardChanges, run: Run) -> Progress:  # noqa: ARG002 - same
        """Take it away."""
        withdraw(self.ground, stage.target)
        return Done()

    def undo(self, stage: DiscardChanges, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """There is nothing to bring back."""
        return Done()


def withdraw(ground: Ground, stack: str) -> None:
    """Take the proposal away; a stack that was made for it only goes with it."""
    ground.stacks.discard(stack, ground.change_set)
    found = ground.read()
    if found is not None and found.state is StackState.REVIEWED:
        ground.stacks.delete(stack)


def progress_of(events: Sequence[StackEvent], stack: AccountStack) -> str:
    """Say how far CloudFormation is, in one line.

    Args:
        events: of the operation, in order.
        stack: as it is.
    """
    own = [each for each in events if each.resource != stack.name]
    newest = {each.resource: each.status for each in own}
    done = sum(status.endswith("_COMPLETE") for status in newest.values())
    last = f", {own[-1].resource} {own[-1].status}" if own else ""
    return f"{stack.status}: {done} of {len(newest)} resources that were begun are done{last}"


def _never_up(stack: AccountStack) -> StageFailed:
    return StageFailed(
        f"the CloudFormation stack {stack.name} never came up ({stack.status}), and takes no proposal",
        remedy="run the command without --dry-run: it deletes what is left and makes the stack anew",
    )


def _is_empty(run: Run) -> bool:
    return any(outputs.get(CHANGES) == "0" for outputs in run.earlier.values())


def _told(changes: Iterable[StackChange]) -> Outputs:
    told = {f"{each.action} {each.resource}": _of(each) for each in changes}
    return {CHANGES: str(len(told)), **told}


def _of(change: StackChange) -> str:
    return f"{change.type}, made anew" if change.replaces else change.type
