"""The stage that writes down whose a layer is: the last one of an import and of a hand-back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from slipway.adopt.records import OwnershipRecords, change_to
from slipway.model.adopted import AdoptedLayer
from slipway.model.adoption import Owner, OwnershipChange, Revision
from slipway.stages import Done, Handler, Observed, Progress, Run, Stage, Untouched
from slipway.stages.handler import Outputs

SINCE: Final = "state-since"
"""The output of the first stage that changes a stack's state: the version that was newest before."""


class RecordOwner(Stage):
    """Write down whose a layer is now; the target is the layer.

    Attributes:
        owner: whose.
    """

    kind: Literal["record-owner"] = "record-owner"
    owner: Owner


@dataclass(frozen=True, kw_only=True)
class RecordOwnerHandler(Handler[RecordOwner]):
    """Tells the ledger, once; and whose the versions of the stack's state are that were written meanwhile.

    Attributes:
        records: where it is written.
        layer: which.
        states: the revisions of Terraform's states that were looked at.
    """

    records: OwnershipRecords
    layer: AdoptedLayer
    states: Sequence[Revision]

    def describe(self, stage: RecordOwner) -> str:
        """Name the owner."""
        return f"write into the ledger that the layer is now: {stage.owner}"

    def observe(self, stage: RecordOwner, run: Run) -> Observed:
        """Read what the ledger says."""
        newest = self.records.change(run.stack, self.layer.layer)
        told = newest is not None and newest.says_the_same(self._change(stage, run))
        return Done() if told else Untouched()

    def do(self, stage: RecordOwner, run: Run) -> Progress:
        """Write both; the change last, since it says that all is done."""
        since = next((each[SINCE] for each in run.earlier.values() if each.get(SINCE)), "")
        if since:
            why = f"slipway adopt: the layer {self.layer.layer} is now: {stage.owner}"
            self.records.answer_for(run.stack, since=since, why=why)
        self.records.record(self._change(stage, run))
        return Done()

    def undo(self, stage: RecordOwner, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - a handler's signature
        """Nothing: it is the last stage, and what the ledger was told stays."""
        return Done()

    def _change(self, stage: RecordOwner, run: Run) -> OwnershipChange:
        return change_to(stage.owner, self.layer, states=self.states, at=run.clock.now(), actor=run.actor)
