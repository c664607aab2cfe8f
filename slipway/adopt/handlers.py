"""What the stages of an adoption do. The stack's state says what is done: every stage looks there first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slipway.adopt.recording import SINCE, RecordOwnerHandler
from slipway.adopt.records import OwnershipRecords
from slipway.adopt.stages import DeclareLayer, TakeBatch
from slipway.model.adopted import AdoptedLayer, write_layer
from slipway.model.adoption import Revision
from slipway.model.counted import counted
from slipway.ports.stack_imports import Held, ImportRefused, StackImports, Taken
from slipway.stages import Done, Handler, Handlers, Observed, Progress, Run, StageFailed, Unclear, Untouched
from slipway.stages.handler import Outputs

_NEW: Final = "new"
_WAS: Final = "was"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an adoption works on.

    Attributes:
        imports: the states of stacks.
        taken: what is taken over, by URN.
        layer: what the program is to declare.
        platform: the folder of the program.
        records: where owners are written down.
        states: the revisions of Terraform's states that were proposed.
    """

    imports: StackImports
    taken: Mapping[str, Taken]
    layer: AdoptedLayer
    platform: Path
    records: OwnershipRecords
    states: Sequence[Revision]


def import_handlers(ground: Ground) -> Handlers:
    """Join every kind of stage with its handler."""
    return Handlers(
        {
            "take-batch": TakeBatchHandler(ground=ground),
            "declare-layer": DeclareLayerHandler(ground=ground),
            "record-owner": RecordOwnerHandler(
                records=ground.records, layer=ground.layer, states=ground.states
            ),
        }
    )


@dataclass(frozen=True, kw_only=True)
class TakeBatchHandler(Handler[TakeBatch]):
    """Takes what is not there yet; on the way back it forgets what was not there before."""

    ground: Ground

    def describe(self, stage: TakeBatch) -> str:
        """Count them."""
        return f"take {counted(len(stage.urns), 'resource')} into the stack's state, protected"

    def prepare(self, stage: TakeBatch, run: Run) -> Outputs:
        """Note what is not there yet, and which version of the state that is."""
        return {
            _NEW: "\n".join(self._missing(stage, run)),
            SINCE: self.ground.records.state_version(run.stack),
        }

    def observe(self, stage: TakeBatch, run: Run) -> Observed:
        """Look what is there."""
        missing = self._missing(stage, run)
        if not missing:
            return Done()
        return Untouched() if len(missing) == len(stage.urns) else Unclear()

    def do(self, stage: TakeBatch, run: Run) -> Progress:
        """Take the rest."""
        try:
            self.ground.imports.take(run.stack, [self.ground.taken[urn] for urn in self._missing(stage, run)])
        except ImportRefused as refused:
            raise StageFailed(refused.message, remedy=refused.remedy) from refused
        return Done()

    def verify(self, stage: TakeBatch, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - a handler's signature
        """Each is there, by its id, protected."""
        held = self._held(run)
        for urn in stage.urns:
            there, wanted = held.get(urn), self.ground.taken[urn]
            if there is None or (there.type, there.id) != (wanted.type, wanted.id) or not there.protected:
                raise StageFailed(
                    f"{urn} is not in the stack's state as it was taken: by the id {wanted.id}, protected",
                    remedy="look at it with pulumi stack export; somebody else changes this stack",
                )

    def undo(self, stage: TakeBatch, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Forget what was not there before, children first."""
        held = self._held(run)
        new = [urn for urn in outputs.get(_NEW, "").split("\n") if urn in held]
        self.ground.imports.forget(run.stack, new[::-1])
        return Done()

    def _missing(self, stage: TakeBatch, run: Run) -> list[str]:
        held = self._held(run)
        return [urn for urn in stage.urns if urn not in held]

    def _held(self, run: Run) -> Mapping[str, Held]:
        return {each.urn: each for each in self.ground.imports.held(run.stack)}


@dataclass(frozen=True, kw_only=True)
class DeclareLayerHandler(Handler[DeclareLayer]):
    """Writes the file whole or not at all."""

    ground: Ground

    def describe(self, stage: DeclareLayer) -> str:
        """Name the file."""
        return f"write {stage.target}, which the program declares the layer from"

    def prepare(self, stage: DeclareLayer, run: Run) -> Outputs:  # noqa: ARG002 - a handler's signature
        """Keep what is written there now."""
        path = self._path(stage)
        return {_WAS: path.read_text(encoding="utf-8")} if path.is_file() else {}

    def observe(self, stage: DeclareLayer, run: Run) -> Observed:  # noqa: ARG002 - same
        """Read it."""
        path = self._path(stage)
        there = path.is_file() and path.read_text(encoding="utf-8") == self._content
        return Done() if there else Untouched()

    def do(self, stage: DeclareLayer, run: Run) -> Progress:  # noqa: ARG002 - same
        """Write it."""
        write_whole(self._path(stage), self._content)
        return Done()

    def undo(self, stage: DeclareLayer, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Write what was there, or take it away."""
        if _WAS in outputs:
            write_whole(self._path(stage), outputs[_WAS])
        else:
            self._path(stage).unlink(missing_ok=True)
        return Done()

    @property
    def _content(self) -> str:
        return write_layer(self.ground.layer)

    def _path(self, stage: DeclareLayer) -> Path:
        return self.ground.platform / stage.target


def write_whole(path: Path, content: str) -> None:
    """Write a file whole or not at all, and the folder that it is in.

    Raises:
        StageFailed: it cannot be written.
    """
    half = path.with_suffix(".half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(content, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise StageFailed(
            f"{path} cannot be written: {error.strerror}", remedy="make the folder writable"
        ) from error
