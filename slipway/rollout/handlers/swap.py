"""The swap: one table's generation for another's, and never over somebody's late rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.rollout.handlers.candidates import made_before, made_text, point_of
from slipway.rollout.late_writes import OPEN, counted, late_rows, open_text
from slipway.rollout.stages import KEEP_DAYS, Relation, SwapTable
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Untouched
from slipway.stages.handler import Outputs

_PRODUCTION: Final = "production made"
_CANDIDATE: Final = "candidate made"


@dataclass(frozen=True, kw_only=True)
class SwapTableHandler(Handler[SwapTable]):
    """Swaps, and tells by when the objects were made which of them has the name.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: SwapTable) -> str:
        """Name both generations."""
        relation = stage.relation
        if relation.is_new:
            return f"publish {relation.dataset}, which is new, from {relation.candidate}"
        return f"swap {relation.dataset} with {relation.candidate}"

    def prepare(self, stage: SwapTable, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember which object has which name now."""
        relation = stage.relation
        return {
            _PRODUCTION: made_text(self.warehouse, relation.production),
            _CANDIDATE: made_text(self.warehouse, relation.candidate),
        }

    def observe(self, stage: SwapTable, run: Run) -> Observed:
        """Whether the old generation has the candidate's name."""
        return self._swapped(stage) if self._is_swapped(stage.relation, run.own) else Untouched()

    def do(self, stage: SwapTable, run: Run) -> Progress:
        """Look for late rows, then swap, then look who had begun before."""
        relation = stage.relation
        if self._is_swapped(relation, run.own):
            return self._swapped(stage)
        if relation.is_new:
            self.warehouse.clone(relation.candidate, relation.production, expires=None)
            return Done()
        if not run.own.get(_CANDIDATE):
            raise StageFailed(
                f"{relation.candidate}, which {relation.dataset} is to be swapped with, is not there",
                remedy="somebody has dropped it; deploy the release again",
            )
        if stage.guarded:
            self._refuse_another_object(relation, run)
            self._refuse_late_rows(relation.production, relation, run)
        self.warehouse.swap(relation.production, relation.candidate)
        return self._swapped(stage)

    def verify(self, stage: SwapTable, run: Run, outputs: Outputs) -> None:  # noqa: ARG002 - same
        """Look again: a transaction may have been committed between the last look and the swap."""
        if stage.guarded and not stage.relation.is_new:
            self._refuse_late_rows(stage.relation.candidate, stage.relation, run)

    def undo(self, stage: SwapTable, run: Run, outputs: Outputs) -> None:
        """Swap back; what was new is dropped again."""
        relation = stage.relation
        if not self._is_swapped(relation, outputs):
            return
        if not relation.is_new:
            self._keep_what_came_to_it(relation, run)
            self.warehouse.swap(relation.production, relation.candidate)
            return
        now = run.clock.now()
        self.warehouse.expire(relation.production, at=now)
        self.warehouse.drop_expired(relation.production, now=now)

    def _swapped(self, stage: SwapTable) -> Done:
        """Remember who is in a transaction now: what begins later finds the new generation by the name."""
        if stage.relation.is_new or not stage.guarded:
            return Done()
        return Done({OPEN: open_text(self.warehouse)})

    def _is_swapped(self, relation: Relation, known: Outputs) -> bool:
        if relation.is_new:
            return made_text(self.warehouse, relation.production) != known.get(_PRODUCTION, "")
        was = known.get(_PRODUCTION, "")
        return was != "" and made_text(self.warehouse, relation.candidate) == was

    def _keep_what_came_to_it(self, relation: Relation, run: Run) -> None:
        """Mark what is swapped back: people, and runs that made it anew, may have written to it.

        The mark counts under the candidate's name. It is set before the swap, for afterwards a killed process
        could not tell whether there ever was one.
        """
        until = run.began + timedelta(days=KEEP_DAYS)
        self.warehouse.expire(relation.production, at=until, under=relation.candidate)

    def _refuse_another_object(self, relation: Relation, run: Run) -> None:
        if made_text(self.warehouse, relation.production) != made_before(run, relation):
            raise StageFailed(
                f"{relation.dataset} was replaced by somebody while its candidate was built",
                remedy="find the writer in the query history, let it end, and deploy the release again",
            )

    def _refuse_late_rows(self, table: Table, relation: Relation, run: Run) -> None:
        late = late_rows(self.warehouse, table, point_of(run))
        if late.total:
            raise StageFailed(
                f"{relation.dataset} was written to while its candidate was built: {counted(late)}",
                remedy="let the writer end, and deploy the release again: its candidate will have the rows",
            )
