"""Hands a layer back to Terraform, on the stages engine: begins it, or continues what was begun.

Terraform has the layer before Pulumi forgets it, so that at no time nobody does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from slipway.adopt.back_stages import BackGround, back_handlers, build_hand_back
from slipway.adopt.faults import NotFree
from slipway.adopt.records import OwnershipRecords
from slipway.adopt.stages import BATCH
from slipway.adopt.verifying import belongs
from slipway.model.adopted import AdoptedLayer, read_layer, write_layer
from slipway.model.adoption import Revision
from slipway.model.environment import StackName
from slipway.model.events import DeploymentId
from slipway.ports.clock import Clock
from slipway.ports.journal import Conclusion, Deployment, Journal
from slipway.ports.stack_imports import Held, StackImports
from slipway.stages import Executor, Explanation, Outcome, Stage, explain
from slipway.stages.story import Story

_NO_LEASE: Final = timedelta.max
"""The backend locks the stack while it changes: there is nothing that could be lost in between."""


@dataclass(frozen=True, kw_only=True)
class HandingBack:
    """One run.

    Attributes:
        imports: the states of stacks.
        records: where owners are written down.
        journal: where this run is written down; its head has the layer's file.
        clock: tells the time.
        platform: the folder of the program.
        actor: ARN of who runs this.
        batch: how many resources are forgotten at a time.
    """

    imports: StackImports
    records: OwnershipRecords
    journal: Journal
    clock: Clock
    platform: Path
    actor: str
    batch: int = BATCH

    def begun(self, stack: StackName, layer: str) -> tuple[AdoptedLayer, bool] | None:
        """Find the newest hand-back of a layer that this folder knows.

        Returns:
            The layer as it was, and whether Pulumi has forgotten it; None: there was none.
        """
        heads = [head for head in self._heads(stack, layer) if head.conclusion is not Conclusion.UNDONE]
        if not heads:
            return None
        head = heads[-1]
        return read_layer(head.plan, str(head.id)), head.conclusion is Conclusion.COMPLETED

    def carry_out(self, layer: AdoptedLayer, states: Sequence[Revision], story: Story) -> Outcome:
        """Hand a layer back, or go on with what was begun.

        Args:
            layer: as the program declares it, or declared it.
            states: the revisions of Terraform's states that have it.
            story: is told what happens.

        Raises:
            NotFree: something that stays needs a resource of the layer, or its file does not have one.
            LedgerStoreError: nothing could be written down.
            StackLocked: an update of the stack is running.
            StackEngineError: the engine does not answer; call again to continue.
        """
        ground, plan = self._ready(layer, states)
        executor = Executor(
            handlers=back_handlers(ground),
            journal=self.journal,
            clock=self.clock,
            story=story,
            actor=self.actor,
            lease=lambda: _NO_LEASE,
        )
        return executor.carry_on(self._head(layer), plan)

    def explain(self, layer: AdoptedLayer, states: Sequence[Revision]) -> Explanation:
        """Say what would be done; refused is what `carry_out` refuses, for the same reasons."""
        ground, plan = self._ready(layer, states)
        return explain(plan, back_handlers(ground))

    def _ready(self, layer: AdoptedLayer, states: Sequence[Revision]) -> tuple[BackGround, tuple[Stage, ...]]:
        held = self.imports.held(layer.stack)
        _require_alone(layer, held)
        ground = BackGround(
            imports=self.imports,
            layer=layer,
            platform=self.platform,
            records=self.records,
            states=states,
        )
        return ground, build_hand_back(layer.layer, _last_first(layer, held), batch=self.batch)

    def _head(self, layer: AdoptedLayer) -> Deployment:
        """Find what is open, else begin the next attempt."""
        heads = list(self._heads(layer.stack, layer.layer))
        if heads and heads[-1].conclusion is None:
            return heads[-1]
        head = Deployment.beginning(
            _id(layer.stack, layer.layer, len(heads) + 1),
            layer.stack,
            write_layer(layer).encode(),
            actor=self.actor,
            began=self.clock.now(),
        )
        self.journal.save(head)
        return head

    def _heads(self, stack: StackName, layer: str) -> Iterator[Deployment]:
        number = 1
        while (head := self.journal.deployment(_id(stack, layer, number))) is not None:
            yield head
            number += 1


def _last_first(layer: AdoptedLayer, held: Sequence[Held]) -> list[str]:
    """Order a layer so that each comes before what it needs.

    What is gone already comes first: so the batches that the journal calls done hold nothing else.
    """
    there = [each.urn for each in held if each.urn in layer.urns]
    return [*sorted(layer.urns - set(there)), *there[::-1]]


def _require_alone(layer: AdoptedLayer, held: Sequence[Held]) -> None:
    for each in held:
        if belongs(layer.layer, each.urn):
            if each.urn not in layer.urns:
                raise NotFree(
                    f"{each.urn} is in the stack's state, and the layer's file does not have it",
                    remedy="restore the file from git, or take that resource out of the state first",
                )
        elif needed := sorted(each.needs & layer.urns):
            raise NotFree(
                f"{each.urn} needs {needed[0]}, which is to be handed back",
                remedy="have the program refer to it by name, update the stack, then run this again",
            )


def _id(stack: StackName, layer: str, number: int) -> DeploymentId:
    return DeploymentId(f"{stack}-handback-{layer}-{number}")
