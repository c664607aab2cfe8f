"""Every statement of a stage says so: the query history tells which deployment's which stage ran it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from slipway.ports.warehouse import Warehouse
from slipway.rollout.ground import tag_of
from slipway.stages import Handler, Observed, Progress, Run, Stage, TakenBack
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class Tagged(Handler[Any]):
    """Another handler, whose statements carry its stage's tag.

    Attributes:
        handler: what it stands for.
        warehouse: whose statements are tagged.
    """

    handler: Handler[Any]
    warehouse: Warehouse

    def describe(self, stage: Stage) -> str:
        """Say what the other says."""
        return self.handler.describe(stage)

    def prepare(self, stage: Stage, run: Run) -> Outputs:
        """Prepare under the tag."""
        with self._tag(stage, run):
            return self.handler.prepare(stage, run)

    def observe(self, stage: Stage, run: Run) -> Observed:
        """Observe under the tag."""
        with self._tag(stage, run):
            return self.handler.observe(stage, run)

    def do(self, stage: Stage, run: Run) -> Progress:
        """Do it under the tag."""
        with self._tag(stage, run):
            return self.handler.do(stage, run)

    def verify(self, stage: Stage, run: Run, outputs: Outputs) -> None:
        """Verify under the tag."""
        with self._tag(stage, run):
            self.handler.verify(stage, run, outputs)

    def prepare_back(self, stage: Stage, run: Run, outputs: Outputs, *, was_done: bool) -> Outputs:
        """Prepare the way back under the tag."""
        with self._tag(stage, run):
            return self.handler.prepare_back(stage, run, outputs, was_done=was_done)

    def undo(self, stage: Stage, run: Run, outputs: Outputs) -> TakenBack:
        """Undo under the tag."""
        with self._tag(stage, run):
            return self.handler.undo(stage, run, outputs)

    @contextmanager
    def _tag(self, stage: Stage, run: Run) -> Iterator[None]:
        with self.warehouse.tagged(tag_of(run, stage)):
            yield
