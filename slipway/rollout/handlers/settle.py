"""Settling: nobody is left who could still write to an old generation, and nobody has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from slipway.ports.journal import Wait
from slipway.ports.warehouse import Warehouse
from slipway.ports.warehouse_results import OpenTransaction
from slipway.rollout.generations import refuse_swapped_back, stage_name
from slipway.rollout.handlers.candidates import point_of
from slipway.rollout.handlers.dags import NOT_OBSERVED
from slipway.rollout.late_writes import counted, late_rows, still_open
from slipway.rollout.relations import Relation
from slipway.rollout.stages import SettleWrites
from slipway.rollout.transaction_limits import ABANDONED_AFTER, SETTLED_FROM
from slipway.stages import Done, Handler, Observed, Progress, Run, StageFailed, Untouched, Waiting
from slipway.stages.handler import UNSEEN_UNTIL, Outputs

_LOOK_AGAIN: Final = timedelta(seconds=15)


@dataclass(frozen=True, kw_only=True)
class SettleWritesHandler(Handler[SettleWrites]):
    """Waits for transactions of before the swap, and finds what was committed to the old generation.

    Attributes:
        warehouse: where.
    """

    warehouse: Warehouse

    def describe(self, stage: SettleWrites) -> str:
        """Name the tables."""
        names = ", ".join(str(relation.dataset) for relation in stage.relations)
        return (
            f"wait for transactions of before the swap, and look once more for rows that reached the old "
            f"generation of {names}"
        )

    def observe(self, stage: SettleWrites, run: Run) -> Observed:  # noqa: ARG002 - the handler's signature
        """It changes nothing."""
        return Untouched()

    def do(self, stage: SettleWrites, run: Run) -> Progress:
        """Look who is left, then for rows: in this order no row can come between the two looks.

        When there are any it refuses, and so has the old generation, which has them all, swapped back.
        """
        swaps = (stage_name("swap-table", relation.dataset.uri) for relation in stage.relations)
        left = still_open(self.warehouse, (run.earlier.get(name, {}) for name in swaps))
        refuse_swapped_back(self.warehouse, stage.relations, run)
        for relation in stage.relations:
            if not relation.is_new:
                self._refuse_late_rows(relation, run, stage.target)
        if left is None:
            return Done(_cannot_be_seen(stage, run))
        return Waiting(_wait(left, run)) if left else Done()

    def undo(self, stage: SettleWrites, run: Run, outputs: Outputs) -> Progress:  # noqa: ARG002 - same
        """It changed nothing."""
        return Done()

    def _refuse_late_rows(self, relation: Relation, run: Run, pipeline: str) -> None:
        late = late_rows(self.warehouse, relation.candidate, point_of(run, pipeline))
        if late.total:
            raise StageFailed(
                f"rows reached the old generation of {relation.dataset} after the swap: {counted(late)}",
                remedy="the old generation is swapped back with them; deploy the release again",
            )


def _cannot_be_seen(stage: SettleWrites, run: Run) -> Outputs:
    """What nobody is told comes true by itself: late enough, in a second look, none of them is left."""
    swaps = (run.earlier.get(stage_name("swap-table", each.dataset.uri), {}) for each in stage.relations)
    settled = max((outputs.get(SETTLED_FROM, "") for outputs in swaps), default="")
    if settled and datetime.fromisoformat(settled) <= run.clock.now():
        return {"settled": f"no transaction of before the swap can go on since {settled}"}
    unseen = "the role may not see whether a transaction of before the swap goes on"
    if not settled:
        return {NOT_OBSERVED: unseen}
    return {NOT_OBSERVED: f"{unseen}; it can be told from {settled} on", UNSEEN_UNTIL: settled}


def _wait(left: tuple[OpenTransaction, ...], run: Run) -> Wait:
    names = ", ".join(f"{each.id} of {each.user} since {each.began:%H:%M %Z}".rstrip() for each in left)
    return Wait(
        condition=f"every transaction that was open at the swap has ended ({names})",
        wake_at=run.clock.now() + _LOOK_AGAIN,
        deadline=run.began + ABANDONED_AFTER,
    )
