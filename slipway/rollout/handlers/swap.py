"""The swap: one table's generation for another's, and never over somebody's late rows."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_errors import ChangesNotTracked, PointOutOfReach
from slipway.ports.warehouse_results import ChangeCounts, StatementPoint
from slipway.rollout.handlers.candidates import made_before, made_text, point_of
from slipway.rollout.stages import KEEP_DAYS, Relation, SettleWrites, SwapTable
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
        return Done() if self._is_swapped(stage.relation, run.own) else Untouched()

    def do(self, stage: SwapTable, run: Run) -> Progress:
        """Look for late rows, then swap."""
        relation = stage.relation
        if self._is_swapped(relation, run.own):
            return Done()
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
            self._keep_what_comes_to_it(relation, run)
        self.warehouse.swap(relation.production, relation.candidate)
        return Done()

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
            self.warehouse.swap(relation.production, relation.candidate)
            return
        now = run.clock.now()
        self.warehouse.expire(relation.production, at=now)
        self.warehouse.drop_expired(relation.production, now=now)

    def _is_swapped(self, relation: Relation, known: Outputs) -> bool:
        if relation.is_new:
            return made_text(self.warehouse, relation.production) != known.get(_PRODUCTION, "")
        was = known.get(_PRODUCTION, "")
        return was != "" and made_text(self.warehouse, relation.candidate) == was

    def _keep_what_comes_to_it(self, relation: Relation, run: Run) -> None:
        """Mark the candidate: swapped back, it stays, for people may have written to it.

        Under production's name the mark expires nothing, and `keep-generation` takes it off.
        """
        self.warehouse.expire(relation.candidate, at=run.began + timedelta(days=KEEP_DAYS))

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
                f"{relation.dataset} was written to while its candidate was built: {_counted(late)}",
                remedy="let the writer end, and deploy the release again: its candidate will have the rows",
            )


@dataclass(frozen=True, kw_only=True)
class SettleWritesHandler(Handler[SettleWrites]):
    """Finds what was committed to the old generation after the swap.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: SettleWrites) -> str:
        """Name the tables."""
        names = ", ".join(str(relation.dataset) for relation in stage.relations)
        return f"look once more for rows that reached the old generation of {names}"

    def observe(self, stage: SettleWrites, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """It changes nothing."""
        return Untouched()

    def do(self, stage: SettleWrites, run: Run) -> Progress:
        """Refuse, and so swap back, when there are any: the old generation has them all."""
        for relation in stage.relations:
            late = ChangeCounts()
            if not relation.is_new:
                late = late_rows(self.warehouse, relation.candidate, point_of(run))
            if late.total:
                raise StageFailed(
                    f"rows reached the old generation of {relation.dataset} after the swap: {_counted(late)}",
                    remedy="the old generation is swapped back with them; deploy the release again",
                )
        return Done()

    def undo(self, stage: SettleWrites, run: Run, outputs: Outputs) -> None:
        """It changed nothing."""


def late_rows(warehouse: Warehouse, table: Table, point: StatementPoint | None) -> ChangeCounts:
    """Count rows that were written since the candidates' point.

    Raises:
        StageFailed: it cannot be told, and what cannot be told is no proof.
    """
    if point is None:
        return ChangeCounts()
    try:
        return warehouse.changes(table, since=point)
    except (ChangesNotTracked, PointOutOfReach) as unknown:
        raise StageFailed(
            f"whether {table} was written to cannot be told: {unknown.message}",
            remedy="somebody has replaced the table meanwhile; let that end, and deploy the release again",
        ) from unknown


def _counted(changes: ChangeCounts) -> str:
    return f"{changes.inserted} rows inserted, {changes.updated} updated, {changes.deleted} deleted"
