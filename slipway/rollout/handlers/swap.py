"""The swap: one table's generation for another's, and never over somebody's late rows."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slipway.model.snowflake_objects import Table
from slipway.ports.warehouse import Warehouse
from slipway.rollout import policies, table_grants
from slipway.rollout.debts import owed, owed_for_good
from slipway.rollout.generations import (
    PRODUCTION,
    is_published,
    is_swapped_out,
    made_text,
    swapped_back,
)
from slipway.rollout.handlers.candidates import made_before, point_of
from slipway.rollout.handlers.new_table import NewTable
from slipway.rollout.late_writes import counted, late_rows, noted_after_swap
from slipway.rollout.left_behind import PUBLISHED, kept_in, left_behind
from slipway.rollout.publication import CANDIDATE, publication
from slipway.rollout.relations import Relation
from slipway.rollout.stages import KEEP_DAYS, SwapTable
from slipway.rollout.transaction_limits import TransactionLimits
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, TakenBack, Untouched
from slipway.stages.handler import Outputs


@dataclass(frozen=True, kw_only=True)
class SwapTableHandler(Handler[SwapTable]):
    """Swaps, and tells by when the objects were made which of them has the name.

    Attributes:
        warehouse: where.
        limits: how long whoever had begun before can go on.
    """

    warehouse: Warehouse
    limits: TransactionLimits

    def describe(self, stage: SwapTable) -> str:
        """Name both generations."""
        relation = stage.relation
        if relation.is_new:
            return f"publish {relation.dataset}, which is new, from {relation.candidate}"
        return f"swap {relation.dataset} with {relation.candidate}, which gets the grants that it has then"

    def prepare(self, stage: SwapTable, run: Run) -> Outputs:  # noqa: ARG002 - the handler's signature
        """Remember which object has which name, its grants, and the point after which rows reach the new."""
        relation = stage.relation
        return {
            PRODUCTION: made_text(self.warehouse, relation.production),
            CANDIDATE: made_text(self.warehouse, relation.candidate),
            PUBLISHED: self.warehouse.point().query_id,
            **({} if relation.is_new else self._noted(relation)),
        }

    def _noted(self, relation: Relation) -> Outputs:
        return {
            **table_grants.before_swap(self.warehouse, relation),
            **policies.before_swap(self.warehouse, relation),
        }

    def observe(self, stage: SwapTable, run: Run) -> Observed:
        """Whether the old generation has the candidate's name; what is new is looked at where it is made."""
        if stage.relation.is_new or not is_swapped_out(self.warehouse, stage.relation, run.own):
            return Untouched()
        return self._swapped(stage, run)

    def do(self, stage: SwapTable, run: Run) -> Progress:
        """Make grants equal, look for late rows, swap, then look who had begun before."""
        relation = stage.relation
        if relation.is_new:
            return Done(NewTable(self.warehouse, relation).publish(run))
        if is_swapped_out(self.warehouse, relation, run.own):
            return self._swapped(stage, run)
        if not run.own.get(CANDIDATE):
            raise StageFailed(
                f"{relation.candidate}, which {relation.dataset} is to be swapped with, is not there",
                remedy="somebody has dropped it; deploy the release again",
            )
        if stage.guarded:
            self._refuse_another_object(stage, run)
        policies.refuse_unlike(self.warehouse, relation)
        table_grants.equalise(self.warehouse, relation)
        if stage.guarded:
            self._refuse_late_rows(relation.production, stage, run)
        self._swap(relation, run)
        return self._swapped(stage, run)

    def verify(self, stage: SwapTable, run: Run, outputs: Outputs) -> None:
        """Look again: somebody may have swapped back, or committed between the last look and the swap."""
        if stage.relation.is_new:
            return
        if not is_published(self.warehouse, stage.relation, outputs):
            raise swapped_back(stage.relation)
        table_grants.refuse_other(self.warehouse, stage.relation)
        policies.refuse_lost(self.warehouse, stage.relation.candidate, stage.relation.production)
        if stage.guarded:
            self._refuse_late_rows(stage.relation.candidate, stage, run)

    def prepare_back(self, stage: SwapTable, run: Run, outputs: Outputs, *, was_done: bool) -> Outputs:  # noqa: ARG002 - same
        """Note the grants of what goes: people have granted and revoked by the name since the swap."""
        relation = stage.relation
        if relation.is_new or not is_swapped_out(self.warehouse, relation, outputs):
            return {}
        return table_grants.before_way_back(self.warehouse, relation)

    def undo(self, stage: SwapTable, run: Run, outputs: Outputs) -> TakenBack:
        """Swap back, and tell what was written to the generation that goes; what was new is dropped again.

        What was written is counted where it is kept, after the swap: also when a killed process has swapped.
        Grants are carried over before it; where that is refused it is owed, and the rows come back anyway.
        A policy that was attached since, and that what comes back has not, stops it: nobody may see what it
        hides.
        """
        relation = stage.relation
        if relation.is_new:
            return Done(NewTable(self.warehouse, relation).take_away(run, outputs))
        until = run.began + timedelta(days=KEEP_DAYS)
        is_out = is_swapped_out(self.warehouse, relation, outputs)
        comes_back = relation.candidate if is_out else relation.production
        refused = table_grants.carry_back(self.warehouse, relation, comes_back, outputs)
        if is_out:
            policies.refuse_unlike_since(self.warehouse, relation, outputs)
            # The mark counts under the candidate's name. It is set before the swap, for afterwards a killed
            # process could not tell whether there ever was one.
            self.warehouse.expire(relation.production, at=until, under=relation.candidate)
            self._swap(relation, run)
        noted = relation.model_copy(
            update={"published": outputs.get(PUBLISHED), "publication": publication(outputs)}
        )
        left = self._left(noted, until)
        if refused is None:
            return Done(left)
        owe = owed if refused.may_pass else owed_for_good
        return replace(owe(refused.why, run), outputs=left)

    def _swap(self, relation: Relation, run: Run) -> None:
        """Swap while the lease lasts: a statement that would outlive it is ended by Snowflake."""
        self.warehouse.swap(relation.production, relation.candidate, within=run.lease())

    def _swapped(self, stage: SwapTable, run: Run) -> Done:
        """Remember who is in a transaction now: what begins later finds the new generation by the name.

        A rollback has nobody to wait for: it tells what was written to the generation that it has left.
        """
        if stage.guarded:
            return Done(noted_after_swap(self.warehouse, self.limits, run.clock.now()))
        until = run.began + timedelta(days=KEEP_DAYS)
        return Done(self._left(stage.relation, until))

    def _left(self, relation: Relation, until: datetime) -> Outputs:
        if self.warehouse.made(relation.candidate) is None:
            return {}
        left = left_behind(self.warehouse, relation, relation.candidate)
        return kept_in(left, relation.candidate, until)

    def _refuse_another_object(self, stage: SwapTable, run: Run) -> None:
        relation = stage.relation
        if made_text(self.warehouse, relation.production) != made_before(run, relation, stage.pipeline):
            raise StageFailed(
                f"{relation.dataset} was replaced by somebody while its candidate was built",
                remedy="find the writer in the query history, let it end, and deploy the release again",
            )

    def _refuse_late_rows(self, table: Table, stage: SwapTable, run: Run) -> None:
        late = late_rows(self.warehouse, table, point_of(run, stage.pipeline))
        if late.total:
            raise StageFailed(
                f"{stage.relation.dataset} was written to while its candidate was built: {counted(late)}",
                remedy="let the writer end, and deploy the release again: its candidate will have the rows",
            )
