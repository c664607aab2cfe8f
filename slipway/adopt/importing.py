"""Carries the import of a layer out, on the stages engine: begins it, or continues what was begun.

What is done is asked of the stack's state; the journal keeps what was there before. The backend's lock lets
one import at a time change a stack.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from slipway.adopt.declaring import declared
from slipway.adopt.faults import NotFree
from slipway.adopt.handlers import Ground, import_handlers
from slipway.adopt.proposal import Proposal
from slipway.adopt.readiness import require_free, require_importable
from slipway.adopt.records import OwnershipRecords, change_to
from slipway.adopt.stages import BATCH, build_import
from slipway.adopt.state import Instance
from slipway.adopt.whole import whole
from slipway.model.adopted import FOLDER, file_name, read_layer
from slipway.model.adoption import Owner
from slipway.model.digest import short
from slipway.model.environment import StackName
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Deployment, Journal
from slipway.ports.resource_types import ResourceTypes
from slipway.ports.stack_imports import StackImports, Taken
from slipway.stages import Executor, Explanation, Outcome, Stage, Undone, explain
from slipway.stages.story import Story

_NO_LEASE: Final = timedelta.max
"""The backend locks the stack while it changes: there is nothing that could be lost in between."""


@dataclass(frozen=True, kw_only=True)
class Importing:
    """One run.

    Attributes:
        imports: the states of stacks.
        types: what the SDK says.
        records: where owners are written down.
        journal: where this run is written down.
        clock: tells the time.
        platform: the folder of the program.
        actor: ARN of who runs this.
        batch: how many resources are taken at a time.
    """

    imports: StackImports
    types: ResourceTypes
    records: OwnershipRecords
    journal: Journal
    clock: Clock
    platform: Path
    actor: str
    batch: int = BATCH

    def carry_out(
        self, proposal: Proposal, instances: Mapping[tuple[str, str], Instance], story: Story
    ) -> Outcome:
        """Import a layer, or go on with what was begun.

        Args:
            proposal: what was reviewed.
            instances: of its states, by lineage and address.
            story: is told what happens.

        Raises:
            NotFree: somebody else has a URN, an object or the file of the layer.
            NotAdoptable: a secret of the proposal is not in the state.
            LedgerStoreError: nothing could be written down, so nothing is done.
            StackLocked: an update of the stack is running.
            StackEngineError: the engine does not answer; call again to continue.
        """
        ground, plan = self._ready(proposal, instances)
        executor = Executor(
            handlers=import_handlers(ground),
            journal=self.journal,
            clock=self.clock,
            story=story,
            actor=self.actor,
            lease=lambda: _NO_LEASE,
        )
        outcome = executor.carry_on(self._head(proposal, ground.layer.stack), plan)
        if isinstance(outcome, Undone):
            self._tell(ground, outcome.reason)
        return outcome

    def explain(self, proposal: Proposal, instances: Mapping[tuple[str, str], Instance]) -> Explanation:
        """Say what would be done; refused is what `carry_out` refuses, for the same reasons."""
        ground, plan = self._ready(proposal, instances)
        return explain(plan, import_handlers(ground))

    def _ready(
        self, proposal: Proposal, instances: Mapping[tuple[str, str], Instance]
    ) -> tuple[Ground, Sequence[Stage]]:
        stack = StackName(proposal.stack)
        require_importable(proposal, self.records.change(stack, proposal.layer))
        taken = take_all(proposal, instances, self.types)
        require_free(taken, self.imports.held(stack))
        ids = {each.urn: each.id for each in taken}
        self._require_own_file(proposal)
        ground = Ground(
            imports=self.imports,
            taken={each.urn: each for each in taken},
            layer=declared(proposal, ids, self.types),
            platform=self.platform,
            records=self.records,
            states=proposal.states,
        )
        return ground, build_import(proposal.layer, [each.urn for each in taken], batch=self.batch)

    def _tell(self, ground: Ground, why: str) -> None:
        change = change_to(
            Owner.BOTH, ground.layer, states=ground.states, at=self.clock.now(), actor=self.actor
        )
        self.records.refused(change, why)

    def _require_own_file(self, proposal: Proposal) -> None:
        path = self.platform / FOLDER / file_name(proposal.layer)
        if not path.is_file():
            return
        there = read_layer(path.read_bytes(), str(path))
        if there.program:
            raise NotFree(
                f"the layer {there.layer} is wrapped already: {there.program} declares it",
                remedy="there is nothing to import; slipway adopt verify proves that it is owned",
            )
        if there.stack != proposal.stack:
            raise NotFree(
                f"{path} is a layer of stack {there.stack}, not of {proposal.stack}",
                remedy="give the layer a name that no other stack's has",
            )

    def _head(self, proposal: Proposal, stack: StackName) -> Deployment:
        """Find what is open, else begin the next attempt."""
        number = 1
        while (head := self.journal.deployment(_id(proposal, number))) is not None:
            if head.conclusion is None:
                return head
            number += 1
        head = Deployment.beginning(
            _id(proposal, number), stack, b"[]", actor=self.actor, began=self.clock.now()
        )
        self.journal.save(head)
        return head


def take_all(
    proposal: Proposal, instances: Mapping[tuple[str, str], Instance], types: ResourceTypes
) -> Sequence[Taken]:
    """Say what is taken: components first, each after the one around it, then resources.

    Raises:
        NotAdoptable: a secret of the proposal is not in the state.
    """
    versions = {use.package: use.version for use in proposal.providers}
    taken = [
        Taken(urn=each.urn, type=each.type, name=each.name, parent=each.parent)
        for each in proposal.components
    ]
    for resource in proposal.resources:
        found = whole(resource, instances[resource.state, resource.address], types)
        taken.append(
            Taken(
                urn=resource.urn,
                type=resource.type,
                name=resource.name,
                parent=resource.parent,
                id=found.id,
                version=versions[resource.type.partition(":")[0]],
                inputs=found.inputs,
                outputs=found.outputs,
            )
        )
    return taken


def _id(proposal: Proposal, number: int) -> DeploymentId:
    return DeploymentId(f"{proposal.stack}-adopt-{proposal.layer}-{short(proposal.digest)}-{number}")
