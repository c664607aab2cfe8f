"""What happens to generations that were swapped out: they are kept for the rollback window."""

from dataclasses import dataclass
from datetime import timedelta

from slipway.ports.warehouse import Warehouse
from slipway.rollout.generations import refuse_swapped_back
from slipway.rollout.stages import KeepGeneration
from slipway.stages import Done, Handler, Observed, Progress, Run, Unclear
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class KeepGenerationHandler(Handler[KeepGeneration]):
    """Marks what was swapped out, and takes every mark off production.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: KeepGeneration) -> str:
        """Say for how long."""
        return f"keep the generation of {stage.target} that was swapped out for {stage.days} days"

    def observe(self, stage: KeepGeneration, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """Doing it twice changes nothing the second time."""
        return Unclear()

    def do(self, stage: KeepGeneration, run: Run) -> Progress:
        """Mark, after a look that it is the old generation still."""
        refuse_swapped_back(self.warehouse, stage.relations, run)
        until = run.began + timedelta(days=stage.days)
        for relation in stage.relations:
            self.warehouse.keep(relation.production)
            self.warehouse.expire(relation.candidate, at=until)
        return Done({"until": until.isoformat()})

    def undo(self, stage: KeepGeneration, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """Take the marks off what was swapped out: it becomes production again."""
        for relation in stage.relations:
            if self.warehouse.made(relation.candidate) is not None:
                self.warehouse.keep(relation.candidate)
        return Done()
