"""The kinds of stage of a hand-back, its plan, and what they do.

The file of the layer goes first: until the stack's state forgets a resource it is protected there, so that an
update of the program without it is refused and deletes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from slipway.adopt.handlers import write_whole
from slipway.adopt.recording import SINCE, RecordOwner, RecordOwnerHandler
from slipway.adopt.records import OwnershipRecords
from slipway.adopt.stages import BATCH
from slipway.model.adopted import FOLDER, AdoptedLayer, file_name
from slipway.model.adoption import Owner, Revision
from slipway.model.counted import counted
from slipway.ports.stack_imports import Held, StackImports
from slipway.stages import (
    Done,
    Handler,
    Handlers,
    Observed,
    Progress,
    Run,
    Stage,
    StageFailed,
    Unclear,
    Untouched,
)
from slipway.stages.handler import Outputs

_WAS: Final = "was"


class WithdrawLayer(Stage):
    """Take the file away that the program declares the layer from; the target is the file."""

    kind: Literal["withdraw-layer"] = "withdraw-layer"


class ForgetBatch(Stage):
    """Take resources out of the stack's state; the target is the layer, and which batch of how many.

    Attributes:
        urns: of the batch, each before what it needs.
    """

    kind: Literal["forget-batch"] = "forget-batch"
    urns: tuple[str, ...]


def build_hand_back(layer: str, urns: Sequence[str], *, batch: int = BATCH) -> tuple[Stage, ...]:
    """Return the plan that hands a layer back.

    Args:
        layer: its name.
        urns: of its components and resources, each before what it needs.
        batch: how many are forgotten at a time.
    """
    batches = [tuple(urns[start : start + batch]) for start in range(0, len(urns), batch)]
    return (
        WithdrawLayer(target=f"{FOLDER}/{file_name(layer)}"),
        *(
            ForgetBatch(target=f"{layer} {number}/{len(batches)}", urns=each)
            for number, each in enumerate(batches, 1)
        ),
        RecordOwner(target=layer, owner=Owner.HANDED_BACK),
    )


@dataclass(frozen=True, kw_only=True)
class BackGround:
    """What a hand-back works on.

    Attributes:
        imports: the states of stacks.
        layer: what is handed back.
        platform: the folder of the program.
        records: where owners are written down.
        states: the revisions of Terraform's states that have the layer.
    """

    imports: StackImports
    layer: AdoptedLayer
    platform: Path
    records: OwnershipRecords
    states: Sequence[Revision]


def back_handlers(ground: BackGround) -> Handlers:
    """Join every kind of stage with its handler."""
    return Handlers(
        {
            "withdraw-layer": WithdrawLayerHandler(ground=ground),
            "forget-batch": ForgetBatchHandler(ground=ground),
            "record-owner": RecordOwnerHandler(
                records=ground.records, layer=ground.layer, states=ground.states
            ),
        }
    )


@dataclass(frozen=True, kw_only=True)
class WithdrawLayerHandler(Handler[WithdrawLayer]):
    """Removes the file."""

    ground: BackGround

    def describe(self, stage: WithdrawLayer) -> str:
        """Name the file."""
        return f"remove {stage.target}: the program declares the layer no more"

    def prepare(self, stage: WithdrawLayer, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Keep what is written there."""
        path = self._path(stage)
        return {_WAS: path.read_text(encoding="utf-8")} if path.is_file() else {}

    def observe(self, stage: WithdrawLayer, run: Run) -> Observed:  # noqa: ARG002 - same
        """Look for it."""
        return Untouched() if self._path(stage).is_file() else Done()

    def do(self, stage: WithdrawLayer, run: Run) -> Progress:  # noqa: ARG002 - same
        """Remove it."""
        path = self._path(stage)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StageFailed(
                f"{path} cannot be removed: {error.strerror}", remedy="make the folder writable"
            ) from error
        return Done()

    def undo(self, stage: WithdrawLayer, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Write what was there."""
        if _WAS in outputs:
            write_whole(self._path(stage), outputs[_WAS])
        return Done()

    def _path(self, stage: WithdrawLayer) -> Path:
        return self.ground.platform / stage.target


@dataclass(frozen=True, kw_only=True)
class ForgetBatchHandler(Handler[ForgetBatch]):
    """Forgets what is there still. It never fails by itself: whatever keeps it is tried again later."""

    ground: BackGround

    def describe(self, stage: ForgetBatch) -> str:
        """Count them."""
        return (
            f"take {counted(len(stage.urns), 'resource')} out of the stack's state; the cloud stays as it is"
        )

    def prepare(self, stage: ForgetBatch, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Note which version of the state has them."""
        return {SINCE: self.ground.records.state_version(run.stack)}

    def observe(self, stage: ForgetBatch, run: Run) -> Observed:
        """Look what is there."""
        left = self._left(stage, run)
        if not left:
            return Done()
        return Untouched() if len(left) == len(stage.urns) else Unclear()

    def do(self, stage: ForgetBatch, run: Run) -> Progress:
        """Forget the rest."""
        self.ground.imports.forget(run.stack, self._left(stage, run))
        return Done()

    def undo(self, stage: ForgetBatch, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - a handler's signature
        """Say that only an import takes it again: the state's values are gone."""
        left = self._left(stage, run)
        if len(left) == len(stage.urns):
            return Done()
        raise StageFailed(
            f"{counted(len(stage.urns) - len(left), 'resource')} of {self.ground.layer.layer} were forgotten",
            remedy="slipway adopt import takes them again, with the proposal of the layer",
        )

    def _left(self, stage: ForgetBatch, run: Run) -> list[str]:
        held: Mapping[str, Held] = {each.urn: each for each in self.ground.imports.held(run.stack)}
        return [urn for urn in stage.urns if urn in held]
